// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/database.h"

#include "backends/workbook/workbooktext.h"

#include <QUrl>

#include <atomic>

namespace portalbind {

namespace {

// Primary result codes: sqlite.org/rescode.html
enum SqliteCode : int { // NOLINT(performance-enum-size)
    Busy = 5,
    Locked = 6,
    ReadOnlyFile = 8,
    IoError = 10,
    Corrupt = 11,
    Full = 13,
    CannotOpen = 14,
    NotADatabase = 26,
};

Error describeFailure(int code, const QString &path, const QString &detail)
{
    switch (code) {
    case Busy:
    case Locked:
        return {Error::Kind::File, WorkbookText::tr("The workbook %1 is being written by another program.").arg(path),
                path, WorkbookText::tr("Try again when that program is done."), detail};
    case ReadOnlyFile:
        return {Error::Kind::File, WorkbookText::tr("The workbook %1 cannot be written.").arg(path), path,
                WorkbookText::tr("Copy it to a folder that you may write to, and open the copy."), detail};
    case Full:
        return {Error::Kind::File,
                WorkbookText::tr("The disk is full; nothing was changed in the workbook %1.").arg(path), path,
                WorkbookText::tr("Free some space, then try again."), detail};
    case Corrupt:
        return {Error::Kind::BadInput, WorkbookText::tr("The workbook %1 is damaged.").arg(path), path,
                WorkbookText::tr("Put back a copy of it from a backup. The file was left as it is."), detail};
    case NotADatabase:
        return {Error::Kind::BadInput, WorkbookText::tr("%1 is not a workbook.").arg(path), path,
                WorkbookText::tr("Choose a workbook, or make one with: portalbindctl workbook new FILE"), detail};
    case CannotOpen:
        return {Error::Kind::File, WorkbookText::tr("The workbook %1 cannot be opened.").arg(path), path,
                WorkbookText::tr("Check that the file and its folder exist and that you may read and write them."),
                detail};
    case IoError:
        return {Error::Kind::File, WorkbookText::tr("The workbook %1 could not be read or written.").arg(path), path,
                WorkbookText::tr("Check the disk, and that it is not full."), detail};
    default:
        return {Error::Kind::File,
                WorkbookText::tr("The workbook %1 could not be used: %2.").arg(path, detail),
                path,
                {},
                detail};
    }
}

} // namespace

Database::~Database()
{
    close();
}

Result<> Database::open(const QString &path, Mode mode)
{
    // Connections have names that are global to the process.
    static std::atomic<quint64> next{0};
    close();
    m_path = path;
    const QString name = QStringLiteral("portalbind-workbook-%1").arg(++next);
    m_database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
    QString options = QStringLiteral("QSQLITE_BUSY_TIMEOUT=%1").arg(busyMilliseconds);
    if (mode == Mode::ReadOnly || mode == Mode::Immutable)
        options += QStringLiteral(";QSQLITE_OPEN_READONLY");
    options += QStringLiteral(";QSQLITE_OPEN_URI");
    const QString query = mode == Mode::Immutable ? QStringLiteral("?immutable=1")
            : mode == Mode::ReadWrite             ? QStringLiteral("?mode=rw")
                                                  : QString();
    m_database.setConnectOptions(options);
    m_database.setDatabaseName(QUrl::fromLocalFile(path).toString(QUrl::FullyEncoded) + query);
    if (!m_database.open()) {
        fail(m_database.lastError());
        m_statements.clear();
        m_database = QSqlDatabase();
        QSqlDatabase::removeDatabase(name);
        return takeError();
    }
    run("PRAGMA foreign_keys = ON");
    run("PRAGMA synchronous = FULL");
    run("PRAGMA temp_store = MEMORY");
    return takeError();
}

void Database::close()
{
    if (!m_database.isValid())
        return;
    m_statements.clear();
    const QString name = m_database.connectionName();
    m_database.close();
    m_database = QSqlDatabase();
    QSqlDatabase::removeDatabase(name);
}

QSqlQuery *Database::prepared(const char *sql, Values values)
{
    if (m_error)
        return nullptr;
    auto found = m_statements.find(sql);
    if (found == m_statements.end()) {
        QSqlQuery query(m_database);
        query.setForwardOnly(true);
        if (!query.prepare(QString::fromUtf8(sql))) {
            fail(query.lastError());
            return nullptr;
        }
        found = m_statements.emplace(sql, std::move(query)).first;
    }
    QSqlQuery &query = found->second;
    int position = 0;
    for (const QVariant &value : values) {
        const bool emptyText = value.userType() == QMetaType::QString && value.toString().isNull();
        query.bindValue(position++, emptyText ? QVariant(QStringLiteral("")) : value);
    }
    if (!query.exec()) {
        fail(query.lastError());
        query.finish();
        return nullptr;
    }
    return &query;
}

bool Database::finish(QSqlQuery &query, bool ok)
{
    // Trouble may come with any row, not only with the first.
    if (query.lastError().isValid()) {
        fail(query.lastError());
        ok = false;
    }
    query.finish();
    return ok;
}

bool Database::run(const char *sql, Values values)
{
    QSqlQuery *const query = prepared(sql, values);
    if (!query)
        return false;
    m_lastRow = query->lastInsertId().toLongLong();
    return finish(*query, true);
}

bool Database::runText(const QString &sql)
{
    if (m_error)
        return false;
    QSqlQuery query(m_database);
    if (!query.exec(sql)) {
        fail(query.lastError());
        return false;
    }
    return finish(query, true);
}

std::optional<qint64> Database::number(const char *sql, Values values)
{
    QSqlQuery *const query = prepared(sql, values);
    if (!query)
        return {};
    std::optional<qint64> answer;
    if (query->next() && !query->isNull(0))
        answer = query->value(0).toLongLong();
    return finish(*query, true) ? answer : std::nullopt;
}

QString Database::text(const char *sql, Values values)
{
    QSqlQuery *const query = prepared(sql, values);
    if (!query)
        return {};
    const QString answer = query->next() ? query->value(0).toString() : QString();
    return finish(*query, true) ? answer : QString();
}

bool Database::exists(const char *sql, Values values)
{
    QSqlQuery *const query = prepared(sql, values);
    return query && finish(*query, query->next());
}

bool Database::each(const char *sql, Values values, const std::function<bool(const QSqlQuery &)> &row)
{
    QSqlQuery *const query = prepared(sql, values);
    if (!query)
        return false;
    while (query->next() && row(*query)) { }
    return finish(*query, true);
}

void Database::fail(const QSqlError &error)
{
    bool isNumber = false;
    const int code = error.nativeErrorCode().toInt(&isNumber);
    m_lastCode = isNumber ? code & 0xff : 1;
    if (!m_error)
        m_error = describeFailure(m_lastCode, m_path,
                                  error.databaseText().isEmpty() ? error.driverText() : error.databaseText());
}

void Database::fail(Error error)
{
    if (!m_error)
        m_error = std::move(error);
}

Result<> Database::takeError()
{
    if (!m_error)
        return {};
    auto error = std::move(*m_error);
    m_error.reset();
    return tl::unexpected<Error>(std::move(error));
}

Transaction::Transaction(Database &database, Kind kind)
    : m_database(database)
    , m_open(kind == Kind::Immediate ? database.run("BEGIN IMMEDIATE") : database.run("BEGIN"))
{
}

Transaction::~Transaction()
{
    if (!m_open)
        return;
    const Result<> before = m_database.takeError();
    m_database.run("ROLLBACK");
    // SQLite rolls back by itself after some failures (a full disk); that there is nothing left to roll back is no
    // news.
    (void)m_database.takeError();
    if (!before)
        m_database.fail(before.error());
}

Result<> Transaction::commit()
{
    if (Result<> before = m_database.takeError(); !before)
        return before;
    if (m_database.run("COMMIT")) {
        m_open = false;
        return {};
    }
    Result<> failed = m_database.takeError();
    if (m_database.lastCode() == IoError) {
        failed.error().kind = Error::Kind::OutcomeUnknown;
        failed.error().remedy = WorkbookText::tr("Read the workbook again to see whether the change is in it.");
    }
    return failed;
}

} // namespace portalbind
