// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

#include "backends/wsman/wsmanconnection.h"
#include "tests/peers/peerprocess.h"
#include "tests/peers/realm.h"
#include "tests/peers/rigworkbook.h"

using namespace portalbind;
using namespace portalbind::cim;

/// The whole way: this backend over WS-Management to a server in a process of its own, as each kind of server answers.
class TestCimPeer : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void reading_data();
    void reading();
    void writing_data();
    void writing();
    void switching();
    void quota();
    void firstRows();
    void manyPortals();

private:
    Certificates m_certificates{{QStringLiteral("self-signed")}};
};

namespace {

constexpr int portalCount = 100;

Task<wsman::CertificateAnswer> once()
{
    co_return wsman::CertificateAnswer::Once;
}

/// A peer that serves a workbook as \a as, and a backend that is connected to it.
struct PeerRig
{
    PeerRig(const QString &as, const Certificates &certificates, const QStringList &more = {},
            int portals = portalCount)
    {
        const QString workbook = folder.filePath(QStringLiteral("rig.portalbind"));
        const QString users = folder.filePath(QStringLiteral("users"));
        QFile file(users);
        if (!writeRigWorkbook(workbook, portals) || !file.open(QIODevice::WriteOnly)
            || file.write(":maria:secret\n") < 0)
            qFatal("no workbook");
        file.close();
        peer = std::make_unique<WsmanPeer>(
                workbook, as,
                QStringList{QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), users}
                        + certificates.arguments(QStringLiteral("self-signed")) + more);
        wsman::ServerProfile profile;
        profile.host = QStringLiteral("127.0.0.1");
        profile.port = peer->port();
        profile.signIn = wsman::SignIn::Basic;
        profile.user = QStringLiteral("maria");
        profile.password = Secret(QStringLiteral("secret"));
        wsman::ConnectionHooks hooks;
        hooks.ask = [](const wsman::CertificateQuestion &) { return once(); };
        QUrl url;
        url.setScheme(QStringLiteral("wsmans"));
        url.setHost(profile.host);
        url.setPort(profile.port);
        backend = std::make_unique<CimBackend>(url, [profile, hooks]() -> std::unique_ptr<CimConnection> {
            return std::make_unique<wsman::WsmanConnection>(profile, hooks);
        });
        backend->setPatience({0, 50, 200, 500});
    }

    [[nodiscard]] Result<SnapshotPtr> load() const
    {
        auto done = finished(backend->load([](const SnapshotPtr &) {}, {}), 60'000);
        return done ? *std::move(done) : failure(Error::Kind::Timeout, QStringLiteral("The load never ended."));
    }
    [[nodiscard]] Result<Answer> execute(const Operation &operation) const
    {
        auto done = finished(backend->execute(operation, {}), 60'000);
        return done ? *std::move(done) : failure(Error::Kind::Timeout, QStringLiteral("The write never ended."));
    }

    QTemporaryDir folder;
    std::unique_ptr<WsmanPeer> peer;
    std::unique_ptr<CimBackend> backend;
};

QString address(int portal)
{
    return QStringLiteral("10.0.0.%1:3260").arg(portal);
}

QString endpointOf(int target, int tag)
{
    return QStringLiteral("iqn.2026-11.example.rig:target-%1,t,%2").arg(target, 6, 10, QLatin1Char('0')).arg(tag);
}

/// What the rig's workbook holds (tests/peers/rigworkbook.h), in the words of shown().
QStringList wantedLines(bool groups)
{
    QStringList lines;
    QMap<int, QStringList> members;
    for (int i = 0; i < portalCount; ++i) {
        lines += QStringLiteral("portal %1 tcp %2 rig-host")
                         .arg(address(i), i % 16 == 7 ? QStringLiteral("gone") : QStringLiteral("present"));
        members[i / 8] += address(i);
    }
    for (auto group = members.begin(); group != members.end() && groups; ++group) {
        group->sort();
        lines += QStringLiteral("group Portal group %1 rig-host: %2").arg(group.key()).arg(group->join(u' '));
    }
    for (int t = 0; t < portalCount / 16; ++t) {
        const QString alias = t == 0 ? QStringLiteral("Target 0 <A & B>")
                : t == 1             ? QStringLiteral("Target 1 ") + QChar(0xfc) + QChar(0x20ac)
                                     : QStringLiteral("Target %1").arg(t);
        lines += QStringLiteral("node iqn.2026-11.example.rig:target-%1 target rig-host \"%2\"")
                         .arg(t, 6, 10, QLatin1Char('0'))
                         .arg(alias);
        for (const int tag : {1, 2})
            lines += QStringLiteral("endpoint %1 target on rig-host").arg(endpointOf(t, tag));
        lines += QStringLiteral("bind %1 %2").arg(endpointOf(t, 1), address(16 * t));
        lines += QStringLiteral("bind %1 %2").arg(endpointOf(t, 1), address(16 * t + 1));
        lines += QStringLiteral("bind %1 %2").arg(endpointOf(t, 2), address(16 * t + 8));
    }
    lines.sort();
    return lines;
}

void addServers()
{
    QTest::addColumn<QString>("as");
    for (const char *as : {"openwsman", "omi", "windows"})
        QTest::newRow(as) << QString::fromLatin1(as);
}

} // namespace

void TestCimPeer::initTestCase()
{
    QVERIFY2(m_certificates.error().isEmpty(), qPrintable(m_certificates.error()));
}

void TestCimPeer::reading_data()
{
    addServers();
}

void TestCimPeer::reading()
{
    QFETCH(QString, as);
    const bool windows = as == QLatin1String("windows");
    PeerRig rig(as, m_certificates);
    QVERIFY2(rig.peer->isRunning(), qPrintable(rig.peer->error()));
    const auto read = rig.load();
    QVERIFY2(read, read ? "" : qPrintable(read.error().text() + u'\n' + read.error().detail));
    QStringList lines = shown(*read);
    const QStringList servers = shown(*read, "server");
    lines.removeIf([](const QString &line) { return line.startsWith(QLatin1String("server ")); });
    QCOMPARE(lines, wantedLines(!windows));
    QCOMPARE(servers.size(), 1);
    QVERIFY2(servers[0].startsWith(windows ? QLatin1String("rig-host WindowsSmis") : QLatin1String("rig-host Smis")),
             qPrintable(servers[0]));
    // One enumeration a class, nothing about single objects, everything given back or drained.
    QCOMPARE(rig.peer->count(QStringLiteral("Get")), 0);
    const auto again = rig.load();
    QVERIFY(again);
    QCOMPARE(shown(*again), shown(*read));
}

void TestCimPeer::writing_data()
{
    addServers();
}

void TestCimPeer::writing()
{
    QFETCH(QString, as);
    PeerRig rig(as, m_certificates);
    const auto read = rig.load();
    QVERIFY2(read, read ? "" : qPrintable(read.error().text()));
    const auto bind = [&](int target, int tag, int portal) {
        return Bind{endpointIn(*read, endpointOf(target, tag)), portalIn(*read, address(portal))};
    };
    struct Step
    {
        Bind bind;
        quint16 code;
    };
    int sent = 0;
    for (const Step &step : {Step{bind(0, 1, 2), 0}, Step{bind(0, 1, 7), 4097}, Step{bind(0, 2, 0), 4098},
                             Step{bind(0, 1, 9), 4099}}) { // a server without collections knows them all the same
        const auto said = rig.execute(step.bind);
        QVERIFY2(said, said ? "" : qPrintable(said.error().text() + u'\n' + said.error().detail));
        QCOMPARE(said->code, step.code);
        QCOMPARE(rig.peer->count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), ++sent);
    }
    QCOMPARE(rig.execute(bind(0, 1, 2))->code, quint16(0)); // is so already: not sent
    QCOMPARE(rig.peer->count(QStringLiteral("Invoke:BindiSCSIProtocolEndPoint")), sent);
    const Bind first = bind(0, 1, 0);
    const auto gone = rig.execute(Unbind{first.endpoint, first.portal});
    QVERIFY2(gone, gone ? "" : qPrintable(gone.error().text() + u'\n' + gone.error().detail));
    QCOMPARE(gone->code, quint16(0));
    QCOMPARE(rig.execute(Unbind{first.endpoint, first.portal})->code, quint16(6));
    QCOMPARE(rig.peer->count(QStringLiteral("Delete")), 1);
    const auto after = rig.load();
    QVERIFY(after);
    const QStringList bound = shown(*after, "bind");
    QVERIFY(bound.contains(endpointOf(0, 1) + u' ' + address(2)));
    QVERIFY(!bound.contains(endpointOf(0, 1) + u' ' + address(0)));
    QCOMPARE(shown(*after, "portal"), shown(*read, "portal")); // the lower layer was left alone
}

void TestCimPeer::switching()
{
    for (const char *option : {"--native", "--native-only"}) {
        PeerRig rig(QStringLiteral("windows"), m_certificates, {QLatin1String(option)});
        QVERIFY2(rig.peer->isRunning(), qPrintable(rig.peer->error()));
        const auto read = rig.load();
        QVERIFY2(read, read ? "" : qPrintable(read.error().text() + u'\n' + read.error().detail));
        QVERIFY(shown(*read, "server")[0].contains(QLatin1String("WindowsNative")));
        const PortalHandle portal = portalIn(*read, address(3));
        const EndpointHandle all = endpointIn(*read, QStringLiteral("all"));
        QVERIFY(portal && all);
        const bool was = shown(*read, "bind").contains(QStringLiteral("all ") + address(3));
        const auto said = was ? rig.execute(Unbind{all, portal}) : rig.execute(Bind{all, portal});
        QVERIFY2(said, said ? "" : qPrintable(said.error().text() + u'\n' + said.error().detail));
        QCOMPARE(said->code, quint16(0));
        QCOMPARE(rig.peer->count(QStringLiteral("Put")), 1);
        const auto after = rig.load();
        QVERIFY(after);
        QCOMPARE(shown(*after, "bind").contains(QStringLiteral("all ") + address(3)), !was);
    }
}

/// A server that allows one open enumeration at a time is asked so from then on.
void TestCimPeer::quota()
{
    PeerRig rig(QStringLiteral("openwsman"), m_certificates,
                {QStringLiteral("--quota"), QStringLiteral("1"), QStringLiteral("--trickle"), QStringLiteral("20")});
    const auto refusals = [&rig] {
        const auto log = rig.peer->log();
        return std::count_if(log.begin(), log.end(), [](const QJsonObject &line) {
            return line.value(QLatin1String("fault")).toString().contains(QLatin1String("QuotaLimit"));
        });
    };
    const auto read = rig.load();
    QVERIFY2(read, read ? "" : qPrintable(read.error().text() + u'\n' + read.error().detail));
    const auto met = refusals();
    QVERIFY(met > 0);
    const auto again = rig.load();
    QVERIFY(again);
    QCOMPARE(refusals(), met);
    QCOMPARE(shown(*again), shown(*read));
    QCOMPARE(shown(*read, "portal").size(), portalCount);
}

void TestCimPeer::firstRows()
{
    PeerRig rig(QStringLiteral("omi"), m_certificates, {QStringLiteral("--trickle"), QStringLiteral("5")});
    QCOMPARE(rig.peer->command("delay Pull 0 10"), QByteArray("ok"));
    std::vector<SnapshotPtr> grown;
    int pullsAtFirst = 0;
    auto done = finished(rig.backend->load(
                                 [&](const SnapshotPtr &soFar) {
                                     if (grown.empty())
                                         pullsAtFirst = rig.peer->count(QStringLiteral("Pull"));
                                     grown.push_back(soFar);
                                 },
                                 {}),
                         60'000);
    QVERIFY(done && *done);
    QVERIFY(!grown.empty());
    QVERIFY(!grown.front()->isComplete());
    QVERIFY(!grown.front()->portalRows().empty());
    QVERIFY(grown.front()->portalRows().size() < size_t(portalCount));
    QVERIFY(pullsAtFirst < rig.peer->count(QStringLiteral("Pull")));
}

void TestCimPeer::manyPortals()
{
    constexpr int many = 10'000;
    PeerRig rig(QStringLiteral("openwsman"), m_certificates, {}, many);
    const auto read = rig.load();
    QVERIFY2(read, read ? "" : qPrintable(read.error().text() + u'\n' + read.error().detail));
    QCOMPARE((*read)->portalRows().size(), size_t(many));
    QCOMPARE((*read)->bindingCount(), size_t(many / 16 * 3));
    QCOMPARE((*read)->groups().size(), size_t(many / 8));
    QVERIFY((*read)->danglingEdges().empty());
    QCOMPARE(rig.peer->count(QStringLiteral("Get")), 0);
    // Pages, not objects: 20,000 endpoints, 18,750 and 20,000 associations among them.
    QVERIFY2(rig.peer->count(QStringLiteral("Pull")) < 1'000,
             qPrintable(QString::number(rig.peer->count(QStringLiteral("Pull")))));
}

QTEST_MAIN(TestCimPeer)
#include "tst_cimpeer.moc"
