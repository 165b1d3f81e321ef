// SPDX-License-Identifier: Apache-2.0
#include "model/objectname.h"

#include "model/editdistance.h"
#include "model/iscsiname.h"
#include "model/showntext.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("ObjectName", text);
}

QString shown(QStringView name)
{
    return name.size() > 300 ? name.left(300).toString() + QStringLiteral("…") : name.toString();
}

QString nodeKey(QStringView name)
{
    return parseIscsiName(name).value_or(name.toString().toLower());
}

QString endpointKey(QStringView node, quint64 tag)
{
    return nodeKey(node) + u',' + QString::number(tag);
}

QLatin1String allTargets()
{
    return QLatin1String("all-targets");
}

template <class H>
ServerHandle serverOf(const Inventory &inventory, H h)
{
    if constexpr (std::is_same_v<H, ServerHandle>)
        return h;
    else if constexpr (std::is_same_v<H, NodeHandle>)
        return inventory.node(h).server;
    else if constexpr (std::is_same_v<H, EndpointHandle>)
        return inventory.endpoint(h).server;
    else if constexpr (std::is_same_v<H, PortalHandle>)
        return inventory.portal(h).server;
    else
        return inventory.group(h).server;
}

template <class H>
QList<H> all(const Inventory &inventory)
{
    if constexpr (std::is_same_v<H, ServerHandle>)
        return inventory.servers();
    else if constexpr (std::is_same_v<H, NodeHandle>)
        return inventory.nodes();
    else if constexpr (std::is_same_v<H, EndpointHandle>)
        return inventory.endpoints();
    else if constexpr (std::is_same_v<H, PortalHandle>)
        return inventory.portals();
    else
        return inventory.groups();
}

QString noneCalled(Kind kind, const QString &name)
{
    switch (kind) {
    case Kind::Server:
        return tr("There is no server “%1”.").arg(name);
    case Kind::Node:
        return tr("There is no target or initiator “%1”.").arg(name);
    case Kind::Endpoint:
        return tr("There is no endpoint “%1”.").arg(name);
    case Kind::Portal:
        return tr("There is no portal “%1”.").arg(name);
    case Kind::Group:
        return tr("There is no portal group “%1”.").arg(name);
    case Kind::Session:
        break;
    }
    return tr("There is no object “%1”.").arg(name);
}

/// How far \a h is from what was asked for by a portal's address: 0 for one that differs in its scope or its port only.
template <class H>
int distanceByAddress(const Inventory &inventory, const std::optional<PortalAddress> &asked, H h, int limit)
{
    if constexpr (std::is_same_v<H, PortalHandle>) {
        const IpAddress ip = inventory.portal(h).address.ip;
        if (asked && asked->ip.family() == ip.family() && asked->ip.bytes() == ip.bytes())
            return 0;
    }
    return limit;
}

// Where there are more objects, the nearest of the first ones are good enough.
constexpr qsizetype mostCompared = 100'000;
constexpr qsizetype mostNearest = 3;

} // namespace

// clang-format off
template <> const ObjectNames::Index<ServerHandle> &ObjectNames::index() const { return m_servers; }
template <> const ObjectNames::Index<NodeHandle> &ObjectNames::index() const { return m_nodes; }
template <> const ObjectNames::Index<EndpointHandle> &ObjectNames::index() const { return m_endpoints; }
template <> const ObjectNames::Index<PortalHandle> &ObjectNames::index() const { return m_portals; }
template <> const ObjectNames::Index<GroupHandle> &ObjectNames::index() const { return m_groups; }
// clang-format on

template <>
QString ObjectNames::localName(ServerHandle h) const
{
    return m_inventory.server(h).name;
}
template <>
QString ObjectNames::localName(NodeHandle h) const
{
    return m_inventory.node(h).name;
}
template <>
QString ObjectNames::localName(EndpointHandle h) const
{
    const Endpoint endpoint = m_inventory.endpoint(h);
    if (endpoint.scope == BindingScope::Server)
        return allTargets();
    return m_inventory.has(endpoint.node) ? endpointName(m_inventory.node(endpoint.node), endpoint) : QString();
}
template <>
QString ObjectNames::localName(PortalHandle h) const
{
    const Portal portal = m_inventory.portal(h);
    const bool whole = !portal.address.ip.isNull() && (portal.kind == PortalKind::Ip || portal.address.port != 0);
    return whole ? portal.address.toString() : QString();
}
template <>
QString ObjectNames::localName(GroupHandle h) const
{
    return m_inventory.group(h).name;
}

ObjectNames::ObjectNames(Inventory inventory)
    : m_inventory(std::move(inventory))
{
    const auto fill = [&](auto &to, const auto &handles, auto keyOf) {
        to.reserve(handles.size());
        for (const auto h : handles) {
            if (const QString key = keyOf(h); !key.isEmpty())
                to.insert(key, h);
        }
    };
    fill(m_servers, m_inventory.servers(), [&](ServerHandle h) { return m_inventory.server(h).name; });
    fill(m_nodes, m_inventory.nodes(), [&](NodeHandle h) { return nodeKey(m_inventory.node(h).name); });
    fill(m_groups, m_inventory.groups(), [&](GroupHandle h) { return m_inventory.group(h).name; });
    fill(m_portals, m_inventory.portals(), [&](PortalHandle h) { return localName(h); });
    fill(m_endpoints, m_inventory.endpoints(), [&](EndpointHandle h) {
        const Endpoint endpoint = m_inventory.endpoint(h);
        if (endpoint.scope == BindingScope::Server)
            return QString(allTargets());
        return m_inventory.has(endpoint.node) ? endpointKey(m_inventory.node(endpoint.node).name, endpoint.tag)
                                              : QString();
    });
    m_severalServers = m_inventory.servers().size() > 1;
}

template <class H>
Result<QList<H>> ObjectNames::matches(QStringView text, ServerHandle server) const
{
    QString key = text.toString();
    std::optional<bool> initiator;
    if constexpr (std::is_same_v<H, NodeHandle>) {
        key = nodeKey(text);
    } else if constexpr (std::is_same_v<H, PortalHandle>) {
        const auto address = PortalAddress::parse(text);
        if (!address)
            return tl::unexpected(address.error());
        key = address->toString();
    } else if constexpr (std::is_same_v<H, EndpointHandle>) {
        if (text != allTargets()) {
            const auto name = EndpointName::parse(text);
            if (!name)
                return tl::unexpected(name.error());
            key = endpointKey(name->node, name->tag);
            initiator = name->initiator;
        }
    }
    QList<H> found;
    const auto [begin, end] = index<H>().equal_range(key);
    for (auto it = begin; it != end; ++it) {
        if (server && serverOf(m_inventory, *it) != server)
            continue;
        if constexpr (std::is_same_v<H, EndpointHandle>) {
            const Role role = m_inventory.endpoint(*it).role;
            if (initiator && role == (*initiator ? Role::Target : Role::Initiator))
                continue;
        }
        found.append(*it);
    }
    return found;
}

template <class H>
H ObjectNames::findById(const QString &name) const
{
    const QByteArray text = name.mid(1).toUtf8();
    H h;
    if (text.startsWith('#')) // staged: it has no id yet
        h = H{text.mid(1).toUInt()};
    else if (m_inventory.base())
        h = m_inventory.base()->ids()->template find<H>(QByteArray::fromPercentEncoding(text));
    return m_inventory.has(h) ? h : H();
}

template <class H>
Result<QList<H>> ObjectNames::candidates(const QString &name) const
{
    if (name.startsWith(u'@')) {
        if (const H h = findById<H>(name))
            return QList<H>{h};
    }
    Result<QList<H>> found = matches<H>(name, {});
    if constexpr (!std::is_same_v<H, ServerHandle>) {
        // Server and group names may hold a slash: every one may be the one that ends the server's name.
        for (qsizetype slash = name.indexOf(u'/'); slash > 0; slash = name.indexOf(u'/', slash + 1)) {
            const auto [begin, end] = m_servers.equal_range(name.left(slash));
            for (auto server = begin; server != end; ++server) {
                const auto more = matches<H>(QStringView(name).mid(slash + 1), *server);
                if (found && more)
                    *found += *more;
                else if (!found)
                    found = more;
            }
        }
    }
    if (found) {
        std::sort(found->begin(), found->end());
        found->erase(std::unique(found->begin(), found->end()), found->end());
    }
    return found;
}

template <class H>
Result<H> ObjectNames::find(const QString &name) const
{
    const auto found = candidates<H>(name);
    if (found && found->size() == 1)
        return found->front();
    if (found && found->size() > 1)
        return tl::unexpected(ambiguous(name, *found));
    if (!found && !name.startsWith(u'@') && !name.contains(u'/'))
        return tl::unexpected(found.error());
    return tl::unexpected(notFound<H>(name));
}

template <class H>
Error ObjectNames::ambiguous(const QString &name, const QList<H> &candidates) const
{
    QStringList names;
    for (const H h : candidates)
        names += nameOf(h);
    std::sort(names.begin(), names.end());
    return {Error::Kind::Ambiguous,
            tr("“%1” is ambiguous: several objects have this name.").arg(shown(name)),
            {},
            tr("Use one of these names."),
            names.join(u'\n')};
}

template <class H>
Error ObjectNames::notFound(const QString &name) const
{
    const qsizetype slash = name.lastIndexOf(u'/');
    const QString local = slash < 0 || m_servers.isEmpty() ? name : name.mid(slash + 1);
    const int limit = int(std::clamp<qsizetype>(local.size() / 3, 2, 12)) + 1;
    const QString lower = local.toLower();
    const auto address = PortalAddress::parse(local);
    const auto asked = address ? std::optional(*address) : std::nullopt;
    std::vector<std::pair<int, H>> near;
    qsizetype compared = 0;
    if (local.size() <= 300) {
        for (const H h : all<H>(m_inventory)) {
            if (++compared > mostCompared)
                break;
            const int byAddress = distanceByAddress(m_inventory, asked, h, limit);
            if (const int d = std::min(byAddress, editDistance(lower, localName(h).toLower(), limit)); d < limit)
                near.emplace_back(d, h);
        }
    }
    std::sort(near.begin(), near.end());
    QStringList names;
    for (const auto &[d, h] : near) {
        if (names.size() == mostNearest)
            break;
        names += nameOf(h);
    }
    return {Error::Kind::NoSuchObject,
            noneCalled(H::kind, shown(name)),
            {},
            names.isEmpty() ? QString() : tr("The nearest names are: %1.").arg(names.join(QStringLiteral(", "))),
            names.join(u'\n')};
}

template <class H>
QString ObjectNames::makeName(H h) const
{
    QString name = localName(h);
    if constexpr (!std::is_same_v<H, ServerHandle>) {
        if (const ServerHandle server = serverOf(m_inventory, h); m_severalServers && m_inventory.has(server))
            name = m_inventory.server(server).name + u'/' + name;
    }
    // A name that cannot be printed as it is could not be given back.
    if (const auto found = candidates<H>(name); found && *found == QList<H>{h} && isShownAsItIs(name))
        return name;
    const QByteArray id = m_inventory.base() ? m_inventory.base()->ids()->id(h) : QByteArray();
    if (id.isEmpty())
        return QStringLiteral("@#%1").arg(h.value);
    return u'@' + QString::fromLatin1(id.toPercentEncoding(QByteArrayLiteral("!$&'()*+,/:;=@[]\\\"<>{}|^`~")));
}

// clang-format off
QString ObjectNames::nameOf(ServerHandle h) const { return makeName(h); }
QString ObjectNames::nameOf(NodeHandle h) const { return makeName(h); }
QString ObjectNames::nameOf(EndpointHandle h) const { return makeName(h); }
QString ObjectNames::nameOf(PortalHandle h) const { return makeName(h); }
QString ObjectNames::nameOf(GroupHandle h) const { return makeName(h); }
// clang-format on

QString ObjectNames::nameOf(const AnyHandle &h) const
{
    return std::visit([this](auto handle) { return nameOf(handle); }, h);
}

template Result<ServerHandle> ObjectNames::find(const QString &) const;
template Result<NodeHandle> ObjectNames::find(const QString &) const;
template Result<EndpointHandle> ObjectNames::find(const QString &) const;
template Result<PortalHandle> ObjectNames::find(const QString &) const;
template Result<GroupHandle> ObjectNames::find(const QString &) const;

Result<AnyHandle> ObjectNames::findAny(const QString &name) const
{
    QList<AnyHandle> found;
    QStringList candidates, near;
    const auto look = [&](auto result) {
        if (result) {
            found.append(*result);
            candidates += nameOf(*result);
        } else if (result.error().kind == Error::Kind::Ambiguous) {
            candidates += result.error().detail.split(u'\n');
        } else if (!result.error().detail.isEmpty()) {
            near += result.error().detail.split(u'\n');
        }
    };
    look(find<ServerHandle>(name));
    look(find<NodeHandle>(name));
    look(find<EndpointHandle>(name));
    look(find<PortalHandle>(name));
    look(find<GroupHandle>(name));
    if (found.size() == 1 && candidates.size() == 1)
        return found.front();
    if (!candidates.isEmpty())
        return failure(Error::Kind::Ambiguous,
                       tr("“%1” is ambiguous: several objects have this name.").arg(shown(name)), {},
                       tr("Use one of these names, or say which kind is meant."), candidates.join(u'\n'));
    near.removeDuplicates();
    return failure(Error::Kind::NoSuchObject, tr("There is no object “%1”.").arg(shown(name)), {},
                   near.isEmpty() ? QString() : tr("The nearest names are: %1.").arg(near.join(QStringLiteral(", "))),
                   near.join(u'\n'));
}

} // namespace portalbind
