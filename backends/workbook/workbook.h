// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/database.h"
#include "model/operation.h"
#include "model/snapshot.h"
#include "model/targetbackend.h"

#include <QDateTime>

#include <functional>
#include <memory>
#include <stop_token>

namespace portalbind {

/// A session that is shown and counted while a workbook is open, without being written into it. Its objects are named,
/// not numbered: they may come and go.
struct InjectedSession
{
    QString server; ///< empty: any
    QString node; ///< iSCSI name
    bool initiatorRole = false;
    quint64 tag = 0;
    PortalAddress portal; ///< null address: not attributable to a portal
    QString initiator;
    QString from;
};

/// A workbook file: inventories of servers in SQLite, and the servers themselves, played. Plain and blocking; used by
/// one thread from open() to its destruction. Several processes may have one workbook open: every step judges and
/// writes within one transaction, so that none works on what it read earlier.
class Workbook
{
public:
    /// Where a step stands; for tests that kill a process in the middle of one. Checked comes before each change.
    enum class Phase : quint8 { Begun, Checked, Written, Committing, Committed };
    using Observer = std::function<void(Phase)>;
    /// Gets growing snapshots during read().
    using Progress = std::function<void(SnapshotPtr)>;

    explicit Workbook(QString path);
    ~Workbook();

    [[nodiscard]] const QString &path() const { return m_path; }

    /// Makes a new, empty workbook at \a path and lets \a fill write into it, within one transaction. The file appears
    /// under its name when all is written, or not at all. Errors: File (also when there is such a file), and those of
    /// \a fill.
    static Result<> create(const QString &path, const std::function<Result<>(Database &)> &fill = {});

    /// Opens and checks the file; an older layout is brought up to date. Does nothing when it is open. A file or folder
    /// that may not be written, or on a full disk, is opened for reading only. Errors: File, BadInput; the file is then
    /// left as it is.
    Result<> open();
    void close();
    [[nodiscard]] bool isOpen() const { return m_database.isOpen(); }
    [[nodiscard]] bool isReadOnly() const { return m_readOnly; }
    /// Opens it if need be, anew where the disk was full. Errors: those of open(), and why it cannot be written.
    Result<> openToWrite();

    /// Reads everything as of one moment. Errors: File, BadInput (a value that cannot be, naming its row), Cancelled.
    Result<SnapshotPtr> read(const std::shared_ptr<IdTable> &ids, const Progress &progress = {},
                             const std::stop_token &stop = {});

    /// One step: judged and carried out in one transaction; on the disk when this returns (synchronous = FULL). A
    /// refusal is an Answer. Errors: File (nothing was changed), OutcomeUnknown (the disk failed in the middle of the
    /// commit).
    Result<Answer> execute(const Operation &operation, const IdTable &ids);

    /// Lets \a write change the file within one transaction: all of it or nothing.
    Result<> change(const std::function<Result<>(Database &)> &write);

    /// Whether another process (or another connection of this one) wrote, moved or replaced the file since the last
    /// call.
    [[nodiscard]] bool changedByOthers();

    /// Replaces the injected sessions; they live as long as the workbook is open.
    void inject(QList<InjectedSession> sessions);
    void setObserver(Observer observer) { m_observer = std::move(observer); }
    /// No page beyond \a pages is used, as if the disk were full then. For tests.
    void limitPages(int pages) { m_pageLimit = pages; }

private:
    struct Identity ///< which file the connection has open
    {
        quint64 device = 0;
        quint64 file = 0;
        QDateTime modified; ///< only of a file that is opened without locks
        friend bool operator==(const Identity &, const Identity &) = default;
    };
    [[nodiscard]] static Identity identify(const QString &path);
    Result<> openForWriting();
    Result<> openForReading(qint64 version);
    Result<> prepare();
    Result<> openAgainIfReplaced();
    void writeInjected();
    void notify(Phase phase) const;

    QString m_path;
    Database m_database;
    Identity m_identity;
    bool m_readOnly = false;
    bool m_noRoom = false; ///< that is why
    bool m_withoutLocks = false;
    int m_pageLimit = 0;
    qint64 m_dataVersion = 0;
    QList<InjectedSession> m_injected;
    Observer m_observer;
};

} // namespace portalbind
