// SPDX-License-Identifier: Apache-2.0
// The whole program above the window: session, backend, helper and tree on the kernel's target. What it does, and what
// others do meanwhile, shows in the tree as it is in configfs and among the listening sockets.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"
#include "tests/kernel/kernelstack.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <sys/stat.h>

#include <random>

using namespace portalbind;

namespace {

constexpr const char *addresses[] = {"127.0.0.1:3260", "127.0.0.2:3260", "127.0.0.3:3260",
                                     "127.0.0.1:3261", "[::1]:3260",     "[::1]:3261"};
constexpr int patience = 60'000; // ms

std::string targetName(int number)
{
    return "iqn.2026-11.org.example:disk" + std::to_string(number);
}

std::string tpgPath(int target, int tag)
{
    return guest::fabric.toStdString() + targetName(target) + "/tpgt_" + std::to_string(tag);
}

/// Addresses that something listens at, from /proc/net: of those that are used here.
Texts listening()
{
    Texts all;
    for (const char *address : addresses) {
        const QString text = QString::fromLatin1(address);
        const QChar zero = u'0';
        const QString port = QString::number(text.section(u':', -1).toInt(), 16).rightJustified(4, zero).toUpper();
        const QString last = QString::number(text.section(u':', 0, 0).section(u'.', 3).toInt()).rightJustified(2, zero);
        const QString ip = text.startsWith(u'[') ? QStringLiteral("00000000000000000000000001000000")
                                                 : last + QStringLiteral("00007F"); // 127.0.0.1 from its end
        const std::string file = guest::read(text.startsWith(u'[') ? "/proc/net/tcp6" : "/proc/net/tcp");
        // `ADDRESS:PORT PEER:PORT 0A`: listening
        const std::string needle = (u' ' + ip + u':' + port + u' ').toStdString();
        const auto place = file.find(needle);
        if (place != std::string::npos && file.substr(place + needle.size()).find(" 0A ") < 48)
            all.insert(address);
    }
    return all;
}

/// What a person may want next.
class RandomWish
{
public:
    explicit RandomWish(unsigned seed)
        : m_engine(seed)
    {
    }

    [[nodiscard]] QList<Operation> operator()(const Inventory &inventory, IdTable &ids)
    {
        const auto endpoints = inventory.endpoints();
        const auto nodes = inventory.nodes();
        const unsigned dice = below(100);
        if (nodes.empty() || (dice < 4 && nodes.size() < 4)) {
            const std::string name = targetName(int(below(5)));
            return {CreateNode{ids.makeProvisional<NodeHandle>(),
                               Node{inventory.servers().first(), Role::Target, QString::fromStdString(name), {}}}};
        }
        if (endpoints.empty() || dice < 12) {
            CreateEndpoint creation{ids.makeProvisional<EndpointHandle>(), {}, false, {}};
            creation.value.server = inventory.servers().first();
            creation.value.node = any(nodes);
            creation.value.enabled = false;
            return {creation};
        }
        const EndpointHandle endpoint = any(endpoints);
        const auto bound = inventory.portalsBoundBy(endpoint);
        if (dice < 20)
            return {DeleteEndpoint{endpoint}};
        if (dice < 23)
            return {DeleteNode{any(nodes)}};
        if (dice < 32)
            return {SetEndpointEnabled{endpoint, below(2) == 0}};
        if (dice < 50 && !bound.empty())
            return {Unbind{endpoint, any(bound)}};
        if (dice < 65 && !bound.empty())
            return {Move{any(bound), endpoint, any(endpoints)}};
        return {Bind{endpoint, ids.intern<PortalHandle>(QByteArrayView(addresses[below(std::size(addresses))]))}};
    }

private:
    unsigned below(size_t bound) { return unsigned(m_engine() % bound); }
    template <class List>
    typename List::value_type any(const List &list)
    {
        return *std::next(list.begin(), std::ptrdiff_t(below(size_t(list.size()))));
    }

    std::mt19937 m_engine;
};

} // namespace

class tst_KernelTree : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup();
    void randomOperations();
    void changesByOthers_data();
    void changesByOthers();

private:
    void keepCandidates();
};

void tst_KernelTree::initTestCase()
{
    QVERIFY(guest::isGuest());
}

void tst_KernelTree::keepCandidates()
{
    HelperProcess helper;
    HelperProcess::Json portals = HelperProcess::Json::array();
    for (const char *address : addresses)
        portals.push_back(address);
    helper.ok("candidate-keep", {{"portals", portals}});
}

void tst_KernelTree::init()
{
    keepCandidates();
    for (int target : {1, 2}) {
        QCOMPARE(guest::make(guest::fabric.toStdString() + targetName(target)), 0);
        for (int tag : {1, 2})
            QCOMPARE(guest::make(tpgPath(target, tag)), 0);
    }
}

void tst_KernelTree::cleanup()
{
    guest::clear();
}

/// Stage, apply, look: tree, configfs and sockets.
void tst_KernelTree::randomOperations()
{
    bool isSeed = false;
    unsigned seed = qEnvironmentVariable("PORTALBIND_SEED").toUInt(&isSeed);
    if (!isSeed)
        seed = std::random_device{}();
    const bool isLong = qEnvironmentVariableIsSet("PORTALBIND_LONG");
    const int wanted = isLong ? 10'000 : 200;
    qInfo("PORTALBIND_SEED=%u", seed);
    RandomWish wish(seed);
    KernelStack stack;
    QTRY_VERIFY_WITH_TIMEOUT(stack.isLive(), patience);
    QSignalSpy resets(&stack.tree, &QAbstractItemModel::modelReset);
    QElapsedTimer timer;
    timer.start();
    std::map<Method, int> done;
    int sent = 0, refused = 0;
    // A busy machine does fewer.
    while (sent < wanted && (isLong || timer.elapsed() < patience)) {
        QVERIFY(QTest::qWaitFor([&stack] { return stack.isLive(); }, patience));
        const QList<Operation> operations = wish(stack.session->inventory(), stack.session->ids());
        const QString what = describe(operations.first(), stack.session->inventory());
        const Verdict verdict = stack.session->stage(operations, QStringLiteral("random"));
        if (stack.session->pending().isEmpty()) { // refused, or so already
            refused += verdict.isRefused() ? 1 : 0;
            continue;
        }
        stack.outcome.reset();
        stack.session->apply(OnFailure::RollBack);
        QVERIFY(QTest::qWaitFor([&stack] { return stack.outcome.has_value() && !stack.session->isBusy(); }, patience));
        ++sent;
        ++done[methodOf(operations.first())];
        QString failed;
        for (const StepResult &result : stack.outcome->results)
            failed += result.explanation.reason + result.error.text();
        // What the rules allow the kernel does.
        QVERIFY2(stack.outcome->isAllDone() && stack.outcome->verified,
                 qPrintable(QStringLiteral("%1, operation %2: %3 %4")
                                    .arg(what)
                                    .arg(sent)
                                    .arg(failed, stack.outcome->differences.join(u'\n'))));
        const Texts tree = stack.shown(), kernel = inConfigfs();
        QVERIFY2(tree == kernel,
                 qPrintable(QStringLiteral("%1, operation %2:\ntree: %3\nkernel: %4")
                                    .arg(what)
                                    .arg(sent)
                                    .arg(words(tree), words(kernel))));
        const Texts sockets = listening();
        QVERIFY2(stack.shownAddresses() == sockets, qPrintable(what + QLatin1String(": listening ") + words(sockets)));
    }
    QCOMPARE(resets.count(), 0);
    qInfo("%d operations in %lld ms, %d refused", sent, timer.elapsed(), refused);
    QVERIFY(sent >= 40);
    for (const Method method :
         {Method::Bind, Method::Unbind, Method::CreateEndpoint, Method::DeleteEndpoint, Method::EnableEndpoint})
        QVERIFY(done[method] > 0);
    QVERIFY(refused > 0);
}

void tst_KernelTree::changesByOthers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("touched"); // whose time of change is when it happened
    QTest::addColumn<QString>("appears");
    QTest::addColumn<QString>("disappears");
    const QString tpg = QString::fromStdString(tpgPath(1, 2));
    const QString name = QString::fromStdString(targetName(1));
    const QString rtslib = QStringLiteral("from rtslib_fb import FabricModule, Target, TPG, NetworkPortal\n"
                                          "tpg = TPG(Target(FabricModule('iscsi'), '%1', mode='lookup'), 2, "
                                          "mode='lookup')\n")
                                   .arg(name);
    const auto row = [](const char *title, const QString &program, const QString &script, const QString &touched,
                        const QString &appears, const QString &disappears) {
        QTest::newRow(title) << program << script << touched << appears << disappears;
    };
    const QString portal = name + QStringLiteral("/tpgt_2/127.0.0.3:3260");
    row("mkdir of a portal", QStringLiteral("sh"), QStringLiteral("mkdir %1/np/127.0.0.3:3260").arg(tpg),
        tpg + QStringLiteral("/np"), portal, {});
    row("rmdir of a portal", QStringLiteral("sh"),
        QStringLiteral("mkdir %1/np/127.0.0.3:3260; sleep 2; rmdir %1/np/127.0.0.3:3260").arg(tpg),
        tpg + QStringLiteral("/np"), {}, portal);
    row("mkdir of a TPG", QStringLiteral("sh"), QStringLiteral("mkdir %1/tpgt_7").arg(tpg.section(u'/', 0, -2)),
        tpg.section(u'/', 0, -2), name + QStringLiteral("/tpgt_7 off"), {});
    row("rtslib makes a portal", QStringLiteral("python3"), rtslib + QStringLiteral("NetworkPortal(tpg, '127.0.0.3')"),
        tpg + QStringLiteral("/np"), portal, {});
    row("rtslib removes a portal", QStringLiteral("python3"),
        rtslib
                + QStringLiteral("import time\nportal = NetworkPortal(tpg, '127.0.0.3')\ntime.sleep(2)\n"
                                 "portal.delete()"),
        tpg + QStringLiteral("/np"), {}, portal);
}

/// By a row that comes or goes, within a second, and nothing else moves.
void tst_KernelTree::changesByOthers()
{
    QFETCH(const QString, program);
    QFETCH(const QString, script);
    QFETCH(const QString, touched);
    QFETCH(const QString, appears);
    QFETCH(const QString, disappears);
    QCOMPARE(guest::make(tpgPath(1, 1) + "/np/127.0.0.1:3260"), 0);
    KernelStack stack;
    QTRY_VERIFY_WITH_TIMEOUT(stack.isLive(), patience);
    QCOMPARE(words(stack.shown()), words(inConfigfs())); // every row has been asked for
    QElapsedTimer timer;
    timer.start();
    stack.session->refresh();
    QTRY_VERIFY_WITH_TIMEOUT(stack.isLive(), patience);
    const qint64 read = timer.elapsed();
    QSignalSpy resets(&stack.tree, &QAbstractItemModel::modelReset);
    QSignalSpy layouts(&stack.tree, &QAbstractItemModel::layoutChanged);
    QSignalSpy inserted(&stack.tree, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&stack.tree, &QAbstractItemModel::rowsRemoved);
    qint64 seen = 0; // ms since 1970, of the last row that came or went
    const auto note = [&seen] { seen = QDateTime::currentMSecsSinceEpoch(); };
    connect(&stack.tree, &QAbstractItemModel::rowsInserted, this, note);
    connect(&stack.tree, &QAbstractItemModel::rowsRemoved, this, note);

    QProcess other;
    other.setProcessChannelMode(QProcess::ForwardedChannels);
    other.start(program, {QStringLiteral("-c"), script});
    const bool goes = appears.isEmpty();
    const int rows = goes ? 1 : 0;
    QTRY_COMPARE_WITH_TIMEOUT(removed.count(), rows, patience);
    QTRY_VERIFY_WITH_TIMEOUT(inserted.count() >= 1, patience);
    QTRY_COMPARE_WITH_TIMEOUT(other.state(), QProcess::NotRunning, patience);
    QCOMPARE(other.exitCode(), 0);
    struct stat status
    {
    };
    QCOMPARE(stat(QFile::encodeName(touched).constData(), &status), 0);
    const qint64 changed = qint64(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
    const Texts shown = stack.shown();
    QCOMPARE(words(shown), words(inConfigfs()));
    QVERIFY(appears.isEmpty() || shown.contains(appears.toStdString()));
    QVERIFY(disappears.isEmpty() || !shown.contains(disappears.toStdString()));
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(removed.count(), rows);
    QCOMPARE(resets.count(), 0);
    QCOMPARE(layouts.count(), 0);
    disconnect(&stack.tree, nullptr, this, nullptr);
    // A second, where a read takes as long as usual; a machine that does other things needs longer for both.
    const qint64 allowed = std::max<qint64>(1000, 20 * read);
    qInfo("shown %lld ms after the change; a read takes %lld ms", seen - changed, read);
    QVERIFY2(seen - changed >= -20 && seen - changed < allowed, qPrintable(QString::number(seen - changed)));
}

QTEST_GUILESS_MAIN(tst_KernelTree)

#include "tst_kerneltree.moc"
