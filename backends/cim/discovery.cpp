// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/discovery.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/together.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <mutex>
#include <set>

namespace portalbind::cim {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CimBackend", text);
}

constexpr std::array interopNamespaces{"interop", "root/interop", "root/PG_Interop"};
// EMC, Fujitsu, HPE 3PAR and NetApp, when the interop namespace does not answer.
constexpr std::array vendorNamespaces{"root/cimv2", "root/emc", "root/eternus", "root/tpd", "root/ontap"};

/// What asking for a class brought.
struct Probe
{
    bool there = false;
    bool missing = false; ///< the server has no such class or namespace
    size_t instances = 0;
    std::optional<Error> refused; ///< Rights
    std::optional<Error> odd; ///< any other failure of the server itself, which another question may not meet
    std::optional<Error> fatal; ///< the server cannot be asked at all
};

struct Counted
{
    std::mutex mutex;
    size_t instances = 0;
};

Task<bool> probe(std::shared_ptr<CimConnection> connection, QString nameSpace, QString className, Probe *result,
                 std::stop_token stop)
{
    const auto counted = std::make_shared<Counted>();
    CimConnection::Enumeration what;
    what.nameSpace = std::move(nameSpace);
    what.className = std::move(className);
    CimConnection::BatchHandler count = [counted](const InstanceBatch &batch) {
        const std::lock_guard lock(counted->mutex);
        counted->instances += batch.size();
    };
    const Result<> done = co_await connection->enumerate(std::move(what), std::move(count), std::move(stop));
    const std::lock_guard lock(counted->mutex);
    result->instances = counted->instances;
    if (done)
        result->there = true;
    else if (done.error().kind == Error::Kind::NoSuchObject)
        result->missing = true;
    else if (done.error().kind == Error::Kind::Rights)
        result->refused = done.error();
    else if (done.error().kind == Error::Kind::Server)
        result->odd = done.error();
    else
        result->fatal = done.error();
    co_return true;
}

/// Namespaces by what RegisteredProfile and ElementConformsToProfile of an interop namespace say.
struct Profiles
{
    std::mutex mutex;
    std::set<std::string> iscsi; ///< keys of the profiles that are about iSCSI targets
    std::vector<std::pair<std::string, QString>> elements; ///< key of the profile, namespace of the element
};

/// Names differ in blanks, case and plural from server to server.
bool isIscsiTargetProfile(std::string_view name)
{
    std::string letters;
    for (const char c : name) {
        const char low = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
        if (low >= 'a' && low <= 'z')
            letters += low;
    }
    return letters.find("iscsitarget") != std::string::npos;
}

Task<Result<QStringList>> askInterop(std::shared_ptr<CimConnection> connection, QString interop, std::stop_token stop)
{
    const auto found = std::make_shared<Profiles>();
    CimConnection::Enumeration profiles;
    profiles.nameSpace = interop;
    profiles.className = QStringLiteral("CIM_RegisteredProfile");
    profiles.properties = {"RegisteredName"};
    CimConnection::BatchHandler takeNames = [found](const InstanceBatch &batch) {
        const std::lock_guard lock(found->mutex);
        for (size_t i = 0; i < batch.size(); ++i) {
            if (isIscsiTargetProfile(batch.text(i, 0)))
                found->iscsi.insert(batch.pathKey(i));
        }
    };
    const Result<> named = co_await connection->enumerate(profiles, std::move(takeNames), stop);
    if (!named)
        co_return tl::unexpected<Error>(named.error());
    CimConnection::Enumeration elements;
    elements.nameSpace = interop;
    elements.className = QStringLiteral("CIM_ElementConformsToProfile");
    elements.properties = {"ConformantStandard", "ManagedElement"};
    elements.paths = false;
    CimConnection::BatchHandler takeElements = [found](const InstanceBatch &batch) {
        const std::lock_guard lock(found->mutex);
        for (size_t i = 0; i < batch.size(); ++i) {
            if (const auto element = batch.reference(i, 1); element && !element->nameSpace.isEmpty())
                found->elements.emplace_back(batch.referenceKey(i, 0), element->nameSpace);
        }
    };
    const Result<> conforming = co_await connection->enumerate(elements, std::move(takeElements), stop);
    if (!conforming)
        co_return tl::unexpected<Error>(conforming.error());
    // First where iSCSI target ports are; a server may tie only its root profile to a system.
    QStringList namespaces;
    const std::lock_guard lock(found->mutex);
    for (const bool iscsi : {true, false}) {
        for (const auto &[profile, nameSpace] : found->elements) {
            if ((found->iscsi.count(profile) != 0) == iscsi && !namespaces.contains(nameSpace, Qt::CaseInsensitive))
                namespaces.append(nameSpace);
        }
    }
    co_return namespaces;
}

bool isFatal(const Error &error)
{
    return error.kind != Error::Kind::NoSuchObject && error.kind != Error::Kind::Server
            && error.kind != Error::Kind::Rights;
}

/// A search at work.
struct Search
{
    std::shared_ptr<CimConnection> connection;
    QString host;
    std::stop_token stop;
    ServerForm form;
    ServerForm empty; ///< the first that has the classes, but no service
    std::optional<Error> refused;
    std::optional<Error> odd; ///< of a namespace that was not a guess
    std::optional<Error> fatal;
    bool isJudged = false; ///< of some class the server has said that it is there, or that it is not

    void take(const Probe &probe, bool isGuess)
    {
        isJudged = isJudged || probe.there || probe.missing;
        if (probe.fatal && !fatal)
            fatal = probe.fatal;
        if (probe.refused && !refused)
            refused = probe.refused;
        if (probe.odd && !odd && !isGuess)
            odd = probe.odd;
    }
};

/// Where a namespace comes from.
enum class Origin { First, Named, Guessed };

using ProbePtr = std::shared_ptr<Probe>;

/// What looking into one namespace came to. True: found, or no use in going on.
bool conclude(Search &search, const QString &nameSpace, Origin origin, const Probe &windows, const Probe &schema,
              const Probe &native)
{
    for (const Probe *one : {&windows, &schema, &native})
        search.take(*one, origin == Origin::Guessed);
    // A server that answers nothing but failures is not asked about one namespace after another.
    if (search.fatal || !search.isJudged)
        return true;
    search.form.native = search.form.native || native.there;
    if (!windows.there && !schema.there)
        return false;
    ServerForm &into = windows.instances + schema.instances > 0 ? search.form : search.empty;
    if (into.smisNamespace.isEmpty()) {
        into.smisNamespace = nameSpace;
        into.family = windows.there ? Family::WindowsSmis : Family::Schema;
    }
    return !search.form.smisNamespace.isEmpty();
}

/// Looks into one namespace, at first into that of Windows' own classes as well. True: found, or no use in going on.
Task<bool> look(std::shared_ptr<Search> search, QString nameSpace, Origin origin)
{
    const auto windows = std::make_shared<Probe>(), schema = std::make_shared<Probe>(),
               native = std::make_shared<Probe>();
    const auto ask = [search](const QString &where, Source source, Family family, const ProbePtr &into) {
        return probe(search->connection, where, classOf(source, family), into.get(), search->stop);
    };
    std::vector<Together::Start> starts;
    const auto later = [&](const QString &where, Source source, Family family, const ProbePtr &into) {
        starts.emplace_back([ask, where, source, family, into] { return ask(where, source, family, into); });
    };
    if (origin == Origin::First) {
        // Alone: a server that is too busy, or is none of ours, is not asked three things at once.
        co_await ask(nameSpace, Source::Service, Family::WindowsSmis, windows);
        if (windows->fatal)
            co_return conclude(*search, nameSpace, origin, *windows, *schema, *native);
        later(nativeNamespace(), Source::WtPortal, Family::WindowsNative, native);
    } else {
        later(nameSpace, Source::Service, Family::WindowsSmis, windows);
    }
    later(nameSpace, Source::Service, Family::Schema, schema);
    std::function<int()> limit = [search] { return search->connection->operationLimit(); };
    Together all(std::move(starts), std::move(limit));
    co_await all;
    if (!windows->there && !schema->there && !windows->fatal && !schema->fatal)
        co_await ask(nameSpace, Source::Endpoint, Family::Schema, schema);
    co_return conclude(*search, nameSpace, origin, *windows, *schema, *native);
}

Task<bool> searchEverywhere(std::shared_ptr<Search> search)
{
    if (co_await look(search, QStringLiteral("root/cimv2/storage/iscsitarget"), Origin::First))
        co_return true;
    if (search->form.native)
        co_return true;
    QStringList tried{QStringLiteral("root/cimv2/storage/iscsitarget")};
    for (const char *interop : interopNamespaces) {
        const auto namespaces = co_await askInterop(search->connection, QLatin1String(interop), search->stop);
        if (!namespaces && isFatal(namespaces.error())) {
            search->fatal = namespaces.error();
            co_return true;
        }
        if (!namespaces)
            continue;
        for (const QString &nameSpace : *namespaces) {
            if (tried.contains(nameSpace, Qt::CaseInsensitive))
                continue;
            tried.append(nameSpace);
            if (co_await look(search, nameSpace, Origin::Named))
                co_return true;
        }
        break;
    }
    for (const char *nameSpace : vendorNamespaces) {
        if (!tried.contains(QLatin1String(nameSpace))
            && co_await look(search, QLatin1String(nameSpace), Origin::Guessed))
            co_return true;
    }
    co_return false;
}

/// Nothing was found: says what the reason most likely is.
Task<Result<ServerForm>> explainNothing(std::shared_ptr<Search> search)
{
    const auto windows = std::make_shared<Probe>();
    co_await probe(search->connection, QStringLiteral("root/cimv2"), QStringLiteral("Win32_OperatingSystem"),
                   windows.get(), search->stop);
    if (windows->fatal)
        co_return tl::unexpected<Error>(*windows->fatal);
    if (search->refused && windows->there)
        co_return failure(Error::Kind::Rights,
                          tr("%1 lets nobody look at its iSCSI target over the network.").arg(search->host),
                          search->refused->where,
                          tr("Sign in as an administrator of it. If you are one, its remote management is switched "
                             "off; switch it on there: Set-IscsiTargetServerSetting -DisableRemoteManagement $false."),
                          search->refused->detail);
    if (search->refused)
        co_return tl::unexpected<Error>(*search->refused);
    if (search->odd)
        co_return tl::unexpected<Error>(*search->odd);
    if (windows->there)
        co_return failure(
                Error::Kind::Server, tr("%1 is a Windows server without an iSCSI target.").arg(search->host), {},
                tr("Add the role service iSCSI Target Server: Install-WindowsFeature FS-iSCSITarget-Server."));
    co_return failure(Error::Kind::Server, tr("%1 answers, but shows no iSCSI target.").arg(search->host), {},
                      tr("Name the namespace of its iSCSI model, as in wsmans://HOST?namespace=root/cimv2."));
}

} // namespace

Task<Result<ServerForm>> discover(std::shared_ptr<CimConnection> connection, QString given, QString host,
                                  std::stop_token stop)
{
    const auto search = std::make_shared<Search>();
    search->connection = std::move(connection);
    search->host = std::move(host);
    search->stop = std::move(stop);
    const Result<> reached = co_await search->connection->reach(search->stop);
    if (!reached)
        co_return tl::unexpected<Error>(reached.error());
    if (given.isEmpty()) {
        co_await searchEverywhere(search);
    } else if (given.compare(nativeNamespace(), Qt::CaseInsensitive) == 0) {
        const auto native = std::make_shared<Probe>();
        co_await probe(search->connection, nativeNamespace(), classOf(Source::WtPortal, Family::WindowsNative),
                       native.get(), search->stop);
        search->form.native = native->there;
        search->take(*native, false);
    } else {
        co_await look(search, given, Origin::First);
    }
    if (search->fatal)
        co_return tl::unexpected<Error>(*search->fatal);
    if (search->form.smisNamespace.isEmpty()) {
        search->form.smisNamespace = search->empty.smisNamespace;
        search->form.family = search->empty.family;
    }
    if (search->form.smisNamespace.isEmpty() && !search->form.native)
        co_return co_await explainNothing(search);
    if (search->refused && search->form.family == Family::WindowsSmis && !search->form.native)
        search->form.notes.append(tr("%1 does not let this user look at its portal switches (WT_Portal): portals "
                                     "cannot be switched here.")
                                          .arg(search->host));
    co_return search->form;
}

} // namespace portalbind::cim
