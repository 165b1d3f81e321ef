// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contractfixture.h"

#include "backends/workbook/workbook.h"

#include <QTemporaryDir>

namespace portalbind {

/// Another process's way into the workbook \a path; portals can be made and deleted even where the server says no.
[[nodiscard]] Result<Answer> executeElsewhere(const QString &path, const Operation &operation, const IdTable &ids);

/// The servers of a workbook. A new file for each inventory.
class WorkbookFixture : public ContractFixture
{
public:
    WorkbookFixture();

    [[nodiscard]] bool canShow(const Snapshot &) const override { return true; }
    Result<SnapshotPtr> make(const Snapshot &wanted, HandleMap &handles) override;
    Result<SnapshotPtr> load() override;
    Result<Answer> execute(const Operation &operation) override;
    Result<Answer> elsewhere(const Operation &operation) override;
    [[nodiscard]] const std::shared_ptr<IdTable> &ids() const override { return m_ids; }
    [[nodiscard]] QString path() const { return m_workbook->path(); } ///< of the last one

private:
    QTemporaryDir m_folder;
    std::unique_ptr<Workbook> m_workbook;
    std::shared_ptr<IdTable> m_ids;
    int m_files = 0;
};

} // namespace portalbind
