// SPDX-License-Identifier: Apache-2.0
#include "siteinventory.h"

#include "model/snapshotbuilder.h"

namespace portalbind {
namespace {

class Site
{
public:
    SnapshotPtr build();

private:
    void addFirst();
    void addSecond();
    PortalHandle portal(const char *id, ServerHandle server, const char *address, const char *nic, bool present = true);
    EndpointHandle endpoint(const char *id, NodeHandle node, ServerHandle server, quint64 tag,
                            Role role = Role::Target);

    SnapshotBuilder m_builder{std::make_shared<IdTable>()};
};

PortalHandle Site::portal(const char *id, ServerHandle server, const char *address, const char *nic, bool present)
{
    Portal made;
    made.server = server;
    made.address = PortalAddress::parse(QString::fromLatin1(address)).value();
    made.kind = made.address.port ? PortalKind::Tcp : PortalKind::Ip;
    made.addressPresent = present;
    made.nic = QString::fromLatin1(nic);
    return m_builder.addPortal(id, made);
}

EndpointHandle Site::endpoint(const char *id, NodeHandle node, ServerHandle server, quint64 tag, Role role)
{
    Endpoint made;
    made.server = server;
    made.node = node;
    made.role = role;
    made.tag = tag;
    return m_builder.addEndpoint(id, made);
}

void Site::addFirst()
{
    Server server;
    server.name = QStringLiteral("san-a");
    server.host = QStringLiteral("192.0.2.10");
    server.capabilities.groups = GroupSource::Editable;
    server.capabilities.editPortals = true;
    server.capabilities.initiatorNodes = true;
    const auto san = m_builder.addServer("server:1", server);

    const auto p5 = portal("portal:1", san, "10.0.1.5:3260", "eth0");
    const auto p6 = portal("portal:2", san, "10.0.1.6:3260", "eth1");
    const auto v6 = portal("portal:3", san, "[2001:db8::5]:3260", "eth0");
    const auto gone = portal("portal:4", san, "10.0.1.9:3260", "", false);
    portal("portal:5", san, "0.0.0.0:3260", "");
    const auto hostAddress = portal("portal:6", san, "10.0.9.1", "eth2");
    const auto linkLocal = portal("portal:7", san, "[fe80::1%eth0]:3261", "eth0");

    const auto fabricA = m_builder.addGroup("group:1", Group{san, QStringLiteral("fabric-A"), false});
    const auto hostile = m_builder.addGroup("group:2", Group{san, QStringLiteral("=1+2|`<b>\"x\"</b>`"), false});
    const auto found = m_builder.addGroup("group:3", Group{san, QStringLiteral("As found/eth0"), true});
    for (const PortalHandle p : {p5, p6, v6})
        m_builder.join(fabricA, p);
    m_builder.join(hostile, gone);
    m_builder.join(found, linkLocal);

    const auto mail = m_builder.addNode(
            "node:1",
            Node{san, Role::Target, QStringLiteral("iqn.2026-11.com.example:mail"), QStringLiteral("Mail & \"post\"")});
    const auto db = m_builder.addNode("node:2",
                                      Node{san, Role::Target, QStringLiteral("iqn.2026-11.com.example:db"), {}});
    const auto host = m_builder.addNode("node:3",
                                        Node{san, Role::Initiator, QStringLiteral("iqn.2026-11.com.example:host"),
                                             QStringLiteral("Backup <host>")});
    const auto mail1 = endpoint("endpoint:1", mail, san, 1);
    const auto mail2 = endpoint("endpoint:2", mail, san, 2);
    const auto db1 = endpoint("endpoint:3", db, san, 1);
    const auto host1 = endpoint("endpoint:4", host, san, 0x00023d000001, Role::Initiator);
    endpoint("endpoint:5", {}, san, 7);
    m_builder.bind(mail1, p5);
    m_builder.bind(mail1, v6);
    m_builder.bind(mail2, gone);
    m_builder.bind(db1, p5);
    m_builder.bind(host1, hostAddress);
    m_builder.addSession(
            "session:1",
            LoginSession{mail1, p5, QStringLiteral("iqn.2026-11.com.example:client-1"), QStringLiteral("10.0.1.77")});
    m_builder.addSession("session:2", LoginSession{mail1, {}, QStringLiteral("iqn.2026-11.com.example:client-2"), {}});
}

void Site::addSecond()
{
    Server server;
    server.name = QStringLiteral("win-7");
    server.dialect = Dialect::WindowsNative;
    server.capabilities.bind = Support::No;
    server.capabilities.unbind = Support::Unknown;
    server.capabilities.groupRule = Enforcement::Nobody;
    const auto win = m_builder.addServer(QByteArray::fromHex("00ff2f"), server); // no text
    const auto same = portal("portal:8", win, "10.0.1.5:3260", "Ethernet 1");
    Portal untold;
    untold.server = win;
    untold.address.port = 3260;
    untold.addressPresent = false;
    m_builder.addPortal("portal:9", untold);
    const auto mail = m_builder.addNode(
            "node:4", Node{win, Role::Target, QStringLiteral("iqn.2026-11.com.example:mail"), QStringLiteral("-2+3")});
    Endpoint all;
    all.server = win;
    all.scope = BindingScope::Server;
    m_builder.bind(m_builder.addEndpoint("endpoint:6", all), same);
    Endpoint disabled;
    disabled.server = win;
    disabled.node = mail;
    disabled.tag = 1;
    disabled.enabled = false;
    m_builder.addEndpoint("endpoint:7", disabled);
}

SnapshotPtr Site::build()
{
    addFirst();
    addSecond();
    return m_builder.build(true, QDateTime(QDate(2026, 11, 22), QTime(10, 0), Qt::UTC));
}

} // namespace

SnapshotPtr siteSnapshot()
{
    return Site().build();
}

} // namespace portalbind
