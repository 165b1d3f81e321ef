// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"
#include "workbookfiles.h"

#include "backends/workbook/sample.h"
#include "tests/testdata.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

using namespace portalbind;

/// What is in a file that calls itself a workbook: damaged, old, new, foreign, impossible.
class TestWorkbookFile : public QObject
{
    Q_OBJECT

private slots:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>(scratchTemplate());
        m_path = m_folder->filePath(QStringLiteral("a site.portalbind"));
    }

    void missing()
    {
        Workbook workbook(m_path);
        const auto opened = workbook.open();
        QCOMPARE(opened.error().kind, Error::Kind::File);
        QVERIFY(opened.error().what.contains(m_path));
        QVERIFY(!QFile::exists(m_path)); // a look makes no file
    }

    void refused_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        QVERIFY(writeSample(m_path));
        const QByteArray good = bytesOf(m_path);
        QVERIFY(good.size() > 20'000);
        const auto patched = [&good](qsizetype at, const QByteArray &with) {
            return QByteArray(good).replace(at, with.size(), with);
        };
        QTest::newRow("empty file") << QByteArray() << QStringLiteral("not a workbook");
        QTest::newRow("text") << QByteArray(5000, 'x') << QStringLiteral("not a workbook");
        QTest::newRow("a few bytes") << QByteArray("SQLite format 3\0", 16) << QStringLiteral("not a workbook");
        QTest::newRow("database of another program")
                << patched(68, QByteArray("\0\0\0\0", 4)) << QStringLiteral("not a workbook");
        QTest::newRow("newer layout") << patched(60, QByteArray("\0\0\0\7", 4)) << QStringLiteral("newer");
        QTest::newRow("cut off") << good.left(good.size() / 2) << QStringLiteral("damaged");
        QTest::newRow("cut off within a page") << good.left(good.size() - 100) << QStringLiteral("damaged");
        for (const int page : {1, 3, 5, 9})
            QTest::newRow(qPrintable(QStringLiteral("page %1 overwritten").arg(page)))
                    << patched(qsizetype(page) * 4096, QByteArray(4096, '\x5a')) << QStringLiteral("damaged");
    }

    void refused()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const QString, says);
        writeBytes(m_path, bytes);
        Workbook workbook(m_path);
        const auto opened = workbook.open();
        QVERIFY(!opened);
        QCOMPARE(opened.error().kind, Error::Kind::BadInput);
        QVERIFY2(opened.error().what.contains(says), qPrintable(opened.error().what));
        QVERIFY(opened.error().what.contains(m_path));
        QVERIFY(!opened.error().remedy.isEmpty());
        QVERIFY(!workbook.isOpen());
        const auto executed = workbook.execute(Bind{}, IdTable());
        QVERIFY(!executed);
        QVERIFY(bytesOf(m_path) == bytes);
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files), QStringList{QStringLiteral("a site.portalbind")});
    }

    void danglingReference()
    {
        QVERIFY(writeSample(m_path));
        runSql(m_path,
               {QStringLiteral("PRAGMA foreign_keys = OFF"), QStringLiteral("INSERT INTO binding VALUES (1, 4711)")});
        const QByteArray before = bytesOf(m_path);
        Workbook workbook(m_path);
        const auto opened = workbook.open();
        QCOMPARE(opened.error().kind, Error::Kind::BadInput);
        QVERIFY(opened.error().detail.contains(QStringLiteral("binding")));
        QVERIFY(bytesOf(m_path) == before);
    }

    void foreignObjects_data()
    {
        QTest::addColumn<QString>("statement");
        QTest::addColumn<QString>("names");
        const auto row = [](const char *names, const char *statement) {
            QTest::newRow(names) << QString::fromLatin1(statement) << QString::fromLatin1(names);
        };
        row("trigger other", "CREATE TRIGGER other AFTER INSERT ON binding BEGIN DELETE FROM binding; END");
        row("view other", "CREATE VIEW other AS SELECT 1");
        row("table other", "CREATE TABLE other (id)");
        row("index other", "CREATE INDEX other ON portal (port)");
    }

    void foreignObjects()
    {
        QFETCH(const QString, statement);
        QFETCH(const QString, names);
        for (const bool old : {false, true}) {
            QFile::remove(m_path);
            if (old)
                QVERIFY(QFile::copy(testData(QStringLiteral("workbook-v1.portalbind")), m_path));
            else
                QVERIFY(writeSample(m_path));
            QVERIFY(QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner));
            if (old && !statement.startsWith(QLatin1String("CREATE T")))
                continue;
            runSql(m_path, {statement});
            const QByteArray before = bytesOf(m_path);
            Workbook workbook(m_path);
            const auto opened = workbook.open();
            QVERIFY(!opened);
            QCOMPARE(opened.error().kind, Error::Kind::BadInput);
            QVERIFY2(opened.error().where.endsWith(names), qPrintable(opened.error().where));
            QVERIFY(bytesOf(m_path) == before);
        }
    }

    void impossibleValues_data()
    {
        QTest::addColumn<QString>("statement");
        QTest::addColumn<QString>("names");
        const auto row = [](const char *statement, const char *names) {
            QTest::newRow(statement) << QString::fromLatin1(statement) << QString::fromLatin1(names);
        };
        row("UPDATE portal SET port = 99999 WHERE id = 7", "portal 7");
        row("UPDATE portal SET port = -1 WHERE id = 7", "portal 7");
        row("UPDATE portal SET port = 'many' WHERE id = 7", "portal 7");
        row("UPDATE portal SET port = 0 WHERE id = 7", "portal 7");
        row("UPDATE portal SET kind = 'udp' WHERE id = 7", "portal 7");
        row("UPDATE portal SET present = 2 WHERE id = 7", "portal 7");
        row("UPDATE endpoint SET tag = -5 WHERE id = 2", "endpoint 2");
        row("UPDATE endpoint SET tag = 65536 WHERE id = 2", "endpoint 2");
        row("UPDATE endpoint SET role = 2, tag = 281474976710656 WHERE id = 2", "endpoint 2");
        row("UPDATE endpoint SET role = 1 WHERE id = 2", "endpoint 2");
        row("UPDATE endpoint SET role = 77 WHERE id = 2", "endpoint 2");
        row("UPDATE endpoint SET scope = 'planet' WHERE id = 2", "endpoint 2");
        row("UPDATE node SET name = 'non sense' WHERE id = 3", "node 3");
        row("UPDATE node SET name = '' WHERE id = 3", "node 3");
        row("UPDATE server SET bind = 'perhaps' WHERE id = 2", "server 2");
        row("UPDATE server SET edit_portals = 'x' WHERE id = 2", "server 2");
        row("UPDATE portal_group SET derived = 3 WHERE id = 1", "portal_group 1");
    }

    void impossibleValues()
    {
        QFETCH(const QString, statement);
        QFETCH(const QString, names);
        QVERIFY(writeSample(m_path));
        runSql(m_path, {QStringLiteral("PRAGMA ignore_check_constraints = ON"), statement});
        const QByteArray before = bytesOf(m_path);
        Workbook workbook(m_path);
        const auto read = workbook.read(std::make_shared<IdTable>());
        QVERIFY(!read);
        QCOMPARE(read.error().kind, Error::Kind::BadInput);
        QVERIFY2(read.error().where.endsWith(names), qPrintable(read.error().text()));
        workbook.close();
        QVERIFY(bytesOf(m_path) == before);
    }

    void impossibleAddress()
    {
        QVERIFY(writeSample(m_path));
        runSql(m_path, {QStringLiteral("UPDATE portal SET ip = '10.0.1' WHERE id = 7")});
        Workbook workbook(m_path);
        const auto read = workbook.read(std::make_shared<IdTable>());
        QCOMPARE(read.error().kind, Error::Kind::BadInput);
        QVERIFY(read.error().where.contains(QStringLiteral("portal 7")));
    }

    void migration()
    {
        const QString old = testData(QStringLiteral("workbook-v1.portalbind"));
        QVERIFY(QFile::copy(old, m_path));
        QVERIFY(QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner));
        Workbook workbook(m_path);
        const auto ids = std::make_shared<IdTable>();
        const auto read = workbook.read(ids);
        QVERIFY2(read.has_value(), read ? "" : qPrintable(read.error().text()));
        const Snapshot &s = **read;
        QCOMPARE(s.servers().size(), size_t(2));
        QCOMPARE(s.nodes().size(), size_t(3));
        QCOMPARE(s.endpointRows().size(), size_t(4));
        QCOMPARE(s.portalRows().size(), size_t(5));
        QCOMPARE(s.bindingCount(), size_t(5)); // one was there twice
        const PortalHandle v6 = ids->find<PortalHandle>("server:1/portal:3");
        QCOMPARE(s.portal(s.row(v6)).address.toString(), QStringLiteral("[2001:db8::5]:3260"));
        QCOMPARE(s.portal(s.row(v6)).nic, QStringLiteral("ens1f0"));
        const EndpointHandle second = ids->find<EndpointHandle>("server:1/endpoint:2");
        QVERIFY(!s.endpoint(s.row(second)).enabled);
        QCOMPARE(s.endpoint(s.row(second)).role, Role::Target);
        QCOMPARE(s.portalsOf(s.row(ids->find<GroupHandle>("server:1/group:1"))).size(), size_t(3));
        // What was deleted under the old layout does not get its id back.
        Portal value;
        value.server = ids->find<ServerHandle>("server:2");
        value.address = *PortalAddress::parse(u"10.0.1.77:3260");
        const auto made = workbook.execute(CreatePortal{ids->makeProvisional<PortalHandle>(), value}, *ids);
        QCOMPARE(made->createdId, QByteArray("server:2/portal:10"));
        workbook.close();
        QVERIFY(workbook.open()); // and once more, now of the current layout
        QVERIFY(bytesOf(old).startsWith("SQLite format 3")); // the fixture is still what it was
    }

    void migrationOfWhatCannotBeRead()
    {
        QVERIFY(QFile::copy(testData(QStringLiteral("workbook-v1.portalbind")), m_path));
        QVERIFY(QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner));
        runSql(m_path, {QStringLiteral("UPDATE portal SET address = 'somewhere' WHERE id = 4")});
        const QByteArray before = bytesOf(m_path);
        Workbook workbook(m_path);
        const auto opened = workbook.open();
        QCOMPARE(opened.error().kind, Error::Kind::BadInput);
        QVERIFY2(opened.error().where.contains(QStringLiteral("portal 4")), qPrintable(opened.error().text()));
        QVERIFY(bytesOf(m_path) == before);
    }

private:
    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestWorkbookFile)
#include "tst_workbookfile.moc"
