// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

namespace portalbind::cim {
namespace {

QString word(Support support)
{
    return support == Support::Yes   ? QStringLiteral("yes")
            : support == Support::No ? QStringLiteral("no")
                                     : QStringLiteral("unknown");
}

QString word(Role role)
{
    switch (role) {
    case Role::Initiator:
        return QStringLiteral("initiator");
    case Role::Target:
        return QStringLiteral("target");
    case Role::Both:
        return QStringLiteral("both");
    case Role::Unknown:
        break;
    }
    return QStringLiteral("unknown");
}

QString word(Dialect dialect)
{
    return dialect == Dialect::Smis             ? QStringLiteral("Smis")
            : dialect == Dialect::WindowsSmis   ? QStringLiteral("WindowsSmis")
            : dialect == Dialect::WindowsNative ? QStringLiteral("WindowsNative")
                                                : QStringLiteral("other");
}

/// Names of the objects of a snapshot.
struct Names
{
    const Snapshot &s;

    QString operator()(ServerHandle h) const
    {
        return s.row(h) == Snapshot::none ? QStringLiteral("?") : s.server(s.row(h)).name;
    }
    QString operator()(EndpointHandle h) const
    {
        if (s.row(h) == Snapshot::none)
            return QStringLiteral("?");
        const Endpoint e = s.endpoint(s.row(h));
        if (e.scope == BindingScope::Server)
            return QStringLiteral("all");
        const QString node = e.node ? s.node(s.row(e.node)).name : QStringLiteral("-");
        return QStringLiteral("%1,%2,%3")
                .arg(node, e.role == Role::Initiator ? QStringLiteral("i") : QStringLiteral("t"),
                     QString::number(e.tag, 16));
    }
    QString operator()(PortalHandle h) const
    {
        if (s.row(h) == Snapshot::none)
            return QStringLiteral("-");
        const PortalAddress address = s.portalAddress(s.row(h));
        return address.ip.isNull() ? QStringLiteral("?:%1").arg(address.port) : address.toString();
    }
};

QString server(const Server &value)
{
    const Capabilities &can = value.capabilities;
    QString line = QStringLiteral("server %1 %2 bind=%3 unbind=%4 groups=%5")
                           .arg(value.name, word(value.dialect), word(can.bind), word(can.unbind),
                                can.groups == GroupSource::None ? QStringLiteral("none") : QStringLiteral("read-only"));
    for (const auto &[is, name] : {std::pair(can.createEndpoint, " endpoints"), std::pair(can.chooseTag, " tags"),
                                   std::pair(can.createNode, " nodes"), std::pair(can.enableEndpoint, " enable"),
                                   std::pair(can.initiatorNodes, " initiators")}) {
        if (is)
            line += QLatin1String(name);
    }
    return line;
}

} // namespace

QStringList shown(const SnapshotPtr &snapshot)
{
    if (!snapshot)
        return {QStringLiteral("nothing")};
    const Snapshot &s = *snapshot;
    const Names name{s};
    QStringList lines;
    for (Snapshot::Row r = 0; r < s.servers().size(); ++r)
        lines += server(s.server(r));
    for (Snapshot::Row r = 0; r < s.nodes().size(); ++r) {
        const Node n = s.node(r);
        lines += QStringLiteral("node %1 %2 %3 \"%4\"").arg(n.name, word(n.role), name(n.server), n.alias);
    }
    for (const auto &row : s.endpointRows()) {
        lines += QStringLiteral("endpoint %1 %2 %3 %4")
                         .arg(name(row.handle), word(row.role),
                              row.enabled ? QStringLiteral("on") : QStringLiteral("off"), name(row.server));
        for (const PortalHandle portal : s.portalsBoundBy(s.row(row.handle)))
            lines += QStringLiteral("bind %1 %2").arg(name(row.handle), name(portal));
    }
    for (const auto &row : s.portalRows()) {
        const Portal p = s.portal(s.row(row.handle));
        QString line = QStringLiteral("portal %1 %2 %3 %4")
                               .arg(name(row.handle),
                                    p.kind == PortalKind::Tcp ? QStringLiteral("tcp") : QStringLiteral("ip"),
                                    p.addressPresent ? QStringLiteral("present") : QStringLiteral("gone"),
                                    name(p.server));
        lines += p.nic.isEmpty() ? line : line + QStringLiteral(" nic=") + p.nic;
    }
    for (Snapshot::Row r = 0; r < s.groups().size(); ++r) {
        QStringList members;
        for (const PortalHandle portal : s.portalsOf(r))
            members += name(portal);
        members.sort();
        lines += QStringLiteral("group %1 %2: %3").arg(s.group(r).name, name(s.group(r).server), members.join(u' '));
    }
    for (Snapshot::Row r = 0; r < s.sessions().size(); ++r) {
        const LoginSession session = s.session(r);
        QString line = QStringLiteral("session %1 %2 %3")
                               .arg(session.initiator, name(session.endpoint), name(session.portal));
        lines += session.from.isEmpty() ? line : line + QStringLiteral(" from=") + session.from;
    }
    for (const QString &edge : s.danglingEdges())
        lines += QStringLiteral("dangling %1").arg(edge);
    lines.sort();
    return lines;
}

QStringList shown(const SnapshotPtr &snapshot, const char *kind)
{
    QStringList some;
    const QString prefix = QLatin1String(kind) + QStringLiteral(" ");
    const QStringList all = shown(snapshot);
    for (const QString &line : all) {
        if (line.startsWith(prefix))
            some += line.mid(prefix.size());
    }
    return some;
}

Rig::Rig(const QString &text, const QUrl &url)
    : server(std::make_shared<FakeCim>(text))
    , backend(url, [this] { return connectTo(server); })
{
    backend.setPatience({0, 5, 5, 5});
}

Result<SnapshotPtr> Rig::tryLoad()
{
    auto done = finished(backend.load([](const SnapshotPtr &) {}, {}));
    return done ? *std::move(done) : failure(Error::Kind::Timeout, QStringLiteral("The load never ended."));
}

SnapshotPtr Rig::load()
{
    const auto read = tryLoad();
    if (!read) {
        QTest::qFail(qPrintable(read.error().text()), __FILE__, __LINE__);
        return nullptr;
    }
    return snapshot = *read;
}

Result<Answer> Rig::execute(const Operation &operation)
{
    auto done = finished(backend.execute(operation, {}));
    return done ? *std::move(done) : failure(Error::Kind::Timeout, QStringLiteral("The write never ended."));
}

EndpointHandle endpointIn(const SnapshotPtr &snapshot, const QString &wanted)
{
    for (const auto &row : snapshot->endpointRows()) {
        if (Names{*snapshot}(row.handle) == wanted)
            return row.handle;
    }
    return {};
}

PortalHandle portalIn(const SnapshotPtr &snapshot, const QString &wanted)
{
    for (const auto &row : snapshot->portalRows()) {
        if (Names{*snapshot}(row.handle) == wanted)
            return row.handle;
    }
    return {};
}

NodeHandle Rig::node(const QString &wanted) const
{
    for (Snapshot::Row r = 0; r < snapshot->nodes().size(); ++r) {
        if (snapshot->node(r).name == wanted)
            return snapshot->nodes()[r];
    }
    return {};
}

QString arrayText()
{
    return QStringLiteral(R"(
        namespace root/cimv2/storage/iscsitarget
        system array
        sys CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=array
        svc CIM_iSCSIConfigurationService Name=svc
        cap CIM_iSCSIConfigurationCapabilities InstanceID=cap iSCSIProtocolEndpointCreationSupported=TRUE IdentifierSelectionSupported=1 iSCSINodeCreationSupported=true
        n1 CIM_SCSIProtocolController DeviceID=d1 Name=iqn.2026-11.example:mail NameFormat=3 ElementName="Mail store"
        n2 CIM_SCSIProtocolController DeviceID=d2 Name=iqn.2026-11.example:db NameFormat=3
        e1 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:mail,t,0x0001 Identifier=000000000001 Role=3 EnabledState=2 RequestedState=5
        e2 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:mail,t,0x0002 Identifier=000000000002 Role=3 EnabledState=3 RequestedState=5
        e3 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:db,t,0x0001 Identifier=000000000001 Role=3
        t1 CIM_TCPProtocolEndpoint Name=t1 PortNumber=3260
        t2 CIM_TCPProtocolEndpoint Name=t2 PortNumber=3260
        t3 CIM_TCPProtocolEndpoint Name=t3 PortNumber=3261
        t4 CIM_TCPProtocolEndpoint Name=10.0.1.9:3260 PortNumber=3260
        i1 CIM_IPProtocolEndpoint Name=i1 IPv4Address=10.0.1.5
        i2 CIM_IPProtocolEndpoint Name=i2 IPv6Address=2001:0db8:0000:0000:0000:0000:0000:0005
        - CIM_SAPAvailableForElement AvailableSAP=@e1 ManagedElement=@n1
        - CIM_SAPAvailableForElement AvailableSAP=@e2 ManagedElement=@n1
        - CIM_SAPAvailableForElement AvailableSAP=@e3 ManagedElement=@n2
        - CIM_BindsTo Dependent=@t1 Antecedent=@i1
        - CIM_BindsTo Dependent=@t2 Antecedent=@i2
        - CIM_BindsTo Dependent=@t3 Antecedent=@i1
        b1 CIM_BindsTo Dependent=@e1 Antecedent=@t1
        b2 CIM_BindsTo Dependent=@e2 Antecedent=@t2
        b3 CIM_BindsTo Dependent=@e3 Antecedent=@t1
        g1 CIM_SystemSpecificCollection InstanceID=g:A ElementName=fabric-A
        g2 CIM_SystemSpecificCollection InstanceID=g:B
        - CIM_MemberOfCollection Member=@t1 Collection=@g1
        - CIM_MemberOfCollection Member=@t3 Collection=@g1
        - CIM_MemberOfCollection Member=@t2 Collection=@g2
        - CIM_HostedCollection Antecedent=@sys Dependent=@g1
    )");
}

QString nativeText()
{
    return QStringLiteral(R"(
        namespace root/wmi
        - WT_General Name=WIN7 IsClustered=FALSE IsRemoteManageable=TRUE
        w1 WT_Portal Address=10.0.1.5 Port=3260 Listen=TRUE
        w2 WT_Portal Address=10.0.2.5 Port=3260 Listen=FALSE
        w3 WT_Portal Address=fe80::5efe:a00:105%12 Port=3260 Listen=TRUE
        h1 WT_Host HostName=mail TargetIQN=iqn.1991-05.com.microsoft:win7-mail-target Enabled=TRUE
        h2 WT_Host HostName=db TargetIQN=iqn.1991-05.com.microsoft:win7-db-target Enabled=FALSE
        - WT_Session TSIH=1 SessionType=1 HostName=mail InitiatorIQN=iqn.1991-05.com.microsoft:host1 HostTargetIQN=iqn.1991-05.com.microsoft:win7-mail-target Connections={10.0.1.5,3260,10.0.1.77}
        - WT_Session TSIH=2 SessionType=0 HostName=mail InitiatorIQN=iqn.1991-05.com.microsoft:host2 HostTargetIQN=iqn.1991-05.com.microsoft:win7-mail-target
    )");
}

QString windowsText()
{
    return QStringLiteral(R"(
        namespace root/cimv2/storage/iscsitarget
        system WIN7 MSFTSM_ComputerSystem
        sys MSFTSM_ComputerSystem CreationClassName=MSFTSM_ComputerSystem Name=win7
        svc MSISCSITARGET_iSCSIConfigurationService Name=svc
        cap MSISCSITARGET_iSCSIConfigurationCapabilities InstanceID=cap iSCSIProtocolEndpointCreationSupported=FALSE IdentifierSelectionSupported=FALSE iSCSINodeCreationSupported=FALSE
        n1 MSISCSITARGET_SCSIProtocolController DeviceID=d1 Name=iqn.1991-05.com.microsoft:win7-mail-target NameFormat=3
        e1 MSISCSITARGET_iSCSIProtocolEndpoint Name=iqn.1991-05.com.microsoft:win7-mail-target,t,0x0001 Identifier=000000000001 Role=3
        t1 MSISCSITARGET_TCPProtocolEndpoint Name=t1 PortNumber=3260
        t2 MSISCSITARGET_TCPProtocolEndpoint Name=t2 PortNumber=3260
        i1 MSFTSMNET_IPProtocolEndpoint Name=i1 IPv4Address=10.0.1.5
        i2 MSFTSMNET_IPProtocolEndpoint Name=i2 IPv4Address=10.0.2.5
        - MSISCSITARGET_SAPAvailableForElement AvailableSAP=@e1 ManagedElement=@n1
        - MSISCSITARGET_BindsTo Dependent=@t1 Antecedent=@i1
        - MSISCSITARGET_BindsTo Dependent=@t2 Antecedent=@i2
        b1 MSISCSITARGET_BindsTo Dependent=@e1 Antecedent=@t1
    )");
}

} // namespace portalbind::cim
