// SPDX-License-Identifier: Apache-2.0

// Commands that change something, each with what it refuses.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

namespace {

const QString mail = QStringLiteral("iqn.2026-11.com.example:mail");

} // namespace

class TestCtlChanges : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void bindAndUnbind();
    void severalAreOnePlan();
    void refusedSendsNothing();
    void alreadyBound();
    void move();
    void portals();
    void groups();
    void renamedOnItsOwnServer_data();
    void renamedOnItsOwnServer();
    void nodesAndEndpoints();
    void sessionsNeedForce();
    void dryRunChangesNothing_data();
    void dryRunChangesNothing();
    void multicastPortal_data();
    void multicastPortal();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestCtlChanges::bindAndUnbind()
{
    const QByteArray before = m_ctl->contents();
    const Ran bind = m_ctl->ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
                                 QStringLiteral("--json")});
    QCOMPARE(bind.code, 0);
    QCOMPARE(keysOf(bind.json()), words("command created differences done dryRun forced paths steps verified"));
    QCOMPARE(bind.json()[QLatin1String("done")].toInt(), 1);
    QVERIFY(bind.json()[QLatin1String("verified")].toBool());
    const QJsonObject step = bind.json()[QLatin1String("steps")].toArray().first().toObject();
    QCOMPARE(keysOf(step),
             words("code decision lastPortal milliseconds origin possibleSessions reason remedy server sessions state "
                   "symbol text"));
    QCOMPARE(step[QLatin1String("state")].toString(), QStringLiteral("done"));
    QVERIFY(m_ctl->contents() != before);
    QVERIFY(m_ctl->ctl("list bindings").out.contains("san-a/10.0.1.6:3260"));
    const Ran unbind = m_ctl->ctl(
            {QStringLiteral("unbind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(unbind.code, 0);
    QVERIFY(unbind.out.startsWith("done "));
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlChanges::severalAreOnePlan()
{
    const Ran bind = m_ctl->ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"),
                                 QStringLiteral("[2001:db8:0:1::6]:3260"), mail + QStringLiteral(",1"),
                                 QStringLiteral("--json")});
    QCOMPARE(bind.code, 0);
    QCOMPARE(bind.json()[QLatin1String("done")].toInt(), 2);
}

void TestCtlChanges::refusedSendsNothing()
{
    // The first one alone would be bound; the second one is of the other fabric.
    const QByteArray before = m_ctl->contents();
    const Ran bind = m_ctl->ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"),
                                 QStringLiteral("10.0.2.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(bind.code, 3);
    QVERIFY(bind.out.isEmpty());
    QVERIFY(bind.err.contains("4099") && bind.err.contains("10.0.2.6:3260"));
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlChanges::alreadyBound()
{
    const QByteArray before = m_ctl->contents();
    const Ran bind = m_ctl->ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.5:3260"), mail + QStringLiteral(",1"),
                                 QStringLiteral("--json")});
    QCOMPARE(bind.code, 0);
    QVERIFY(bind.json()[QLatin1String("steps")].toArray().isEmpty());
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlChanges::move()
{
    const QString portal = QStringLiteral("10.0.1.8:3260");
    const QString from = QStringLiteral("iqn.2026-11.com.example:web,1");
    const QString to = QStringLiteral("iqn.2026-11.com.example:web,2");
    const Ran ran = m_ctl->ctl({QStringLiteral("move"), portal, from, to, QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("done")].toInt(), 2);
    const QByteArray bindings = m_ctl->ctl("list bindings").out;
    QVERIFY(bindings.contains("web,t,0x0002") && !bindings.contains("web,t,0x0001"));
    QCOMPARE(m_ctl->ctl({QStringLiteral("move"), portal, from, to}).code, 3); // it is not there any more
}

void TestCtlChanges::portals()
{
    const QByteArray before = m_ctl->contents();
    const Ran tcp = m_ctl->ctl("portal create san-a/10.0.1.99:3260 --interface ens9 --json");
    QCOMPARE(tcp.code, 0);
    QCOMPARE(tcp.json()[QLatin1String("created")].toArray(), QJsonArray{QStringLiteral("san-a/10.0.1.99:3260")});
    QCOMPARE(m_ctl->ctl("show 10.0.1.99:3260 --json").json()[QLatin1String("interface")].toString(),
             QStringLiteral("ens9"));
    QCOMPARE(m_ctl->ctl("portal create 10.0.9.99 --server san-b").code, 0);
    QCOMPARE(m_ctl->ctl("show 10.0.9.99 --json").json()[QLatin1String("portalKind")].toString(), QStringLiteral("ip"));
    QCOMPARE(m_ctl->ctl("portal create san-a/10.0.1.99:3260").code, 3); // there is one
    QCOMPARE(m_ctl->ctl("portal create 10.0.1.300:3260 --server san-a").code, 2);
    QCOMPARE(m_ctl->ctl("portal delete 10.0.1.5:3260").code, 3); // bound
    QCOMPARE(m_ctl->ctl("portal delete 10.0.1.99:3260 10.0.9.99").code, 0);
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlChanges::groups()
{
    const QByteArray before = m_ctl->contents();
    QCOMPARE(m_ctl->ctl("group create fabric-C --server san-b").code, 0);
    QCOMPARE(m_ctl->ctl("group create fabric-C --server san-b").code, 3);
    QCOMPARE(m_ctl->ctl("group add fabric-C 10.0.3.25:3260 10.0.3.26:3260").code, 0);
    QCOMPARE(m_ctl->ctl("show fabric-C --json").json()[QLatin1String("portals")].toArray().size(), 2);
    QCOMPARE(m_ctl->ctl("group rename fabric-C fabric/D").code, 0);
    QCOMPARE(m_ctl->ctl("group remove san-b/fabric/D 10.0.3.26:3260").code, 0);
    QCOMPARE(m_ctl->ctl("show fabric/D --json").json()[QLatin1String("portals")].toArray().size(), 1);
    QCOMPARE(m_ctl->ctl("group remove fabric/D 10.0.3.26:3260").code, 3); // no member
    // An endpoint that binds it would lose what its portals share.
    const Ran leave = m_ctl->ctl("group remove san-a/fabric-A 10.0.1.5:3260 --json");
    QCOMPARE(leave.code, 3);
    QCOMPARE(leave.json()[QLatin1String("code")].toInt(), 4099);
    QCOMPARE(m_ctl->ctl("group delete fabric/D").code, 0);
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlChanges::renamedOnItsOwnServer_data()
{
    QTest::addColumn<QString>("to");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("the same server") << QStringLiteral("san-a/fabric-C")
                                     << QByteArray("portalbindctl group rename san-a/fabric-A fabric-C");
    QTest::newRow("another server") << QStringLiteral("san-b/fabric-C") << QByteArray("stays on san-a");
    QTest::newRow("nothing behind it") << QStringLiteral("san-a/") << QByteArray("san-a");
}

void TestCtlChanges::renamedOnItsOwnServer()
{
    QFETCH(QString, to);
    QFETCH(QByteArray, says);
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->ctl(
            {QStringLiteral("group"), QStringLiteral("rename"), QStringLiteral("san-a/fabric-A"), to});
    QCOMPARE(ran.code, 2);
    QVERIFY2(ran.err.contains(says), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlChanges::nodesAndEndpoints()
{
    const QByteArray before = m_ctl->contents();
    const QString name = QStringLiteral("iqn.2026-11.com.example:new");
    QCOMPARE(m_ctl->ctl({QStringLiteral("node"), QStringLiteral("create"), QStringLiteral("san-a/") + name,
                         QStringLiteral("--alias"), QStringLiteral("Neu ü")})
                     .code,
             0);
    QCOMPARE(m_ctl->ctl({QStringLiteral("show"), name, QStringLiteral("--json")})
                     .json()[QLatin1String("alias")]
                     .toString(),
             QStringLiteral("Neu ü"));
    QCOMPARE(m_ctl->ctl({QStringLiteral("node"), QStringLiteral("create"), QStringLiteral("san-a/") + name}).code,
             3); // taken
    QCOMPARE(m_ctl->ctl("node create not-a-name --server san-a").code, 2);
    const Ran endpoint = m_ctl->ctl({QStringLiteral("endpoint"), QStringLiteral("create"), name,
                                     QStringLiteral("10.0.1.6:3260"), QStringLiteral("--tag"), QStringLiteral("0x7"),
                                     QStringLiteral("--json")});
    QCOMPARE(endpoint.code, 0);
    const QString made = endpoint.json()[QLatin1String("created")].toArray().at(0).toString();
    QCOMPARE(made, QStringLiteral("san-a/") + name + QStringLiteral(",t,0x0007"));
    QCOMPARE(m_ctl->ctl({QStringLiteral("endpoint"), QStringLiteral("create"), name, QStringLiteral("--tag"),
                         QStringLiteral("x")})
                     .code,
             2);
    QCOMPARE(m_ctl->ctl({QStringLiteral("endpoint"), QStringLiteral("create"), name, QStringLiteral("--tag"),
                         QStringLiteral("7")})
                     .code,
             3);
    const auto enabled = [&] {
        return m_ctl->ctl({QStringLiteral("show"), made, QStringLiteral("--json")})
                .json()[QLatin1String("enabled")]
                .toBool();
    };
    QVERIFY(enabled());
    QCOMPARE(m_ctl->ctl({QStringLiteral("endpoint"), QStringLiteral("disable"), made}).code, 0);
    QVERIFY(!enabled());
    QCOMPARE(m_ctl->ctl({QStringLiteral("endpoint"), QStringLiteral("enable"), made}).code, 0);
    QVERIFY(enabled());
    QCOMPARE(m_ctl->ctl({QStringLiteral("endpoint"), QStringLiteral("delete"), made}).code, 0);
    QCOMPARE(m_ctl->ctl({QStringLiteral("node"), QStringLiteral("delete"), name}).code, 0);
    QCOMPARE(m_ctl->contents(), before);
    QCOMPARE(m_ctl->ctl("node create iqn.2026-11.com.example:host --initiator --server san-a").code, 0);
    QCOMPARE(m_ctl->ctl("show iqn.2026-11.com.example:host --json").json()[QLatin1String("role")].toString(),
             QStringLiteral("initiator"));
}

void TestCtlChanges::sessionsNeedForce()
{
    const QByteArray before = m_ctl->contents();
    const QStringList unbind = {QStringLiteral("unbind"), QStringLiteral("10.0.1.5:3260"), mail + QStringLiteral(",1")};
    const Ran refused = m_ctl->ctl(unbind + QStringList{QStringLiteral("--json")});
    QCOMPARE(refused.code, 3);
    QCOMPARE(refused.json()[QLatin1String("origin")].toString(), QStringLiteral("policy"));
    QCOMPARE(m_ctl->contents(), before);
    QCOMPARE(m_ctl->ctl(unbind + words("--dry-run")).code, 3);
    const Ran dry = m_ctl->ctl(unbind + words("--dry-run --force --json"));
    QCOMPARE(dry.code, 0);
    QCOMPARE(dry.json()[QLatin1String("steps")].toArray().first().toObject()[QLatin1String("sessions")].toInt(), 2);
    QCOMPARE(m_ctl->contents(), before);
    QCOMPARE(m_ctl->ctl(unbind + words("--force")).code, 0);
    QVERIFY(m_ctl->contents() != before);
    // What the target itself refuses is not forced.
    QCOMPARE(m_ctl->ctl({QStringLiteral("node"), QStringLiteral("delete"), mail, QStringLiteral("--force")}).code, 3);
}

void TestCtlChanges::dryRunChangesNothing_data()
{
    QTest::addColumn<QString>("arguments");
    for (const char *arguments :
         {"bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1", "unbind 10.0.1.8:3260 iqn.2026-11.com.example:web,1",
          "move 10.0.1.8:3260 iqn.2026-11.com.example:web,1 iqn.2026-11.com.example:web,2",
          "portal create san-a/10.0.1.99:3260", "portal delete 10.0.1.6:3260", "group create x --server san-a",
          "group delete san-b/fabric-B --force", "group rename san-a/fabric-A x",
          "group add san-a/fabric-A 10.0.3.5:3260", "group remove san-a/fabric-A 10.0.1.6:3260",
          "endpoint create iqn.2026-11.com.example:web", "endpoint delete iqn.2026-11.com.example:web,2",
          "endpoint enable iqn.2026-11.com.example:web,2", "endpoint disable iqn.2026-11.com.example:web,1",
          "node create iqn.2026-11.com.example:x --server san-a", "node delete iqn.2026-11.com.example:archive"})
        QTest::newRow(arguments) << QString::fromLatin1(arguments);
}

void TestCtlChanges::dryRunChangesNothing()
{
    QFETCH(QString, arguments);
    const QByteArray before = m_ctl->contents();
    const Ran text = m_ctl->ctl(arguments.split(u' ') + words("--dry-run"));
    QVERIFY2(text.code == 0 || arguments.startsWith(QLatin1String("group delete")), text.err.constData());
    if (text.code != 0) {
        QCOMPARE(text.code, 3);
        return;
    }
    QVERIFY2(text.out.startsWith("planned "), text.out.constData());
    const Ran json = m_ctl->ctl(arguments.split(u' ') + words("--dry-run --json"));
    QCOMPARE(json.code, 0);
    QVERIFY(json.json()[QLatin1String("dryRun")].toBool());
    QVERIFY(!json.json()[QLatin1String("steps")].toArray().isEmpty());
    QCOMPARE(m_ctl->contents(), before);
    // The same without it does change something.
    QCOMPARE(m_ctl->ctl(arguments.split(u' ')).code, 0);
    QVERIFY(m_ctl->contents() != before);
}

void TestCtlChanges::multicastPortal_data()
{
    QTest::addColumn<QString>("address");
    for (const char *address : {"224.0.0.1:3260", "255.255.255.255:3260", "[ff02::1]:3260", "224.0.0.1"})
        QTest::newRow(address) << QString::fromLatin1(address);
}

void TestCtlChanges::multicastPortal()
{
    QFETCH(QString, address);
    const Ran ran = m_ctl->ctl({QStringLiteral("portal"), QStringLiteral("create"), address, QStringLiteral("--server"),
                                QStringLiteral("san-a"), QStringLiteral("--json")});
    QCOMPARE(ran.code, 3);
    QCOMPARE(ran.json()[QLatin1String("code")].toInt(), 5);
    QVERIFY(ran.json()[QLatin1String("remedy")].toString().contains(QLatin1String("multicast")));
}

QTEST_GUILESS_MAIN(TestCtlChanges)
#include "tst_ctlchanges.moc"
