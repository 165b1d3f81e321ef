// SPDX-License-Identifier: Apache-2.0

// What words on the command line mean, and which cannot be.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QTest>

using namespace portalbind;

class TestCtlArguments : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void emptyValueStaysOne_data();
    void emptyValueStaysOne();
    void missingValue_data();
    void missingValue();
    void joinedValue();
    void emptyOutput();
    void serverInFront_data();
    void serverInFront();
    void slashInNames();
    void namedTwice_data();
    void namedTwice();
    void upperCase();
    void badWords_data();
    void badWords();
    void notBound();
    void usageIsShownSafely_data();
    void usageIsShownSafely();

private:
    std::optional<CtlRunner> m_ctl;
};

void TestCtlArguments::emptyValueStaysOne_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("made");
    const QString portal = QStringLiteral("san-a/10.66.0.1:3260");
    const QString node = QStringLiteral("san-a/iqn.2026-11.com.example:empty");
    for (const char *value : {"=", " "}) {
        const auto with = [value](const char *option) {
            return QLatin1String(value) == QLatin1String("=") ? QStringList{QString::fromLatin1(option) + u'='}
                                                              : QStringList{QString::fromLatin1(option), QString()};
        };
        QTest::addRow("alias%s", value) << QStringList{QStringLiteral("node"), QStringLiteral("create"), node}
                        + with("--alias")
                                        << node;
        QTest::addRow("interface%s", value)
                << QStringList{QStringLiteral("portal"), QStringLiteral("create"), portal} + with("--interface")
                << portal;
        QTest::addRow("server%s", value) << QStringList{QStringLiteral("portal"), QStringLiteral("create"), portal}
                        + with("--server")
                                         << portal;
    }
}

void TestCtlArguments::emptyValueStaysOne()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, made);
    const QByteArray before = m_ctl->contents();
    const auto dry = m_ctl->ctl(arguments + QStringList{QStringLiteral("--dry-run")});
    QVERIFY2(dry.code == 0 && dry.out.startsWith("planned "), dry.err.constData());
    QCOMPARE(m_ctl->contents(), before);
    QCOMPARE(m_ctl->ctl(arguments).code, 0);
    const QJsonObject shown = m_ctl->ctl({QStringLiteral("show"), made, QStringLiteral("--json")}).json();
    QCOMPARE(shown[QLatin1String("name")].toString(), made);
    QCOMPARE(shown[QLatin1String("alias")].toString(), QString());
    QCOMPARE(shown[QLatin1String("interface")].toString(), QString());
}

void TestCtlArguments::missingValue_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("option");
    const auto row = [](const char *arguments, const char *option) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments) << QString::fromLatin1(option);
    };
    row("node create san-a/iqn.2026-11.com.example:e1 --alias --dry-run", "--alias");
    row("portal create san-a/10.66.0.1:3260 --interface --dry-run", "--interface");
    row("portal create 10.66.0.1:3260 --server --dry-run", "--server");
    row("endpoint create iqn.2026-11.com.example:mail --tag --dry-run", "--tag");
    row("report --format csv --output --json", "--output");
    row("report --format csv -o --json", "-o");
    row("report --format --json", "--format");
    row("--connect --json list", "--connect");
    row("node create san-a/iqn.2026-11.com.example:e1 --dry-run --alias", "--alias");
}

void TestCtlArguments::missingValue()
{
    QFETCH(QString, arguments);
    QFETCH(QString, option);
    const QByteArray before = m_ctl->contents();
    const auto ran = m_ctl->ctl(arguments.split(u' '));
    QCOMPARE(ran.code, 2);
    QVERIFY2(ran.err.contains(option.toLatin1()), ran.err.constData());
    QVERIFY(ran.out.isEmpty());
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlArguments::joinedValue()
{
    QCOMPARE(m_ctl->ctl("node create san-a/iqn.2026-11.com.example:e1 --alias=--dry-run").code, 0);
    QCOMPARE(m_ctl->ctl("show iqn.2026-11.com.example:e1 --json").json()[QLatin1String("alias")].toString(),
             QStringLiteral("--dry-run"));
    // Behind -- nothing is an option.
    QCOMPARE(m_ctl->ctl("group create --server san-a -- --alias=").code, 0);
    QCOMPARE(m_ctl->ctl("show --kind group --json -- --alias=").json()[QLatin1String("name")].toString(),
             QStringLiteral("san-a/--alias="));
}

void TestCtlArguments::emptyOutput()
{
    const auto ran = m_ctl->ctl("report --format csv --output=");
    QCOMPARE(ran.code, 2);
    QVERIFY(ran.out.isEmpty());
}

void TestCtlArguments::serverInFront_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *arguments, int code, const char *says) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments) << code << QString::fromUtf8(says);
    };
    row("group create sna-a/x", 4, "There is no server “sna-a”");
    row("node create sna-a/iqn.2026-11.com.example:x", 4, "There is no server “sna-a”");
    row("portal create sna-a/10.66.0.1:3260", 4, "There is no server “sna-a”");
    row("group create sna-a/x --json", 4, "san-a"); // the nearest
    row("group create san-a/x --server san-b", 2, "--server says san-b");
    row("portal create san-a/10.66.0.1:3260 --server san-b", 2, "--server says san-b");
    row("group create x --server sna-a", 4, "There is no server “sna-a”");
}

void TestCtlArguments::serverInFront()
{
    QFETCH(QString, arguments);
    QFETCH(int, code);
    QFETCH(QString, says);
    const QByteArray before = m_ctl->contents();
    const auto ran = m_ctl->ctl(arguments.split(u' '));
    QCOMPARE(ran.code, code);
    QVERIFY2(QString::fromUtf8(ran.err).contains(says), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlArguments::slashInNames()
{
    const auto groups = [&] { return m_ctl->ctl("list groups").out; };
    QCOMPARE(m_ctl->ctl("group create san-a/one --server san-a").code, 0);
    QVERIFY(groups().contains("san-a/one "));
    QCOMPARE(m_ctl->ctl("group create fabric/two --server san-a").code, 0); // a slash of its own
    QVERIFY(groups().contains("san-a/fabric/two "));
    QCOMPARE(m_ctl->ctl("group create san-b/fabric/three").code, 0);
    QVERIFY(groups().contains("san-b/fabric/three "));
    // One server, or several: a typing error in its name is told either way.
    QVERIFY(m_ctl->sql({QStringLiteral("PRAGMA foreign_keys = ON"), QStringLiteral("DELETE FROM binding"),
                        QStringLiteral("DELETE FROM server WHERE name = 'san-b'")}));
    QCOMPARE(m_ctl->ctl("group create sna-a/x").code, 4);
    QVERIFY(!groups().contains("sna-a"));
}

void TestCtlArguments::namedTwice_data()
{
    QTest::addColumn<QStringList>("before");
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<int>("done");
    const QString web = QStringLiteral("iqn.2026-11.com.example:web,1");
    QTest::newRow("bind") << QStringList()
                          << QStringLiteral("bind 10.0.1.6:3260 san-a/10.0.1.6:3260 iqn.2026-11.com.example:mail,1")
                          << 1;
    QTest::newRow("unbind") << QStringList() << QStringLiteral("unbind 10.0.1.8:3260 10.0.1.8:3260 ") + web << 1;
    QTest::newRow("group remove") << QStringList()
                                  << QStringLiteral("group remove san-a/fabric-A 10.0.1.6:3260 10.0.1.6:3260") << 1;
    QTest::newRow("group add") << QStringList()
                               << QStringLiteral("group add san-a/fabric-A 10.0.3.5:3260 10.0.3.5:3260") << 1;
    QTest::newRow("node delete") << QStringList()
                                 << QStringLiteral("node delete iqn.2026-11.com.example:archive "
                                                   "IQN.2026-11.com.example:archive")
                                 << 1;
    QTest::newRow("endpoint disable")
            << QStringList() << QStringLiteral("endpoint disable %1 iqn.2026-11.com.example:web,t,0x0001").arg(web)
            << 1;
    QTest::newRow("endpoint create")
            << QStringList()
            << QStringLiteral("endpoint create iqn.2026-11.com.example:web 10.0.1.6:3260 10.0.1.6:3260") << 1;
}

void TestCtlArguments::namedTwice()
{
    QFETCH(QString, arguments);
    QFETCH(int, done);
    const auto ran = m_ctl->ctl(arguments.split(u' ') + QStringList{QStringLiteral("--json")});
    QVERIFY2(ran.code == 0, ran.err.constData());
    QCOMPARE(ran.json()[QLatin1String("done")].toInt(), done);
}

void TestCtlArguments::upperCase()
{
    QCOMPARE(m_ctl->ctl("node create san-a/IQN.2026-11.com.example:NEW").code, 0);
    QCOMPARE(m_ctl->ctl("show iqn.2026-11.com.example:new --json").json()[QLatin1String("iqn")].toString(),
             QStringLiteral("iqn.2026-11.com.example:new"));
    QCOMPARE(m_ctl->ctl("node create san-a/iqn.2026-11.COM.example:new").code, 3); // there is one
}

void TestCtlArguments::badWords_data()
{
    QTest::addColumn<QString>("arguments");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *arguments, const char *says) {
        QTest::newRow(arguments) << QString::fromLatin1(arguments) << QString::fromUtf8(says);
    };
    row("node create san-a/not-a-name", "is not an iSCSI name: it begins with none of iqn., eui. and naa.");
    row("node create san-a/iqn.2026-13.com.example:x", "year and month");
    row("node create san-a/iqn.2026-11.com.example:a_b", "“_” is not allowed");
    row("portal create san-a/10.0.1.300:3260", "is not an address");
    row("endpoint create iqn.2026-11.com.example:mail --tag x", "is not a tag");
    row("endpoint create iqn.2026-11.com.example:mail --tag -1", "is not a tag");
    row("endpoint create iqn.2026-11.com.example:mail --tag 70000", "goes up to 65535");
    row("endpoint create iqn.2026-11.com.example:replication --tag 0x1000000000000", "has 48 bits");
}

void TestCtlArguments::badWords()
{
    QFETCH(QString, arguments);
    QFETCH(QString, says);
    const QByteArray before = m_ctl->contents();
    const auto ran = m_ctl->ctl(arguments.split(u' '));
    QCOMPARE(ran.code, 2);
    QVERIFY2(QString::fromUtf8(ran.err).contains(says), ran.err.constData());
    QCOMPARE(m_ctl->contents(), before);
}

void TestCtlArguments::notBound()
{
    // DeleteInstance answers 6 (not found): binding again is success, unbinding again is not.
    const auto unbind = m_ctl->ctl("unbind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1 --json");
    QCOMPARE(unbind.code, 3);
    QCOMPARE(unbind.json()[QLatin1String("code")].toInt(), 6);
    QCOMPARE(m_ctl->ctl("bind 10.0.1.5:3260 iqn.2026-11.com.example:mail,1").code, 0);
}

void TestCtlArguments::usageIsShownSafely_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("command") << QStringList{QStringLiteral("f\x1b[31moo")};
    QTest::newRow("kind") << QStringList{QStringLiteral("list"), QStringLiteral("a\x1b[31mb\nportalbindctl: c")};
    QTest::newRow("option") << QStringList{QStringLiteral("list"), QStringLiteral("--frob\x1b[31m\u202e")};
    QTest::newRow("value") << QStringList{QStringLiteral("report"), QStringLiteral("--format"),
                                          QStringLiteral("x\x1b[31m\nportalbindctl: c")};
}

void TestCtlArguments::usageIsShownSafely()
{
    QFETCH(QStringList, arguments);
    const auto ran = m_ctl->ctl(arguments);
    QCOMPARE(ran.code, 2);
    QVERIFY(!ran.err.contains('\x1b'));
    QVERIFY(!ran.err.contains("\u202e"));
    QVERIFY2(!ran.err.contains("\nportalbindctl: c"), ran.err.constData());
    QVERIFY2(ran.err.contains("\uFFFD"), ran.err.constData());
}

QTEST_GUILESS_MAIN(TestCtlArguments)
#include "tst_ctlarguments.moc"
