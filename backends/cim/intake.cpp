// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/intake.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/heldbytes.h"
#include "backends/cim/pathkey.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind::cim {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("CimBackend", text);
}

// Limits of the fields of the model.
constexpr quint64 maximumPort = 0xffff;

bool isWritten(Source source)
{
    switch (source) {
    case Source::Service:
    case Source::Node:
    case Source::Endpoint:
    case Source::Tcp:
    case Source::Ip:
    case Source::WtPortal:
        return true;
    default:
        return false;
    }
}

quint16 portOf(std::string_view text)
{
    const quint64 port = toUnsigned(text).value_or(0);
    return port <= maximumPort ? quint16(port) : 0;
}

// The numbers of properties are those of queries.cpp.

bool isIscsiName(std::string_view name)
{
    const std::string_view type = name.substr(0, 4);
    return equalNames(type, "iqn.") || equalNames(type, "eui.") || equalNames(type, "naa.");
}

SystemRow makeSystem(const InstanceBatch &batch, size_t i)
{
    return {toText(batch.text(i, 0))};
}

ServiceRow makeService(const InstanceBatch &, size_t)
{
    return {};
}

ServiceCapabilitiesRow makeServiceCapabilities(const InstanceBatch &batch, size_t i)
{
    return {toBoolean(batch.text(i, 0)).value_or(false), toBoolean(batch.text(i, 1)).value_or(false),
            toBoolean(batch.text(i, 2)).value_or(false)};
}

NodeRow makeNode(const InstanceBatch &batch, size_t i)
{
    constexpr quint64 iscsiName = 3;
    NodeRow row;
    row.alias = toText(batch.text(i, 3));
    std::string_view name = trimmed(batch.text(i, 0));
    if (name.empty())
        name = trimmed(batch.text(i, 2));
    // A Fibre Channel port; or one of the mapping controllers by which EMC doubles its nodes.
    const auto format = toUnsigned(batch.text(i, 1));
    const bool isNode = format ? *format == iscsiName : isIscsiName(name);
    if (isNode && batch.className(i).find("Mapping") == std::string_view::npos)
        row.name = toText(name);
    return row;
}

EndpointRow makeEndpoint(const InstanceBatch &batch, size_t i)
{
    constexpr quint64 disabled = 3, offline = 6, reset = 11; // 12: no change supported; above: nothing of the schema
    EndpointRow row;
    const std::string_view name = batch.text(i, 0);
    row.node = nodeOfName(name);
    const auto tag = toTag(batch.text(i, 1));
    row.tag = tag ? *tag : tagOfName(name).value_or(0);
    row.role = toRole(batch.text(i, 2));
    if (row.role == Role::Unknown && toUnsigned(batch.text(i, 2)).value_or(0) == 0)
        row.role = roleOfName(name).value_or(Role::Unknown);
    const quint64 state = toUnsigned(batch.text(i, 3)).value_or(0);
    row.enabled = state != disabled && state != offline;
    const auto requested = toUnsigned(batch.text(i, 4));
    row.canEnable = requested && *requested <= reset;
    return row;
}

/// Fujitsu ETERNUS shows its ports for remote copy as endpoints, too: bits of RAMode tell (as OpenStack's driver reads
/// it).
bool isForHosts(const InstanceBatch &batch, size_t i)
{
    constexpr quint64 remoteCopy = 0x7b;
    return (toUnsigned(batch.text(i, 5)).value_or(0) & remoteCopy) == 0;
}

TcpRow makeTcp(const InstanceBatch &batch, size_t i)
{
    return {std::string(batch.text(i, 1)), portOf(batch.text(i, 0))};
}

IpRow makeIp(const InstanceBatch &batch, size_t i)
{
    IpRow row{toAddress(batch.text(i, 0)), toAddress(batch.text(i, 1))};
    const auto settle = [&row](const std::optional<IpAddress> &address) {
        if (address)
            (address->family() == IpAddress::Family::IPv4 ? row.v4 : row.v6) = address;
    };
    if (!row.v4 && !row.v6)
        settle(toAddress(batch.text(i, 2))); // deprecated; AddressType says what the text shows anyway
    return row;
}

CollectionRow makeCollection(const InstanceBatch &batch, size_t i)
{
    return {toText(batch.text(i, 0))};
}

SessionRow makeSession(const InstanceBatch &batch, size_t i)
{
    constexpr quint64 discovery = 2;
    return {toText(nodeOfName(batch.text(i, 0))), toUnsigned(batch.text(i, 1)) == discovery};
}

ConnectionRow makeConnection(const InstanceBatch &, size_t)
{
    return {};
}

NicRow makeNic(const InstanceBatch &batch, size_t i)
{
    for (const size_t property : {0, 1, 2}) {
        if (const std::string_view name = trimmed(batch.text(i, property)); !name.empty())
            return {toText(name)};
    }
    return {};
}

WtPortalRow makeWtPortal(const InstanceBatch &batch, size_t i)
{
    WtPortalRow row;
    row.address = {toAddress(batch.text(i, 0)).value_or(IpAddress()), portOf(batch.text(i, 1))};
    row.listen = toBoolean(batch.text(i, 2)).value_or(false);
    return row;
}

WtHostRow makeWtHost(const InstanceBatch &batch, size_t i)
{
    return {toText(trimmed(batch.text(i, 0))), toText(batch.text(i, 1)), toText(batch.text(i, 3)),
            toBoolean(batch.text(i, 2)).value_or(true)};
}

WtSessionRow makeWtSession(const InstanceBatch &batch, size_t i)
{
    constexpr quint64 discovery = 0; // unlike CIM_iSCSISession
    WtSessionRow row;
    row.initiator = toText(trimmed(batch.text(i, 0)));
    row.iqn = toText(trimmed(batch.text(i, 1)));
    row.host = toText(batch.text(i, 2));
    row.discovery = toUnsigned(batch.text(i, 3)) == discovery;
    for (const Instance &connection : batch.embedded(i, 4)) {
        const auto text = [&](QStringView name) { return connection.property(name).text().toStdString(); };
        row.paths.push_back({{toAddress(text(u"TargetIPAddress")).value_or(IpAddress()), portOf(text(u"TargetPort"))},
                             connection.property(u"InitiatorIPAddress").text()});
    }
    return row;
}

} // namespace

bool Paths::knowsClassOf(std::string_view key) const
{
    return m_models.find(classOfKey(key)) != m_models.end();
}

void Paths::keepModel(std::string_view key, ObjectPath path)
{
    m_models.emplace(classOfKey(key), std::move(path));
}

void Paths::keepWhole(std::string key, ObjectPath path)
{
    m_whole.insert_or_assign(std::move(key), std::move(path));
}

std::optional<ObjectPath> Paths::path(std::string_view key) const
{
    if (const auto whole = m_whole.find(key); whole != m_whole.end())
        return whole->second;
    const auto model = m_models.find(classOfKey(key));
    const auto parsed = parseKey(key);
    if (model == m_models.end() || !parsed)
        return std::nullopt;
    ObjectPath path = model->second;
    path.verbatim.clear();
    for (const KeyPart &part : parsed->parts) {
        const QString name = toText(part.name);
        const auto at = std::find_if(path.keys.begin(), path.keys.end(), [&](const auto &key_) {
            return key_.first.compare(name, Qt::CaseInsensitive) == 0;
        });
        if (at == path.keys.end() || part.reference)
            return std::nullopt;
        at->second = Value::of(toText(part.value));
    }
    return path.keys.size() == parsed->parts.size() ? std::optional(path) : std::nullopt;
}

template <class R>
void Intake::add(const InstanceBatch &batch, RowsOf<R> &table, Source source, R (*make)(const InstanceBatch &, size_t),
                 bool (*wanted)(const InstanceBatch &, size_t))
{
    struct Made
    {
        size_t instance;
        std::string key;
        R row;
        std::optional<ObjectPath> whole;
    };
    std::vector<Made> made;
    made.reserve(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
        std::string key = batch.pathKey(i);
        if (key.empty() || (wanted && !wanted(batch, i)))
            continue; // without a key nothing could refer to it
        made.push_back({i, std::move(key), make(batch, i), std::nullopt});
        if (isWritten(source) && !batch.hasPlainPath(i))
            made.back().whole = batch.path(i);
    }
    const std::lock_guard lock(m_mutex);
    std::string known;
    for (Made &one : made) {
        if (isTooMuch(one.key))
            return;
        m_held += sizeof(R) + heldBytes(one.row);
        m_tables.put(table, source, one.key, std::move(one.row));
        if (one.whole) {
            m_paths.keepWhole(std::move(one.key), std::move(*one.whole));
        } else if (isWritten(source) && classOfKey(one.key) != known) {
            known = classOfKey(one.key);
            if (!m_paths.knowsClassOf(one.key)) {
                if (auto path = batch.path(one.instance))
                    m_paths.keepModel(one.key, std::move(*path));
            }
        }
    }
}

void Intake::addEdges(const InstanceBatch &batch, Source source)
{
    std::vector<std::pair<std::string, std::string>> ends;
    ends.reserve(batch.size());
    for (size_t i = 0; i < batch.size(); ++i) {
        auto from = batch.referenceKey(i, 0);
        auto to = batch.referenceKey(i, 1);
        if (from.empty() || to.empty())
            continue;
        // MemberOfCollection covers disks and masks, too: only endpoints make a portal group.
        if (source == Source::Member && classOfKey(from).find("endpoint") == std::string_view::npos)
            continue;
        ends.emplace_back(std::move(from), std::move(to));
    }
    const std::lock_guard lock(m_mutex);
    auto &edges = m_tables.edges[size_t(source)];
    for (const auto &[from, to] : ends) {
        if (isTooMuch(from) || isTooMuch(to))
            return;
        edges.push_back({m_tables.keys.number(from), m_tables.keys.number(to)});
        m_held += sizeof(Edge);
    }
}

/// Whether what belongs to \a key is not to be taken: by this one, or by what came before, there is too much.
bool Intake::isTooMuch(std::string_view key)
{
    if (key.size() > m_limits.key && m_excess == Excess::None)
        m_excess = Excess::Key;
    return m_excess != Excess::None;
}

/// After each answer.
void Intake::judgeSize()
{
    std::function<void()> tell;
    {
        const std::lock_guard lock(m_mutex);
        if (m_held + m_tables.keys.bytes() > m_limits.bytes && m_excess == Excess::None)
            m_excess = Excess::Bytes;
        if (m_excess != Excess::None)
            tell = std::exchange(m_exceeded, {});
    }
    if (tell)
        tell();
}

void Intake::setLimits(const IntakeLimits &limits, std::function<void()> exceeded)
{
    m_limits = limits;
    m_exceeded = std::move(exceeded);
}

QString Intake::excess(const QString &host) const
{
    const std::lock_guard lock(m_mutex);
    switch (m_excess) {
    case Excess::None:
        return {};
    case Excess::Key:
        return tr("%1 names an object by more than %2 bytes; what was read is incomplete.").arg(host).arg(m_limits.key);
    case Excess::Bytes:
        return tr("%1 shows more than %2 MB of objects; what was read is incomplete.")
                .arg(host)
                .arg(m_limits.bytes >> 20);
    }
    return {};
}

void Intake::addEdge(Source source, std::string_view from, std::string_view to)
{
    const std::lock_guard lock(m_mutex);
    m_tables.edges[size_t(source)].push_back({m_tables.keys.number(from), m_tables.keys.number(to)});
}

void Intake::take(const InstanceBatch &batch, Source source)
{
    switch (source) {
    case Source::System:
        return add(batch, m_tables.systems, source, makeSystem);
    case Source::Service:
        return add(batch, m_tables.services, source, makeService);
    case Source::ServiceCapabilities:
        return add(batch, m_tables.serviceCapabilities, source, makeServiceCapabilities);
    case Source::Node:
        return add(batch, m_tables.nodes, source, makeNode);
    case Source::Endpoint:
        return add(batch, m_tables.endpoints, source, makeEndpoint, isForHosts);
    case Source::Tcp:
        return add(batch, m_tables.tcps, source, makeTcp);
    case Source::Ip:
        return add(batch, m_tables.ips, source, makeIp);
    case Source::Collection:
        return add(batch, m_tables.collections, source, makeCollection);
    case Source::Session:
        return add(batch, m_tables.sessions, source, makeSession);
    case Source::Connection:
        return add(batch, m_tables.connections, source, makeConnection);
    case Source::Nic:
        return add(batch, m_tables.nics, source, makeNic);
    case Source::WtPortal:
        return add(batch, m_tables.wtPortals, source, makeWtPortal);
    case Source::WtHost:
        return add(batch, m_tables.wtHosts, source, makeWtHost);
    case Source::WtSession:
        return add(batch, m_tables.wtSessions, source, makeWtSession);
    case Source::WtGeneral: {
        if (batch.size() == 0)
            return;
        WtGeneralRow row{toText(trimmed(batch.text(0, 0))), toBoolean(batch.text(0, 1)).value_or(false),
                         toBoolean(batch.text(0, 2)).value_or(true)};
        const std::lock_guard lock(m_mutex);
        m_tables.wtGeneral = std::move(row);
        return;
    }
    default:
        return addEdges(batch, source);
    }
}

CimConnection::BatchHandler Intake::handler(Source source)
{
    return [self = shared_from_this(), source](const InstanceBatch &batch) {
        self->take(batch, source);
        self->judgeSize();
        if (self->m_grown)
            self->m_grown();
    };
}

} // namespace portalbind::cim
