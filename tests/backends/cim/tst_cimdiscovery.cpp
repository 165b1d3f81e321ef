// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

using namespace portalbind;
using namespace portalbind::cim;

/// What a server that shows no iSCSI model is told to be, and how often it is asked.
class TestCimDiscovery : public QObject
{
    Q_OBJECT
private slots:
    void unreachable();
    void failsAtEverything_data();
    void failsAtEverything();
    void oneFailureIsNoMatter();
    void providerFails();
    void profileNames_data();
    void profileNames();
};

namespace {

Error errorOfKind(Error::Kind kind)
{
    return Error{kind, QStringLiteral("It says no."), QStringLiteral("san-a, provider"), QStringLiteral("Ask it."), {}};
}

} // namespace

void TestCimDiscovery::unreachable()
{
    for (const Error::Kind kind : {Error::Kind::NoService, Error::Kind::Server, Error::Kind::Rights,
                                   Error::Kind::NoSuchObject, Error::Kind::Transport}) {
        Rig rig(arrayText());
        rig.server->unreachable = errorOfKind(kind);
        const auto read = rig.tryLoad();
        QVERIFY(!read);
        QCOMPARE(read.error().what, QStringLiteral("It says no."));
        QVERIFY(rig.server->requests().isEmpty());
    }
}

void TestCimDiscovery::failsAtEverything_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("requests"); // at most
    QTest::newRow("no service") << int(Error::Kind::NoService) << 1;
    QTest::newRow("connection") << int(Error::Kind::Transport) << 1;
    QTest::newRow("rights") << int(Error::Kind::Rights) << 5;
    QTest::newRow("provider") << int(Error::Kind::Server) << 5;
}

void TestCimDiscovery::failsAtEverything()
{
    QFETCH(int, kind);
    QFETCH(int, requests);
    for (const char *url : {"wsmans://array", "wsmans://array?namespace=root/x"}) {
        Rig rig(arrayText(), QUrl(QString::fromLatin1(url)));
        rig.server->faultOfAll = errorOfKind(Error::Kind(kind));
        const auto read = rig.tryLoad();
        QVERIFY(!read);
        QCOMPARE(int(read.error().kind), kind);
        QCOMPARE(read.error().what, QStringLiteral("It says no."));
        QVERIFY2(rig.server->requests().size() <= requests, qPrintable(rig.server->requests().join(u'\n')));
    }
}

void TestCimDiscovery::oneFailureIsNoMatter()
{
    // The provider of Windows' classes is broken on a server that has none to show by them.
    Rig rig(arrayText());
    rig.server->faults[QStringLiteral("WT_Portal")] = errorOfKind(Error::Kind::Server);
    rig.server->faults[QStringLiteral("MSISCSITARGET_iSCSIConfigurationService")] = errorOfKind(Error::Kind::Server);
    const auto read = rig.tryLoad();
    QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
}

void TestCimDiscovery::providerFails()
{
    // The classes are there, and asking for them fails: that, and not that there is no target.
    Rig rig(QStringLiteral("namespace root/x\n- CIM_ComputerSystem Name=x"),
            QUrl(QStringLiteral("wsmans://array?namespace=root/x")));
    for (const char *name : {"CIM_iSCSIConfigurationService", "CIM_iSCSIProtocolEndpoint"})
        rig.server->faults[QString::fromLatin1(name)] = errorOfKind(Error::Kind::Server);
    const auto read = rig.tryLoad();
    QVERIFY(!read);
    QCOMPARE(read.error().what, QStringLiteral("It says no."));
}

void TestCimDiscovery::profileNames_data()
{
    QTest::addColumn<QString>("name");
    for (const char *name :
         {"iSCSI Target Port", "iSCSI Target Ports", "ISCSI  target port", "iSCSITargetPorts Profile"})
        QTest::newRow(name) << QString::fromLatin1(name);
}

void TestCimDiscovery::profileNames()
{
    // NetApp misspells names of profiles: where iSCSI target ports are is looked into first, however they are called.
    QFETCH(QString, name);
    QString text = arrayText();
    text.replace(QLatin1String("root/cimv2/storage/iscsitarget"), QLatin1String("root/acme"));
    text += QStringLiteral(R"(
        namespace root/first
        other CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=first
        namespace interop
        p0 CIM_RegisteredProfile InstanceID=SNIA:Array RegisteredName=Array
        p1 CIM_RegisteredProfile InstanceID=SNIA:iSCSI RegisteredName="%1"
        - CIM_ElementConformsToProfile ConformantStandard=@p0 ManagedElement=@other
        - CIM_ElementConformsToProfile ConformantStandard=@p1 ManagedElement=@sys
    )")
                    .arg(name);
    Rig rig(text);
    QCOMPARE(shown(rig.load(), "server").size(), 1);
    QVERIFY(rig.server->of(QStringLiteral("enumerate root/first:")).isEmpty());
}

QTEST_MAIN(TestCimDiscovery)
#include "tst_cimdiscovery.moc"
