// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/connectioncore.h"

#include "backends/wsman/soapnames.h"
#include "backends/wsman/valuedecoder.h"
#include "backends/wsman/xmlnames.h"

#include <unordered_set>

namespace portalbind::wsman {
namespace {

using Instances = std::vector<cim::Instance>;

QString subjectOf(const cim::ObjectPath &path)
{
    QString keys;
    for (const auto &[name, value] : path.keys) {
        // The key that tells objects apart in every class of the model.
        if (name == QLatin1String("Name") || name == QLatin1String("DeviceID") || name == QLatin1String("InstanceID"))
            keys = QLatin1Char(' ') + value.text();
    }
    return path.className + keys;
}

/// Same data, whatever a path's verbatim form is.
bool sameValue(const cim::Value &a, const cim::Value &b)
{
    if (a.data.index() != b.data.index())
        return false;
    if (const auto *list = std::get_if<cim::Value::List>(&a.data)) {
        const auto &other = std::get<cim::Value::List>(b.data);
        return std::equal(list->begin(), list->end(), other.begin(), other.end(), sameValue);
    }
    if (const auto *text = std::get_if<QString>(&a.data))
        return *text == std::get<QString>(b.data);
    if (const auto *path = std::get_if<std::shared_ptr<const cim::ObjectPath>>(&a.data))
        return (*path)->key() == std::get<std::shared_ptr<const cim::ObjectPath>>(b.data)->key();
    return a.isNull();
}

/// Of the association instances that come, those that refer to an object, without repetition: OMI gives one twice when
/// both of its ends fit, openwsman may give all there are. Used in one parser thread after another.
class Referring
{
public:
    Referring(std::string object, QString role, size_t most)
        : m_object(std::move(object))
        , m_role(std::move(role))
        , m_most(most)
    {
    }

    void take(cim::Instance instance)
    {
        bool refers = false;
        std::string key;
        for (const auto &[name, value] : instance.properties) {
            const cim::ObjectPath *reference = value.reference();
            if (!reference)
                continue;
            const std::string end = reference->key();
            const bool fits = m_role.isEmpty() || name.compare(m_role, Qt::CaseInsensitive) == 0;
            refers = refers || (fits && end == m_object);
            key += name.toLower().toStdString() + '=' + end + ';';
        }
        if (!refers || !m_seen.insert(key).second)
            return;
        m_isTooMuch = m_isTooMuch || m_kept.size() >= m_most;
        if (!m_isTooMuch)
            m_kept.push_back(std::move(instance));
    }
    [[nodiscard]] bool isTooMuch() const { return m_isTooMuch; }
    [[nodiscard]] Instances takeKept() { return std::move(m_kept); }

private:
    std::string m_object;
    QString m_role;
    size_t m_most;
    Instances m_kept;
    std::unordered_set<std::string> m_seen;
    bool m_isTooMuch = false;
};

} // namespace

Task<Result<>> WsmanConnection::Core::enumerate(CimConnection::Enumeration what,
                                                std::function<void(const DocumentBatch &)> handler,
                                                std::stop_token stop)
{
    const auto self = shared_from_this();
    const Result<Naming> naming = co_await client->naming(stop);
    if (!naming)
        co_return tl::unexpected(naming.error());
    const Target target = Target::ofClass(what.nameSpace, what.className, *naming);
    const auto enumeration = std::make_shared<wsman::Enumeration>(client, *naming, target, what.properties,
                                                                  std::move(handler));
    enumeration->setPaths(what.paths);
    if (!what.subclasses)
        enumeration->setOnlyClass(what.className);
    const QString subject = tr("class %1 in %2").arg(what.className, what.nameSpace);
    const auto outcome = co_await enumeration->run(subject, stop);
    if (!outcome)
        co_return tl::unexpected(outcome.error().error);
    co_return Result<>();
}

Task<Result<cim::Instance>> WsmanConnection::Core::get(cim::ObjectPath path, std::stop_token stop)
{
    const auto self = shared_from_this();
    const Result<Naming> naming = co_await client->naming(stop);
    if (!naming)
        co_return tl::unexpected(naming.error());
    const Result<Target> target = Target::ofObject(path, *naming);
    if (!target)
        co_return tl::unexpected(target.error());
    SoapClient::Maker maker = [self, naming = *naming, target = *target] {
        return EnvelopeWriter(self->client->profile(), naming).get(target);
    };
    const SoapReply reply = co_await client->read(std::move(maker), SoapClient::Repeat::Freely, subjectOf(path), stop);
    if (!reply)
        co_return tl::unexpected(reply.error().error);
    const pugi::xml_node object = (*reply)->content();
    if (!object || nextElement(object))
        co_return failure(Error::Kind::Server,
                          tr("%1 gave no object where one was asked for.").arg(client->profile().address()),
                          subjectOf(path), tr("Refresh, then try again."));
    cim::Instance instance = decodeInstance(object);
    instance.path = path;
    co_return instance;
}

Task<Result<>> WsmanConnection::Core::instancesOf(Target target, Naming naming, AssociationQuery query, bool filtered,
                                                  std::function<void(cim::Instance)> take, std::stop_token stop)
{
    std::function<void(const DocumentBatch &)> handler = [take](const DocumentBatch &batch) {
        for (size_t i = 0; i < batch.size(); ++i)
            take(batch.instance(i));
    };
    const QString subject = query.associationClass;
    const auto enumeration = std::make_shared<wsman::Enumeration>(client, naming, target, std::vector<std::string>(),
                                                                  std::move(handler));
    if (filtered)
        enumeration->setQuery(query);
    const auto outcome = co_await enumeration->run(subject, stop);
    if (outcome)
        co_return Result<>();
    const SoapFailure &failed = outcome.error();
    const bool cannotFilter = failed.is(Trouble::NoFilter) || failed.is(Trouble::NotSupported)
            || failed.is(Trouble::Rejected);
    if (!filtered || !cannotFilter)
        co_return tl::unexpected(failed.error);
    // All of them, then: what does not fit is sorted out here in any case.
    Target whole = Target::ofClass(query.nameSpace, query.associationClass, naming);
    Result<> unfiltered = co_await instancesOf(whole, naming, query, false, std::move(take), stop);
    co_return unfiltered;
}

Task<Result<Instances>> WsmanConnection::Core::references(cim::ObjectPath object, QString associationClass,
                                                          QString role, std::stop_token stop)
{
    const auto self = shared_from_this();
    const Result<Naming> naming = co_await client->naming(stop);
    if (!naming)
        co_return tl::unexpected(naming.error());
    const auto reference = ReferenceWriter::of(object, *naming);
    if (!reference)
        co_return tl::unexpected(reference.error());
    const AssociationQuery query{*reference, object.nameSpace, associationClass, role, naming->style != UriStyle::Wmi};
    const Target target = Target::ofAllClasses(object.nameSpace, *naming);
    const auto referring = std::make_shared<Referring>(object.key(), role, client->profile().limits.referring);
    std::function<void(cim::Instance)> take = [referring](cim::Instance one) { referring->take(std::move(one)); };
    const Result<> all = co_await instancesOf(target, *naming, query, true, std::move(take), stop);
    if (!all)
        co_return tl::unexpected(all.error());
    if (referring->isTooMuch())
        co_return failure(Error::Kind::Server,
                          tr("On %1 more than %n association(s) refer to one object; the list is incomplete.", nullptr,
                             int(client->profile().limits.referring))
                                  .arg(client->profile().address()),
                          subjectOf(object));
    co_return referring->takeKept();
}

Task<Result<cim::MethodAnswer>> WsmanConnection::Core::invoke(cim::ObjectPath object, QString method,
                                                              cim::Parameters in)
{
    const auto self = shared_from_this();
    const Result<Naming> naming = co_await client->naming(std::stop_token());
    if (!naming)
        co_return tl::unexpected(naming.error());
    const Result<Target> target = Target::ofObject(object, *naming);
    if (!target)
        co_return tl::unexpected(target.error());
    Result<Envelope> envelope = EnvelopeWriter(client->profile(), *naming).invoke(*target, method, in);
    if (!envelope)
        co_return tl::unexpected(envelope.error());
    const SoapReply reply = co_await client->write(std::move(*envelope), subjectOf(object));
    cim::MethodAnswer answer;
    if (!reply) {
        const SoapFailure &failed = reply.error();
        if (!failed.is(Trouble::NotSupported))
            co_return tl::unexpected(failed.error);
        answer.returnValue = 1; // Not Supported, as the method itself would say it
        answer.text = failed.fault->text();
        co_return answer;
    }
    if (!*reply)
        co_return answer;
    // The first element is the output, whatever a server calls it.
    answer.out = decodeParameters((*reply)->content());
    const auto value = std::find_if(answer.out.begin(), answer.out.end(), [](const auto &one) {
        return one.first.compare(QLatin1String("ReturnValue"), Qt::CaseInsensitive) == 0;
    });
    if (value != answer.out.end()) {
        bool good = value->second.isNull();
        if (const auto *text = std::get_if<QString>(&value->second.data)) {
            const quint32 number = text->trimmed().toUInt(&good);
            if (good)
                answer.returnValue = number;
        }
        if (!good) {
            co_return failure(
                    Error::Kind::OutcomeUnknown,
                    tr("%1 answered %2, but what it returned cannot be read.").arg(client->profile().address(), method),
                    subjectOf(object), tr("Nothing was sent twice. Read the server again to see what is so."));
        }
        answer.out.erase(value);
    }
    co_return answer;
}

Result<cim::WriteAnswer> WsmanConnection::Core::writeAnswer(const SoapReply &reply)
{
    if (reply)
        return cim::WriteAnswer{};
    const SoapFailure &failed = reply.error();
    // A refusal is an answer; what the server did not come to judge is an error.
    if (!failed.fault || failed.error.kind == Error::Kind::OutcomeUnknown || failed.is(Trouble::AccessDenied)
        || isTransient(failed.fault->trouble()))
        return tl::unexpected(failed.error);
    return cim::WriteAnswer{failed.fault->writeStatus(), failed.fault->text()};
}

Task<Result<cim::WriteAnswer>> WsmanConnection::Core::modify(cim::Instance instance)
{
    const auto self = shared_from_this();
    if (!instance.path)
        co_return failure(Error::Kind::BadInput, tr("An object without a path cannot be written."), instance.className);
    const Result<Naming> naming = co_await client->naming(std::stop_token());
    if (!naming)
        co_return tl::unexpected(naming.error());
    const Result<Target> target = Target::ofObject(*instance.path, *naming);
    if (!target)
        co_return tl::unexpected(target.error());
    // Read just before: what is not changed goes back in the very form in which the server gives it now (dates are
    // wrapped on Windows, and openwsman demands every property).
    SoapClient::Maker maker = [self, naming = *naming, target = *target] {
        return EnvelopeWriter(self->client->profile(), naming).get(target);
    };
    const SoapReply now = co_await client->read(std::move(maker), SoapClient::Repeat::Freely, subjectOf(*instance.path),
                                                std::stop_token());
    if (!now) {
        const Result<cim::WriteAnswer> refused = writeAnswer(now);
        co_return refused;
    }
    const pugi::xml_node object = (*now)->content();
    const cim::Instance current = decodeInstance(object);
    cim::Instance changed;
    changed.className = current.className;
    for (const auto &[name, value] : instance.properties) {
        if (!sameValue(value, current.property(name)))
            changed.properties.emplace_back(name, value);
    }
    Result<Envelope> envelope = EnvelopeWriter(client->profile(), *naming).put(*target, object, changed);
    if (!envelope)
        co_return tl::unexpected(envelope.error());
    const SoapReply reply = co_await client->write(std::move(*envelope), subjectOf(*instance.path));
    const Result<cim::WriteAnswer> answer = writeAnswer(reply);
    co_return answer;
}

Task<Result<cim::WriteAnswer>> WsmanConnection::Core::remove(cim::ObjectPath path)
{
    const auto self = shared_from_this();
    const Result<Naming> naming = co_await client->naming(std::stop_token());
    if (!naming)
        co_return tl::unexpected(naming.error());
    const Result<Target> target = Target::ofObject(path, *naming);
    if (!target)
        co_return tl::unexpected(target.error());
    Result<Envelope> envelope = EnvelopeWriter(client->profile(), *naming).remove(*target);
    if (!envelope)
        co_return tl::unexpected(envelope.error());
    const SoapReply reply = co_await client->write(std::move(*envelope), subjectOf(path));
    const Result<cim::WriteAnswer> answer = writeAnswer(reply);
    co_return answer;
}

} // namespace portalbind::wsman
