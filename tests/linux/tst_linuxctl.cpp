// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/lio/fakehelper.h"

#include <QJsonDocument>
#include <QProcess>
#include <QTest>

using namespace portalbind;

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

struct Ran
{
    int code = -1;
    QByteArray out, err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

} // namespace

/// portalbindctl --connect lio: over the stand-in for the helper.
class TestLinuxCtl : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_helper.emplace(); }

    void lists();
    void savesWhereThatIsUsual();
    void savesWhenTold();
    void savesNowhereElse();
    void saveCommand();
    void whatCannotBeSaved();
    void pathsAreTold();
    void newEndpointsComeBare();
    void refusals();
    void exits_data();
    void exits();
    void noHelper();
    void addresses();

private:
    [[nodiscard]] Ran ctl(const char *arguments) const { return run(text("--connect lio: ") + text(arguments)); }
    [[nodiscard]] Ran run(const QString &arguments, bool withHelper = true) const
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        for (const QString &one : withHelper ? m_helper->programEnvironment() : QStringList())
            environment.insert(one.section(u'=', 0, 0), one.section(u'=', 1));
        process.setProcessEnvironment(environment);
        process.start(qEnvironmentVariable("PORTALBIND_BIN") + text("/portalbindctl"), arguments.split(u' '));
        if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
            return {-1, {}, process.errorString().toUtf8()};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    void changeSaved(const char *key, const QJsonValue &value)
    {
        QJsonObject host = m_helper->host();
        QJsonObject saved = host.value(text("saved")).toObject();
        saved.insert(text(key), value);
        host.insert(text("saved"), saved);
        m_helper->setHost(host);
    }

    std::optional<FakeHelper> m_helper;
};

void TestLinuxCtl::lists()
{
    const Ran ran = ctl("list");
    QVERIFY2(ran.code == 0, ran.err.constData());
    QVERIFY2(ran.out.contains("10.0.1.5:3260") && ran.out.contains("iqn.2026-11.com.example:mail"),
             ran.out.constData());
    // In the words of the window and of targetcli.
    QVERIFY2(ran.out.contains("TPG 1") && ran.out.contains("Portal pools"), ran.out.constData());
    QVERIFY2(!ran.out.contains("Endpoint") && !ran.out.contains("group"), ran.out.constData());
    const QJsonArray endpoints = ctl("list endpoints --json").json().value(text("items")).toArray();
    QCOMPARE(endpoints.size(), 3);
}

void TestLinuxCtl::savesWhereThatIsUsual()
{
    const Ran ran = ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2");
    QVERIFY2(ran.code == 0, ran.err.constData());
    QVERIFY2(ran.out.contains("Save for reboot on san1: 1 object"), ran.out.constData());
    QCOMPARE(m_helper->verbs().count(text("save")), 1);
    // And not where a person does not want it.
    QCOMPARE(ctl("unbind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2 --no-save").code, 0);
    QCOMPARE(m_helper->verbs().count(text("save")), 1);
}

void TestLinuxCtl::savesWhenTold()
{
    changeSaved("manager", text("none"));
    QCOMPARE(ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2").code, 0);
    QCOMPARE(m_helper->verbs().count(text("save")), 0);
    QCOMPARE(ctl("unbind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2 --save").code, 0);
    QCOMPARE(m_helper->verbs().count(text("save")), 1);
    QCOMPARE(ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2 --save --no-save").code, 2);
}

void TestLinuxCtl::savesNowhereElse()
{
    // A workbook keeps everything itself: to ask for it is refused before anything is done.
    QTemporaryDir folder;
    const QString workbook = folder.filePath(text("site.pbw"));
    QCOMPARE(run(text("workbook new ") + workbook + text(" --sample"), false).code, 0);
    const Ran ran = run(text("--connect workbook:") + workbook
                                + text(" bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1 --save --json"),
                        false);
    QCOMPARE(ran.code, 3);
    QCOMPARE(ran.json().value(text("code")).toInt(), 1);
    QCOMPARE(run(text("--connect workbook:") + workbook + text(" bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,1"),
                 false)
                     .code,
             0);
}

void TestLinuxCtl::saveCommand()
{
    const Ran nothing = ctl("save");
    QVERIFY2(nothing.code == 0 && nothing.err.contains("nothing to change"), nothing.err.constData());
    QCOMPARE(ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2 --no-save").code, 0);
    const Ran dry = ctl("save --dry-run");
    QVERIFY2(dry.out.startsWith("planned "), dry.out.constData());
    QCOMPARE(m_helper->verbs().count(text("save")), 0);
    const Ran ran = ctl("save --json");
    QVERIFY2(ran.code == 0, ran.err.constData());
    QCOMPARE(ran.json().value(text("done")).toInt(), 1);
    QVERIFY(ran.json().value(text("verified")).toBool());
    QVERIFY(ctl("save").err.contains("nothing to change"));
}

void TestLinuxCtl::whatCannotBeSaved()
{
    changeSaved("error", text("line 3"));
    const Ran bind = ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2 --save");
    QCOMPARE(bind.code, 3);
    QVERIFY2(bind.err.contains("line 3"), bind.err.constData());
    QCOMPARE(m_helper->verbs().count(text("make-portal")), 0);
    // Without being asked for it is left out, and the change is made.
    QCOMPARE(ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2").code, 0);
    changeSaved("error", QString());
    // One that the helper refuses is told, and what was done before it stays done.
    m_helper->setFaults(
            {{text("save"), text("refuse"), {{text("why"), text("locked")}, {text("by"), text("targetcli (4711)")}}}});
    QCOMPARE(ctl("unbind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2 --no-save").code, 0);
    const Ran locked = ctl("bind 10.0.1.6:3260 iqn.2026-11.com.example:mail,2");
    QCOMPARE(locked.code, 7);
    QVERIFY2(locked.err.contains("targetcli (4711) has the file open"), locked.err.constData());
}

void TestLinuxCtl::pathsAreTold()
{
    QJsonObject host = m_helper->host();
    QJsonObject tpg = hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)});
    tpg.insert(text("acls"),
               QJsonArray{QJsonObject{{text("initiator"), text("iqn.1993-08.org.debian:01:host")},
                                      {text("session"), QJsonObject{{text("state"), text("LOGGED_IN")}}}}});
    host.insert(text("targets"), QJsonArray{hostTarget(text("mail"), {tpg, hostTpg(2, {})})});
    m_helper->setHost(host);
    const char *move = "move 10.0.1.5:3260 iqn.2026-11.com.example:mail,1 iqn.2026-11.com.example:mail,2";
    // Nobody can be asked here: what cuts somebody off has to be forced.
    const Ran asked = ctl(move);
    QVERIFY2(asked.code == 3, asked.err.constData());
    QCOMPARE(m_helper->verbs().count(text("remove-portal")), 0);
    const Ran forced = run(text("--connect lio: ") + text(move) + text(" --force --json --dry-run"));
    QCOMPARE(forced.code, 0);
    const QJsonObject path = forced.json().value(text("paths")).toArray().first().toObject();
    QCOMPARE(path.value(text("initiator")).toString(), text("iqn.1993-08.org.debian:01:host"));
    QCOMPARE(path.value(text("after")).toInt(-1), 0);
    QVERIFY(path.value(text("loggedIn")).toBool() && path.value(text("lacksAcl")).toBool());
    const Ran told = run(text("--connect lio: ") + text(move) + text(" --force"));
    QVERIFY2(told.code == 0, told.err.constData());
    QVERIFY2(told.err.contains("loses its last path") && told.err.contains("it has no ACL in TPG 2"),
             told.err.constData());
    QVERIFY2(told.err.contains("Sessions that stay until the next reconnect: 1"), told.err.constData());
}

void TestLinuxCtl::newEndpointsComeBare()
{
    const Ran ran = ctl("endpoint create iqn.2026-11.com.example:db 10.0.1.6:3260 --tag 7");
    QVERIFY2(ran.code == 0, ran.err.constData());
    QCOMPARE(m_helper->verbs().filter(text("make-")).join(u' '), text("make-tpg make-portal"));
    QCOMPARE(m_helper->verbs().count(text("enable-tpg")), 0);
    const QJsonObject shown = ctl("show iqn.2026-11.com.example:db,7 --json").json();
    QCOMPARE(shown.value(text("enabled")).toBool(true), false);
}

void TestLinuxCtl::refusals()
{
    const Ran taken = ctl("can-bind 10.0.1.5:3260 iqn.2026-11.com.example:mail,2 --json");
    QCOMPARE(taken.code, 3);
    QCOMPARE(taken.json().value(text("code")).toInt(), 4098);
    QCOMPARE(taken.json().value(text("origin")).toString(), text("target"));
    QCOMPARE(ctl("portal create 10.9.9.9:3260").code, 0);
    const Ran gone = ctl("can-bind 10.9.9.9:3260 iqn.2026-11.com.example:mail,2 --json");
    QCOMPARE(gone.json().value(text("code")).toInt(), 4097);
    QCOMPARE(gone.json().value(text("origin")).toString(), text("policy"));
    QCOMPARE(ctl("bind 10.9.9.9:3260 iqn.2026-11.com.example:mail,2 --force").code, 0);
}

void TestLinuxCtl::exits_data()
{
    QTest::addColumn<QString>("why");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("no LIO") << text("no-lio") << 5 << QByteArray("no configfs is mounted");
    QTest::newRow("no module") << text("no-module") << 5 << QByteArray("modprobe");
    QTest::newRow("read-only") << text("read-only") << 5 << QByteArray("read-only");
    QTest::newRow("rights") << text("rights") << 6 << QByteArray("root");
}

void TestLinuxCtl::exits()
{
    QFETCH(QString, why);
    QFETCH(QByteArray, said);
    m_helper->setFaults({{text("read"), text("fail"), {{text("why"), why}}}});
    const Ran ran = ctl("list");
    QTEST(ran.code, "code");
    QVERIFY2(ran.err.contains(said), ran.err.constData());
}

void TestLinuxCtl::noHelper()
{
    qputenv("PORTALBIND_LIO_HELPER", "/nowhere/portalbind-lio-helper");
    const Ran ran = run(text("--connect lio: list"), false);
    qunsetenv("PORTALBIND_LIO_HELPER");
    QCOMPARE(ran.code, 5);
    QVERIFY2(ran.err.contains("could not be started"), ran.err.constData());
}

void TestLinuxCtl::addresses()
{
    QCOMPARE(run(text("--connect lio+ssh://user:secret@host list"), false).code, 2);
    QVERIFY(!run(text("--connect lio+ssh://user:secret@host list"), false).err.contains("secret"));
    QCOMPARE(run(text("--connect lio:/srv list"), false).code, 2);
}

int main(int argc, char **argv)
{
    if (FakeHelper::isWanted())
        return FakeHelper::run();
    QCoreApplication app(argc, argv);
    TestLinuxCtl test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_linuxctl.moc"
