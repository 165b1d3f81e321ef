// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/scenario.h"
#include "backends/workbook/workbook.h"

namespace portalbind {

/// A workbook behind a connection that behaves as a scenario says. Blocking; used by one thread, as Workbook is.
class ScriptedWorkbook
{
public:
    /// \a scenario: a file; empty for a connection that always works.
    ScriptedWorkbook(QString path, QString scenario);

    Result<SnapshotPtr> load(const std::shared_ptr<IdTable> &ids, const Workbook::Progress &progress,
                             const std::stop_token &stop);
    Result<Answer> execute(const Operation &operation, const IdTable &ids, const std::stop_token &stop);
    [[nodiscard]] bool changedByOthers() { return m_workbook.changedByOthers(); }
    void close() { m_workbook.close(); }

private:
    Result<> readScenario();
    [[nodiscard]] tl::unexpected<Error> disconnected() const;
    Result<Answer> meet(const Scenario::Fault &fault, const Operation &operation, const IdTable &ids);

    Workbook m_workbook;
    QString m_scenarioPath;
    std::optional<Scenario> m_scenario;
    SnapshotPtr m_last; ///< for the names of objects
    bool m_connected = true;
    int m_failingLoads = 0;
};

} // namespace portalbind
