// SPDX-License-Identifier: Apache-2.0

// Drives the real program against real servers in processes of their own.

#include "remoterunner.h"

#include <QJsonArray>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

class TestRemoteCtl : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { m_ctl = std::make_unique<RemoteRunner>(*m_certificates); }
    void cleanup() { m_ctl.reset(); }

    void reads_data();
    void reads();
    void bindsOnce();
    void usage_data();
    void usage();
    void rights();
    void unreachable();
    void kerberosTicketEncrypts();
    void namespaceOfTheUrl();

private:
    std::unique_ptr<Certificates> m_certificates;
    std::unique_ptr<RemoteRunner> m_ctl;
};

void TestRemoteCtl::initTestCase()
{
    m_certificates = std::make_unique<Certificates>(
            QStringList{QStringLiteral("self-signed"), QStringLiteral("other")});
    QVERIFY2(m_certificates->error().isEmpty(), qPrintable(m_certificates->error()));
}

void TestRemoteCtl::reads_data()
{
    QTest::addColumn<QString>("as");
    for (const char *as : {"windows", "openwsman", "omi"})
        QTest::newRow(as) << QString::fromLatin1(as);
}

void TestRemoteCtl::reads()
{
    QFETCH(QString, as);
    QVERIFY(m_ctl->serve(m_ctl->basic(), as));
    const Ran remote = m_ctl->ctl("list portals --json");
    QVERIFY2(remote.code == 0, remote.err);
    const Ran direct = m_ctl->run(QStringList{QStringLiteral("--connect"), m_ctl->workbook()}
                                  + words("list portals --json"));
    QCOMPARE(direct.code, 0);
    const QJsonArray items = remote.json().value(QLatin1String("items")).toArray();
    QCOMPARE(items.size(), direct.json().value(QLatin1String("items")).toArray().size());
    QVERIFY(items.size() >= 30);
    QVERIFY(remote.err.isEmpty());
}

void TestRemoteCtl::bindsOnce()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    const Ran endpoints = m_ctl->ctl("list endpoints --json");
    QVERIFY2(endpoints.code == 0, endpoints.err);
    const Ran bindings = m_ctl->ctl("list bindings --json");
    const QJsonObject bound = bindings.json().value(QLatin1String("items")).toArray().at(0).toObject();
    const QString portal = bound.value(QLatin1String("portal")).toString();
    const QString endpoint = bound.value(QLatin1String("endpoint")).toString();
    const Ran unbound = m_ctl->ctl({QStringLiteral("unbind"), QStringLiteral("--force"), portal, endpoint});
    QVERIFY2(unbound.code == 0, unbound.err);
    QVERIFY(!m_ctl->ctl("list bindings --json").json().value(QLatin1String("items")).toArray().contains(bound));
    const Ran again = m_ctl->ctl({QStringLiteral("bind"), QStringLiteral("--json"), portal, endpoint});
    QVERIFY2(again.code == 0, again.err);
    QCOMPARE(again.json().value(QLatin1String("done")).toInt(), 1);
    QVERIFY(again.json().value(QLatin1String("verified")).toBool());
    QCOMPARE(m_ctl->peer().count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), 1);
    // "Show as commands" and people give names back: the binding is there once more.
    QCOMPARE(m_ctl->ctl("list bindings --json").json().value(QLatin1String("items")).toArray().size(),
             bindings.json().value(QLatin1String("items")).toArray().size());
}

void TestRemoteCtl::usage_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("says");
    const auto row = [](const char *name, const char *arguments, const char *says) {
        QTest::newRow(name) << QString::fromLatin1(arguments).split(u' ') << QByteArray(says);
    };
    row("password in the URL", "--connect wsmans://joe:hunter2@127.0.0.1:1 list", "password in the URL");
    row("Basic in clear", "--connect wsman://joe@127.0.0.1:1?auth=basic list", "plain HTTP");
    row("unknown sign-in", "--connect wsmans://joe@127.0.0.1:1?auth=digest list", "digest");
    row("pin of plain HTTP",
        "--connect wsman://joe@127.0.0.1:1?auth=ntlm --pin "
        "0000000000000000000000000000000000000000000000000000000000000000 list",
        "plain HTTP shows none");
    row("colon in the user", "--connect wsmans://joe%3Ahunter2@127.0.0.1:1?auth=basic list", "colon in the user");
    row("pin too short", "--connect wsmans://joe@127.0.0.1:1 --pin AB:CD list", "fingerprint");
    row("password without a user", "--connect wsmans://127.0.0.1:1 --password-file x list", "no user");
    row("import into a server", "--connect wsmans://joe@127.0.0.1:1 import x.json", "workbooks only");
}

void TestRemoteCtl::usage()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, says);
    const Ran ran = m_ctl->run(arguments);
    QCOMPARE(ran.code, 2);
    QVERIFY2(ran.err.contains(says), ran.err);
    QVERIFY(!ran.err.contains("hunter2"));
}

void TestRemoteCtl::rights()
{
    QVERIFY(m_ctl->serve(m_ctl->basic(), QStringLiteral("windows"))); // openwsman answers 401 to this as well
    QCOMPARE(m_ctl->peer().command("fault Enumerate 0 AccessDenied"), QByteArray("ok"));
    const Ran ran = m_ctl->ctl("list");
    QCOMPARE(ran.code, 6);
    QVERIFY2(ran.err.contains("may not") || ran.err.contains("rights"), ran.err);
}

void TestRemoteCtl::unreachable()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    const QString where = m_ctl->url();
    m_ctl->peer().stop();
    const Ran ran = m_ctl->run({QStringLiteral("--connect"), where, QStringLiteral("--password-file"),
                                m_ctl->passwordFile, QStringLiteral("list"), QStringLiteral("--json")});
    QCOMPARE(ran.code, 5);
    QCOMPARE(ran.json().value(QLatin1String("error")).toObject().value(QLatin1String("kind")).toString(),
             QStringLiteral("transport"));
}

void TestRemoteCtl::kerberosTicketEncrypts()
{
    const Realm realm;
    QVERIFY2(realm.isRunning(), qPrintable(realm.error()));
    realm.enter();
    QVERIFY(m_ctl->serve({QStringLiteral("--auth"), QStringLiteral("Negotiate,Kerberos"), QStringLiteral("--keytab"),
                          realm.keytab()},
                         QStringLiteral("windows")));
    // No user, no password, no TLS: the ticket signs in, and its key encrypts.
    const Ran ran = m_ctl->run({QStringLiteral("--connect"),
                                QStringLiteral("wsman://localhost:%1?auth=kerberos").arg(m_ctl->peer().port()),
                                QStringLiteral("list"), QStringLiteral("servers")});
    QVERIFY2(ran.code == 0, ran.err);
    const QList<QJsonObject> log = m_ctl->peer().log();
    const auto isEnumerate = [](const QJsonObject &line) {
        return line.value(QLatin1String("op")) == QLatin1String("Enumerate");
    };
    QVERIFY(std::any_of(log.begin(), log.end(), isEnumerate));
    for (const QJsonObject &line : log) {
        if (isEnumerate(line))
            QVERIFY(line.value(QLatin1String("sealed")).toBool());
    }
    qunsetenv("KRB5_CONFIG");
    qunsetenv("KRB5CCNAME");
}

void TestRemoteCtl::namespaceOfTheUrl()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    const Ran found = m_ctl->ctl(words("list servers"), QStringLiteral("?auth=basic"));
    QVERIFY2(found.code == 0, found.err);
    QString space;
    for (const QJsonObject &line : m_ctl->peer().log()) {
        if (line.value(QLatin1String("op")) == QLatin1String("Enumerate"))
            space = line.value(QLatin1String("uri")).toString();
    }
    QVERIFY(!space.isEmpty());
    const Ran wrong = m_ctl->ctl(words("list servers"), QStringLiteral("?auth=basic&namespace=root/nothing"));
    QCOMPARE(wrong.code, 5);
    QVERIFY2(wrong.err.contains("no iSCSI target"), wrong.err);
}

QTEST_GUILESS_MAIN(TestRemoteCtl)
#include "tst_remotectl.moc"
