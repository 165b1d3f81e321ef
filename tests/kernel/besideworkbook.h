// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/contract/contract.h"
#include "tests/contract/workbookfixture.h"
#include "tests/kernel/liofixture.h"

#include <map>

namespace portalbind {

/// A workbook and the kernel's target in the same state: both must judge the same and answer the same, but for the
/// differences that docs/lio.md lists.
class BesideWorkbook
{
public:
    /// What is wrong, or nothing.
    [[nodiscard]] QString run(const ContractCase &one);
    /// Somebody else does something after both were read.
    [[nodiscard]] QString run(const ContractRace &one);
    /// Random states and operations.
    [[nodiscard]] RandomRun runRandom(quint64 seed, int operations);

    /// How often each difference was met, by its name.
    [[nodiscard]] const std::map<QString, int> &met() const { return m_met; }

private:
    /// One of the two, with what it did.
    struct Side
    {
        ContractFixture &fixture;
        HandleMap handles; ///< of what was wanted
        SnapshotPtr shown{};
        Operation operation{};
        Verdict verdict{};
        Answer answer{};
    };
    [[nodiscard]] QString start(Side &side, const Snapshot &wanted);
    [[nodiscard]] QString act(Side &side, const Operation &wanted, bool foretold);
    /// Whether sessions may be told without their portal from now on.
    [[nodiscard]] static bool losesSession(const Side &side);
    /// \a differs: whether they are not in the same state any more.
    [[nodiscard]] QString actBoth(Side &direct, Side &kernel, const Operation &wanted, bool foretold, bool &differs);

    WorkbookFixture m_direct;
    LioFixture m_kernel;
    std::map<QString, int> m_met;
};

/// The names in the first column of the table *Beside a workbook* of docs/lio.md, whose text is \a document.
[[nodiscard]] QStringList listedDifferences(const QString &document);

} // namespace portalbind
