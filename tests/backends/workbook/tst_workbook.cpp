// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"
#include "workbookfiles.h"

#include "backends/workbook/generate.h"
#include "backends/workbook/import.h"
#include "backends/workbook/sample.h"
#include "model/diff.h"
#include "model/rules.h"
#include "tests/model/randominventory.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace portalbind;

namespace {

/// What \a snapshot shows, by names in place of ids.
QStringList contents(const Snapshot &s)
{
    QStringList lines;
    const auto portal = [&](PortalHandle h) {
        const Portal p = s.portal(s.row(h));
        return QStringLiteral("%1/%2 %3 %4 %5")
                .arg(s.server(s.row(p.server)).host, p.address.toString(), p.nic)
                .arg(int(p.kind))
                .arg(p.addressPresent);
    };
    const auto endpoint = [&](EndpointHandle h) {
        const Endpoint e = s.endpoint(s.row(h));
        const QString node = e.node ? s.node(s.row(e.node)).name + QString::number(int(s.node(s.row(e.node)).role))
                                    : QString();
        return QStringLiteral("%1 %2 %3 %4 %5").arg(node).arg(e.tag).arg(int(e.role)).arg(int(e.scope)).arg(e.enabled);
    };
    for (const ServerHandle h : s.servers())
        lines += s.server(s.row(h)).host + QString::number(int(s.server(s.row(h)).dialect));
    for (const NodeHandle h : s.nodes())
        lines += s.node(s.row(h)).name + s.node(s.row(h)).alias;
    for (const auto &row : s.portalRows())
        lines += portal(row.handle);
    for (const auto &row : s.endpointRows())
        for (const PortalHandle p : s.portalsBoundBy(s.row(row.handle)))
            lines += endpoint(row.handle) + QStringLiteral(" binds ") + portal(p);
    for (const GroupHandle h : s.groups())
        for (const PortalHandle p : s.portalsOf(s.row(h)))
            lines += s.group(s.row(h)).name + QString::number(s.group(s.row(h)).derived) + QStringLiteral(" holds ")
                    + portal(p);
    for (const SessionHandle h : s.sessions()) {
        const LoginSession l = s.session(s.row(h));
        lines += l.initiator + l.from + endpoint(l.endpoint) + (l.portal ? portal(l.portal) : QString());
    }
    lines.sort();
    return lines;
}

} // namespace

/// What is made: empty workbooks, the sample, generated ones, imports.
class TestWorkbook : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(scratchTemplate());
        m_path = m_folder->filePath(QStringLiteral("a site.portalbind"));
    }

    void create()
    {
        QVERIFY(Workbook::create(m_path));
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{QStringLiteral("a site.portalbind")});
        Workbook workbook(m_path);
        const auto snapshot = workbook.read(std::make_shared<IdTable>());
        QVERIFY2(snapshot.has_value(), snapshot ? "" : qPrintable(snapshot.error().text()));
        QVERIFY((*snapshot)->servers().empty());
        QVERIFY((*snapshot)->isComplete());
    }

    void createOverwritesNothing()
    {
        writeBytes(m_path, "precious");
        const auto made = Workbook::create(m_path);
        QVERIFY(!made);
        QCOMPARE(made.error().kind, Error::Kind::File);
        QVERIFY(made.error().what.contains(m_path));
        QCOMPARE(bytesOf(m_path), QByteArray("precious"));
    }

    void createFailsWithoutTrace()
    {
        const auto made = Workbook::create(m_path, [](Database &database) -> Result<> {
            database.runText(QStringLiteral("INSERT INTO server (name) VALUES ('half')"));
            return failure(Error::Kind::BadInput, QStringLiteral("enough"));
        });
        QCOMPARE(made.error().what, QStringLiteral("enough"));
        QVERIFY(QDir(m_folder->path()).entryList(QDir::Files).isEmpty());
        const auto nowhere = Workbook::create(m_folder->filePath(QStringLiteral("none/such.portalbind")));
        QCOMPARE(nowhere.error().kind, Error::Kind::File);
        QVERIFY(nowhere.error().text().contains(QStringLiteral("none/such.portalbind")));
        QVERIFY(!nowhere.error().text().contains(QStringLiteral(".part")));
    }

    void oddPaths()
    {
        const QString odd = m_folder->filePath(QStringLiteral("50% & more? #1 ünï.portalbind"));
        QVERIFY(writeSample(odd));
        Workbook workbook(odd);
        QVERIFY(workbook.open());
        QVERIFY(QFile::exists(odd));
    }

    void sample()
    {
        QVERIFY(writeSample(m_path));
        Workbook workbook(m_path);
        const auto ids = std::make_shared<IdTable>();
        const SnapshotPtr s = *workbook.read(ids);
        QCOMPARE(s->servers().size(), size_t(2));
        QCOMPARE(s->portalRows().size(), size_t(40));
        QCOMPARE(s->endpointRows().size(), size_t(12));
        QCOMPARE(s->groups().size(), size_t(4));
        int targets = 0;
        int initiators = 0;
        for (const NodeHandle node : s->nodes())
            (s->node(s->row(node)).role == Role::Target ? targets : initiators) += 1;
        QCOMPARE(targets, 6);
        QCOMPARE(initiators, 1);
        QVERIFY(s->sessions().size() >= 5);
        // The refusals that it is there to show, by the model and by the server itself.
        const Inventory inventory(s);
        const EndpointHandle mail1 = endpointOf(*s, ":mail", 1);
        const EndpointHandle mail2 = endpointOf(*s, ":mail", 2);
        const struct
        {
            const char *portal;
            EndpointHandle endpoint;
            quint16 code;
        } tries[] = {
                {"10.0.1.9:3260", mail1, 4097}, {"10.0.1.5:3260", mail2, 4098},
                {"10.0.2.6:3260", mail1, 4099}, {"10.0.1.6:3260", endpointOf(*s, ":replication", 0x00023d000001), 5},
                {"10.0.1.6:3260", mail1, 0},    {"10.0.9.6", endpointOf(*s, ":replication", 0x00023d000001), 0}};
        for (const auto &one : tries) {
            const PortalHandle portal = portalAt(*s, one.portal);
            QCOMPARE(canBind(inventory, portal, one.endpoint).code, one.code);
            QCOMPARE(workbook.execute(Bind{one.endpoint, portal}, *ids)->code, one.code);
        }
        const PortalHandle wildcard = portalAt(*s, "0.0.0.0:3261");
        QVERIFY(wildcard && s->portal(s->row(wildcard)).addressPresent);
    }

    void sampleIsAlwaysTheSame()
    {
        const QString again = m_folder->filePath(QStringLiteral("again"));
        QVERIFY(writeSample(m_path));
        QVERIFY(writeSample(again));
        const auto ids = std::make_shared<IdTable>();
        const auto otherIds = std::make_shared<IdTable>();
        const SnapshotPtr first = *Workbook(m_path).read(ids);
        QCOMPARE(StepPlan::digest(*first), StepPlan::digest(**Workbook(again).read(otherIds)));
    }

    void generated_data()
    {
        QTest::addColumn<qint64>("portals");
        for (const qint64 n : {1, 7, 8, 9, 100, 5000})
            QTest::newRow(qPrintable(QString::number(n))) << n;
    }

    void generated()
    {
        QFETCH(const qint64, portals);
        qint64 last = 0;
        QVERIFY(writeGenerated(m_path, portals, [&last](qint64 done, qint64 of) {
            QVERIFY(done > last && done <= of);
            last = done;
        }));
        Workbook workbook(m_path);
        const auto read = workbook.read(std::make_shared<IdTable>());
        QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().text()));
        const Snapshot &s = **read;
        QCOMPARE(qint64(s.portalRows().size()), portals);
        QVERIFY(qint64(s.bindingCount()) >= portals * 3 / 4 && qint64(s.bindingCount()) <= portals + 7);
        // Within the rules: what is bound could be bound again.
        const Inventory inventory(*read);
        std::set<PortalAddress> addresses;
        for (const auto &row : s.portalRows())
            addresses.insert(s.portal(s.row(row.handle)).address);
        QCOMPARE(qint64(addresses.size()), portals);
        for (const auto &row : s.endpointRows()) {
            for (const PortalHandle portal : s.portalsBoundBy(s.row(row.handle))) {
                const Inventory without = inventory.with(Unbind{row.handle, portal});
                QVERIFY(canBind(without, portal, row.handle).isAllowed());
            }
        }
    }

    void generatedWide()
    {
        QVERIFY(writeGenerated(m_path, GeneratedShape::wide()));
        Workbook workbook(m_path);
        QCOMPARE((*workbook.read(std::make_shared<IdTable>()))->bindingCount(), size_t(256'000));
    }

    void generatingIsCancelled()
    {
        std::stop_source stop;
        const auto made = writeGenerated(
                m_path, 100'000, [&stop](qint64, qint64) { stop.request_stop(); }, stop.get_token());
        QCOMPARE(made.error().kind, Error::Kind::Cancelled);
        QVERIFY(QDir(m_folder->path()).entryList(QDir::Files).isEmpty());
        QCOMPARE(writeGenerated(m_path, qint64(0)).error().kind, Error::Kind::BadInput);
    }

    void readingIsCancelled()
    {
        QVERIFY(writeGenerated(m_path, 20'000));
        Workbook workbook(m_path);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(workbook.read(std::make_shared<IdTable>(), {}, stop.get_token()).error().kind, Error::Kind::Cancelled);
        QVERIFY(workbook.read(std::make_shared<IdTable>()));
    }

    void importExport()
    {
        // Whatever a server shows, states against the rules included, comes back as it was.
        const quint64 seed = qEnvironmentVariableIsSet("PORTALBIND_SEED")
                ? qEnvironmentVariable("PORTALBIND_SEED").toULongLong()
                : std::random_device{}();
        qInfo("PORTALBIND_SEED=%llu", static_cast<unsigned long long>(seed));
        RandomInventory random(seed);
        for (int i = 0; i < 30; ++i) {
            const SnapshotPtr wanted = random.snapshot();
            const QString path = m_folder->filePath(QString::number(i));
            QVERIFY(createWorkbook(path, *wanted));
            const auto read = Workbook(path).read(std::make_shared<IdTable>());
            QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().text()));
            QCOMPARE(contents(**read), contents(*wanted));
        }
    }

    void importAddsServers()
    {
        QVERIFY(writeSample(m_path));
        Workbook workbook(m_path);
        const auto ids = std::make_shared<IdTable>();
        const SnapshotPtr before = *workbook.read(ids);
        const auto names = importSnapshot(workbook, *before);
        QCOMPARE(*names, (QStringList{QStringLiteral("san-a (2)"), QStringLiteral("san-b (2)")}));
        const SnapshotPtr after = *workbook.read(ids);
        QCOMPARE(after->servers().size(), size_t(4));
        QCOMPARE(after->bindingCount(), 2 * before->bindingCount());
        // What was there is as it was, under the same handles.
        const InventoryDiff changes = diff(Inventory(before), Inventory(after));
        QVERIFY(changes.nodes.removed.empty() && changes.nodes.changed.empty());
        QVERIFY(changes.portals.removed.empty() && changes.portals.changed.empty());
        QVERIFY(changes.unbound.empty());
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestWorkbook)
#include "tst_workbook.moc"
