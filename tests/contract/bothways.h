// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contract.h"
#include "peerfixture.h"
#include "workbookfixture.h"

namespace portalbind {

/// A server reached in two ways: its workbook opened directly, and the same workbook behind a server that speaks CIM.
/// Both must show the same, judge the same and answer the same.
class BothWays
{
public:
    explicit BothWays(const ServedAs &as)
        : m_through(as)
    {
    }

    /// A situation and what is done in it, in the language of tests/model/site.h. What somebody else does after both
    /// have read the server, `elsewhere`, may be empty.
    struct Case
    {
        QString site, elsewhere, operation;
    };
    /// What is wrong, or nothing. \a answer gets what both answered; nothing when the CIM model cannot show the site.
    [[nodiscard]] QString run(const Case &one, std::optional<Answer> *answer = nullptr);
    /// Random servers and operations.
    [[nodiscard]] RandomRun runRandom(quint64 seed, int operations);

    [[nodiscard]] PeerFixture &through() { return m_through; }
    [[nodiscard]] WorkbookFixture &direct() { return m_direct; }

    /// What differs between the two verdicts, or nothing. The CIM model does not tell beforehand whether a server
    /// supports binding and unbinding, nor Windows anything of groups: there the server decides.
    [[nodiscard]] static QString compareVerdicts(const Verdict &direct, const Verdict &through,
                                                 const Capabilities &wanted);

private:
    /// One of the two, with what it did.
    struct Way
    {
        ContractFixture &fixture;
        HandleMap handles; ///< of what was wanted
        SnapshotPtr shown{};
        Operation operation{};
        Verdict verdict{};
        Answer answer{};
    };
    [[nodiscard]] QString start(Way &way, const Snapshot &wanted);
    [[nodiscard]] QString act(Way &way, const Operation &operation, bool foretold);
    [[nodiscard]] QString actBoth(Way &direct, Way &through, const Operation &wanted, const Capabilities &can,
                                  bool foretold);

    WorkbookFixture m_direct;
    PeerFixture m_through;
};

} // namespace portalbind
