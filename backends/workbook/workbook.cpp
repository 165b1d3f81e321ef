// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/workbook.h"

#include "backends/workbook/playedserver.h"
#include "backends/workbook/reading.h"
#include "backends/workbook/schema.h"
#include "backends/workbook/workbooktext.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>
#include <QTemporaryFile>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace portalbind {

namespace {

tl::unexpected<Error> readOnlyRefusal(const QString &path)
{
    return failure(Error::Kind::File,
                   WorkbookText::tr("The workbook %1 was opened for reading only: the file or its folder may not be "
                                    "written.")
                           .arg(path),
                   path, WorkbookText::tr("Copy it to a folder that you may write to, and open the copy."));
}

/// Whether the files that SQLite keeps beside a workbook in use find room: a wal-index of 32 KiB and the log. To try it
/// with them would leave their beginnings lying about. The file that is tried with has no name where the system can do
/// that (O_TMPFILE).
bool hasRoomBeside(const QString &path)
{
    constexpr int needed = 64 << 10;
    QTemporaryFile file(path + QStringLiteral(".XXXXXX.part"));
    return file.open() && file.write(QByteArray(needed, '\0')) == needed && file.flush();
}

tl::unexpected<Error> fullDiskRefusal(const QString &path)
{
    return failure(Error::Kind::File,
                   WorkbookText::tr("The disk is full; nothing was changed in the workbook %1.").arg(path), path,
                   WorkbookText::tr("Free some space, then try again."));
}

/// Makes sure that a finished file, or a name in a folder, is on the disk.
void flushToDisk([[maybe_unused]] const QString &path)
{
#ifdef Q_OS_UNIX
    const int file = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ::fsync(file);
        ::close(file);
    }
#endif
}

Result<> fillNewFile(const QString &path, const std::function<Result<>(Database &)> &fill)
{
    Database database;
    Result<> made = database.open(path, Database::Mode::Create);
    if (!made)
        return made;
    // Nobody else knows the file yet: what a crash leaves is a *.part file.
    database.run("PRAGMA synchronous = OFF");
    database.run("PRAGMA journal_mode = MEMORY");
    {
        Transaction transaction(database, Transaction::Kind::Immediate);
        made = schema::create(database);
        if (made && fill)
            made = fill(database);
        if (made)
            made = transaction.commit();
    }
    if (made) {
        database.run("PRAGMA journal_mode = WAL");
        made = database.takeError();
    }
    database.close();
    if (made)
        flushToDisk(path);
    return made;
}

bool hasLog(const QString &path)
{
    return QFileInfo::exists(path + QStringLiteral("-wal"));
}

/// Whether the file is whole, found out without a right to write, so that a damaged one is not changed by as much as a
/// checkpoint. Trouble other than damage is left to the connection that may write (it plays back what a crash left).
Result<> checkUntouched(const QString &path)
{
    // Without a log nobody has the file open, and a reader without locks leaves no files beside it.
    for (const bool withoutLocks : {!hasLog(path), false}) {
        Database probe;
        Result<> checked = probe.open(path, withoutLocks ? Database::Mode::Immutable : Database::Mode::ReadOnly);
        if (checked)
            checked = schema::check(probe);
        if (checked || checked.error().kind != Error::Kind::BadInput)
            break;
        // Damage that a writer made who came in between is none.
        if (!withoutLocks || !hasLog(path))
            return checked;
    }
    return {};
}

} // namespace

Workbook::Workbook(QString path)
    : m_path(std::move(path))
{
}

Workbook::~Workbook() = default;

Workbook::Identity Workbook::identify(const QString &path)
{
    Identity identity;
#ifdef Q_OS_UNIX
    struct stat found = {};
    if (::stat(QFile::encodeName(path).constData(), &found) == 0) {
        identity.device = quint64(found.st_dev);
        identity.file = quint64(found.st_ino);
    }
#else
    // An open file cannot be replaced there.
    identity.file = QFileInfo::exists(path) ? 1 : 0;
#endif
    return identity;
}

Result<> Workbook::create(const QString &path, const std::function<Result<>(Database &)> &fill)
{
    if (QFileInfo::exists(path))
        return failure(Error::Kind::File, WorkbookText::tr("There is a file %1 already.").arg(path), path,
                       WorkbookText::tr("Choose another name; a workbook is never overwritten."));
    const QString temporary = path
            + QStringLiteral(".%1.part").arg(QRandomGenerator::global()->generate64(), 16, 16, QLatin1Char('0'));
    Result<> made = fillNewFile(temporary, fill);
    if (made && !QFile::rename(temporary, path)) // fails when the name has been taken meanwhile
        made = failure(Error::Kind::File, WorkbookText::tr("The workbook %1 cannot be made.").arg(path), path,
                       WorkbookText::tr("Check that there is no such file yet and that you may write to its folder."));
    if (!made) {
        QFile::remove(temporary);
        // The temporary name means nothing to a person.
        made.error().what.replace(temporary, path);
        made.error().where.replace(temporary, path);
        return made;
    }
    flushToDisk(QFileInfo(path).absolutePath());
    return {};
}

Result<> Workbook::open()
{
    if (isOpen())
        return {};
    const auto version = schema::readVersion(m_path);
    if (!version)
        return tl::unexpected<Error>(version.error());
    const QFileInfo file(m_path);
    m_readOnly = !file.isWritable() || !QFileInfo(file.absolutePath()).isWritable();
    // With a log its files are there: someone has it open, or did.
    m_noRoom = !m_readOnly && !hasLog(m_path) && !hasRoomBeside(m_path);
    m_readOnly = m_readOnly || m_noRoom;
    m_withoutLocks = false;
    Result<> opened = m_readOnly ? openForReading(*version) : openForWriting();
    if (opened)
        opened = prepare();
    if (!opened)
        close();
    return opened;
}

void Workbook::close()
{
    m_database.close();
}

Result<> Workbook::openForWriting()
{
    if (Result<> checked = checkUntouched(m_path); !checked)
        return checked;
    if (Result<> opened = m_database.open(m_path, Database::Mode::ReadWrite); !opened)
        return opened;
    m_identity = identify(m_path);
    if (Result<> migrated = schema::migrate(m_database); !migrated)
        return migrated;
    m_database.run("PRAGMA journal_mode = WAL");
    if (m_pageLimit)
        m_database.runText(QStringLiteral("PRAGMA max_page_count = %1").arg(m_pageLimit));
    return m_database.takeError();
}

Result<> Workbook::openForReading(qint64 version)
{
    if (version != schema::version && m_noRoom)
        return fullDiskRefusal(m_path);
    if (version != schema::version)
        return failure(Error::Kind::File,
                       WorkbookText::tr("The workbook %1 has an older layout and may not be written, so it cannot be "
                                        "brought up to date.")
                               .arg(m_path),
                       m_path, WorkbookText::tr("Copy it to a folder that you may write to, and open the copy."));
    const bool inUse = hasLog(m_path);
    m_withoutLocks = !inUse;
    const auto mode = inUse ? Database::Mode::ReadOnly : Database::Mode::Immutable;
    m_identity = identify(m_path);
    Result<> opened = m_database.open(m_path, mode);
    if (opened)
        opened = schema::check(m_database);
    if (!opened && inUse && opened.error().kind == Error::Kind::File)
        return failure(Error::Kind::File,
                       WorkbookText::tr("The workbook %1 was not closed properly and may not be written, so its last "
                                        "changes cannot be read.")
                               .arg(m_path),
                       m_path,
                       WorkbookText::tr("Copy it together with its -wal file to a folder that you may write to, and "
                                        "open the copy."),
                       opened.error().detail);
    if (m_withoutLocks)
        m_identity.modified = QFileInfo(m_path).lastModified();
    return opened;
}

Result<> Workbook::prepare()
{
    m_database.run("CREATE TEMP TABLE injected_session (id INTEGER PRIMARY KEY, server TEXT, node TEXT, initiator_role"
                   " INTEGER, tag INTEGER, ip TEXT, port INTEGER, initiator TEXT, source TEXT)");
    m_database.run("CREATE TEMP VIEW live_session AS"
                   " SELECT id, endpoint, portal, initiator, source FROM main.session UNION ALL"
                   " SELECT -i.id, e.id, (SELECT min(p.id) FROM main.portal p WHERE p.server = e.server AND p.ip = i.ip"
                   " AND p.port = i.port), i.initiator, i.source FROM temp.injected_session i"
                   " JOIN main.node n ON n.name = i.node JOIN main.server s ON s.id = n.server"
                   " AND (i.server = '' OR i.server = s.name) JOIN main.endpoint e ON e.node = n.id AND e.tag = i.tag"
                   " AND (ifnull(e.role, 0) = 2) = i.initiator_role GROUP BY i.id");
    writeInjected();
    m_dataVersion = m_database.number("PRAGMA data_version").value_or(0);
    return m_database.takeError();
}

void Workbook::inject(QList<InjectedSession> sessions)
{
    m_injected = std::move(sessions);
    if (isOpen())
        writeInjected();
}

void Workbook::writeInjected()
{
    m_database.run("DELETE FROM temp.injected_session");
    for (const InjectedSession &session : std::as_const(m_injected))
        m_database.run(
                "INSERT INTO temp.injected_session (server, node, initiator_role, tag, ip, port, initiator, source)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                {session.server, session.node, session.initiatorRole, qint64(session.tag), session.portal.ip.toString(),
                 session.portal.port, session.initiator, session.from});
}

Result<> Workbook::openAgainIfReplaced()
{
    if (isOpen()) {
        Identity now = identify(m_path);
        if (m_withoutLocks)
            now.modified = QFileInfo(m_path).lastModified();
        if (now != m_identity)
            close();
    }
    return open();
}

Result<> Workbook::openToWrite()
{
    Result<> opened = openAgainIfReplaced();
    if (opened && m_noRoom) { // someone may have made some
        close();
        opened = open();
    }
    if (opened && m_noRoom)
        return fullDiskRefusal(m_path);
    if (opened && m_readOnly)
        return readOnlyRefusal(m_path);
    return opened;
}

Result<SnapshotPtr> Workbook::read(const std::shared_ptr<IdTable> &ids, const Progress &progress,
                                   const std::stop_token &stop)
{
    if (const Result<> opened = openAgainIfReplaced(); !opened)
        return tl::unexpected<Error>(opened.error());
    // What is read from here on is known; another's change in between is told at worst once too often.
    m_dataVersion = m_database.number("PRAGMA data_version").value_or(0);
    return readWorkbook(m_database, ids, progress, stop);
}

Result<Answer> Workbook::execute(const Operation &operation, const IdTable &ids)
{
    if (const Result<> opened = openToWrite(); !opened)
        return tl::unexpected<Error>(opened.error());
    PlayedServer server(m_database, ids, [this] { notify(Phase::Checked); });
    PlayedServer::Outcome outcome;
    Result<> committed;
    {
        Transaction transaction(m_database, Transaction::Kind::Immediate);
        if (transaction.isOpen()) {
            notify(Phase::Begun);
            outcome = server.perform(operation);
        }
        if (outcome.changed && !m_database.hasFailed()) {
            notify(Phase::Written);
            notify(Phase::Committing);
            committed = transaction.commit();
        }
    }
    if (committed)
        committed = m_database.takeError();
    if (!committed)
        return tl::unexpected<Error>(committed.error());
    notify(Phase::Committed);
    return outcome.answer;
}

Result<> Workbook::change(const std::function<Result<>(Database &)> &write)
{
    if (Result<> opened = openToWrite(); !opened)
        return opened;
    Result<> written;
    {
        Transaction transaction(m_database, Transaction::Kind::Immediate);
        if (transaction.isOpen())
            written = write(m_database);
        if (written)
            written = transaction.commit();
    }
    const Result<> left = m_database.takeError();
    return written ? left : written;
}

bool Workbook::changedByOthers()
{
    if (!isOpen())
        return false;
    Identity now = identify(m_path);
    if (m_withoutLocks)
        now.modified = QFileInfo(m_path).lastModified();
    if (now != m_identity) {
        // Told once; the next read opens what is there then.
        const bool known = m_dataVersion < 0;
        m_dataVersion = -1;
        return !known;
    }
    const qint64 seen = m_database.number("PRAGMA data_version").value_or(m_dataVersion);
    (void)m_database.takeError();
    return std::exchange(m_dataVersion, seen) != seen;
}

void Workbook::notify(Phase phase) const
{
    if (m_observer)
        m_observer(phase);
}

} // namespace portalbind
