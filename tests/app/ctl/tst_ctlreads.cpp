// SPDX-License-Identifier: Apache-2.0

// Commands that only look, and the names by which they find objects.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

namespace {

const QString mail = QStringLiteral("iqn.2026-11.com.example:mail");

} // namespace

class TestCtlReads : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void list_data();
    void list();
    void show();
    void showByKind();
    void canBind_data();
    void canBind();
    void severalServersAskForOne();
    void noSuchObject();
    void ambiguous();
    void terminalEscapes();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestCtlReads::list_data()
{
    QTest::addColumn<QString>("kind");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("keys");
    const auto row = [](const char *kind, int count, const char *names) {
        QTest::newRow(kind) << QString::fromLatin1(kind) << count << QString::fromLatin1(names);
    };
    row("servers", 2, "bindingCount dialect endpointCount groupCount host name nodeCount portalCount sessionCount");
    row("nodes", 7, "alias endpointCount iqn name role server");
    row("endpoints", 12, "enabled groups iqn name portalCount role scope server sessionCount tag");
    row("portals", 40, "address addressPresent endpointCount groups interface kind name port server state");
    row("groups", 4, "derived name portalCount server");
    row("bindings", 16, "endpoint portal server sessionCount state");
    row("sessions", 10, "endpoint from initiator portal server");
}

void TestCtlReads::list()
{
    QFETCH(QString, kind);
    QFETCH(int, count);
    const Ran json = m_ctl->ctl({QStringLiteral("list"), kind, QStringLiteral("--json")});
    QCOMPARE(json.code, 0);
    QVERIFY2(json.err.isEmpty(), json.err.constData());
    QCOMPARE(keysOf(json.json()), words("items kind"));
    QCOMPARE(json.json()[QLatin1String("kind")].toString(), kind);
    const QJsonArray items = json.json()[QLatin1String("items")].toArray();
    QCOMPARE(items.size(), count);
    for (const QJsonValue item : items)
        QTEST(keysOf(item.toObject()).join(u' '), "keys");

    const Ran text = m_ctl->ctl({QStringLiteral("list"), kind});
    QCOMPARE(text.code, 0);
    const auto lines = text.out.trimmed().split('\n');
    QCOMPARE(lines.size(), count + 1);
    // Columns are aligned: the second one begins where its heading does.
    const qsizetype second = lines[0].indexOf("  ") + 2;
    qsizetype at = second;
    while (at < lines[0].size() && lines[0][at] == ' ')
        ++at;
    for (qsizetype i = 1; i < lines.size(); ++i)
        QVERIFY2(at >= lines[i].size() || lines[i][at - 1] == ' ' || kind == QLatin1String("servers"),
                 lines[i].constData());

    const Ran tree = m_ctl->ctl({QStringLiteral("list")});
    QCOMPARE(tree.code, 0);
    QVERIFY(tree.out.contains("fabric-A") && tree.out.contains(mail.toLatin1()) && tree.out.contains("0x00023d000001"));
}

void TestCtlReads::show()
{
    const QStringList names = {QStringLiteral("san-a"),          mail,
                               mail + QStringLiteral(",1"),      QStringLiteral("10.0.1.5:3260"),
                               QStringLiteral("san-a/fabric-A"), QStringLiteral("10.0.9.5")};
    const QStringList kinds = words("server node endpoint portal group portal");
    const QStringList lists = words("portals endpoints sessions endpoints portals endpoints");
    for (qsizetype i = 0; i < names.size(); ++i) {
        const Ran ran = m_ctl->ctl({QStringLiteral("show"), names[i], QStringLiteral("--json")});
        QCOMPARE(ran.code, 0);
        QCOMPARE(ran.json()[QLatin1String("kind")].toString(), kinds[i]);
        QVERIFY2(!ran.json()[lists[i]].toArray().isEmpty(), ran.out.constData());
        // The name that is shown leads to the same object.
        const Ran again = m_ctl->ctl(
                {QStringLiteral("show"), ran.json()[QLatin1String("name")].toString(), QStringLiteral("--json")});
        QCOMPARE(again.out, ran.out);
        QVERIFY(m_ctl->ctl({QStringLiteral("show"), names[i]}).out.startsWith("kind: " + kinds[i].toLatin1()));
    }
}

void TestCtlReads::showByKind()
{
    QCOMPARE(m_ctl->ctl({QStringLiteral("group"), QStringLiteral("create"), QStringLiteral("san-a"),
                         QStringLiteral("--server"), QStringLiteral("san-a")})
                     .code,
             0);
    QCOMPARE(m_ctl->ctl("show san-a").code, 4);
    QCOMPARE(m_ctl->ctl("show san-a --kind group --json").json()[QLatin1String("kind")].toString(),
             QStringLiteral("group"));
    QCOMPARE(m_ctl->ctl("show san-a --kind server --json").json()[QLatin1String("kind")].toString(),
             QStringLiteral("server"));
}

void TestCtlReads::canBind_data()
{
    QTest::addColumn<QString>("portal");
    QTest::addColumn<QString>("endpoint");
    QTest::addColumn<int>("code");
    const auto row = [](const char *portal, const QString &endpoint, int code) {
        QTest::addRow("%s %d", portal, code) << QString::fromLatin1(portal) << endpoint << code;
    };
    row("10.0.1.6:3260", mail + QStringLiteral(",1"), 0);
    row("10.0.1.5:3260", mail + QStringLiteral(",1"), 0); // already
    row("10.0.1.9:3260", mail + QStringLiteral(",1"), 4097);
    row("10.0.1.5:3260", mail + QStringLiteral(",2"), 4098);
    row("10.0.2.6:3260", mail + QStringLiteral(",t,0x0001"), 4099);
    row("10.0.1.6:3260", QStringLiteral("iqn.2026-11.com.example:replication,i,0x00023d000001"), 5);
}

void TestCtlReads::canBind()
{
    QFETCH(QString, portal);
    QFETCH(QString, endpoint);
    QFETCH(int, code);
    const QByteArray before = m_ctl->contents();
    const Ran ran = m_ctl->ctl({QStringLiteral("can-bind"), portal, endpoint, QStringLiteral("--json")});
    QCOMPARE(ran.code, code ? 3 : 0);
    QCOMPARE(keysOf(ran.json()), words("code decision origin reason remedy symbol"));
    QCOMPARE(ran.json()[QLatin1String("code")].toInt(), code);
    QCOMPARE(ran.json()[QLatin1String("decision")].toString(),
             code ? QStringLiteral("refused") : QStringLiteral("allowed"));
    QCOMPARE(ran.json()[QLatin1String("origin")].toString(), QStringLiteral("target"));
    QVERIFY(!ran.json()[QLatin1String("reason")].toString().isEmpty());
    const Ran text = m_ctl->ctl({QStringLiteral("can-bind"), portal, endpoint});
    QCOMPARE(text.code, ran.code);
    QVERIFY(text.out.startsWith(code ? "Refused: " : "Allowed: "));
    if (code) { // a refused bind prints the very same
        const Ran bind = m_ctl->ctl({QStringLiteral("bind"), portal, endpoint, QStringLiteral("--json")});
        QCOMPARE(bind.code, 3);
        QCOMPARE(bind.out, ran.out);
    }
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlReads::severalServersAskForOne()
{
    const Ran ran = m_ctl->ctl("portal create 10.0.1.99:3260 --json");
    QCOMPARE(ran.code, 4);
    const QJsonObject error = ran.json()[QLatin1String("error")].toObject();
    QCOMPARE(keysOf(error), words("candidates detail kind remedy what where"));
    QCOMPARE(error[QLatin1String("candidates")].toArray(),
             (QJsonArray{QStringLiteral("san-a"), QStringLiteral("san-b")}));
}

void TestCtlReads::noSuchObject()
{
    for (const char *arguments :
         {"show nothing", "bind 10.0.1.66:3260 iqn.2026-11.com.example:mail,1",
          "bind 10.0.1.6:3260 iqn.2026-11.com.example:nail,1", "group delete nothing",
          "endpoint delete iqn.2026-11.com.example:mail,77", "portal create 10.0.0.1:3260 --server nothing"}) {
        const Ran ran = m_ctl->ctl(QString::fromLatin1(arguments).split(u' ') + words("--json"));
        QCOMPARE(ran.code, 4);
        QCOMPARE(ran.json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString(),
                 QStringLiteral("no-such-object"));
    }
    QVERIFY(m_ctl->ctl("bind 10.0.1.66:3260 iqn.2026-11.com.example:mail,1").err.contains("san-a/10.0.1.6:3260"));
}

void TestCtlReads::ambiguous()
{
    const Ran ran = m_ctl->ctl("group add fabric-A 10.0.3.5:3260 --json");
    QCOMPARE(ran.code, 4);
    QCOMPARE(ran.json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString(),
             QStringLiteral("ambiguous"));
    QVERIFY(ran.err.contains("san-a/fabric-A") && ran.err.contains("san-b/fabric-A"));
}

void TestCtlReads::terminalEscapes()
{
    const Ran ran = m_ctl->ctl({QStringLiteral("show"), QStringLiteral("a\x1b[31mb\nc")});
    QCOMPARE(ran.code, 4);
    QVERIFY(!ran.err.contains('\x1b'));
}

QTEST_GUILESS_MAIN(TestCtlReads)
#include "tst_ctlreads.moc"
