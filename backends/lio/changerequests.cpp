// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/changerequests.h"

#include "backends/lio/hostids.h"
#include "backends/lio/liotext.h"
#include "backends/lio/neverdone.h"
#include "model/rules.h"

#include <QJsonArray>
#include <QRandomGenerator>
#include <QSysInfo>

#include <algorithm>

namespace portalbind::lio {
namespace {

QString word(const char *text)
{
    return QString::fromLatin1(text);
}

HelperRequest request(const char *verb, const QJsonObject &fields)
{
    HelperRequest made;
    made.verb = word(verb);
    made.fields = fields;
    made.writes = true;
    return made;
}

/// As targetcli chooses one: in the name of the Linux target's own naming authority, with the host and a random part.
QString chosenName()
{
    QString host;
    for (const QChar c : QSysInfo::machineHostName().section(u'.', 0, 0).toLower().left(60))
        host += (c >= u'a' && c <= u'z') || (c >= u'0' && c <= u'9') || c == u'-' ? c : QChar(u'-');
    return QStringLiteral("iqn.2003-01.org.linux-iscsi.%1:sn.%2")
            .arg(host.isEmpty() ? word("host") : host)
            .arg(QRandomGenerator::system()->generate64() & 0xffff'ffff'ffffULL, 12, 16, QLatin1Char('0'));
}

class Requests
{
public:
    Requests(const Snapshot *shown, const IdTable &ids)
        : m_shown(shown)
        , m_ids(ids)
    {
    }

    QList<HelperRequest> operator()(const Bind &o)
    {
        QJsonObject fields = tpg(o.endpoint);
        const PortalName portal = portalOfId(m_ids.id(o.portal));
        if (portal.key != QLatin1String("portal") || portal.value.isEmpty())
            m_isNameless = true;
        fields.insert(portal.key, portal.value);
        fields.insert(word("iser"), o.transport.iser);
        fields.insert(word("offload"), o.transport.offload);
        fields.insert(word("beyondPolicy"), o.beyondPolicy);
        return {request("make-portal", fields)};
    }
    QList<HelperRequest> operator()(const Unbind &o)
    {
        QJsonObject fields = tpg(o.endpoint);
        const PortalName portal = portalOfId(m_ids.id(o.portal));
        m_isNameless = m_isNameless || portal.value.isEmpty();
        fields.insert(portal.key, portal.value);
        return {request("remove-portal", fields)};
    }
    QList<HelperRequest> operator()(const Move &) { return {}; } // a plan splits it
    QList<HelperRequest> operator()(const CreatePortal &o)
    {
        return {request("candidate-keep", portals({o.value.address.toString()}))};
    }
    QList<HelperRequest> operator()(const DeletePortal &o)
    {
        const QString portal = portalOf(o.portal);
        QList<HelperRequest> all{request("candidate-drop", portals({portal}))};
        const Snapshot::Row row = m_shown ? m_shown->row(o.portal) : Snapshot::none;
        if (row == Snapshot::none)
            return all;
        for (const GroupHandle group : m_shown->realGroupsOf(row))
            all += membership("pool-take", group, portal);
        return all;
    }
    QList<HelperRequest> operator()(const CreateGroup &o)
    {
        QJsonObject fields{{word("name"), o.value.name}};
        if (const QString known = poolOfId(m_ids.id(o.group)); !known.isEmpty())
            fields.insert(word("id"), known); // brought back
        return {request("pool-make", fields)};
    }
    QList<HelperRequest> operator()(const DeleteGroup &o) { return {request("pool-remove", pool(o.group))}; }
    QList<HelperRequest> operator()(const RenameGroup &o)
    {
        QJsonObject fields = pool(o.group);
        fields.insert(word("name"), o.name);
        return {request("pool-rename", fields)};
    }
    QList<HelperRequest> operator()(const JoinGroup &o)
    {
        return {membership("pool-add", o.group, portalOf(o.portal))};
    }
    QList<HelperRequest> operator()(const LeaveGroup &o)
    {
        return {membership("pool-take", o.group, portalOf(o.portal))};
    }
    QList<HelperRequest> operator()(const CreateNode &o)
    {
        return {request("make-target", {{word("target"), o.value.name.isEmpty() ? chosenName() : o.value.name}})};
    }
    QList<HelperRequest> operator()(const DeleteNode &o) { return {request("remove-target", target(o.node))}; }
    QList<HelperRequest> operator()(const CreateEndpoint &o)
    {
        QJsonObject fields = target(o.value.node);
        if (o.chooseTag)
            fields.insert(word("tpg"), qint64(o.value.tag));
        return {request("make-tpg", fields)};
    }
    QList<HelperRequest> operator()(const DeleteEndpoint &o) { return {request("remove-tpg", tpg(o.endpoint))}; }
    QList<HelperRequest> operator()(const SetEndpointEnabled &o)
    {
        QJsonObject fields = tpg(o.endpoint);
        fields.insert(word("enabled"), o.enabled);
        return {request("enable-tpg", fields)};
    }
    QList<HelperRequest> operator()(const SaveForReboot &o)
    {
        QJsonArray objects;
        for (const NodeHandle node : o.nodes)
            objects += target(node);
        for (const EndpointHandle endpoint : o.endpoints)
            objects += tagged(endpoint);
        for (const Binding &binding : o.bindings) {
            QJsonObject object = tagged(binding.endpoint);
            object.insert(word("portal"), portalOf(binding.portal));
            objects += object;
        }
        return {request("save", {{word("objects"), objects}})};
    }

    [[nodiscard]] bool isNameless() const { return m_isNameless; }

private:
    QJsonObject target(NodeHandle node)
    {
        const QString name = targetOfId(m_ids.id(node));
        m_isNameless = m_isNameless || name.isEmpty();
        return {{word("target"), name}};
    }
    QJsonObject tpg(EndpointHandle endpoint)
    {
        const QByteArray id = m_ids.id(endpoint);
        m_isNameless = m_isNameless || targetOfId(id).isEmpty() || tpgOfId(id).isEmpty();
        return {{word("target"), targetOfId(id)}, {word("tpg"), tpgOfId(id)}};
    }
    /// The file knows TPGs by tag.
    QJsonObject tagged(EndpointHandle endpoint)
    {
        QJsonObject fields = tpg(endpoint);
        const Snapshot::Row row = m_shown ? m_shown->row(endpoint) : Snapshot::none;
        bool ok = true;
        const qint64 tag = row != Snapshot::none
                ? qint64(m_shown->endpoint(row).tag)
                : fields.value(word("tpg")).toString().section(u'_', 1).toLongLong(&ok); // gone, or just made
        m_isNameless = m_isNameless || !ok;
        fields.insert(word("tpg"), tag);
        return fields;
    }
    QJsonObject pool(GroupHandle group)
    {
        const QString id = poolOfId(m_ids.id(group));
        m_isNameless = m_isNameless || id.isEmpty();
        return {{word("pool"), id}};
    }
    QString portalOf(PortalHandle portal)
    {
        const PortalName name = portalOfId(m_ids.id(portal));
        m_isNameless = m_isNameless || name.key != QLatin1String("portal") || name.value.isEmpty();
        return name.value;
    }
    static QJsonObject portals(const QStringList &addresses)
    {
        return {{word("portals"), QJsonArray::fromStringList(addresses)}};
    }
    HelperRequest membership(const char *verb, GroupHandle group, const QString &portal)
    {
        QJsonObject fields = pool(group);
        fields.insert(word("portals"), QJsonArray{portal});
        return request(verb, fields);
    }

    const Snapshot *m_shown;
    const IdTable &m_ids;
    bool m_isNameless = false;
};

/// A refusal's code in the table of each method; 4 (Failed) where there is none. Facts about LIO, section 4.
quint16 codeOf(Method method, const QString &why, bool isSameTarget)
{
    struct Meaning
    {
        const char *why;
        quint16 code;
        Method method;
    };
    static constexpr Meaning meanings[] = {
            {"no-target", 4096, Method::Bind},
            {"no-tpg", 4096, Method::Bind},
            {"ambiguous", 5, Method::Bind},
            {"port-zero", 5, Method::Bind},
            {"mapped", 5, Method::Bind},
            {"multicast", 5, Method::Bind},
            {"no-scope", 4097, Method::Bind},
            {"not-on-host", 4097, Method::Bind},
            {"in-use-same-target", 4098, Method::Bind},
            {"no-target", 6, Method::Unbind},
            {"no-tpg", 6, Method::Unbind},
            {"ambiguous", 4, Method::Unbind},
            {"kernel", 1, Method::Unbind},
            {"no-target", 4096, Method::CreateEndpoint},
            {"tpg-exists", 4098, Method::CreateEndpoint},
            {"not-on-host", 4101, Method::CreateEndpoint},
            {"no-scope", 4101, Method::CreateEndpoint},
            {"in-use-same-target", 4102, Method::CreateEndpoint},
            {"ambiguous", 5, Method::CreateEndpoint},
            {"no-target", 4096, Method::DeleteEndpoint},
            {"no-tpg", 4096, Method::DeleteEndpoint},
            {"bad-name", 5, Method::CreateNode},
            {"name-taken", 4097, Method::CreateNode},
            {"no-target", 4096, Method::DeleteNode},
            {"no-target", 5, Method::EnableEndpoint},
            {"no-tpg", 5, Method::EnableEndpoint},
            {"name-taken", 4097, Method::CreateGroup},
            {"pool-taken", 4097, Method::CreateGroup},
            {"bad-name", 5, Method::CreateGroup},
            {"no-pool", 4096, Method::RenameGroup},
            {"name-taken", 4097, Method::RenameGroup},
            {"bad-name", 5, Method::RenameGroup},
            {"no-pool", 4096, Method::DeleteGroup},
            {"no-pool", 4097, Method::JoinGroup},
            {"no-pool", 4097, Method::LeaveGroup},
    };
    constexpr quint16 failed = 4, inUseInTarget = 4098, firstInUseInTarget = 4102;
    if (why == QLatin1String("wildcard-match") && isSameTarget)
        return method == Method::CreateEndpoint ? firstInUseInTarget : inUseInTarget;
    for (const Meaning &meaning : meanings) {
        if (meaning.method == method && why == QLatin1String(meaning.why))
            return meaning.code;
    }
    return failed;
}

bool isEmptyList(const QJsonObject &body, const char *key)
{
    return body.value(QLatin1String(key)).toArray().isEmpty();
}

/// What was asked for was not there to be undone: the helper says so without refusing.
quint16 codeWhenDone(Method method, const QJsonObject &body)
{
    const auto was = [&](const char *key) { return body.value(QLatin1String(key)).toBool(); };
    switch (method) {
    case Method::Unbind:
        return was("was") ? 0 : 6;
    case Method::DeleteEndpoint:
    case Method::DeleteNode:
        return was("was") ? 0 : 4096;
    case Method::CreateNode:
        return was("already") ? 4097 : 0;
    case Method::CreatePortal:
        return isEmptyList(body, "added") ? 4097 : 0;
    case Method::LeaveGroup:
        return isEmptyList(body, "taken") ? 4098 : 0;
    default:
        return 0;
    }
}

QByteArray createdId(const Operation &operation, const HelperRequest &request, const QJsonObject &body,
                     const IdTable &ids)
{
    if (std::holds_alternative<CreateNode>(operation))
        return request.fields.value(QLatin1String("target")).toString().toUtf8();
    if (const auto *endpoint = std::get_if<CreateEndpoint>(&operation)) {
        HostTpg tpg;
        tpg.directory = body.value(QLatin1String("dir")).toString();
        return endpointId(ids.id(endpoint->value.node), tpg, 0);
    }
    if (const auto *portal = std::get_if<CreatePortal>(&operation))
        return portalId(portal->value.address);
    if (std::holds_alternative<CreateGroup>(operation))
        return poolId(body.value(QLatin1String(body.contains(QLatin1String("id")) ? "id" : "pool")).toString());
    return {};
}

} // namespace

Change changeOf(const Operation &operation, const Snapshot *shown, const IdTable &ids)
{
    Change change;
    change.refusal = neverDone(operation, ids);
    if (change.refusal)
        return change;
    Requests requests(shown, ids);
    change.requests = std::visit(requests, operation);
    if (!change.requests.isEmpty() && !requests.isNameless())
        return change;
    Answer refusal;
    refusal.method = methodOf(operation);
    refusal.code = codeOfNameless(operation, ids);
    refusal.detail = Text::tr("One of the objects has no name that could be told to the helper");
    change.requests.clear();
    change.refusal = refusal;
    return change;
}

Answer answerTo(const Operation &operation, const HelperRequest &request, const HelperAnswer &answer,
                const IdTable &ids)
{
    Answer to;
    to.method = methodOf(operation);
    if (!answer.isRefused) {
        to.code = codeWhenDone(to.method, answer.body);
        if (to.code == 0)
            to.createdId = createdId(operation, request, answer.body, ids);
        return to;
    }
    bool isSameTarget = false;
    if (const auto *bind = std::get_if<Bind>(&operation))
        isSameTarget = answer.body.value(QLatin1String("target")).toString() == targetOfId(ids.id(bind->endpoint));
    else if (const auto *creation = std::get_if<CreateEndpoint>(&operation))
        isSameTarget = answer.body.value(QLatin1String("target")).toString()
                == targetOfId(ids.id(creation->value.node));
    to.code = codeOf(to.method, answer.body.value(QLatin1String("why")).toString(), isSameTarget);
    to.detail = refusalText(answer.body);
    return to;
}

HelperRequest removalOf(const QByteArray &endpoint)
{
    return request("remove-tpg", {{word("target"), targetOfId(endpoint)}, {word("tpg"), tpgOfId(endpoint)}});
}

QList<Completion> completionOf(const CreateEndpoint &operation, const QByteArray &endpoint, const IdTable &ids)
{
    const QJsonObject tpg{{word("target"), targetOfId(endpoint)}, {word("tpg"), tpgOfId(endpoint)}};
    QList<Completion> all;
    for (const PortalHandle portal : operation.portals) {
        const PortalName name = portalOfId(ids.id(portal));
        QJsonObject fields = tpg;
        fields.insert(name.key, name.value);
        all.append({request("make-portal", fields), request("remove-portal", fields)});
    }
    if (operation.value.enabled) {
        QJsonObject fields = tpg;
        fields.insert(word("enabled"), true);
        all.append({request("enable-tpg", fields), std::nullopt});
    }
    return all;
}

} // namespace portalbind::lio
