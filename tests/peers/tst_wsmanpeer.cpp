// SPDX-License-Identifier: Apache-2.0
// What the WS-Man peer does beyond the recordings: Windows, methods by the rules, native portals, scripted faults.
#include "tests/peers/peerprocess.h"
#include "tests/peers/rigworkbook.h"
#include "tests/peers/soapcaller.h"

#include <QElapsedTimer>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

using namespace soapcaller;

class TestWsmanPeer
    : public QObject
    , private SoapCaller
{
    Q_OBJECT

private slots:
    void init() { fresh(); }

    void startsFast()
    {
        QElapsedTimer clock;
        clock.start();
        start(QStringLiteral("openwsman"));
        qInfo("%lld ms to the port", clock.elapsed());
        QVERIFY(clock.elapsed() < 2000); // some 50 ms on an idle machine
    }

    void bindsByTheRules_data()
    {
        QTest::addColumn<QString>("endpoint");
        QTest::addColumn<QString>("portal");
        QTest::addColumn<int>("code");
        const QString first = QStringLiteral("iqn.2026-11.example.rig:target-000000,t,0x0001");
        const QString second = QStringLiteral("iqn.2026-11.example.rig:target-000000,t,0x0002");
        QTest::newRow("free portal of the group") << first << QStringLiteral("10.0.0.2:3260") << 0;
        QTest::newRow("bound already") << first << QStringLiteral("10.0.0.1:3260") << 0;
        QTest::newRow("no such portal") << first << QStringLiteral("10.9.9.9:3260") << 4096;
        QTest::newRow("no such endpoint") << first + QStringLiteral("9") << QStringLiteral("10.0.0.2:3260") << 4096;
        QTest::newRow("portal without address") << first << QStringLiteral("10.0.0.7:3260") << 4097;
        QTest::newRow("portal of the other endpoint") << second << QStringLiteral("10.0.0.0:3260") << 4098;
        QTest::newRow("portal of another group") << first << QStringLiteral("10.0.0.9:3260") << 4099;
        QTest::newRow("portal of another target's group") << first << QStringLiteral("10.0.0.16:3260") << 4099;
    }
    void bindsByTheRules()
    {
        QFETCH(QString, endpoint);
        QFETCH(QString, portal);
        QFETCH(int, code);
        for (const QString &as : {QStringLiteral("windows"), QStringLiteral("openwsman"), QStringLiteral("omi")}) {
            // Windows has no collections, but the workbook enforces its groups all the same.
            fresh();
            start(as);
            const int before = rows(QStringLiteral("binding"));
            const SoapReply reply = bind(endpoint, portal);
            QCOMPARE(reply.status, 200);
            QCOMPARE(reply.returnValue(), code);
            const bool made = code == 0 && portal != QLatin1String("10.0.0.1:3260");
            QCOMPARE(rows(QStringLiteral("binding")), before + (made ? 1 : 0));
            QCOMPARE(m_peer->count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 1);
        }
    }

    void bindIsRefusedWhereTheServerCannot()
    {
        change(QStringLiteral("UPDATE server SET bind = 'no'"));
        start(QStringLiteral("windows"));
        QCOMPARE(bind(endpointName(0, 1), QStringLiteral("10.0.0.2:3260")).returnValue(), 1);
    }

    void unbindDeletesTheUpperLayerOnly()
    {
        start(QStringLiteral("windows"));
        const int before = rows(QStringLiteral("binding"));
        const QString tcp = reference(cls("TCPProtocolEndpoint"),
                                      endpointKeys(cls("TCPProtocolEndpoint"), QStringLiteral("10.0.0.0:3260")));
        const QString upper = association(QStringLiteral("Antecedent"), tcp)
                + association(QStringLiteral("Dependent"),
                              reference(cls("iSCSIProtocolEndpoint"),
                                        endpointKeys(cls("iSCSIProtocolEndpoint"), endpointName(0, 1))));
        QCOMPARE(send(cls("BindsTo"), transfer + QStringLiteral("Delete"), {}, upper).status, 200);
        QCOMPARE(rows(QStringLiteral("binding")), before - 1);
        const SoapReply again = send(cls("BindsTo"), transfer + QStringLiteral("Delete"), {}, upper);
        QCOMPARE(again.subcode(), QStringLiteral("a:DestinationUnreachable"));
        const QString lower = association(QStringLiteral("Dependent"), tcp)
                + association(QStringLiteral("Antecedent"),
                              reference(QStringLiteral("MSFTSMNET_IPProtocolEndpoint"),
                                        endpointKeys(QStringLiteral("MSFTSMNET_IPProtocolEndpoint"),
                                                     QStringLiteral("10.0.0.0"))));
        QCOMPARE(send(cls("BindsTo"), transfer + QStringLiteral("Delete"), {}, lower).subcode(),
                 QStringLiteral("w:UnsupportedFeature"));
    }

    void createsAndDeletesEndpointsAndNodes()
    {
        start(QStringLiteral("openwsman"));
        const QString node = reference(
                cls("SCSIProtocolController"),
                {{QStringLiteral("SystemCreationClassName"), QStringLiteral("CIM_ComputerSystem")},
                 {QStringLiteral("SystemName"), QStringLiteral("rig-host")},
                 {QStringLiteral("CreationClassName"), cls("SCSIProtocolController")},
                 {QStringLiteral("DeviceID"), QStringLiteral("iqn.2026-11.example.rig:target-000000")}});
        const auto create = [&](const QString &identifier, const QStringList &portals) {
            QString parameters = parameter(QStringLiteral("iSCSINode"), node)
                    + parameter(QStringLiteral("Role"), QStringLiteral("3"));
            if (!identifier.isEmpty())
                parameters += parameter(QStringLiteral("Identifier"), identifier);
            for (const QString &portal : portals)
                parameters += parameter(
                        QStringLiteral("NetworkPortals"),
                        reference(cls("TCPProtocolEndpoint"), endpointKeys(cls("TCPProtocolEndpoint"), portal)));
            return invoke(QStringLiteral("CreateiSCSIProtocolEndpoint"), parameters);
        };
        const QStringList free{QStringLiteral("10.0.0.2:3260"), QStringLiteral("10.0.0.3:3260")};
        QCOMPARE(create(QStringLiteral("000000000001"), free).returnValue(), 4098);
        QCOMPARE(create({}, {QStringLiteral("10.9.9.9:3260")}).returnValue(), 4100);
        QCOMPARE(create({}, {QStringLiteral("10.0.0.7:3260")}).returnValue(), 4101);
        QCOMPARE(create({}, {QStringLiteral("10.0.0.0:3260")}).returnValue(), 4102);
        QCOMPARE(create({}, {QStringLiteral("10.0.0.2:3260"), QStringLiteral("10.0.0.9:3260")}).returnValue(), 4103);
        const SoapReply made = create({}, free);
        QCOMPARE(made.returnValue(), 0);
        QVERIFY2(made.body.contains(endpointName(0, 3)), qPrintable(made.body));
        QCOMPARE(rows(QStringLiteral("endpoint")), 9);

        const QString port = reference(cls("iSCSIProtocolEndpoint"),
                                       endpointKeys(cls("iSCSIProtocolEndpoint"), endpointName(0, 3)));
        QCOMPARE(invoke(QStringLiteral("DeleteiSCSIProtocolEndpoint"), parameter(QStringLiteral("iSCSIPort"), port))
                         .returnValue(),
                 0);
        QCOMPARE(invoke(QStringLiteral("DeleteiSCSIProtocolEndpoint"), parameter(QStringLiteral("iSCSIPort"), port))
                         .returnValue(),
                 4096);
        change(QStringLiteral(
                "INSERT INTO session (endpoint, portal, initiator) VALUES (1, 1, 'iqn.2026-11.example:client')"));
        QCOMPARE(invoke(QStringLiteral("DeleteiSCSINode"), parameter(QStringLiteral("iSCSINode"), node)).returnValue(),
                 4097);
        change(QStringLiteral("DELETE FROM session"));
        QCOMPARE(invoke(QStringLiteral("DeleteiSCSINode"), parameter(QStringLiteral("iSCSINode"), node)).returnValue(),
                 0);
        QCOMPARE(invoke(QStringLiteral("CreateiSCSINode"), parameter(QStringLiteral("Alias"), QStringLiteral("new")))
                         .returnValue(),
                 0);
        QCOMPARE(invoke(QStringLiteral("CreateiSCSINode"), parameter(QStringLiteral("Alias"), QStringLiteral("new")))
                         .returnValue(),
                 4097);
    }

    void endpointsAreSwitchedWhereTheServerAllowsIt()
    {
        const QString enabled = QStringLiteral("SELECT enabled FROM endpoint WHERE id = 1");
        for (const QString &as : {QStringLiteral("windows"), QStringLiteral("openwsman"), QStringLiteral("omi")}) {
            fresh();
            start(as);
            const auto request = [this](int state) {
                const QString type = cls("iSCSIProtocolEndpoint");
                const QString method = QStringLiteral("RequestStateChange");
                return send(type, uriOf(type) + QLatin1Char('/') + method, endpointKeys(type, endpointName(0, 1)), {},
                            QStringLiteral("<r:%1_INPUT xmlns:r=\"%2\">%3</r:%1_INPUT>")
                                    .arg(method, uriOf(type),
                                         parameter(QStringLiteral("RequestedState"), QString::number(state))))
                        .returnValue();
            };
            QCOMPARE(request(3), 0); // Disabled
            QCOMPARE(query(enabled).toInt(), 0);
            QCOMPARE(request(2), 0); // Enabled
            QCOMPARE(query(enabled).toInt(), 1);
            QVERIFY(request(11) != 0); // Reset
            change(QStringLiteral("UPDATE server SET enable_endpoint = 0"));
            QCOMPARE(request(3), 1); // Not Supported
            QCOMPARE(query(enabled).toInt(), 1);
        }
    }

    void nativePortalsListenForAllTargets()
    {
        start(QStringLiteral("windows"), {QStringLiteral("--native")});
        m_namespace = QStringLiteral("root/wmi");
        const Keys key{{QStringLiteral("Address"), QStringLiteral("10.0.0.5")}};
        const SoapReply before = send(QStringLiteral("WT_Portal"), transfer + QStringLiteral("Get"), key);
        QVERIFY2(before.body.contains(QLatin1String("<p:Listen>false</p:Listen>")), qPrintable(before.body));
        const QString instance = QStringLiteral(
                                         "<p:WT_Portal xmlns:p=\"%1root/wmi/WT_Portal\"><p:Address>10.0.0.5</p:Address>"
                                         "<p:Listen>true</p:Listen><p:Port>3261</p:Port></p:WT_Portal>")
                                         .arg(wmi);
        QCOMPARE(send(QStringLiteral("WT_Portal"), transfer + QStringLiteral("Put"), key, {}, instance).status, 200);
        const SoapReply after = send(QStringLiteral("WT_Portal"), transfer + QStringLiteral("Get"), key);
        QVERIFY2(after.body.contains(QLatin1String("<p:Listen>true</p:Listen><p:Port>3261</p:Port>")),
                 qPrintable(after.body));
        QString damaged = instance;
        damaged.replace(QLatin1String("3261"), QLatin1String("99999"));
        QCOMPARE(send(QStringLiteral("WT_Portal"), transfer + QStringLiteral("Put"), key, {}, damaged).subcode(),
                 QStringLiteral("w:InvalidParameter"));
    }

    void windowsIsStrict()
    {
        start(QStringLiteral("windows"));
        const QString bare = QStringLiteral(
                "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:a=\"http://"
                "schemas.xmlsoap.org/ws/2004/08/addressing\"><s:Header><a:To>http://x/wsman</a:To>"
                "<a:MessageID>uuid:1</a:MessageID>%1</s:Header><s:Body/></s:Envelope>");
        QCOMPARE(post(bare.arg(QString())).subcode(), QStringLiteral("a:MessageInformationHeaderRequired"));
        QCOMPARE(post(bare.arg(QStringLiteral("<a:ReplyTo><a:Address>http://elsewhere/</a:Address></a:ReplyTo>"
                                              "<a:Action>x</a:Action>")))
                         .subcode(),
                 QStringLiteral("w:UnsupportedFeature"));
        // A CIM class through the DMTF URI is polymorphic; a class of Microsoft's is none of the DMTF.
        const QString space = QStringLiteral("<w:Selector Name=\"__cimnamespace\">%1</w:Selector>").arg(target);
        m_uri = dmtf + QStringLiteral("CIM_TCPProtocolEndpoint");
        const SoapReply all = send({}, enumeration + QStringLiteral("Enumerate"), {}, space, enumerateBody(100));
        QCOMPARE(all.count(QStringLiteral("MSISCSITARGET_TCPProtocolEndpoint")), 64);
        m_uri = dmtf + QStringLiteral("MSISCSITARGET_TCPProtocolEndpoint");
        QVERIFY(send({}, enumeration + QStringLiteral("Enumerate"), {}, space, enumerateBody(100))
                        .body.contains(QLatin1String("2150859065")));
        m_uri.clear();
        QCOMPARE(send(QStringLiteral("CIM_SystemSpecificCollection"), enumeration + QStringLiteral("Enumerate"), {}, {},
                      enumerateBody(1))
                         .subcode(),
                 QStringLiteral("a:DestinationUnreachable"));
    }

    void windowsChangesTheContextWithEachPull()
    {
        start(QStringLiteral("windows"));
        const QString uri = cls("TCPProtocolEndpoint");
        SoapReply reply = send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(10));
        int items = reply.count(uri);
        int pulls = 0;
        while (!reply.ends()) {
            const QString context = reply.context();
            reply = pull(uri, context, 20);
            QCOMPARE(reply.status, 200);
            QVERIFY(reply.context() != context);
            items += reply.count(uri);
            QCOMPARE(pull(uri, context, 1).subcode(), QStringLiteral("n:InvalidEnumerationContext"));
            QVERIFY(++pulls < 10);
        }
        QCOMPARE(items, 64);
        QCOMPARE(pulls, 3);
    }

    void anotherProcessMayChangeTheWorkbook()
    {
        start(QStringLiteral("openwsman"));
        const QString uri = cls("BindsTo");
        const int before = send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1000)).count(uri);
        QCOMPARE(before, 60 + 12);
        change(QStringLiteral("INSERT INTO binding VALUES (1, 3)"));
        QCOMPARE(send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1000)).count(uri),
                 before + 1);
    }

    void quotaCountsOpenEnumerations()
    {
        start(QStringLiteral("windows"), {QStringLiteral("--quota"), QStringLiteral("2")});
        const QString uri = cls("TCPProtocolEndpoint");
        const SoapReply first = send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1));
        QCOMPARE(send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1)).status, 200);
        QCOMPARE(send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1)).subcode(),
                 QStringLiteral("w:QuotaLimit"));
        const QString release = QStringLiteral(
                "<n:Release><n:EnumerationContext>%1</n:EnumerationContext></n:Release>");
        QCOMPARE(send(uri, enumeration + QStringLiteral("Release"), {}, {}, release.arg(first.context())).status, 200);
        QCOMPARE(send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1)).status, 200);
    }

    void playsAScript()
    {
        start(QStringLiteral("openwsman"));
        const QString uri = cls("TCPProtocolEndpoint");
        const auto enumerate = [&] {
            return send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1));
        };
        QCOMPARE(m_peer->command("fault Enumerate 2 AccessDenied"), QByteArray("ok"));
        QCOMPARE(enumerate().status, 200);
        QCOMPARE(enumerate().subcode(), QStringLiteral("wsman:AccessDenied"));
        QCOMPARE(enumerate().status, 200);
        QCOMPARE(m_peer->command("clear"), QByteArray("ok"));
        QCOMPARE(m_peer->command("status * 1 503"), QByteArray("ok"));
        QCOMPARE(enumerate().status, 503);
        QCOMPARE(m_peer->command("lose Invoke 1"), QByteArray("ok"));
        const int before = rows(QStringLiteral("binding"));
        QCOMPARE(bind(endpointName(0, 1), QStringLiteral("10.0.0.2:3260")).status, 0);
        QCOMPARE(rows(QStringLiteral("binding")), before + 1); // carried out all the same
        QCOMPARE(m_peer->command("delay Enumerate 1 400"), QByteArray("ok"));
        QElapsedTimer clock;
        clock.start();
        QCOMPARE(enumerate().status, 200);
        QVERIFY(clock.elapsed() >= 400);
        QCOMPARE(m_peer->command("count Enumerate"), QByteArray("5"));
        QVERIFY(m_peer->command("fault Enumerate 1 NoSuchFault").startsWith("error"));
    }

    void aHundredThousandPortals()
    {
        fresh(100000);
        start(QStringLiteral("omi"));
        const QString uri = cls("TCPProtocolEndpoint");
        QElapsedTimer clock;
        clock.start();
        SoapReply reply = send(uri, enumeration + QStringLiteral("Enumerate"), {}, {}, enumerateBody(1000));
        const qint64 first = clock.elapsed();
        int items = reply.count(uri);
        int pulls = 0;
        for (; !reply.ends() && pulls < 2000; ++pulls) {
            reply = pull(uri, reply.context(), 1000);
            items += int(reply.body.count(QLatin1String("<p:CIM_TCPProtocolEndpoint ")));
        }
        QCOMPARE(items, 100000);
        qInfo("first answer after %lld ms, %d pulls in %lld ms", first, pulls, clock.elapsed());
    }

private:
    QString workbook() const { return m_folder.filePath(QStringLiteral("rig.portalbind")); }

    /// Another workbook in place of the last one, which nobody may have open any more: SQLite knows files by their
    /// names.
    void fresh(int portals = 64)
    {
        m_peer.reset();
        QVERIFY(writeRigWorkbook(workbook(), portals));
    }
    void start(const QString &as, const QStringList &arguments = {})
    {
        m_windows = as == QLatin1String("windows");
        m_namespace = target;
        m_uri.clear();
        m_peer = std::make_unique<WsmanPeer>(workbook(), as, arguments);
        QVERIFY2(m_peer->isRunning(), qPrintable(m_peer->error()));
        m_port = m_peer->port();
    }

    void change(const QString &sql) { query(sql); }
    int rows(const QString &table) { return query(QStringLiteral("SELECT count(*) FROM ") + table).toInt(); }
    QVariant query(const QString &sql)
    {
        QVariant value;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("test"));
            database.setDatabaseName(workbook());
            QSqlQuery query(database.open() ? database : QSqlDatabase());
            if (!query.exec(sql))
                qFatal("%s", qPrintable(sql));
            if (query.next())
                value = query.value(0);
        }
        QSqlDatabase::removeDatabase(QStringLiteral("test"));
        return value;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<WsmanPeer> m_peer;
};

QTEST_GUILESS_MAIN(TestWsmanPeer)
#include "tst_wsmanpeer.moc"
