// SPDX-License-Identifier: Apache-2.0
#include "workbookfixture.h"

#include "backends/workbook/import.h"

#include <QDir>
#include <QFile>

namespace portalbind {

namespace {

/// Tests write thousands of files with a flush each: in memory where there is such a folder.
QString scratchFolder()
{
    const QString memory = QStringLiteral("/dev/shm");
    return (QFileInfo(memory).isWritable() ? memory : QDir::tempPath()) + QStringLiteral("/portalbind-XXXXXX");
}

/// An import keeps the order of the rows, and a read goes by row id: the n-th of one is the n-th of the other.
template <class List, class Of>
void pair(HandleMap &handles, const List &wanted, const List &real, Of of)
{
    for (size_t i = 0; i < wanted.size(); ++i)
        handles.insert(of(wanted[i]), of(real[i]));
}

} // namespace

Result<Answer> executeElsewhere(const QString &path, const Operation &operation, const IdTable &ids)
{
    Workbook workbook(path);
    std::vector<std::pair<qint64, qint64>> allowed;
    const auto allow = [&](Database &database) -> Result<> {
        database.each("SELECT id, edit_portals FROM server", {}, [&allowed](const QSqlQuery &row) {
            allowed.emplace_back(row.value(0).toLongLong(), row.value(1).toLongLong());
            return true;
        });
        database.run("UPDATE server SET edit_portals = 1");
        return {};
    };
    const auto restore = [&](Database &database) -> Result<> {
        for (const auto &[server, edit] : allowed)
            database.run("UPDATE server SET edit_portals = ? WHERE id = ?", {edit, server});
        return {};
    };
    if (const Result<> done = workbook.change(allow); !done)
        return tl::unexpected<Error>(done.error());
    auto answer = workbook.execute(operation, ids);
    const Result<> done = workbook.change(restore);
    return done ? answer : tl::unexpected<Error>(done.error());
}

WorkbookFixture::WorkbookFixture()
    : m_folder(scratchFolder())
{
}

Result<SnapshotPtr> WorkbookFixture::make(const Snapshot &wanted, HandleMap &handles)
{
    if (m_workbook) {
        const QString last = m_workbook->path();
        m_workbook.reset();
        QFile::remove(last);
    }
    const QString path = m_folder.filePath(QStringLiteral("%1.portalbind").arg(++m_files));
    if (const Result<> made = createWorkbook(path, wanted); !made)
        return tl::unexpected<Error>(made.error());
    m_workbook = std::make_unique<Workbook>(path);
    m_ids = std::make_shared<IdTable>();
    auto real = load();
    if (!real)
        return real;
    const auto itself = [](auto handle) { return handle; };
    const auto ofRow = [](const auto &row) { return row.handle; };
    pair(handles, wanted.servers(), (*real)->servers(), itself);
    pair(handles, wanted.nodes(), (*real)->nodes(), itself);
    pair(handles, wanted.groups(), (*real)->groups(), itself);
    pair(handles, wanted.sessions(), (*real)->sessions(), itself);
    pair(handles, wanted.portalRows(), (*real)->portalRows(), ofRow);
    pair(handles, wanted.endpointRows(), (*real)->endpointRows(), ofRow);
    return real;
}

Result<SnapshotPtr> WorkbookFixture::load()
{
    return m_workbook->read(m_ids);
}

Result<Answer> WorkbookFixture::execute(const Operation &operation)
{
    return m_workbook->execute(operation, *m_ids);
}

Result<Answer> WorkbookFixture::elsewhere(const Operation &operation)
{
    return executeElsewhere(m_workbook->path(), operation, *m_ids);
}

} // namespace portalbind
