// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <cstdio>
#include <random>

#include <unistd.h>

using namespace portalbind;

namespace {

// By Workbook::Phase.
constexpr std::array phaseNames{"begun", "checked", "written", "committing", "committed"};

/// Kills this process, by PORTALBIND_KILLPOINT=name:nth, where the nth step is in the phase of that name.
Workbook::Observer killer()
{
    const QStringList where = qEnvironmentVariable("PORTALBIND_KILLPOINT").split(QLatin1Char(':'));
    if (where.size() != 2)
        return {};
    return [name = where[0], left = where[1].toInt()](Workbook::Phase phase) mutable {
        if (name == QLatin1String(phaseNames[size_t(phase)]) && --left == 0)
            std::raise(SIGKILL);
    };
}

/// The child: goes on with the plan from step \a first, and says so after each step that was acknowledged.
int carryOut(const QString &path, int first)
{
    Workbook workbook(path);
    workbook.setObserver(killer());
    const auto ids = std::make_shared<IdTable>();
    for (int number = first; number < StepPlan::length; ++number) {
        const auto now = workbook.read(ids);
        if (!now)
            return 2;
        const auto answer = workbook.execute(StepPlan::step(number, *now), *ids);
        if (!answer || answer->code != 0)
            return 3;
        const char done = '.';
        if (::write(STDOUT_FILENO, &done, 1) != 1)
            return 4;
    }
    return 0;
}

} // namespace

/// A process is killed in the middle of a plan, 200 times: no acknowledged step is lost, none is half-done.
class TestWorkbookCrash : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        const auto digests = StepPlan::digests(m_folder.filePath(QStringLiteral("whole.portalbind")));
        QVERIFY2(digests.has_value(), digests ? "" : qPrintable(digests.error().text()));
        m_digests = *digests;
        QCOMPARE(m_digests.size(), StepPlan::length + 1);
        // A digest that two states share would tell nothing.
        QCOMPARE(QSet<QByteArray>(m_digests.begin(), m_digests.end()).size(), m_digests.size());
    }

    void killedAtNamedPoints()
    {
        std::mt19937 random(20261122);
        std::array<int, phaseNames.size()> killed{};
        for (int i = 0; i < 100; ++i) {
            const size_t phase = size_t(i) % phaseNames.size();
            const QString point = QStringLiteral("%1:%2").arg(QLatin1String(phaseNames[phase])).arg(1 + random() % 9);
            killed[phase] += runAndKill(point, -1) ? 1 : 0;
            if (QTest::currentTestFailed())
                return;
        }
        for (const int count : killed)
            QVERIFY2(count >= 10, "a kill point is hardly ever met");
    }

    void killedAtRandomMoments()
    {
        bool given = false;
        quint64 seed = qEnvironmentVariable("PORTALBIND_SEED").toULongLong(&given);
        if (!given)
            seed = std::random_device{}();
        qInfo("PORTALBIND_SEED=%llu", static_cast<unsigned long long>(seed));
        std::mt19937_64 random(seed);
        int killed = 0;
        for (int i = 0; i < 100; ++i) {
            killed += runAndKill({}, int(random() % 25'000)) ? 1 : 0;
            if (QTest::currentTestFailed())
                return;
        }
        QVERIFY2(killed >= 50, qPrintable(QString::number(killed)));
    }

private:
    /// Goes on with the plan in a child that is killed; then looks at what is there. Returns whether it was killed.
    bool runAndKill(const QString &point, int afterMicroseconds)
    {
        if (m_done >= StepPlan::length || m_path.isEmpty()) {
            m_path = m_folder.filePath(QStringLiteral("%1.portalbind").arg(++m_files));
            if (!StepPlan::prepare(m_path))
                QTest::qFail("the workbook could not be made", __FILE__, __LINE__);
            m_done = 0;
        }
        QProcess child;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        if (!point.isEmpty())
            environment.insert(QStringLiteral("PORTALBIND_KILLPOINT"), point);
        child.setProcessEnvironment(environment);
        child.start(QCoreApplication::applicationFilePath(),
                    {QStringLiteral("--carry-out"), m_path, QString::number(m_done)});
        if (afterMicroseconds >= 0) {
            // From its first acknowledged step on: before it there is nothing to lose.
            child.waitForReadyRead(30'000);
            ::usleep(useconds_t(afterMicroseconds));
            child.kill(); // SIGKILL
        }
        if (child.state() != QProcess::NotRunning && !child.waitForFinished(60'000))
            QTest::qFail("the child does not end", __FILE__, __LINE__);
        const bool killed = child.exitStatus() == QProcess::CrashExit;
        if (!killed && child.exitCode() != 0)
            QTest::qFail(qPrintable(QStringLiteral("the child failed with %1").arg(child.exitCode())), __FILE__,
                         __LINE__);
        look(int(child.readAllStandardOutput().size()), killed);
        return killed;
    }

    void look(int acknowledged, bool killed)
    {
        Workbook workbook(m_path);
        const auto now = workbook.read(std::make_shared<IdTable>()); // opening checks the integrity of the file
        QVERIFY2(now.has_value(), now ? "" : qPrintable(now.error().text()));
        const int certain = m_done + acknowledged;
        const QByteArray digest = StepPlan::digest(**now);
        // The step that was under way is done or not.
        const int most = killed && certain < StepPlan::length ? certain + 1 : certain;
        if (digest == m_digests[certain])
            m_done = certain;
        else if (digest == m_digests[most])
            m_done = most;
        else
            QFAIL(qPrintable(QStringLiteral("after %1 acknowledged steps the workbook shows something else: %2")
                                     .arg(certain)
                                     .arg(m_digests.indexOf(digest))));
    }

    QTemporaryDir m_folder{scratchTemplate()};
    QList<QByteArray> m_digests;
    QString m_path;
    int m_files = 0;
    int m_done = 0;
};

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (argc == 4 && qstrcmp(argv[1], "--carry-out") == 0)
        return carryOut(QString::fromLocal8Bit(argv[2]), QByteArray(argv[3]).toInt());
    TestWorkbookCrash test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_workbookcrash.moc"
