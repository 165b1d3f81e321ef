// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

using namespace portalbind;
using namespace portalbind::cim;

/// What real servers show in ways of their own, and what of it is no reason to stumble.
class TestCimOddities : public QObject
{
    Q_OBJECT
private slots:
    void oddities_data();
    void oddities();
    void severalServers();
    void capabilitiesOfSeveralServices();
    void strayControllers();
};

void TestCimOddities::oddities_data()
{
    QTest::addColumn<QString>("more"); // lines added to the array
    QTest::addColumn<QStringList>("less"); // objects taken away
    QTest::addColumn<QStringList>("with"); // lines that come
    QTest::addColumn<QStringList>("without"); // lines that go

    const auto row = [](const char *name, const char *more, const QStringList &less, const QStringList &with,
                        const QStringList &without) {
        QTest::newRow(name) << QString::fromUtf8(more) << less << with << without;
    };
    const auto s = [](const char *text) { return QString::fromUtf8(text); };
    row("port without node", "e9 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:lost,t,0x0001 Identifier=1 Role=3",
        {}, {s("endpoint -,t,1 target on array")}, {});
    row("node without port", "n9 CIM_SCSIProtocolController DeviceID=d9 Name=iqn.2026-11.example:empty NameFormat=3",
        {}, {s("node iqn.2026-11.example:empty target array \"\"")}, {});
    row("node named by its device", "n9 CIM_SCSIProtocolController DeviceID=iqn.2026-11.example:dev NameFormat=3", {},
        {s("node iqn.2026-11.example:dev target array \"\"")}, {});
    row("Fibre Channel controller", "n9 CIM_SCSIProtocolController DeviceID=d9 Name=5006016041e0 NameFormat=2", {}, {},
        {});
    row("controller of no format", "n9 CIM_SCSIProtocolController DeviceID=d9 Name=iqn.2026-11.example:x", {},
        {s("node iqn.2026-11.example:x target array \"\"")}, {});
    row("controller of no format and name", "n9 CIM_SCSIProtocolController DeviceID=d9", {}, {}, {});
    row("extra mapping controller",
        "m1 CIM_SCSIProtocolController DeviceID=a0 Name=mapping NameFormat=1\n"
        "- CIM_SAPAvailableForElement AvailableSAP=@e1 ManagedElement=@m1",
        {}, {}, {});
    row("portal without address and name", "t9 CIM_TCPProtocolEndpoint Name=t9 PortNumber=3262", {},
        {s("portal ?:3262 tcp gone array")}, {});
    row("address told by the label",
        "t9 CIM_TCPProtocolEndpoint Name=t9 ElementName=[2001:db8::9]:3262 PortNumber=3262", {},
        {s("portal [2001:db8::9]:3262 tcp gone array")}, {});
    row("label of another port", "t9 CIM_TCPProtocolEndpoint Name=t9 ElementName=10.0.0.1:3260 PortNumber=3262", {},
        {s("portal ?:3262 tcp gone array")}, {});
    row("wildcard", "t9 CIM_TCPProtocolEndpoint Name=0.0.0.0:3262 PortNumber=3262", {},
        {s("portal 0.0.0.0:3262 tcp present array")}, {});
    row("port NULL", "t9 CIM_TCPProtocolEndpoint Name=10.0.0.1:3260", {}, {s("portal 10.0.0.1:3260 tcp gone array")},
        {});
    row("port NULL, address there",
        "i9 CIM_IPProtocolEndpoint Name=i9 IPv4Address=10.0.7.7\nt9 CIM_TCPProtocolEndpoint Name=10.0.7.7:3261\n"
        "- CIM_BindsTo Dependent=@t9 Antecedent=@i9",
        {}, {s("portal 10.0.7.7:3261 tcp present array")}, {});
    row("port NULL, named by another address",
        "i9 CIM_IPProtocolEndpoint Name=i9 IPv4Address=10.0.7.7\nt9 CIM_TCPProtocolEndpoint Name=10.0.7.8:3261\n"
        "- CIM_BindsTo Dependent=@t9 Antecedent=@i9",
        {}, {s("portal 10.0.7.7:3260 tcp present array")}, {});
    row("several addresses under one portal",
        "i9 CIM_IPProtocolEndpoint Name=i9 IPv4Address=10.0.1.4\n- CIM_BindsTo Dependent=@t1 Antecedent=@i9", {},
        {s("portal 10.0.1.4:3260 tcp present array"), s("bind iqn.2026-11.example:db,t,1 10.0.1.4:3260"),
         s("bind iqn.2026-11.example:mail,t,1 10.0.1.4:3260"), s("group fabric-A array: 10.0.1.4:3260 10.0.1.5:3261")},
        {s("portal 10.0.1.5:3260 tcp present array"), s("bind iqn.2026-11.example:db,t,1 10.0.1.5:3260"),
         s("bind iqn.2026-11.example:mail,t,1 10.0.1.5:3260"), s("group fabric-A array: 10.0.1.5:3260 10.0.1.5:3261")});
    row("a link-local address is no portal's first",
        "i9 CIM_IPProtocolEndpoint Name=i9 IPv6Address=fe80::1\n- CIM_BindsTo Dependent=@t1 Antecedent=@i9", {}, {},
        {});
    row("address NULL", "i9 CIM_IPProtocolEndpoint Name=i9", {}, {}, {});
    row("deprecated Address",
        "i9 CIM_IPProtocolEndpoint Name=i9 Address=10.0.7.7 AddressType=1\nt9 CIM_TCPProtocolEndpoint Name=t9 "
        "PortNumber=3260\n"
        "- CIM_BindsTo Dependent=@t9 Antecedent=@i9",
        {}, {s("portal 10.0.7.7:3260 tcp present array")}, {});
    row("IPv4 padded to IPv6",
        "i9 CIM_IPProtocolEndpoint Name=i9 IPv6Address=0000:0000:0000:0000:0000:0000:0a10:29d5\n"
        "t9 CIM_TCPProtocolEndpoint Name=t9 PortNumber=3260\n- CIM_BindsTo Dependent=@t9 Antecedent=@i9",
        {}, {s("portal ?:3260 tcp gone array")}, {});
    row("address of both families", "i9 CIM_IPProtocolEndpoint Name=i9 IPv4Address=10.0.7.7 IPv6Address=2001:db8::7",
        {}, {s("portal 10.0.7.7 ip present array")}, {});
    row("bare address", "i9 CIM_IPProtocolEndpoint Name=i9 IPv4Address=10.0.7.7", {},
        {s("portal 10.0.7.7 ip present array")}, {});
    row("bare link-local address", "i9 CIM_IPProtocolEndpoint Name=i9 IPv6Address=fe80::7", {}, {}, {});
    row("initiator endpoint",
        "n9 CIM_SCSIProtocolController DeviceID=d9 Name=iqn.2026-11.example:init NameFormat=3\n"
        "e9 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:init,i,0x00023d000001 Identifier=00023d000001 Role=2\n"
        "- CIM_SAPAvailableForElement AvailableSAP=@e9 ManagedElement=@n9\n- CIM_BindsTo Dependent=@e9 Antecedent=@i2",
        {},
        {s("node iqn.2026-11.example:init initiator array \"\""),
         s("endpoint iqn.2026-11.example:init,i,23d000001 initiator on array"),
         s("portal 2001:db8::5 ip present array"), s("bind iqn.2026-11.example:init,i,23d000001 2001:db8::5"),
         s("server array Smis bind=yes unbind=yes groups=read-only endpoints tags nodes enable initiators")},
        {s("server array Smis bind=yes unbind=yes groups=read-only endpoints tags nodes enable")});
    row("port for remote copy",
        "e8 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:ra,t,0x0001 Identifier=1 Role=3 RAMode=0x02\n"
        "e9 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:ca,t,0x0002 Identifier=2 Role=3 RAMode=4\n"
        "- CIM_BindsTo Dependent=@e8 Antecedent=@t1",
        {}, {s("endpoint -,t,2 target on array")}, {});
    row("role NULL, known by its name", "e9 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:x,t,0x0003", {},
        {s("endpoint -,t,3 target on array")}, {});
    row("role NULL, not known", "e9 CIM_iSCSIProtocolEndpoint Name=port-9 Identifier=9", {},
        {s("endpoint -,t,9 unknown on array")}, {});
    row("tag of 16 digits", "e9 CIM_iSCSIProtocolEndpoint Name=x,t,0x1 Identifier=000000000000001f Role=3", {},
        {s("endpoint -,t,1f target on array")}, {});
    row("tag with 0x", "e9 CIM_iSCSIProtocolEndpoint Name=x,t,0x1 Identifier=0x0020 Role=3", {},
        {s("endpoint -,t,20 target on array")}, {});
    row("tag in the name only", "e9 CIM_iSCSIProtocolEndpoint Name=xt,0x0021 Role=3", {},
        {s("endpoint -,t,21 target on array")}, {});
    row("masking group",
        "m1 CIM_TargetMaskingGroup InstanceID=m1 ElementName=mask\n- CIM_MemberOfCollection Member=@e1 Collection=@m1\n"
        "- CIM_MemberOfCollection Member=@e2 Collection=@m1",
        {}, {}, {});
    row("masking group that holds a portal, too",
        "m1 CIM_SystemSpecificCollection InstanceID=m1 ElementName=mask\n- CIM_MemberOfCollection Member=@e1 "
        "Collection=@m1\n"
        "- CIM_MemberOfCollection Member=@t1 Collection=@m1",
        {}, {}, {});
    row("empty collection", "m1 CIM_SystemSpecificCollection InstanceID=m1 ElementName=none", {}, {}, {});
    row("portal shared by both ports of a target", "- CIM_BindsTo Dependent=@e2 Antecedent=@t1", {},
        {s("bind iqn.2026-11.example:mail,t,2 10.0.1.5:3260")}, {});
    row("binding to a portal that is not shown", "", {s("t2")},
        {s("dangling"), s("portal 2001:db8::5 ip present array")},
        {s("bind iqn.2026-11.example:mail,t,2 [2001:db8::5]:3260"), s("portal [2001:db8::5]:3260 tcp present array"),
         s("group g:B array: [2001:db8::5]:3260")});
    row("no service", "", {s("svc")}, {s("server array Smis bind=no unbind=yes groups=read-only tags enable")},
        {s("server array Smis bind=yes unbind=yes groups=read-only endpoints tags nodes enable")});
    row("card of an address",
        "c1 CIM_EthernetPort DeviceID=c1 ElementName=eth0\nc2 CIM_EthernetPort DeviceID=eth1\n"
        "- CIM_DeviceSAPImplementation Antecedent=@c1 Dependent=@i2\n- CIM_DeviceSAPImplementation Antecedent=@c2 "
        "Dependent=@i2\n"
        "- CIM_DeviceSAPImplementation Antecedent=@c2 Dependent=@i2",
        {}, {s("portal [2001:db8::5]:3260 tcp present array nic=eth0, eth1")},
        {s("portal [2001:db8::5]:3260 tcp present array")});
}

void TestCimOddities::oddities()
{
    QFETCH(QString, more);
    QFETCH(QStringList, less);
    QFETCH(QStringList, with);
    QFETCH(QStringList, without);
    Rig plain(arrayText());
    QStringList wanted = shown(plain.load());
    for (const QString &line : without)
        QVERIFY2(wanted.removeOne(line), qPrintable(line));
    Rig rig(arrayText() + more);
    for (const QString &object : less)
        rig.server->remove(object);
    wanted += with;
    wanted.sort();
    QStringList now = shown(rig.load());
    for (QString &line : now) {
        if (line.startsWith(QLatin1String("dangling")))
            line = QStringLiteral("dangling"); // in the model's words
    }
    QCOMPARE(now, wanted);
}

void TestCimOddities::severalServers()
{
    QString text = arrayText();
    text += QStringLiteral(R"(
        system other
        sys2 CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=OTHER ElementName="Second array"
        svc2 CIM_iSCSIConfigurationService Name=svc
        n9 CIM_SCSIProtocolController DeviceID=d1 Name=iqn.2026-11.example:x NameFormat=3
        e9 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:x,t,0x0001 Identifier=1 Role=3
        t9 CIM_TCPProtocolEndpoint Name=10.0.9.9:3260 PortNumber=3260
        - CIM_SAPAvailableForElement AvailableSAP=@e9 ManagedElement=@n9
        - CIM_BindsTo Dependent=@e9 Antecedent=@t9
        h1 CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=host-that-owns-nothing
    )");
    Rig rig(text);
    const QStringList lines = shown(rig.load());
    QCOMPARE(shown(rig.snapshot, "server").size(), 2);
    QVERIFY(lines.contains(QStringLiteral("node iqn.2026-11.example:x target Second array \"\"")));
    QVERIFY(lines.contains(QStringLiteral("portal 10.0.9.9:3260 tcp gone Second array")));
    QVERIFY(lines.contains(QStringLiteral("portal 10.0.1.5:3260 tcp present array")));
}

void TestCimOddities::capabilitiesOfSeveralServices()
{
    Rig rig(arrayText() + QStringLiteral(R"(
        system other
        sys2 CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=other
        svc2 CIM_iSCSIConfigurationService Name=svc
        cap2 CIM_iSCSIConfigurationCapabilities InstanceID=cap2 iSCSIProtocolEndpointCreationSupported=FALSE
        - CIM_ElementCapabilities Capabilities=@cap ManagedElement=@svc
        - CIM_ElementCapabilities Capabilities=@cap2 ManagedElement=@svc2
    )"));
    rig.load();
    QCOMPARE(shown(rig.snapshot, "server"),
             (QStringList{QStringLiteral("array Smis bind=yes unbind=yes groups=read-only endpoints tags nodes enable"),
                          QStringLiteral("other Smis bind=yes unbind=yes groups=read-only")}));
}

void TestCimOddities::strayControllers()
{
    // Ports of an array carry the names of its storage processors.
    const QString processors = QStringLiteral(R"(
        system array+SP_A+8
        e8 CIM_iSCSIProtocolEndpoint Name=iqn.2026-11.example:a8,t,0x0001 Identifier=1 Role=3
        t8 CIM_TCPProtocolEndpoint Name=10.0.8.8:3260 PortNumber=3260
    )");
    Rig one(arrayText() + processors);
    QCOMPARE(shown(one.load(), "server").size(), 1);
    QVERIFY(shown(one.snapshot, "portal").contains(QStringLiteral("10.0.8.8:3260 tcp gone array")));
    const QString second = QStringLiteral(R"(
        system other
        sys2 CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=other
        svc2 CIM_iSCSIConfigurationService Name=svc
    )");
    Rig two(arrayText() + processors + second);
    QCOMPARE(shown(two.load(), "server").size(), 2);
    QVERIFY(shown(two.snapshot, "portal").contains(QStringLiteral("10.0.8.8:3260 tcp gone array")));
    QVERIFY(!two.server->of(QStringLiteral("enumerate root/cimv2/storage/iscsitarget:CIM_HostedAccessPoint"))
                     .isEmpty());
    // A name that tells nothing: HostedAccessPoint does.
    QString odd = processors;
    odd.replace(QLatin1String("array+SP_A+8"), QLatin1String("SP_A"));
    Rig three(arrayText() + odd + second
              + QStringLiteral("\n- CIM_HostedAccessPoint Antecedent=@sys2 Dependent=@t8\n- CIM_HostedAccessPoint "
                               "Antecedent=@sys2 Dependent=@e8"));
    three.load();
    QCOMPARE(shown(three.snapshot, "server").size(), 2);
    QVERIFY(shown(three.snapshot, "portal").contains(QStringLiteral("10.0.8.8:3260 tcp gone other")));
    // A leaf system of the array.
    Rig four(arrayText() + odd + second
             + QStringLiteral("\nleaf CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=SP_A\n- "
                              "CIM_ComponentCS GroupComponent=@sys PartComponent=@leaf"));
    four.load();
    QVERIFY(shown(four.snapshot, "portal").contains(QStringLiteral("10.0.8.8:3260 tcp gone array")));
}

QTEST_MAIN(TestCimOddities)
#include "tst_cimoddities.moc"
