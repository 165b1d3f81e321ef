// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/liofixture.h"

#include "backends/lio/changerequests.h"
#include "tests/backends/cim/shown.h"
#include "tests/contract/pairing.h"
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/lioview.h"

#include <QFile>
#include <QJsonDocument>

namespace portalbind {

namespace {

constexpr int longest = 60'000; // ms, for one load or write on a busy machine
using Json = HelperProcess::Json;

std::string tpgPath(const Snapshot &s, Snapshot::Row endpoint)
{
    const Endpoint e = s.endpoint(endpoint);
    return guest::fabric.toStdString() + s.node(s.row(e.node)).name.toStdString() + "/tpgt_" + std::to_string(e.tag);
}

QString portalText(const Snapshot &s, PortalHandle portal)
{
    return s.portalAddress(s.row(portal)).toString();
}

} // namespace

LioFixture::LioFixture()
    : m_other(std::make_unique<HelperProcess>())
{
}

LioFixture::~LioFixture()
{
    clear();
}

bool LioFixture::canShow(const Snapshot &wanted) const
{
    return lioView(wanted).leftOut.isEmpty();
}

void LioFixture::clear()
{
    m_backend.reset();
    for (const std::string &target : guest::names(guest::fabric.toStdString())) {
        for (const std::string &tpg : guest::names(guest::fabric.toStdString() + target)) {
            if (tpg.starts_with("tpgt_")) // ends its sessions
                (void)guest::write(guest::fabric.toStdString() + target + '/' + tpg + "/enable", "0");
        }
    }
    m_logins.clear();
    guest::clear();
    QFile::remove(QStringLiteral("/var/lib/portalbind/portal-pools.json"));
    for (const QString &address : std::exchange(m_addresses, {}))
        guest::run(QStringLiteral("ip"),
                   {QStringLiteral("addr"), QStringLiteral("del"), address, QStringLiteral("dev"),
                    QStringLiteral("dummy0")});
}

void LioFixture::addAddress(const PortalAddress &address)
{
    const QString text = address.ip.toString() + QStringLiteral("/128");
    if (address.ip.family() != IpAddress::Family::IPv6 || address.ip.isWildcard() || m_addresses.contains(text))
        return;
    guest::addAddress(text);
    m_addresses += text;
}

QString LioFixture::makeKernelState(const Snapshot &wanted)
{
    int error = 0;
    for (Snapshot::Row r = 0; r < wanted.nodes().size(); ++r)
        error |= guest::make(guest::fabric.toStdString() + wanted.node(r).name.toStdString());
    for (Snapshot::Row r = 0; r < wanted.portalRows().size(); ++r) {
        if (wanted.portal(r).addressPresent)
            addAddress(wanted.portal(r).address);
    }
    for (Snapshot::Row r = 0; r < wanted.endpointRows().size(); ++r) {
        const std::string tpg = tpgPath(wanted, r);
        error |= guest::make(tpg);
        for (const PortalHandle portal : wanted.portalsBoundBy(r))
            error |= guest::make(tpg + "/np/" + portalText(wanted, portal).toStdString());
        if (wanted.endpoint(r).enabled)
            error |= guest::write(tpg + "/enable", "1");
    }
    return error == 0 ? QString() : QStringLiteral("the kernel does not take the wanted state");
}

QString LioFixture::makePools(const Snapshot &wanted)
{
    Json all = Json::array();
    for (const auto &row : wanted.portalRows())
        all.push_back(portalText(wanted, row.handle).toStdString());
    if (!all.empty() && m_other->why("candidate-keep", {{"portals", all}}) != "ok")
        return QStringLiteral("no candidates");
    for (Snapshot::Row r = 0; r < wanted.groups().size(); ++r) {
        Json members = Json::array();
        for (const PortalHandle portal : wanted.portalsOf(r))
            members.push_back(portalText(wanted, portal).toStdString());
        const std::string why = m_other->why("pool-make",
                                             {{"name", wanted.group(r).name.toStdString()}, {"members", members}});
        if (why != "ok")
            return QStringLiteral("no pool: ") + QString::fromStdString(why);
    }
    return {};
}

/// One that a portal is told of has an ACL, which lets the kernel tell where it comes from; others have none. A TPG
/// without portal gets one for the time of the login: sessions outlive it.
QString LioFixture::logIn(const Snapshot &wanted)
{
    for (Snapshot::Row r = 0; r < wanted.sessions().size(); ++r) {
        const LoginSession session = wanted.session(r);
        const Snapshot::Row row = wanted.row(session.endpoint);
        const std::string tpg = tpgPath(wanted, row);
        const auto bound = wanted.portalsBoundBy(row);
        if (bound.empty())
            return QStringLiteral("no portal to log in at");
        const PortalAddress at = wanted.portalAddress(wanted.row(session.portal ? session.portal : bound[0]));
        if (session.portal)
            (void)guest::make(tpg + "/acls/" + session.initiator.toStdString());
        if (guest::write(tpg + "/attrib/authentication", "0") != 0
            || guest::write(tpg + "/attrib/generate_node_acls", "1") != 0)
            return QStringLiteral("no login without a secret");
        m_logins.push_back(std::make_unique<guest::InitiatorLogin>(
                session.initiator, wanted.node(wanted.row(wanted.endpoint(row).node)).name, at.ip.toString(), at.port,
                quint8(r + 1)));
        if (!m_logins.back()->error().isEmpty())
            return m_logins.back()->error();
    }
    return {};
}

Result<SnapshotPtr> LioFixture::make(const Snapshot &wanted, HandleMap &handles)
{
    clear();
    QString wrong = makeKernelState(wanted);
    if (wrong.isEmpty())
        wrong = makePools(wanted);
    if (wrong.isEmpty())
        wrong = logIn(wanted);
    if (!wrong.isEmpty())
        return failure(Error::Kind::Server, wrong);
    lio::Launch launch;
    launch.program = HelperProcess::program();
    m_backend = std::make_shared<LioBackend>(lio::HostUrl(), [launch] { return launch; });
    const auto real = load();
    if (!real)
        return real;
    auto same = paired(wanted, **real);
    if (!same)
        return failure(Error::Kind::Ambiguous, QStringLiteral("Objects cannot be told apart by their names."));
    handles = *std::move(same);
    tellAbsent(handles);
    return real;
}

void LioFixture::tellAbsent(HandleMap &handles)
{
    handles.setAbsent<NodeHandle>("iqn.2026-11.com.example:absent");
    handles.setAbsent<EndpointHandle>("iqn.2026-11.com.example:absent/tpgt_1");
    handles.setAbsent<PortalHandle>("198.51.100.1:3260");
    handles.setAbsent<GroupHandle>("pool:00000000-0000-4000-8000-000000000000");
}

Result<SnapshotPtr> LioFixture::load()
{
    auto loaded = cim::finished(m_backend->load({}, {}), longest);
    if (!loaded)
        return failure(Error::Kind::Timeout, QStringLiteral("The load does not end."));
    if (*loaded)
        m_shown = **loaded;
    return *std::move(loaded);
}

Result<Answer> LioFixture::execute(const Operation &operation)
{
    if (const auto *creation = std::get_if<CreatePortal>(&operation); creation && creation->value.addressPresent)
        addAddress(creation->value.address);
    auto done = cim::finished(m_backend->execute(operation, {}), longest);
    if (!done)
        return failure(Error::Kind::Timeout, QStringLiteral("The change does not end."));
    return *std::move(done);
}

Result<Answer> LioFixture::elsewhere(const Operation &operation)
{
    const lio::Change change = lio::changeOf(operation, m_shown.get(), *ids());
    Answer answer;
    answer.method = methodOf(operation);
    for (const lio::HelperRequest &request : change.requests) {
        const QByteArray fields = QJsonDocument(request.fields).toJson(QJsonDocument::Compact);
        const Json told = m_other->ask(request.verb.toUtf8().constData(), Json::parse(fields.toStdString()));
        if (!told.is_object() || !told.contains("ok"))
            return failure(Error::Kind::Server, QString::fromStdString(told.dump()));
    }
    return answer;
}

} // namespace portalbind
