// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helperexit.h"
#include "backends/lio/helperline.h"
#include "backends/lio/hoststatereader.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

using namespace portalbind;
using namespace portalbind::lio;

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

LaunchSituation installed()
{
    LaunchSituation situation;
    situation.isInstalled = true;
    return situation;
}

} // namespace

/// Addresses, how a helper is started, what its end means, and its lines.
class TestHelperWords : public QObject
{
    Q_OBJECT
private slots:
    void urls_data();
    void urls();
    void badUrls_data();
    void badUrls();
    void launches();
    void sshGetsNoOption();
    void exits_data();
    void exits();
    void detailsAreShownAsTheyAre();
    void lines_data();
    void lines();
    void requests();
    void greetings();
};

void TestHelperWords::urls_data()
{
    QTest::addColumn<QString>("given");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    const auto row = [](const char *given, const char *url, const char *user, const char *host, int port) {
        QTest::newRow(given) << text(given) << text(url) << text(user) << text(host) << port;
    };
    row("lio:", "lio:", "", "", 0);
    row("LIO:", "lio:", "", "", 0);
    row("lio:/", "lio:", "", "", 0);
    row("lio+ssh://san-a", "lio+ssh://san-a", "", "san-a", 0);
    row("lio+ssh://root@San-A.example/", "lio+ssh://root@san-a.example", "root", "san-a.example", 0);
    row("lio+ssh://op@10.0.0.5:2222", "lio+ssh://op@10.0.0.5:2222", "op", "10.0.0.5", 2222);
    row("lio+ssh://[2001:db8::5]", "lio+ssh://[2001:db8::5]", "", "2001:db8::5", 0);
    row("lio+ssh://CORP%5Cop@san-a", "lio+ssh://CORP%5Cop@san-a", "CORP\\op", "san-a", 0);
}

void TestHelperWords::urls()
{
    QFETCH(QString, given);
    const auto parsed = HostUrl::parse(given);
    QVERIFY2(parsed, parsed ? "" : qPrintable(parsed.error().what));
    QTEST(parsed->toUrl().toString(QUrl::FullyEncoded), "url");
    QTEST(parsed->user, "user");
    QTEST(parsed->host, "host");
    QTEST(int(parsed->port), "port");
    QCOMPARE(HostUrl::parse(parsed->toUrl().toString(QUrl::FullyEncoded)).value(), *parsed);
    QCOMPARE(parsed->isLocal(), parsed->host.isEmpty());
}

void TestHelperWords::badUrls_data()
{
    QTest::addColumn<QString>("given");
    for (const char *given : {"", "lio", "wsman://san-a", "lio://san-a", "lio:/srv", "lio+ssh:", "lio+ssh://",
                              "lio+ssh://-oProxyCommand=x", "lio+ssh://user:secret@san-a", "lio+ssh://-x@san-a",
                              "lio+ssh://a%20b@san-a", "lio+ssh://a;b@san-a", "lio+ssh://san-a/path",
                              "lio+ssh://san-a?x=1", "lio+ssh://san-a#x", "lio+ssh://san%20a", "lio+ssh://san-a:0x1"})
        QTest::newRow(given) << text(given);
}

void TestHelperWords::badUrls()
{
    QFETCH(QString, given);
    const auto parsed = HostUrl::parse(given);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().kind, Error::Kind::BadInput);
    QVERIFY(!parsed.error().text().contains(text("secret")));
}

void TestHelperWords::launches()
{
    LaunchSituation situation = installed();
    // A person: pkexec, by the path that the policy names.
    auto launch = launchFor(HostUrl(), situation);
    QCOMPARE(launch->way, Launch::Way::Pkexec);
    QCOMPARE(launch->program, text("pkexec"));
    QCOMPARE(launch->arguments, QStringList{text(installedHelper)});
    situation.ownHelper = text("/build/bin/portalbind-lio-helper"); // is no help: the policy does not know it
    QCOMPARE(launchFor(HostUrl(), situation)->arguments, QStringList{text(installedHelper)});
    situation.isRoot = true;
    QCOMPARE(launchFor(HostUrl(), situation)->way, Launch::Way::Direct);
    QCOMPARE(launchFor(HostUrl(), situation)->program, situation.ownHelper);
    situation.given = text("/elsewhere");
    QCOMPARE(launchFor(HostUrl(), situation)->program, text("/elsewhere"));
    const auto none = launchFor(HostUrl(), LaunchSituation());
    QVERIFY(!none);
    QCOMPARE(none.error().kind, Error::Kind::Server);
    // Another host: as root directly, else by sudo, which must not ask.
    const auto root = launchFor(HostUrl::parse(text("lio+ssh://root@san-a:2222")).value(), LaunchSituation());
    QCOMPARE(root->way, Launch::Way::Ssh);
    QCOMPARE(root->arguments.mid(root->arguments.indexOf(text("-p"))),
             (QStringList{text("-p"), text("2222"), text("-l"), text("root"), text("--"), text("san-a"),
                          text(installedHelper)}));
    QVERIFY(root->arguments.contains(text("BatchMode=yes")) && root->arguments.contains(text("-T")));
    const auto other = launchFor(HostUrl::parse(text("lio+ssh://san-a")).value(), LaunchSituation());
    QCOMPARE(other->arguments.mid(other->arguments.indexOf(text("--"))),
             (QStringList{text("--"), text("san-a"), text("sudo"), text("-n"), text(installedHelper)}));
    // Where the desktop has a program to ask with, ssh may ask through it: then it takes its time.
    situation.canAsk = true;
    const auto asking = launchFor(HostUrl::parse(text("lio+ssh://san-a")).value(), situation);
    QVERIFY(!asking->arguments.contains(text("BatchMode=yes")));
    QVERIFY(asking->patience > other->patience);
}

void TestHelperWords::sshGetsNoOption()
{
    // Even if an address came past the parser, ssh would take it for a host.
    HostUrl sly;
    sly.host = text("-oProxyCommand=touch /tmp/x");
    const auto launch = launchFor(sly, LaunchSituation());
    QVERIFY(launch->arguments.indexOf(text("--")) < launch->arguments.indexOf(sly.host));
}

void TestHelperWords::exits_data()
{
    QTest::addColumn<int>("way");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("errors");
    QTest::addColumn<bool>("answered");
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("what");
    const auto ssh = [](const char *name, int code, const char *errors, Error::Kind kind, const char *what,
                        bool answered = false) {
        QTest::newRow(name) << int(Launch::Way::Ssh) << code << QByteArray(errors) << answered << int(kind)
                            << text(what);
    };
    using Kind = Error::Kind;
    // As OpenSSH 9.2 says it.
    ssh("unknown host key", 255,
        "No ED25519 host key is known for san-a and you have requested strict checking.\nHost key verification "
        "failed.\n",
        Kind::SignIn, "does not know the host key");
    ssh("changed host key", 255,
        "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.\n", Kind::SignIn,
        "another host key");
    ssh("no key accepted", 255, "root@san-a: Permission denied (publickey,password).\n", Kind::SignIn,
        "does not accept the keys");
    ssh("no such name", 255, "ssh: Could not resolve hostname san-a: Name or service not known\n", Kind::Transport,
        "has no address");
    ssh("nobody listens", 255, "ssh: connect to host san-a port 22: Connection refused\n", Kind::Transport,
        "No SSH server");
    ssh("out of reach", 255, "ssh: connect to host san-a port 22: Connection timed out\n", Kind::Transport,
        "cannot be reached");
    ssh("its own configuration", 255, "/home/x/.ssh/config: line 3: Bad configuration option: nonsense\n",
        Kind::Transport, "does not accept its configuration");
    ssh("no helper there", 127, "sh: 1: /usr/libexec/portalbind/portalbind-lio-helper: not found\n", Kind::Server,
        "not installed on san-a");
    ssh("no helper there, by sudo", 1, "sudo: /usr/libexec/portalbind/portalbind-lio-helper: command not found\n",
        Kind::Server, "not installed on san-a");
    ssh("sudo wants a password", 1, "sudo: a password is required\n", Kind::Rights, "may not run the helper as root");
    ssh("not in sudoers", 1, "op is not in the sudoers file.\n", Kind::Rights, "may not run the helper as root");
    ssh("no sudo", 127, "sh: 1: sudo: not found\n", Kind::Rights, "has no sudo");
    ssh("broken connection", 255, "Timeout, server san-a not responding.\n", Kind::Transport, "broke", true);
    ssh("something else", 3, "surprise\n", Kind::Server, "exit code 3");
    const auto local = [](const char *name, Launch::Way way, int code, const char *errors, Error::Kind kind,
                          const char *what, bool answered = false) {
        QTest::newRow(name) << int(way) << code << QByteArray(errors) << answered << int(kind) << text(what);
    };
    local("dismissed", Launch::Way::Pkexec, 126, "Error executing command as another user: Request dismissed\n",
          Kind::Rights, "dismissed");
    local("not authorized", Launch::Way::Pkexec, 127, "Error executing command as another user: Not authorized\n",
          Kind::Rights, "no right");
    local("nobody to ask", Launch::Way::Pkexec, 127,
          "Error executing command as another user: No authentication agent found.\n", Kind::Rights,
          "Nobody could be asked");
    local("killed", Launch::Way::Direct, 9, "", Kind::Transport, "in the middle", true);
}

void TestHelperWords::exits()
{
    QFETCH(int, way);
    QFETCH(int, code);
    QFETCH(QByteArray, errors);
    QFETCH(bool, answered);
    QFETCH(QString, what);
    Launch launch;
    launch.way = Launch::Way(way);
    launch.host = text("san-a");
    launch.arguments = {text("-T"), text("--"), text("san-a"), text("x")};
    const Error error = errorOf({true, false, code, answered, errors}, launch);
    QTEST(int(error.kind), "kind");
    QVERIFY2(error.what.contains(what), qPrintable(error.what));
    QVERIFY(!error.remedy.isEmpty());
    QCOMPARE(error.detail, QString::fromUtf8(errors).trimmed());
}

void TestHelperWords::detailsAreShownAsTheyAre()
{
    Launch launch;
    launch.way = Launch::Way::Ssh;
    const Error error = errorOf({true, false, 3, false, QByteArray("a\x1b[31mred\nb\xff")}, launch);
    QCOMPARE(error.detail, text("a\xEF\xBF\xBD[31mred\nb\xEF\xBF\xBD"));
}

void TestHelperWords::lines_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<bool>("isGood");
    const auto row = [](const char *line, bool good) { QTest::newRow(line) << QByteArray(line) << good; };
    row(R"({"id":7,"ok":{}})", true);
    row(R"({"id":7,"refused":{"why":"x"}})", true);
    row(R"({"id":null,"failed":{"why":"protocol"}})", true);
    row(R"({"event":"changed","what":["targets"]})", true);
    row(R"({"event":"something new"})", true);
    row(R"({"event":"changed","what":[7]})", false);
    row("", false);
    row("Last login: Sunday", false);
    row("[]", false);
    row("7", false);
    row(R"({"id":7})", false);
    row(R"({"id":7,"ok":{},"failed":{}})", false);
    row(R"({"id":7,"ok":[]})", false);
    row(R"({"id":-1,"ok":{}})", false);
    row(R"({"id":"7","ok":{}})", false);
    row(R"({"ok":{}})", false);
    row("{\"id\":7,\"ok\":{}", false);
}

void TestHelperWords::lines()
{
    QFETCH(QByteArray, line);
    QFETCH(bool, isGood);
    const auto read = readHelperLine(line);
    QCOMPARE(read.has_value(), isGood);
    if (!read) {
        QCOMPARE(read.error().kind, Error::Kind::Server);
        QVERIFY(!read.error().remedy.isEmpty());
    }
}

void TestHelperWords::requests()
{
    HelperRequest request;
    request.verb = text("make-tpg");
    request.fields = {{text("target"), text("iqn.x:ü\n")}};
    const QByteArray line = request.line(9);
    QVERIFY(line.endsWith('\n'));
    QCOMPARE(line.count('\n'), 1); // a name cannot make a line of its own
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    QCOMPARE(object.value(text("id")).toInt(), 9);
    QCOMPARE(object.value(text("do")).toString(), text("make-tpg"));
    QCOMPARE(object.value(text("target")).toString(), text("iqn.x:ü\n"));
}

void TestHelperWords::greetings()
{
    const auto good = readGreeting(
            {{text("protocol"), 1}, {text("host"), text("san1")}, {text("state"), text("ready")}});
    QVERIFY(good);
    QCOMPARE(good->host, text("san1"));
    const auto newer = readGreeting({{text("protocol"), 2}});
    QVERIFY(!newer);
    QVERIFY(newer.error().what.contains(u'2'));
    QVERIFY(!readGreeting({{text("protocol"), text("1")}}));
    QVERIFY(!readGreeting({}));
}

QTEST_GUILESS_MAIN(TestHelperWords)
#include "tst_helperwords.moc"
