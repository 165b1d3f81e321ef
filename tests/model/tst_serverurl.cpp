// SPDX-License-Identifier: Apache-2.0
#include "model/secret.h"
#include "model/serverurl.h"

#include <QTest>

using namespace portalbind;

class TestServerUrl : public QObject
{
    Q_OBJECT
private slots:
    void parts_data();
    void parts();
    void refused_data();
    void refused();
    void passwordIsNotRepeated();
    void keys();
    void secretsAreNeeded_data();
    void secretsAreNeeded();
    void secretIsOverwritten();
};

void TestServerUrl::parts_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<ServerUrl>("parts");
    QTest::addColumn<QString>("shortest"); // empty: the same
    using S = ServerUrl::SignIn;
    const auto row = [](const char *text, const ServerUrl &parts, const char *shortest = "") {
        QTest::newRow(text) << QString::fromUtf8(text) << parts << QString::fromUtf8(shortest);
    };
    const QString wsman = QStringLiteral("/wsman");
    const QString host = QStringLiteral("san-a");
    row("wsmans://san-a", {true, {}, host, 5986, wsman, S::Negotiate, {}});
    row("wsmans://san-a/", {true, {}, host, 5986, wsman, S::Negotiate, {}}, "wsmans://san-a");
    row("WSMANS://SAN-A:5986/wsman?auth=Negotiate", {true, {}, host, 5986, wsman, S::Negotiate, {}}, "wsmans://san-a");
    row("wsman://san-a", {false, {}, host, 5985, wsman, S::Negotiate, {}});
    row("wsman://san-a:5986", {false, {}, host, 5986, wsman, S::Negotiate, {}});
    row("wsmans://joe@san-a:443/mgmt?auth=basic",
        {true, QStringLiteral("joe"), host, 443, QStringLiteral("/mgmt"), S::Basic, {}});
    row("wsmans://joe@CORP.EXAMPLE@san-a?auth=kerberos",
        {true, QStringLiteral("joe@CORP.EXAMPLE"), host, 5986, wsman, S::Kerberos, {}},
        "wsmans://joe%40CORP.EXAMPLE@san-a?auth=kerberos");
    row("wsmans://CORP\\joe@san-a?auth=ntlm", {true, QStringLiteral("CORP\\joe"), host, 5986, wsman, S::Ntlm, {}},
        "wsmans://CORP%5Cjoe@san-a?auth=ntlm");
    row("wsmans://[2001:DB8::5]:443?namespace=root/cimv2/storage",
        {true, {}, QStringLiteral("2001:db8::5"), 443, wsman, S::Negotiate, QStringLiteral("root/cimv2/storage")},
        "wsmans://[2001:db8::5]:443?namespace=root/cimv2/storage");
    row("wsmans://[2001:db8::5]", {true, {}, QStringLiteral("2001:db8::5"), 5986, wsman, S::Negotiate, {}});
    row("wsmans://10.0.1.5?namespace=a%26b%2Bc",
        {true, {}, QStringLiteral("10.0.1.5"), 5986, wsman, S::Negotiate, QStringLiteral("a&b+c")});
    row("wsmans://J%C3%BCrgen%20M@san-a", {true, QStringLiteral("Jürgen M"), host, 5986, wsman, S::Negotiate, {}});
}

void TestServerUrl::parts()
{
    QFETCH(QString, text);
    QFETCH(ServerUrl, parts);
    QFETCH(QString, shortest);
    const auto parsed = ServerUrl::parse(text);
    QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().text()));
    QVERIFY2(*parsed == parts, qPrintable(parsed->toUrl().toString()));
    const QString again = parts.toUrl().toString(QUrl::FullyEncoded);
    QCOMPARE(again, shortest.isEmpty() ? text : shortest);
    // As lists of recent servers keep it, and as a person is shown it.
    QVERIFY(ServerUrl::parse(again).value() == parts);
    QVERIFY(ServerUrl::parse(parts.toUrl().toString(QUrl::RemovePassword)).value() == parts);
}

void TestServerUrl::refused_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("where");
    const auto row = [](const char *text, const char *where) {
        QTest::newRow(text) << QString::fromLatin1(text) << QString::fromLatin1(where);
    };
    row("wsmans:", "");
    row("wsmans:san-a", "");
    row("https://san-a", "");
    row("wsmans://", "host of the URL");
    row("wsmans://joe@", "host of the URL");
    row("wsmans://san a", "host of the URL");
    row("wsmans://san-a:", "port of the URL");
    row("wsmans://san-a:0", "port of the URL");
    row("wsmans://san-a:65536", "port of the URL");
    row("wsmans://san-a:http", "port of the URL");
    row("wsmans://2001:db8::5", "port of the URL");
    row("wsmans://san-a?auth=digest", "auth in the URL");
    row("wsmans://san-a?aut=basic", "query of the URL");
    row("wsmans://san-a#top", "#top");
    row("wsman://joe@san-a?auth=basic", "san-a:5985, sign-in");
    row("wsmans://san-a?auth=basic", "san-a:5986, user");
    row("wsmans://san-a?auth=ntlm", "san-a:5986, user");
    row("wsmans://joe%0A@san-a", "san-a:5986");
}

void TestServerUrl::refused()
{
    QFETCH(QString, text);
    const auto parsed = ServerUrl::parse(text);
    QVERIFY(!parsed);
    QVERIFY(parsed.error().kind == Error::Kind::BadInput);
    QTEST(parsed.error().where, "where");
    QVERIFY(!parsed.error().what.isEmpty() && !parsed.error().remedy.isEmpty());
}

void TestServerUrl::passwordIsNotRepeated()
{
    for (const char *text : {"wsmans://joe:hunter2@san-a", "wsmans://joe:hunter2@x@san-a", "wsman://:hunter2@san-a:1",
                             "wsmans://joe:/hunter2@san-a", "wsmans://joe:hunter2#x@san-a"}) {
        const auto parsed = ServerUrl::parse(QString::fromLatin1(text));
        QVERIFY(!parsed);
        QVERIFY(parsed.error().what.contains(QLatin1String("password")));
        QVERIFY(parsed.error().where.contains(QLatin1String("@san-a")));
        QVERIFY(!parsed.error().text().contains(QLatin1String("hunter2")) && parsed.error().detail.isEmpty());
    }
}

void TestServerUrl::keys()
{
    const ServerUrl usual = ServerUrl::parse(QStringLiteral("wsmans://joe@san-a")).value();
    QCOMPARE(usual.address(), QStringLiteral("san-a:5986"));
    QCOMPARE(usual.title(), QStringLiteral("san-a"));
    QCOMPARE(usual.account(), QStringLiteral("joe@san-a:5986"));
    const ServerUrl other = ServerUrl::parse(QStringLiteral("wsman://[2001:db8::5]:5986")).value();
    QCOMPARE(other.address(), QStringLiteral("[2001:db8::5]:5986"));
    QCOMPARE(other.title(), QStringLiteral("[2001:db8::5]:5986"));
    QCOMPARE(other.account(), QStringLiteral("[2001:db8::5]:5986"));
}

void TestServerUrl::secretsAreNeeded_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("needed");
    QTest::newRow("basic") << QStringLiteral("wsmans://joe@s?auth=basic") << true;
    QTest::newRow("ntlm") << QStringLiteral("wsmans://joe@s?auth=ntlm") << true;
    QTest::newRow("negotiate as somebody") << QStringLiteral("wsmans://joe@s") << true;
    QTest::newRow("negotiate as oneself") << QStringLiteral("wsmans://s") << false;
    QTest::newRow("kerberos") << QStringLiteral("wsmans://joe@s?auth=kerberos") << false;
}

void TestServerUrl::secretsAreNeeded()
{
    QFETCH(QString, text);
    QTEST(ServerUrl::parse(text).value().needsSecret(), "needed");
}

void TestServerUrl::secretIsOverwritten()
{
    // Long enough for a buffer of its own. It is looked at while a second owner of the memory keeps it allocated.
    QString text = QString(32, u'x');
    text.reserve(256);
    const QChar *const buffer = text.constData();
    auto *secret = new Secret(std::move(text));
    QCOMPARE(secret->text(), QString(32, u'x'));
    {
        const Secret copy = *secret;
        delete std::exchange(secret, new Secret(copy)); // the copies share it
    }
    QCOMPARE(secret->text(), QString(32, u'x'));
    const QString held = secret->text(); // as a connection may hold it
    delete secret;
    QCOMPARE(held, QString(32, u'x')); // and is not surprised
    QVERIFY(held.constData() == buffer);
    QVERIFY(Secret().isEmpty() && Secret(QString()).isEmpty() && Secret().text().isEmpty());
}

QTEST_GUILESS_MAIN(TestServerUrl)
#include "tst_serverurl.moc"
