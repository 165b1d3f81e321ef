// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"

#include "backends/workbook/generate.h"
#include "backends/workbook/sample.h"
#include "backends/workbook/workbookbackend.h"
#include "model/inventory.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace portalbind;

namespace {

/// What a task gave, once it did.
template <class T>
class Waiting
{
public:
    explicit Waiting(Task<T> task)
    {
        spawn<T>(std::move(task), [state = m_state](T value) { state->emplace(std::move(value)); });
    }
    [[nodiscard]] bool isDone() const { return m_state->has_value(); }
    [[nodiscard]] T &value() { return **m_state; }

private:
    std::shared_ptr<std::optional<T>> m_state = std::make_shared<std::optional<T>>();
};

/// Another process: binds 10.0.1.6:3260 to TPG 1 of …:mail, and tells the code.
int bindElsewhere(const QString &path)
{
    Workbook workbook(path);
    const auto ids = std::make_shared<IdTable>();
    const auto read = workbook.read(ids);
    if (!read)
        return 200;
    const auto answer = workbook.execute(
            Bind{ids->find<EndpointHandle>("server:1/endpoint:1"), ids->find<PortalHandle>("server:1/portal:2")}, *ids);
    return answer ? (answer->code == 0 ? 0 : int(answer->code - 4000)) : 201;
}

} // namespace

class TestWorkbookBackend : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(scratchTemplate());
        m_path = m_folder->filePath(QStringLiteral("site.portalbind"));
    }

    void urls_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<QString>("path");
        QTest::newRow("absolute") << QStringLiteral("workbook:/srv/site.portalbind")
                                  << QStringLiteral("/srv/site.portalbind");
        QTest::newRow("three slashes") << QStringLiteral("workbook:///srv/site") << QStringLiteral("/srv/site");
        QTest::newRow("relative") << QStringLiteral("workbook:sub/site")
                                  << QDir::currentPath() + QStringLiteral("/sub/site");
        QTest::newRow("encoded") << QStringLiteral("workbook:/srv/a%20b%3Fc%25") << QStringLiteral("/srv/a b?c%");
        QTest::newRow("with a scenario") << QStringLiteral("workbook:/srv/site?scenario=/tmp/s.json")
                                         << QStringLiteral("/srv/site");
        QTest::newRow("a host") << QStringLiteral("workbook://host/site") << QString();
        QTest::newRow("nothing") << QStringLiteral("workbook:") << QString();
    }

    void urls()
    {
        QFETCH(const QString, url);
        QFETCH(const QString, path);
        QCOMPARE(WorkbookBackend::pathOf(QUrl(url)), path);
        if (!path.isEmpty())
            QCOMPARE(WorkbookBackend::pathOf(WorkbookBackend::urlOf(path)), path);
    }

    void loadAndExecute()
    {
        QVERIFY(writeSample(m_path));
        WorkbookBackend backend(WorkbookBackend::urlOf(m_path));
        QCOMPARE(backend.title(), QStringLiteral("site.portalbind"));
        Waiting load(backend.load({}, {}));
        QVERIFY(!load.isDone()); // never at once
        QTRY_VERIFY(load.isDone());
        QVERIFY2(load.value().has_value(), load.value() ? "" : qPrintable(load.value().error().text()));
        const SnapshotPtr s = *load.value();
        QCOMPARE(s->ids(), backend.ids());
        const auto endpoint = backend.ids()->find<EndpointHandle>("server:1/endpoint:1");
        const auto portal = backend.ids()->find<PortalHandle>("server:1/portal:2");
        Waiting answer(backend.execute(Bind{endpoint, portal}, {}));
        QTRY_VERIFY(answer.isDone());
        QCOMPARE(answer.value()->code, quint16(0));
        QCOMPARE(answer.value()->method, Method::Bind);
        Waiting again(backend.load({}, {}));
        QTRY_VERIFY(again.isDone());
        QVERIFY(Inventory(*again.value()).binds(endpoint, portal));
    }

    void badUrl()
    {
        WorkbookBackend backend(QUrl(QStringLiteral("workbook:")));
        Waiting load(backend.load({}, {}));
        QTRY_VERIFY(load.isDone());
        QCOMPARE(load.value().error().kind, Error::Kind::BadInput);
    }

    void noSuchFile()
    {
        WorkbookBackend backend(WorkbookBackend::urlOf(m_path));
        Waiting load(backend.load({}, {}));
        QTRY_VERIFY(load.isDone());
        QCOMPARE(load.value().error().kind, Error::Kind::File);
        // It is there later: the same connection finds it.
        QVERIFY(writeSample(m_path));
        Waiting again(backend.load({}, {}));
        QTRY_VERIFY(again.isDone());
        QVERIFY(again.value());
    }

    void growingSnapshots()
    {
        QVERIFY(writeGenerated(m_path, GeneratedShape::wide()));
        WorkbookBackend backend(WorkbookBackend::urlOf(m_path));
        QList<SnapshotPtr> seen;
        QThread *const here = QThread::currentThread();
        Waiting load(backend.load(
                [&seen, here](SnapshotPtr soFar) {
                    QCOMPARE(QThread::currentThread(), here);
                    QVERIFY(!soFar->isComplete());
                    seen += soFar;
                },
                {}));
        QTRY_VERIFY_WITH_TIMEOUT(load.isDone(), 60'000);
        QVERIFY((*load.value())->isComplete());
        for (qsizetype i = 1; i < seen.size(); ++i)
            QVERIFY(seen[i]->bindingCount() >= seen[i - 1]->bindingCount());
    }

    void cancelledLoad()
    {
        QVERIFY(writeGenerated(m_path, GeneratedShape::wide()));
        WorkbookBackend backend(WorkbookBackend::urlOf(m_path));
        std::stop_source stop;
        Waiting load(backend.load({}, stop.get_token()));
        stop.request_stop();
        QTRY_VERIFY(load.isDone());
        QCOMPARE(load.value().error().kind, Error::Kind::Cancelled);
        Waiting again(backend.load({}, {}));
        QTRY_VERIFY_WITH_TIMEOUT(again.isDone(), 60'000);
        QVERIFY(again.value());
    }

    void stopBeforeSending()
    {
        QVERIFY(writeSample(m_path));
        WorkbookBackend backend(WorkbookBackend::urlOf(m_path));
        std::stop_source stop;
        stop.request_stop();
        Waiting answer(backend.execute(Bind{}, stop.get_token()));
        QTRY_VERIFY(answer.isDone());
        QCOMPARE(answer.value().error().kind, Error::Kind::Cancelled);
    }

    void closedByItsWorker()
    {
        QVERIFY(writeSample(m_path));
        auto backend = std::make_unique<WorkbookBackend>(WorkbookBackend::urlOf(m_path));
        Waiting<Result<SnapshotPtr>> read(backend->load({}, {}));
        QTRY_VERIFY(read.isDone());
        QVERIFY(QFile::exists(m_path + QStringLiteral("-wal")));
        QMetaObject::invokeMethod(
                this, [&backend] { backend.reset(); }, Qt::QueuedConnection); // as in a window: the event loop runs
        QTRY_VERIFY(!backend);
        QTRY_VERIFY(!QFile::exists(m_path + QStringLiteral("-wal"))); // the last connection takes its log along
    }

    void goneWhileWorking()
    {
        // A connection closed in the middle of a load and of a slow step: both are seen to their end.
        QVERIFY(writeSample(m_path));
        QFile scenario(m_folder->filePath(QStringLiteral("s.json")));
        QVERIFY(scenario.open(QIODevice::WriteOnly));
        scenario.write(R"({"delays": {"bind": 300}})");
        scenario.close();
        QUrl url = WorkbookBackend::urlOf(m_path);
        url.setQuery(QStringLiteral("scenario=") + scenario.fileName());
        auto backend = std::make_unique<WorkbookBackend>(url);
        Waiting load(backend->load({}, {}));
        QTRY_VERIFY(load.isDone());
        const auto endpoint = backend->ids()->find<EndpointHandle>("server:1/endpoint:1");
        const auto portal = backend->ids()->find<PortalHandle>("server:1/portal:2");
        Waiting answer(backend->execute(Bind{endpoint, portal}, {}));
        Waiting second(backend->load({}, {}));
        const auto ids = backend->ids();
        QElapsedTimer timer;
        timer.start();
        backend.reset();
        QVERIFY(timer.elapsed() < 150); // nobody waits for it here
        QTRY_VERIFY(answer.isDone());
        QCOMPARE(answer.value()->code, quint16(0));
        QTRY_VERIFY(second.isDone());
        QVERIFY(Inventory(*second.value()).binds(endpoint, portal));
    }

    void anotherProcess()
    {
        QVERIFY(writeSample(m_path));
        WorkbookBackend backend(WorkbookBackend::urlOf(m_path));
        const QSignalSpy changed(&backend, &TargetBackend::changed);
        Waiting load(backend.load({}, {}));
        QTRY_VERIFY(load.isDone());
        const auto endpoint = backend.ids()->find<EndpointHandle>("server:1/endpoint:1");
        const auto second = backend.ids()->find<EndpointHandle>("server:1/endpoint:2");
        const auto portal = backend.ids()->find<PortalHandle>("server:1/portal:2");
        // One's own step is no news.
        Waiting own(backend.execute(Unbind{endpoint, backend.ids()->find<PortalHandle>("server:1/portal:1")}, {}));
        QTRY_VERIFY(own.isDone());
        QTest::qWait(900);
        QCOMPARE(changed.count(), 0);

        QProcess other;
        other.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--bind"), m_path});
        QTRY_COMPARE_WITH_TIMEOUT(other.state(), QProcess::NotRunning, 30'000);
        QCOMPARE(other.exitCode(), 0);
        QTRY_COMPARE(changed.count(), 1);
        // What is not read again yet is not overwritten: the step is judged on what is there now.
        Waiting late(backend.execute(Bind{second, portal}, {}));
        QTRY_VERIFY(late.isDone());
        QCOMPARE(late.value()->code, quint16(4098));
        Waiting again(backend.load({}, {}));
        QTRY_VERIFY(again.isDone());
        QVERIFY(Inventory(*again.value()).binds(endpoint, portal));
    }

    void writersTakeTurns()
    {
        // Two processes at once: each step of both is done, none is lost.
        QVERIFY(StepPlan::prepare(m_path));
        QProcess first;
        QProcess second;
        first.start(QCoreApplication::applicationFilePath(), {QStringLiteral("--groups"), m_path, QStringLiteral("a")});
        second.start(QCoreApplication::applicationFilePath(),
                     {QStringLiteral("--groups"), m_path, QStringLiteral("b")});
        QTRY_COMPARE_WITH_TIMEOUT(first.state(), QProcess::NotRunning, 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(second.state(), QProcess::NotRunning, 60'000);
        QCOMPARE(first.exitCode() + second.exitCode(), 100); // each makes what the other has not made before it
        const auto read = Workbook(m_path).read(std::make_shared<IdTable>());
        QCOMPARE((*read)->groups().size(), size_t(2 + 100));
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

namespace {

/// Another process: makes 100 groups that its twin makes too, and tells how many it made itself.
int makeGroups(const QString &path)
{
    Workbook workbook(path);
    const auto ids = std::make_shared<IdTable>();
    const auto read = workbook.read(ids);
    if (!read)
        return 200;
    int made = 0;
    for (int i = 0; i < 100; ++i) {
        const auto answer = workbook.execute(
                CreateGroup{ids->makeProvisional<GroupHandle>(),
                            Group{(*read)->servers()[0], QStringLiteral("pool-%1").arg(i), false}},
                *ids);
        if (!answer || (answer->code != 0 && answer->code != 4097))
            return 201;
        made += answer->code == 0 ? 1 : 0;
    }
    return made;
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (argc == 3 && qstrcmp(argv[1], "--bind") == 0)
        return bindElsewhere(QString::fromLocal8Bit(argv[2]));
    if (argc == 4 && qstrcmp(argv[1], "--groups") == 0)
        return makeGroups(QString::fromLocal8Bit(argv[2]));
    TestWorkbookBackend test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_workbookbackend.moc"
