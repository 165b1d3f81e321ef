// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/hoststatereader.h"

#include "backends/lio/answerfields.h"
#include "backends/lio/liotext.h"

#include <QSet>

#include <algorithm>

namespace portalbind::lio {

QString Place::text() const
{
    if (address)
        return address->toString();
    QString host = ip;
    if (!scope.isEmpty())
        host += u'%' + scope;
    return (ip.contains(u':') ? u'[' + host + u']' : host) + u':' + QString::number(port);
}

namespace {

constexpr quint32 mostPort = 65535;
constexpr quint32 mostTag = 65535;
constexpr quint32 mostLun = 0xffffffff;

Place place(const Fields &fields)
{
    Place place;
    place.ip = fields.text("ip");
    place.scope = fields.text("scope");
    place.port = quint16(fields.number("port", mostPort));
    if (place.ip.isEmpty())
        return place;
    const auto ip = IpAddress::parse(place.scope.isEmpty() ? place.ip : place.ip + u'%' + place.scope);
    if (ip && ip->isForPortals() && place.port > 0)
        place.address = PortalAddress{*ip, place.port};
    return place;
}

/// A connection to a socket on :: has IPv4 addresses in their IPv4-mapped form.
QString unmapped(QString text)
{
    const QString mapped = QStringLiteral("[::ffff:");
    if (text.startsWith(mapped) && text.contains(u'.'))
        text = text.mid(mapped.size()).remove(u']');
    return text;
}

/// An address and port as one text; nothing when it is none that a portal can have.
std::optional<PortalAddress> address(const QString &text)
{
    const auto parsed = PortalAddress::parse(unmapped(text));
    return parsed && parsed->port > 0 && parsed->ip.isForPortals() ? std::optional(*parsed) : std::nullopt;
}

HostPortal portal(const Fields &fields)
{
    HostPortal portal;
    portal.directory = fields.neededText("dir");
    portal.place = place(fields);
    portal.iser = fields.flag("iser");
    portal.offload = fields.flag("offload");
    portal.listening = fields.flag("listening");
    portal.isOpaque = fields.flag("opaque");
    return portal;
}

HostAcl acl(const Fields &fields)
{
    HostAcl acl;
    acl.initiator = fields.neededText("initiator");
    fields.each("luns", [&](const Fields &lun) {
        HostAcl::MappedLun mapped{lun.number("index", mostLun), {}};
        if (lun.has("lun"))
            mapped.lun = lun.number("lun", mostLun);
        acl.luns += mapped;
    });
    acl.hasSession = fields.has("session");
    if (!acl.hasSession)
        return acl;
    const Fields session = fields.object("session");
    acl.sessionInitiator = session.text("initiator");
    session.each("connections", [&](const Fields &connection) {
        const QString peer = connection.text("peer");
        const auto ip = IpAddress::parse(unmapped(u'[' + peer + u']'));
        if (!peer.isEmpty())
            acl.peers += ip ? ip->toString() : peer;
    });
    return acl;
}

HostTpg tpg(const Fields &fields)
{
    HostTpg tpg;
    tpg.directory = fields.neededText("dir");
    tpg.tag = quint16(fields.number("tag", mostTag));
    tpg.enabled = fields.flag("enabled");
    tpg.isOpaque = fields.flag("opaque");
    tpg.alias = fields.text("alias");
    tpg.authentication = fields.flag("authentication");
    tpg.generateAcls = fields.flag("generateAcls");
    tpg.demoDiscovery = fields.flag("demoDiscovery");
    fields.each("luns", [&](const Fields &lun) {
        tpg.luns += EndpointAccess::Lun{lun.number("index", mostLun), lun.text("backstore")};
    });
    std::sort(tpg.luns.begin(), tpg.luns.end(), [](const auto &a, const auto &b) { return a.number < b.number; });
    fields.each("acls", [&](const Fields &one) { tpg.acls += acl(one); });
    tpg.dynamicSessions = fields.texts("dynamicSessions");
    fields.each("portals", [&](const Fields &one) { tpg.portals += portal(one); });
    return tpg;
}

HostTarget target(const Fields &fields)
{
    HostTarget target;
    target.name = fields.neededText("name");
    target.owner = fields.text("owner");
    target.isOpaque = fields.flag("opaque");
    fields.each("tpgs", [&](const Fields &one) { target.tpgs += tpg(one); });
    return target;
}

HostAddress hostAddress(const Fields &fields)
{
    HostAddress address;
    const QString scope = fields.text("scope");
    const QString text = fields.neededText("ip");
    // Addresses that no portal can have (IPv4-mapped, say) are of no use here.
    if (const auto ip = IpAddress::parse(scope.isEmpty() ? text : text + u'%' + scope))
        address.ip = *ip;
    address.interface = fields.text("interface");
    address.up = fields.flag("up");
    address.roaming = fields.text("roaming");
    return address;
}

HostListener listener(const Fields &fields)
{
    HostListener listener;
    const Place at = place(fields);
    const auto ip = IpAddress::parse(at.scope.isEmpty() ? at.ip : at.ip + u'%' + at.scope);
    if (ip)
        listener.ip = *ip;
    listener.port = at.port;
    listener.process = fields.text("process");
    if (!listener.process.isEmpty() && fields.has("pid"))
        listener.process += QStringLiteral(" (%1)").arg(fields.number("pid", 0x7fffffff));
    return listener;
}

SavedConfiguration saved(const Fields &fields)
{
    SavedConfiguration saved;
    saved.path = fields.text("path");
    saved.exists = fields.flag("exists");
    saved.hasManager = fields.text("manager") == QLatin1String("targetcli");
    saved.unit = fields.text("unit");
    saved.restoreUnit = fields.text("restoreUnit");
    saved.error = fields.text("error");
    fields.each("targets", [&](const Fields &one) {
        SavedTarget target;
        target.name = one.neededText("name");
        one.each("tpgs", [&](const Fields &oneTpg) {
            SavedTpg tpg;
            tpg.tag = quint16(oneTpg.number("tag", mostTag));
            tpg.enabled = oneTpg.flag("enabled");
            oneTpg.each("portals", [&](const Fields &onePortal) {
                tpg.portals += SavedPortal{place(onePortal), onePortal.flag("iser"), onePortal.flag("offload")};
            });
            target.tpgs += tpg;
        });
        saved.targets += target;
    });
    return saved;
}

HostPools pools(const Fields &fields)
{
    HostPools pools;
    pools.error = fields.text("error");
    const auto addresses = [](const QStringList &texts) {
        QList<PortalAddress> all;
        for (const QString &text : texts) {
            if (const auto parsed = address(text))
                all += *parsed;
        }
        return all;
    };
    fields.each("pools", [&](const Fields &one) {
        pools.pools += HostPool{one.neededText("id"), one.neededText("name"), addresses(one.texts("members"))};
    });
    pools.candidates = addresses(fields.texts("candidates"));
    return pools;
}

/// Names are folders: none holds a slash, and none is there twice. Those of pools are theirs.
QString wrongName(const HostState &state)
{
    const auto check = [](QSet<QString> *seen, const QString &name) {
        const bool isGood = !name.contains(u'/') && !seen->contains(name);
        seen->insert(name);
        return isGood;
    };
    QSet<QString> targets;
    for (const HostTarget &target : state.targets) {
        if (!check(&targets, target.name) && !target.isOpaque)
            return QStringLiteral("ok.targets: %1 is no name, or there twice").arg(target.name);
        QSet<QString> tpgs;
        for (const HostTpg &tpg : target.tpgs) {
            if (!check(&tpgs, tpg.directory) && !tpg.isOpaque)
                return QStringLiteral("ok.targets: %1: %2 is no name, or there twice").arg(target.name, tpg.directory);
        }
    }
    return {};
}

tl::unexpected<Error> incomprehensible(const QString &wrong)
{
    return failure(Error::Kind::Server, Text::tr("The helper's answer is not understood."), {},
                   Text::tr("Install the same version of Portalbind on both hosts."), wrong);
}

} // namespace

Result<HostState> readHostState(const QJsonObject &answer)
{
    QString wrong;
    const Fields fields(answer, QStringLiteral("ok"), &wrong);
    HostState state;
    state.state = fields.text("state");
    fields.each("targets", [&](const Fields &one) { state.targets += target(one); });
    fields.each("addresses", [&](const Fields &one) { state.addresses += hostAddress(one); });
    fields.each("roaming", [&](const Fields &one) {
        if (const auto ip = IpAddress::parse(one.neededText("ip")))
            state.elsewhere += {*ip, one.text("by")};
    });
    fields.each("listeners", [&](const Fields &one) { state.listeners += listener(one); });
    fields.each("connections", [&](const Fields &one) {
        const auto local = address(one.neededText("local"));
        const auto peer = PortalAddress::parse(unmapped(one.neededText("peer")));
        if (local && peer)
            state.connections += HostConnection{*local, peer->ip.toString()};
    });
    state.isTruncated = !fields.texts("truncated").isEmpty();
    state.saved = saved(fields.object("saved"));
    state.pools = pools(fields.object("pools"));
    // An answer to something else is no empty host.
    if (wrong.isEmpty() && (state.state.isEmpty() || !fields.has("targets")))
        wrong = state.state.isEmpty() ? QStringLiteral("ok.state: missing") : QStringLiteral("ok.targets: missing");
    if (wrong.isEmpty())
        wrong = wrongName(state);
    if (!wrong.isEmpty())
        return incomprehensible(wrong);
    return state;
}

Result<Greeting> readGreeting(const QJsonObject &answer)
{
    QString wrong;
    const Fields fields(answer, QStringLiteral("ok"), &wrong);
    constexpr quint32 spoken = 1;
    const quint32 protocol = fields.number("protocol", 0x7fffffff);
    Greeting greeting;
    greeting.version = fields.text("version");
    greeting.host = fields.text("host");
    greeting.kernel = fields.text("kernel");
    greeting.state = fields.text("state");
    greeting.writable = fields.flag("writable");
    greeting.lio = fields.text("lio");
    greeting.owner = fields.text("owner");
    if (!wrong.isEmpty())
        return incomprehensible(wrong);
    if (protocol != spoken)
        return failure(Error::Kind::Server,
                       Text::tr("The helper speaks version %1 of its protocol, this program version %2.")
                               .arg(protocol)
                               .arg(spoken),
                       {}, Text::tr("Install the same version of Portalbind on both hosts."));
    return greeting;
}

} // namespace portalbind::lio
