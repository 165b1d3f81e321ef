// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"
#include "workbookfiles.h"

#include "backends/workbook/generate.h"
#include "backends/workbook/sample.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace portalbind;

namespace {

/// Runs \a work in a process of its own and returns its exit code.
int inChild(const std::function<int()> &work)
{
    const pid_t child = fork();
    if (child == 0)
        _exit(work());
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

/// What happens to the file of a workbook: read-only, on a full disk, in use by others, replaced.
class TestWorkbookDisk : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(scratchTemplate());
        m_path = m_folder->filePath(QStringLiteral("a site.portalbind"));
    }

    void noRoomBeside()
    {
        // A disk so full that nothing can be put beside the file: it is read all the same, and leaves nothing there.
        QVERIFY(writeSample(m_path));
        const QByteArray before = bytesOf(m_path);
        const int code = inChild([this] {
            ::signal(SIGXFSZ, SIG_IGN);
            rlimit limit{};
            if (::getrlimit(RLIMIT_FSIZE, &limit) != 0)
                return 1;
            limit.rlim_cur = 0;
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                return 2;
            Workbook workbook(m_path);
            const auto ids = std::make_shared<IdTable>();
            const auto read = workbook.read(ids);
            if (!read || !workbook.isReadOnly())
                return 3;
            const Bind bind{endpointOf(**read, ":mail", 1), portalAt(**read, "10.0.1.6:3260")};
            const auto answer = workbook.execute(bind, *ids);
            if (answer || answer.error().kind != Error::Kind::File
                || !answer.error().what.contains(QStringLiteral("full")))
                return 4;
            if (QDir(m_folder->path()).entryList(QDir::Files).size() != 1)
                return 5;
            // Someone makes room: no new start is needed.
            limit.rlim_cur = limit.rlim_max;
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                return 6;
            const auto later = workbook.execute(bind, *ids);
            return later && later->code == 0 && !workbook.isReadOnly() ? 0 : 7;
        });
        QCOMPARE(code, 0);
        QVERIFY(bytesOf(m_path) != before);
    }

    void readOnly()
    {
        // Root may write everywhere: a child gives the right up.
        QVERIFY(writeSample(m_path));
        const QByteArray before = bytesOf(m_path);
        QVERIFY(QFile::setPermissions(m_path, QFile::ReadOwner | QFile::ReadGroup | QFile::ReadOther));
        QCOMPARE(::chmod(QFile::encodeName(m_folder->path()).constData(), 0555), 0);
        const int code = inChild([this] {
            if (::geteuid() == 0 && ::setuid(65534) != 0)
                return 1;
            Workbook workbook(m_path);
            const auto ids = std::make_shared<IdTable>();
            const auto read = workbook.read(ids);
            if (!read || !workbook.isReadOnly())
                return 2;
            const auto answer = workbook.execute(
                    Bind{endpointOf(**read, ":mail", 1), portalAt(**read, "10.0.1.6:3260")}, *ids);
            if (answer || answer.error().kind != Error::Kind::File || !answer.error().what.contains(m_path))
                return 3;
            return workbook.changedByOthers() ? 4 : 0;
        });
        QCOMPARE(::chmod(QFile::encodeName(m_folder->path()).constData(), 0755), 0);
        QCOMPARE(code, 0);
        QVERIFY(bytesOf(m_path) == before);
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files).size(), 1);
    }

    void fullDisk()
    {
        QVERIFY(writeSample(m_path));
        Workbook workbook(m_path);
        const int pages = int(QFileInfo(m_path).size() / 4096);
        workbook.limitPages(pages);
        const auto ids = std::make_shared<IdTable>();
        const SnapshotPtr before = *workbook.read(ids);
        Result<Answer> answer = Answer{};
        int done = 0;
        while (answer && done < 1000) {
            Group group;
            group.server = before->servers()[0];
            group.name = QStringLiteral("pool %1 %2").arg(++done).arg(QString(100, u'x'));
            answer = workbook.execute(CreateGroup{ids->makeProvisional<GroupHandle>(), group}, *ids);
        }
        QVERIFY(!answer);
        QCOMPARE(answer.error().kind, Error::Kind::File);
        QVERIFY2(answer.error().what.contains(QStringLiteral("full")), qPrintable(answer.error().what));
        // All that was acknowledged is there, the rest is not, and what needs no space still works.
        const SnapshotPtr after = *workbook.read(ids);
        QCOMPARE(after->groups().size(), before->groups().size() + size_t(done) - 1);
        QVERIFY(workbook.execute(Unbind{endpointOf(*after, ":mail", 1), portalAt(*after, "10.0.1.5:3260")}, *ids));
    }

    void fileSizeLimit()
    {
        // The system's own refusal (EFBIG) in the middle of a commit.
        QVERIFY(writeSample(m_path));
        const int code = inChild([this] {
            ::signal(SIGXFSZ, SIG_IGN);
            Workbook workbook(m_path);
            const auto ids = std::make_shared<IdTable>();
            const auto before = workbook.read(ids);
            if (!before)
                return 1;
            rlimit limit{16'384, 16'384};
            if (::setrlimit(RLIMIT_FSIZE, &limit) != 0)
                return 2;
            for (int i = 0; i < 100; ++i) {
                Group group;
                group.server = (*before)->servers()[0];
                group.name = QStringLiteral("pool %1").arg(i);
                const auto answer = workbook.execute(CreateGroup{ids->makeProvisional<GroupHandle>(), group}, *ids);
                if (!answer)
                    return answer.error().kind == Error::Kind::File
                                    || answer.error().kind == Error::Kind::OutcomeUnknown
                            ? 0
                            : 3;
            }
            return 4;
        });
        QCOMPARE(code, 0);
        Workbook workbook(m_path);
        QVERIFY(workbook.open());
    }

    void twoConnections()
    {
        QVERIFY(writeSample(m_path));
        Workbook first(m_path);
        Workbook second(m_path);
        const auto ids = std::make_shared<IdTable>();
        const auto idsOfSecond = std::make_shared<IdTable>();
        const SnapshotPtr seen = *first.read(ids);
        const SnapshotPtr seenBySecond = *second.read(idsOfSecond);
        QVERIFY(!first.changedByOthers());
        QVERIFY(!second.changedByOthers());
        const auto bound = first.execute(Bind{endpointOf(*seen, ":mail", 1), portalAt(*seen, "10.0.1.6:3260")}, *ids);
        QCOMPARE(bound->code, quint16(0));
        QVERIFY(!first.changedByOthers()); // one's own
        QVERIFY(second.changedByOthers());
        QVERIFY(!second.changedByOthers()); // told once
        // The second one has not read again, and yet is judged on what is.
        const auto late = second.execute(
                Bind{endpointOf(*seenBySecond, ":mail", 2), portalAt(*seenBySecond, "10.0.1.6:3260")}, *idsOfSecond);
        QCOMPARE(late->code, quint16(4098));
    }

    void replacedFile()
    {
        QVERIFY(writeSample(m_path));
        Workbook workbook(m_path);
        const auto ids = std::make_shared<IdTable>();
        const SnapshotPtr seen = *workbook.read(ids);
        const QString other = m_folder->filePath(QStringLiteral("other"));
        QVERIFY(writeGenerated(other, 8));
        QCOMPARE(::rename(QFile::encodeName(other).constData(), QFile::encodeName(m_path).constData()), 0);
        QFile::remove(m_path + QStringLiteral("-wal"));
        QFile::remove(m_path + QStringLiteral("-shm"));
        QVERIFY(workbook.changedByOthers());
        QVERIFY(!workbook.changedByOthers());
        QCOMPARE((*workbook.read(ids))->servers().size(), size_t(1));
        QVERIFY(QFile::remove(m_path));
        QCOMPARE(workbook.read(ids).error().kind, Error::Kind::File);
        const auto answer = workbook.execute(DeleteNode{ids->find<NodeHandle>("server:1/node:1")}, *ids);
        QCOMPARE(answer.error().kind, Error::Kind::File); // and nothing is written into a file without a name
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestWorkbookDisk)
#include "tst_workbookdisk.moc"
