// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

#include <functional>
#include <initializer_list>
#include <optional>
#include <unordered_map>

namespace portalbind {

/// One SQLite connection. It is opened, used and closed by one thread. The first failure is kept until takeError(), and
/// every later statement does nothing: a rule may ask several questions and look for trouble once, before it commits.
class Database
{
public:
    enum class Mode {
        ReadWrite, ///< the file must exist
        Create, ///< the file is made when missing
        ReadOnly,
        Immutable, ///< as on a read-only medium: no locks, no -wal and -shm files; nobody may write meanwhile
    };
    /// A QVariant without a type is NULL; a QString never is, not even a null one.
    using Values = std::initializer_list<QVariant>;

    Database() = default;
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    /// Errors: File, or BadInput when it is no SQLite database. Waits up to busyMilliseconds for other writers.
    Result<> open(const QString &path, Mode mode);
    void close();
    [[nodiscard]] bool isOpen() const { return m_database.isValid(); }
    [[nodiscard]] const QString &path() const { return m_path; }

    /// Runs one statement; \a sql must be a literal (statements are kept prepared by its address). Each `?` takes one
    /// value: Qt rewrites them, so numbered ones do not work.
    bool run(const char *sql, Values values = {});
    /// Runs one statement that is not a literal, unprepared.
    bool runText(const QString &sql);
    /// The first column of the first row; empty without a row, and for NULL.
    [[nodiscard]] std::optional<qint64> number(const char *sql, Values values = {});
    [[nodiscard]] QString text(const char *sql, Values values = {});
    /// Whether there is a row.
    [[nodiscard]] bool exists(const char *sql, Values values = {});
    /// Gives each row to \a row until it returns false.
    bool each(const char *sql, Values values, const std::function<bool(const QSqlQuery &)> &row);
    [[nodiscard]] qint64 lastRow() const { return m_lastRow; } ///< rowid of the last INSERT

    [[nodiscard]] bool hasFailed() const { return m_error.has_value(); }
    /// The first failure since the last call, as an Error that names the file; clears it.
    Result<> takeError();
    /// Primary result code of SQLite of the last failure; 0 when there was none.
    [[nodiscard]] int lastCode() const { return m_lastCode; }
    /// Keeps an error of our own in place of SQLite's.
    void fail(Error error);

    static constexpr int busyMilliseconds = 5000;

private:
    QSqlQuery *prepared(const char *sql, Values values);
    bool finish(QSqlQuery &query, bool ok);
    void fail(const QSqlError &error);

    QString m_path;
    QSqlDatabase m_database;
    std::unordered_map<const char *, QSqlQuery> m_statements;
    std::optional<Error> m_error;
    int m_lastCode = 0;
    qint64 m_lastRow = 0;
};

/// A transaction; rolled back unless committed. Immediate: taken for writing at once, so that nobody can write between
/// what a step reads and what it writes (QSqlDatabase::transaction() is deferred and would fail half-way instead).
class Transaction
{
public:
    enum class Kind { Read, Immediate };
    Transaction(Database &database, Kind kind);
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;

    [[nodiscard]] bool isOpen() const { return m_open; }
    /// Error OutcomeUnknown when the disk failed in the middle of the commit: only reading tells.
    Result<> commit();

private:
    Database &m_database;
    bool m_open;
};

} // namespace portalbind
