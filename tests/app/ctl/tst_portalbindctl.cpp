// SPDX-License-Identifier: Apache-2.0

// Drives the real program, as a script would.

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>

#include <unistd.h>

namespace {

const QString mail = QStringLiteral("iqn.2026-11.com.example:mail");
const QString db = QStringLiteral("iqn.2026-11.com.example:db");

struct Ran
{
    int code = -1;
    QByteArray out, err;
    [[nodiscard]] QJsonObject json() const { return QJsonDocument::fromJson(out).object(); }
};

QStringList keys(const QJsonObject &object)
{
    return object.keys(); // sorted
}

} // namespace

class TestPortalbindctl : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();

    void help();
    void usage_data();
    void usage();
    void list_data();
    void list();
    void show();
    void showByKind();
    void canBind_data();
    void canBind();
    void bindAndUnbind();
    void severalAreOnePlan();
    void refusedSendsNothing();
    void alreadyBound();
    void move();
    void portals();
    void groups();
    void nodesAndEndpoints();
    void severalServersAskForOne();
    void sessionsNeedForce();
    void dryRunChangesNothing_data();
    void dryRunChangesNothing();
    void noSuchObject();
    void ambiguous();
    void workbookNew();
    void sized();
    void importSaveconfig();
    void importSnapshotRoundTrip();
    void importRefused_data();
    void importRefused();
    void report_data();
    void report();
    void reportCannotBeWritten();
    void connectFails_data();
    void connectFails();
    void serverRefuses();
    void serverUnreachable();
    void partlyApplied();
    void outcomeUnknown();
    void settledByReading();
    void interruptedRead();
    void interruptedPlan();
    void completion();
    void terminalEscapes();

private:
    Ran run(const QStringList &arguments);
    Ran ctl(const QStringList &arguments) { return run(QStringList{QStringLiteral("--connect"), m_url} + arguments); }
    /// With a scenario for the servers of the workbook.
    Ran under(const QByteArray &scenario, const QStringList &arguments);
    QByteArray contents();
    QString path(const char *name) { return m_folder->filePath(QString::fromLatin1(name)); }
    QString write(const char *name, const QByteArray &bytes);

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_program;
    QByteArray m_sample;
    QString m_workbook, m_url;
};

void TestPortalbindctl::initTestCase()
{
    const QString bin = qEnvironmentVariable("PORTALBIND_BIN", QCoreApplication::applicationDirPath());
    m_program = bin + QStringLiteral("/portalbindctl");
    QVERIFY2(QFileInfo(m_program).isExecutable(), qPrintable(m_program));
    QTemporaryDir folder;
    QCOMPARE(run({QStringLiteral("workbook"), QStringLiteral("new"), folder.filePath(QStringLiteral("s")),
                  QStringLiteral("--sample")})
                     .code,
             0);
    QFile file(folder.filePath(QStringLiteral("s")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    m_sample = file.readAll();
    QVERIFY(m_sample.size() > 4096);
}

void TestPortalbindctl::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_workbook = write("site.pbw", m_sample);
    m_url = QStringLiteral("workbook:") + m_workbook;
}

QString TestPortalbindctl::write(const char *name, const QByteArray &bytes)
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s cannot be written", name);
    return file.fileName();
}

Ran TestPortalbindctl::run(const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *display : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(QString::fromLatin1(display));
    process.setProcessEnvironment(environment);
    process.start(m_program, arguments);
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, {}, process.errorString().toUtf8()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

Ran TestPortalbindctl::under(const QByteArray &scenario, const QStringList &arguments)
{
    const QString url = m_url + QStringLiteral("?scenario=") + write("scenario.json", scenario);
    return run(QStringList{QStringLiteral("--connect"), url} + arguments);
}

QByteArray TestPortalbindctl::contents()
{
    QByteArray all;
    for (const char *kind : {"servers", "nodes", "endpoints", "portals", "groups", "bindings", "sessions"}) {
        const Ran ran = ctl({QStringLiteral("list"), QString::fromLatin1(kind), QStringLiteral("--json")});
        if (ran.code != 0)
            return "list failed: " + ran.err;
        all += ran.out;
    }
    return all;
}

#define ARGS(text) QStringLiteral(text).split(u' ')

void TestPortalbindctl::help()
{
    const Ran all = run({QStringLiteral("--help")});
    QCOMPARE(all.code, 0);
    for (const char *command : {"list", "show", "can-bind", "bind", "unbind", "move", "portal", "group", "endpoint",
                                "node", "import", "report", "workbook", "completion"})
        QVERIFY2(all.out.contains(command), command);
    QCOMPARE(run(ARGS("group add --help")).code, 0);
    const Ran version = run({QStringLiteral("--version")});
    QCOMPARE(version.code, 0);
    QVERIFY(version.out.startsWith("portalbindctl "));
    const QJsonObject json = run(ARGS("--version --json")).json();
    QCOMPARE(keys(json), ARGS("program version"));
}

void TestPortalbindctl::usage_data()
{
    QTest::addColumn<QString>("arguments");
    for (const char *arguments :
         {"", "nonsense", "list nonsense", "list --nonsense", "bind", "bind 10.0.1.6:3260", "move a b", "portal",
          "portal create", "report", "report --format pdf", "workbook new x --sample --size 5",
          "workbook new x --size 0", "workbook new x --size many", "completion fish", "list servers extra",
          "unbind 10.0.1.5:99999 iqn.2026-11.com.example:mail,1", "show", "import"})
        QTest::newRow(arguments) << QString::fromLatin1(arguments);
}

void TestPortalbindctl::usage()
{
    QFETCH(QString, arguments);
    const Ran ran = ctl(arguments.split(u' ', Qt::SkipEmptyParts));
    QCOMPARE(ran.code, 2);
    QVERIFY(!ran.err.isEmpty());
    QVERIFY(ran.out.isEmpty());
}

void TestPortalbindctl::list_data()
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

void TestPortalbindctl::list()
{
    QFETCH(QString, kind);
    QFETCH(int, count);
    const Ran json = ctl({QStringLiteral("list"), kind, QStringLiteral("--json")});
    QCOMPARE(json.code, 0);
    QVERIFY2(json.err.isEmpty(), json.err.constData());
    QCOMPARE(keys(json.json()), ARGS("items kind"));
    QCOMPARE(json.json()[QLatin1String("kind")].toString(), kind);
    const QJsonArray items = json.json()[QLatin1String("items")].toArray();
    QCOMPARE(items.size(), count);
    for (const QJsonValue item : items)
        QTEST(keys(item.toObject()).join(u' '), "keys");

    const Ran text = ctl({QStringLiteral("list"), kind});
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

    const Ran tree = ctl({QStringLiteral("list")});
    QCOMPARE(tree.code, 0);
    QVERIFY(tree.out.contains("fabric-A") && tree.out.contains(mail.toLatin1()) && tree.out.contains("0x00023d000001"));
}

void TestPortalbindctl::show()
{
    const QStringList names = {QStringLiteral("san-a"),          mail,
                               mail + QStringLiteral(",1"),      QStringLiteral("10.0.1.5:3260"),
                               QStringLiteral("san-a/fabric-A"), QStringLiteral("10.0.9.5")};
    const QStringList kinds = ARGS("server node endpoint portal group portal");
    const QStringList lists = ARGS("portals endpoints sessions endpoints portals endpoints");
    for (qsizetype i = 0; i < names.size(); ++i) {
        const Ran ran = ctl({QStringLiteral("show"), names[i], QStringLiteral("--json")});
        QCOMPARE(ran.code, 0);
        QCOMPARE(ran.json()[QLatin1String("kind")].toString(), kinds[i]);
        QVERIFY2(!ran.json()[lists[i]].toArray().isEmpty(), ran.out.constData());
        // The name that is shown leads to the same object.
        const Ran again = ctl(
                {QStringLiteral("show"), ran.json()[QLatin1String("name")].toString(), QStringLiteral("--json")});
        QCOMPARE(again.out, ran.out);
        QVERIFY(ctl({QStringLiteral("show"), names[i]}).out.startsWith("kind: " + kinds[i].toLatin1()));
    }
}

void TestPortalbindctl::showByKind()
{
    QCOMPARE(ctl({QStringLiteral("group"), QStringLiteral("create"), QStringLiteral("san-a"),
                  QStringLiteral("--server"), QStringLiteral("san-a")})
                     .code,
             0);
    QCOMPARE(ctl(ARGS("show san-a")).code, 4);
    QCOMPARE(ctl(ARGS("show san-a --kind group --json")).json()[QLatin1String("kind")].toString(),
             QStringLiteral("group"));
    QCOMPARE(ctl(ARGS("show san-a --kind server --json")).json()[QLatin1String("kind")].toString(),
             QStringLiteral("server"));
}

void TestPortalbindctl::canBind_data()
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

void TestPortalbindctl::canBind()
{
    QFETCH(QString, portal);
    QFETCH(QString, endpoint);
    QFETCH(int, code);
    const QByteArray before = contents();
    const Ran ran = ctl({QStringLiteral("can-bind"), portal, endpoint, QStringLiteral("--json")});
    QCOMPARE(ran.code, code ? 3 : 0);
    QCOMPARE(keys(ran.json()), ARGS("code decision origin reason remedy symbol"));
    QCOMPARE(ran.json()[QLatin1String("code")].toInt(), code);
    QCOMPARE(ran.json()[QLatin1String("decision")].toString(),
             code ? QStringLiteral("refused") : QStringLiteral("allowed"));
    QCOMPARE(ran.json()[QLatin1String("origin")].toString(), QStringLiteral("target"));
    QVERIFY(!ran.json()[QLatin1String("reason")].toString().isEmpty());
    const Ran text = ctl({QStringLiteral("can-bind"), portal, endpoint});
    QCOMPARE(text.code, ran.code);
    QVERIFY(text.out.startsWith(code ? "Refused: " : "Allowed: "));
    if (code) { // a refused bind prints the very same
        const Ran bind = ctl({QStringLiteral("bind"), portal, endpoint, QStringLiteral("--json")});
        QCOMPARE(bind.code, 3);
        QCOMPARE(bind.out, ran.out);
    }
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::bindAndUnbind()
{
    const QByteArray before = contents();
    const Ran bind = ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
                          QStringLiteral("--json")});
    QCOMPARE(bind.code, 0);
    QCOMPARE(keys(bind.json()), ARGS("command created differences done dryRun forced steps verified"));
    QCOMPARE(bind.json()[QLatin1String("done")].toInt(), 1);
    QVERIFY(bind.json()[QLatin1String("verified")].toBool());
    const QJsonObject step = bind.json()[QLatin1String("steps")].toArray().first().toObject();
    QCOMPARE(keys(step),
             ARGS("code decision lastPortal milliseconds origin possibleSessions reason remedy server sessions state "
                  "symbol text"));
    QCOMPARE(step[QLatin1String("state")].toString(), QStringLiteral("done"));
    QVERIFY(contents() != before);
    QVERIFY(ctl(ARGS("list bindings")).out.contains("san-a/10.0.1.6:3260"));
    const Ran unbind = ctl({QStringLiteral("unbind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(unbind.code, 0);
    QVERIFY(unbind.out.startsWith("done "));
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::severalAreOnePlan()
{
    const Ran bind = ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"),
                          QStringLiteral("[2001:db8:0:1::6]:3260"), mail + QStringLiteral(",1"),
                          QStringLiteral("--json")});
    QCOMPARE(bind.code, 0);
    QCOMPARE(bind.json()[QLatin1String("done")].toInt(), 2);
}

void TestPortalbindctl::refusedSendsNothing()
{
    // The first one alone would be bound; the second one is of the other fabric.
    const QByteArray before = contents();
    const Ran bind = ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), QStringLiteral("10.0.2.6:3260"),
                          mail + QStringLiteral(",1")});
    QCOMPARE(bind.code, 3);
    QVERIFY(bind.out.isEmpty());
    QVERIFY(bind.err.contains("4099") && bind.err.contains("10.0.2.6:3260"));
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::alreadyBound()
{
    const QByteArray before = contents();
    const Ran bind = ctl({QStringLiteral("bind"), QStringLiteral("10.0.1.5:3260"), mail + QStringLiteral(",1"),
                          QStringLiteral("--json")});
    QCOMPARE(bind.code, 0);
    QVERIFY(bind.json()[QLatin1String("steps")].toArray().isEmpty());
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::move()
{
    const QString portal = QStringLiteral("10.0.1.8:3260");
    const QString from = QStringLiteral("iqn.2026-11.com.example:web,1");
    const QString to = QStringLiteral("iqn.2026-11.com.example:web,2");
    const Ran ran = ctl({QStringLiteral("move"), portal, from, to, QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("done")].toInt(), 2);
    const QByteArray bindings = ctl(ARGS("list bindings")).out;
    QVERIFY(bindings.contains("web,t,0x0002") && !bindings.contains("web,t,0x0001"));
    QCOMPARE(ctl({QStringLiteral("move"), portal, from, to}).code, 3); // it is not there any more
}

void TestPortalbindctl::portals()
{
    const QByteArray before = contents();
    const Ran tcp = ctl(ARGS("portal create san-a/10.0.1.99:3260 --interface ens9 --json"));
    QCOMPARE(tcp.code, 0);
    QCOMPARE(tcp.json()[QLatin1String("created")].toArray(), QJsonArray{QStringLiteral("san-a/10.0.1.99:3260")});
    QCOMPARE(ctl(ARGS("show 10.0.1.99:3260 --json")).json()[QLatin1String("interface")].toString(),
             QStringLiteral("ens9"));
    QCOMPARE(ctl(ARGS("portal create 10.0.9.99 --server san-b")).code, 0);
    QCOMPARE(ctl(ARGS("show 10.0.9.99 --json")).json()[QLatin1String("portalKind")].toString(), QStringLiteral("ip"));
    QCOMPARE(ctl(ARGS("portal create san-a/10.0.1.99:3260")).code, 3); // there is one
    QCOMPARE(ctl(ARGS("portal create 10.0.1.300:3260 --server san-a")).code, 2);
    QCOMPARE(ctl(ARGS("portal delete 10.0.1.5:3260")).code, 3); // bound
    QCOMPARE(ctl(ARGS("portal delete 10.0.1.99:3260 10.0.9.99")).code, 0);
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::groups()
{
    const QByteArray before = contents();
    QCOMPARE(ctl(ARGS("group create fabric-C --server san-b")).code, 0);
    QCOMPARE(ctl(ARGS("group create fabric-C --server san-b")).code, 3);
    QCOMPARE(ctl(ARGS("group add fabric-C 10.0.3.25:3260 10.0.3.26:3260")).code, 0);
    QCOMPARE(ctl(ARGS("show fabric-C --json")).json()[QLatin1String("portals")].toArray().size(), 2);
    QCOMPARE(ctl(ARGS("group rename fabric-C fabric/D")).code, 0);
    QCOMPARE(ctl(ARGS("group remove san-b/fabric/D 10.0.3.26:3260")).code, 0);
    QCOMPARE(ctl(ARGS("show fabric/D --json")).json()[QLatin1String("portals")].toArray().size(), 1);
    QCOMPARE(ctl(ARGS("group remove fabric/D 10.0.3.26:3260")).code, 3); // no member
    // An endpoint that binds it would lose what its portals share.
    const Ran leave = ctl(ARGS("group remove san-a/fabric-A 10.0.1.5:3260 --json"));
    QCOMPARE(leave.code, 3);
    QCOMPARE(leave.json()[QLatin1String("code")].toInt(), 4099);
    QCOMPARE(ctl(ARGS("group delete fabric/D")).code, 0);
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::nodesAndEndpoints()
{
    const QByteArray before = contents();
    const QString name = QStringLiteral("iqn.2026-11.com.example:new");
    QCOMPARE(ctl({QStringLiteral("node"), QStringLiteral("create"), QStringLiteral("san-a/") + name,
                  QStringLiteral("--alias"), QStringLiteral("Neu ü")})
                     .code,
             0);
    QCOMPARE(ctl({QStringLiteral("show"), name, QStringLiteral("--json")}).json()[QLatin1String("alias")].toString(),
             QStringLiteral("Neu ü"));
    QCOMPARE(ctl({QStringLiteral("node"), QStringLiteral("create"), QStringLiteral("san-a/") + name}).code, 3); // taken
    QCOMPARE(ctl(ARGS("node create not-a-name --server san-a")).code, 3);
    const Ran endpoint = ctl({QStringLiteral("endpoint"), QStringLiteral("create"), name,
                              QStringLiteral("10.0.1.6:3260"), QStringLiteral("--tag"), QStringLiteral("0x7"),
                              QStringLiteral("--json")});
    QCOMPARE(endpoint.code, 0);
    const QString made = endpoint.json()[QLatin1String("created")].toArray().at(0).toString();
    QCOMPARE(made, QStringLiteral("san-a/") + name + QStringLiteral(",t,0x0007"));
    QCOMPARE(ctl({QStringLiteral("endpoint"), QStringLiteral("create"), name, QStringLiteral("--tag"),
                  QStringLiteral("x")})
                     .code,
             2);
    QCOMPARE(ctl({QStringLiteral("endpoint"), QStringLiteral("create"), name, QStringLiteral("--tag"),
                  QStringLiteral("7")})
                     .code,
             3);
    const auto enabled = [&] {
        return ctl({QStringLiteral("show"), made, QStringLiteral("--json")}).json()[QLatin1String("enabled")].toBool();
    };
    QVERIFY(enabled());
    QCOMPARE(ctl({QStringLiteral("endpoint"), QStringLiteral("disable"), made}).code, 0);
    QVERIFY(!enabled());
    QCOMPARE(ctl({QStringLiteral("endpoint"), QStringLiteral("enable"), made}).code, 0);
    QVERIFY(enabled());
    QCOMPARE(ctl({QStringLiteral("endpoint"), QStringLiteral("delete"), made}).code, 0);
    QCOMPARE(ctl({QStringLiteral("node"), QStringLiteral("delete"), name}).code, 0);
    QCOMPARE(contents(), before);
    QCOMPARE(ctl(ARGS("node create iqn.2026-11.com.example:host --initiator --server san-a")).code, 0);
    QCOMPARE(ctl(ARGS("show iqn.2026-11.com.example:host --json")).json()[QLatin1String("role")].toString(),
             QStringLiteral("initiator"));
}

void TestPortalbindctl::severalServersAskForOne()
{
    const Ran ran = ctl(ARGS("portal create 10.0.1.99:3260 --json"));
    QCOMPARE(ran.code, 4);
    const QJsonObject error = ran.json()[QLatin1String("error")].toObject();
    QCOMPARE(keys(error), ARGS("candidates kind remedy what where"));
    QCOMPARE(error[QLatin1String("candidates")].toArray(),
             (QJsonArray{QStringLiteral("san-a"), QStringLiteral("san-b")}));
}

void TestPortalbindctl::sessionsNeedForce()
{
    const QByteArray before = contents();
    const QStringList unbind = {QStringLiteral("unbind"), QStringLiteral("10.0.1.5:3260"), mail + QStringLiteral(",1")};
    const Ran refused = ctl(unbind + QStringList{QStringLiteral("--json")});
    QCOMPARE(refused.code, 3);
    QCOMPARE(refused.json()[QLatin1String("origin")].toString(), QStringLiteral("policy"));
    QCOMPARE(contents(), before);
    QCOMPARE(ctl(unbind + ARGS("--dry-run")).code, 3);
    const Ran dry = ctl(unbind + ARGS("--dry-run --force --json"));
    QCOMPARE(dry.code, 0);
    QCOMPARE(dry.json()[QLatin1String("steps")].toArray().first().toObject()[QLatin1String("sessions")].toInt(), 2);
    QCOMPARE(contents(), before);
    QCOMPARE(ctl(unbind + ARGS("--force")).code, 0);
    QVERIFY(contents() != before);
    // What the target itself refuses is not forced.
    QCOMPARE(ctl({QStringLiteral("node"), QStringLiteral("delete"), mail, QStringLiteral("--force")}).code, 3);
}

void TestPortalbindctl::dryRunChangesNothing_data()
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

void TestPortalbindctl::dryRunChangesNothing()
{
    QFETCH(QString, arguments);
    const QByteArray before = contents();
    const Ran text = ctl(arguments.split(u' ') + ARGS("--dry-run"));
    QVERIFY2(text.code == 0 || arguments.startsWith(QLatin1String("group delete")), text.err.constData());
    if (text.code != 0) {
        QCOMPARE(text.code, 3);
        return;
    }
    QVERIFY2(text.out.startsWith("planned "), text.out.constData());
    const Ran json = ctl(arguments.split(u' ') + ARGS("--dry-run --json"));
    QCOMPARE(json.code, 0);
    QVERIFY(json.json()[QLatin1String("dryRun")].toBool());
    QVERIFY(!json.json()[QLatin1String("steps")].toArray().isEmpty());
    QCOMPARE(contents(), before);
    // The same without it does change something.
    QCOMPARE(ctl(arguments.split(u' ')).code, 0);
    QVERIFY(contents() != before);
}

void TestPortalbindctl::noSuchObject()
{
    for (const char *arguments :
         {"show nothing", "bind 10.0.1.66:3260 iqn.2026-11.com.example:mail,1",
          "bind 10.0.1.6:3260 iqn.2026-11.com.example:nail,1", "group delete nothing",
          "endpoint delete iqn.2026-11.com.example:mail,77", "portal create 10.0.0.1:3260 --server nothing"}) {
        const Ran ran = ctl(QString::fromLatin1(arguments).split(u' ') + ARGS("--json"));
        QCOMPARE(ran.code, 4);
        QCOMPARE(ran.json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString(),
                 QStringLiteral("no-such-object"));
    }
    QVERIFY(ctl(ARGS("bind 10.0.1.66:3260 iqn.2026-11.com.example:mail,1")).err.contains("san-a/10.0.1.6:3260"));
}

void TestPortalbindctl::ambiguous()
{
    const Ran ran = ctl(ARGS("group add fabric-A 10.0.3.5:3260 --json"));
    QCOMPARE(ran.code, 4);
    QCOMPARE(ran.json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString(),
             QStringLiteral("ambiguous"));
    QVERIFY(ran.err.contains("san-a/fabric-A") && ran.err.contains("san-b/fabric-A"));
}

void TestPortalbindctl::workbookNew()
{
    const QString made = path("new book #1?%20.pbw");
    const Ran dry = run({QStringLiteral("workbook"), QStringLiteral("new"), made, QStringLiteral("--dry-run"),
                         QStringLiteral("--json")});
    QCOMPARE(dry.code, 0);
    QVERIFY(!QFile::exists(made));
    const Ran ran = run({QStringLiteral("workbook"), QStringLiteral("new"), made, QStringLiteral("--sample"),
                         QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(keys(ran.json()), ARGS("command dryRun url workbook"));
    QCOMPARE(ran.json()[QLatin1String("workbook")].toString(), made);
    for (const QString &url : {QStringLiteral("workbook:") + made, made})
        QCOMPARE(run({QStringLiteral("list"), QStringLiteral("servers"), QStringLiteral("--connect"), url})
                         .out.count('\n'),
                 3);

    QFile file(made);
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QByteArray before = file.readAll();
    for (const char *how : {"--sample", "--size=3", "--dry-run"})
        QCOMPARE(run({QStringLiteral("workbook"), QStringLiteral("new"), made, QString::fromLatin1(how)}).code, 5);
    file.seek(0);
    QCOMPARE(file.readAll(), before);
    QCOMPARE(run({QStringLiteral("workbook"), QStringLiteral("new"), path("no/such/folder.pbw")}).code, 5);

    const QString empty = path("empty.pbw");
    QCOMPARE(run({QStringLiteral("workbook"), QStringLiteral("new"), empty}).code, 0);
    QVERIFY(run({QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--connect"), empty})
                    .json()[QLatin1String("items")]
                    .toArray()
                    .isEmpty());
}

void TestPortalbindctl::sized()
{
    const QString made = path("sized.pbw");
    QCOMPARE(run({QStringLiteral("workbook"), QStringLiteral("new"), made, QStringLiteral("--size"),
                  QStringLiteral("500")})
                     .code,
             0);
    const QJsonObject server = run({QStringLiteral("list"), QStringLiteral("--json"), QStringLiteral("--connect"),
                                    made})
                                       .json()[QLatin1String("items")]
                                       .toArray()
                                       .first()
                                       .toObject();
    QCOMPARE(server[QLatin1String("portalCount")].toInt(), 500);
    QVERIFY(server[QLatin1String("bindingCount")].toInt() > 100);
}

void TestPortalbindctl::importSaveconfig()
{
    const QString file = write("saveconfig.json",
                               R"({"fabric_modules": [], "storage_objects": [{"name": "secret"}], "targets": [
        {"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:one", "tpgs": [
            {"tag": 1, "enable": true, "portals": [{"ip_address": "10.9.0.1", "port": 3260}, {"ip_address": "[2001:db8::9]", "port": 3260}]},
            {"tag": 2, "enable": false, "portals": []}]}]})");
    const QByteArray before = contents();
    const Ran dry = ctl({QStringLiteral("import"), file, QStringLiteral("--dry-run"), QStringLiteral("--json")});
    QCOMPARE(dry.code, 0);
    QCOMPARE(keys(dry.json()), ARGS("command counts dryRun format servers"));
    QCOMPARE(dry.json()[QLatin1String("format")].toString(), QStringLiteral("saveconfig"));
    QCOMPARE(contents(), before);
    const Ran ran = ctl({QStringLiteral("import"), file, QStringLiteral("--server"), QStringLiteral("lio-1"),
                         QStringLiteral("--json")});
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.json()[QLatin1String("servers")].toArray(), QJsonArray{QStringLiteral("lio-1")});
    QCOMPARE(ran.json()[QLatin1String("counts")].toObject()[QLatin1String("bindings")].toInt(), 2);
    QCOMPARE(ctl(ARGS("show lio-1/iqn.2026-11.com.example:one,2 --json")).json()[QLatin1String("enabled")].toBool(true),
             false);
    QVERIFY(ctl(ARGS("list bindings")).out.contains("lio-1/[2001:db8::9]:3260"));
}

void TestPortalbindctl::importSnapshotRoundTrip()
{
    const QString snapshot = path("snapshot.json");
    QCOMPARE(ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json"),
                  QStringLiteral("--output"), snapshot})
                     .code,
             0);
    const QByteArray before = contents();
    const QString copy = path("copy.pbw");
    QCOMPARE(run({QStringLiteral("workbook"), QStringLiteral("new"), copy}).code, 0);
    QCOMPARE(run({QStringLiteral("import"), snapshot, QStringLiteral("--connect"), copy}).code, 0);
    m_url = copy;
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::importRefused_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("says");
    QTest::newRow("empty") << QByteArray() << QByteArray("neither");
    QTest::newRow("other JSON") << QByteArray("{\"a\": 1}") << QByteArray("neither");
    QTest::newRow("no JSON") << QByteArray("\x89PNG\r\n") << QByteArray("neither");
    QTest::newRow("truncated") << QByteArray("{\"format\": \"portalbind-snapshot\",\n \"version\": 1,")
                               << QByteArray(":2:");
    QTest::newRow("newer") << QByteArray("{\"format\": \"portalbind-snapshot\", \"version\": 9}")
                           << QByteArray("/version");
    QTest::newRow("deep") << "{\"format\": \"portalbind-snapshot\", \"x\": " + QByteArray(500'000, '[')
                          << QByteArray("bad.json:1:");
    QTest::newRow("dangling") << QByteArray(
            R"({"format": "portalbind-snapshot", "version": 1, "takenAt": "2026-01-01T00:00:00Z",
        "complete": true, "servers": [{"id": "s", "name": "s", "host": "", "dialect": "lio", "capabilities": {"bind": "yes",
        "unbind": "yes", "addressRule": "target", "groupRule": "target", "groups": "none", "editPortals": true,
        "createEndpoint": true, "chooseTag": true, "createNode": true, "chooseNodeName": true, "initiatorNodes": true,
        "enableEndpoint": true}, "portals": [], "groups": [{"id": "g", "name": "g", "derived": false, "portals": ["p"]}],
        "nodes": [], "endpoints": [], "sessions": []}]})")
                              << QByteArray("/servers/0/groups/0/portals/0");
    QTest::newRow("bad address") << QByteArray(
            R"({"targets": [{"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:a", "tpgs": [
        {"tag": 1, "portals": [{"ip_address": "10.0.0.999", "port": 3260}]}]}]})")
                                 << QByteArray("/targets/0/tpgs/0/portals/0/ip_address");
}

void TestPortalbindctl::importRefused()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, says);
    const QString file = write("bad.json", bytes);
    const QByteArray before = contents();
    const Ran ran = ctl({QStringLiteral("import"), file, QStringLiteral("--json")});
    QCOMPARE(ran.code, 5);
    QVERIFY2(ran.err.contains(says), ran.err.constData());
    QCOMPARE(ran.json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString(),
             QStringLiteral("bad-input"));
    QVERIFY(ran.json()[QLatin1String("error")].toObject()[QLatin1String("where")].toString().startsWith(file));
    QCOMPARE(contents(), before);
    QCOMPARE(ctl({QStringLiteral("import"), path("missing.json")}).code, 5);
    QCOMPARE(ctl({QStringLiteral("import"), m_folder->path()}).code, 5);
}

void TestPortalbindctl::report_data()
{
    QTest::addColumn<QString>("format");
    QTest::addColumn<QByteArray>("begins");
    QTest::newRow("html") << QStringLiteral("html") << QByteArray("<!DOCTYPE html>");
    QTest::newRow("csv") << QStringLiteral("csv") << QByteArray("server,server_kind,portal");
    QTest::newRow("json") << QStringLiteral("json") << QByteArray("{\n  \"format\": \"portalbind-snapshot\"");
    QTest::newRow("markdown") << QStringLiteral("markdown") << QByteArray("# iSCSI portals of site.pbw");
}

void TestPortalbindctl::report()
{
    QFETCH(QString, format);
    QFETCH(QByteArray, begins);
    const QStringList arguments = {QStringLiteral("report"), QStringLiteral("--format"), format};
    const Ran out = ctl(arguments);
    QCOMPARE(out.code, 0);
    QVERIFY(out.out.startsWith(begins));
    QVERIFY2(out.err.isEmpty(), out.err.constData());
    const QString file = write("report", "what was there before, and longer: " + QByteArray(100'000, 'x'));
    const Ran saved = ctl(arguments + QStringList{QStringLiteral("-o"), file, QStringLiteral("--json")});
    QCOMPARE(saved.code, 0);
    QCOMPARE(keys(saved.json()), ARGS("bytes command format output sha256"));
    QVERIFY(saved.err.contains(file.toLocal8Bit()));
    QFile written(file);
    QVERIFY(written.open(QIODevice::ReadOnly));
    const QByteArray bytes = written.readAll();
    QVERIFY(bytes.startsWith(begins));
    QCOMPARE(saved.json()[QLatin1String("bytes")].toInt(), int(bytes.size()));
    const QString sum = saved.json()[QLatin1String("sha256")].toString();
    if (format == QLatin1String("json"))
        QCOMPARE(sum, QString::fromLatin1(QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex()));
    else if (format != QLatin1String("csv"))
        QVERIFY(bytes.contains(sum.toLatin1()));
    const Ran inside = ctl(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(inside.code, 0);
    QVERIFY(inside.json()[QLatin1String("content")].toString().toUtf8().startsWith(begins));
}

void TestPortalbindctl::reportCannotBeWritten()
{
    QCOMPARE(ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("-o"),
                  m_folder->path()})
                     .code,
             5);
    QCOMPARE(ctl({QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("csv"), QStringLiteral("-o"),
                  path("no/file")})
                     .code,
             5);
}

void TestPortalbindctl::connectFails_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<int>("code");
    QTest::newRow("unknown scheme") << QStringLiteral("ftp://host/") << 2;
    QTest::newRow("no such file, bare") << QStringLiteral("/no/such/file") << 2;
    QTest::newRow("nothing") << QStringLiteral("workbook:") << 2;
    QTest::newRow("no such file") << QStringLiteral("workbook:/no/such/file") << 5;
    QTest::newRow("a folder") << QStringLiteral("workbook:/") << 5;
    QTest::newRow("no workbook") << QStringLiteral("workbook:/etc/passwd") << 5;
}

void TestPortalbindctl::connectFails()
{
    QFETCH(QString, url);
    QFETCH(int, code);
    const Ran ran = run({QStringLiteral("list"), QStringLiteral("--connect"), url, QStringLiteral("--json")});
    QCOMPARE(ran.code, code);
    QVERIFY(!ran.err.isEmpty());
    QVERIFY(ran.json().contains(QLatin1String("error")));
    QCOMPARE(run({QStringLiteral("list")}).code, 2);
}

static const QByteArray bindFault(const char *answer)
{
    return QByteArray(R"({"faults": [{"method": "bind", "answer": )") + answer + "}]}";
}

void TestPortalbindctl::serverRefuses()
{
    const QStringList bind = {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
                              QStringLiteral("--json")};
    const QByteArray before = contents();
    const Ran ran = under(bindFault("4099"), bind);
    QCOMPARE(ran.code, 3);
    const QJsonObject step = ran.json()[QLatin1String("steps")].toArray().first().toObject();
    QCOMPARE(step[QLatin1String("state")].toString(), QStringLiteral("refused"));
    QCOMPARE(step[QLatin1String("code")].toInt(), 4099);
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::serverUnreachable()
{
    QCOMPARE(under(R"({"faults": [{"method": "load", "answer": "disconnect"}]})", ARGS("list")).code, 5);
    const QByteArray before = contents();
    const Ran ran = under(bindFault("\"disconnect\""),
                          {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(ran.code, 5);
    QCOMPARE(contents(), before);
}

void TestPortalbindctl::partlyApplied()
{
    const Ran ran = under(R"({"faults": [{"method": "bind", "nth": 2, "answer": 4}]})",
                          {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"),
                           QStringLiteral("[2001:db8:0:1::6]:3260"), mail + QStringLiteral(",1"),
                           QStringLiteral("--json")});
    QCOMPARE(ran.code, 7);
    QCOMPARE(ran.json()[QLatin1String("done")].toInt(), 1);
    QVERIFY(ctl(ARGS("list bindings")).out.contains("10.0.1.6:3260"));
}

void TestPortalbindctl::outcomeUnknown()
{
    // The server did it, the answer was lost, and it cannot be read any more.
    const Ran ran = under(
            R"({"faults": [{"method": "bind", "answer": "disconnect", "applied": true, "failingLoads": 100}]})",
            {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1"),
             QStringLiteral("--json")});
    QCOMPARE(ran.code, 7);
    QCOMPARE(ran.json()[QLatin1String("steps")].toArray().first().toObject()[QLatin1String("state")].toString(),
             QStringLiteral("unknown"));
}

void TestPortalbindctl::settledByReading()
{
    const Ran ran = under(R"({"faults": [{"method": "bind", "answer": "timeout", "applied": true}]})",
                          {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), mail + QStringLiteral(",1")});
    QCOMPARE(ran.code, 0);
    QVERIFY(ran.out.startsWith("done "));
}

void TestPortalbindctl::interruptedRead()
{
    QProcess process;
    const QString url = m_url + QStringLiteral("?scenario=") + write("slow.json", R"({"delays": {"load": 60000}})");
    process.start(m_program, {QStringLiteral("list"), QStringLiteral("--connect"), url});
    QVERIFY(process.waitForStarted());
    QTest::qWait(300);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(10'000));
    // As if nobody had caught it: a shell sees an interrupted program.
    QVERIFY(process.exitStatus() == QProcess::CrashExit && process.exitCode() == SIGINT);
    QVERIFY(process.readAllStandardOutput().isEmpty());
}

void TestPortalbindctl::interruptedPlan()
{
    QProcess process;
    const QString url = m_url + QStringLiteral("?scenario=") + write("slow.json", R"({"delays": {"bind": 1500}})");
    process.start(m_program,
                  {QStringLiteral("bind"), QStringLiteral("10.0.1.6:3260"), QStringLiteral("[2001:db8:0:1::6]:3260"),
                   mail + QStringLiteral(",1"), QStringLiteral("--connect"), url});
    QVERIFY(process.waitForStarted());
    QTest::qWait(700);
    ::kill(pid_t(process.processId()), SIGINT);
    QVERIFY(process.waitForFinished(20'000));
    const QByteArray bindings = ctl(ARGS("list bindings")).out;
    const int done = int(bindings.contains("10.0.1.6:3260")) + int(bindings.contains("[2001:db8:0:1::6]:3260"));
    QVERIFY(done < 2); // the second one was not sent
    if (done == 1)
        QCOMPARE(process.exitCode(), 7);
    else
        QVERIFY(process.exitStatus() == QProcess::CrashExit && process.exitCode() == SIGINT);
}

void TestPortalbindctl::completion()
{
    for (const char *shell : {"bash", "zsh"}) {
        const Ran ran = run({QStringLiteral("completion"), QString::fromLatin1(shell)});
        QCOMPARE(ran.code, 0);
        for (const char *word : {"can-bind", "'portal create'", "--dry-run", "markdown", "sessions"})
            QVERIFY2(ran.out.contains(word), word);
        const QJsonObject json =
                run({QStringLiteral("completion"), QString::fromLatin1(shell), QStringLiteral("--json")}).json();
        QCOMPARE(json[QLatin1String("script")].toString().toUtf8(), ran.out);
    }
    QProcess bash;
    bash.start(QStringLiteral("bash"),
               {QStringLiteral("-c"),
                QStringLiteral("eval \"$(%1 completion bash)\"; complete() { COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - "
                               "1)); _portalbindctl; echo \"${COMPREPLY[*]}\"; };"
                               "complete portalbindctl can; complete portalbindctl group re; complete portalbindctl "
                               "report --format c;"
                               "complete portalbindctl --json list p; complete portalbindctl bind --d")
                        .arg(m_program)});
    QVERIFY(bash.waitForFinished(20'000));
    QCOMPARE(bash.readAllStandardOutput(), QByteArray("can-bind\nrename remove\ncsv\nportals\n--dry-run\n"));
    QCOMPARE(bash.readAllStandardError(), QByteArray());
}

void TestPortalbindctl::terminalEscapes()
{
    const Ran ran = ctl({QStringLiteral("show"), QStringLiteral("a\x1b[31mb\nc")});
    QCOMPARE(ran.code, 4);
    QVERIFY(!ran.err.contains('\x1b'));
}

QTEST_GUILESS_MAIN(TestPortalbindctl)
#include "tst_portalbindctl.moc"
