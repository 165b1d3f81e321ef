// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/liobackend.h"
#include "tests/contract/contractfixture.h"
#include "tests/kernel/helperprocess.h"
#include "tests/kernel/initiatorlogin.h"

namespace portalbind {

/// The guest's kernel target behind the real helper, with the backend connected to it. What it is to show is made as
/// any other tool would make it.
class LioFixture : public ContractFixture
{
public:
    LioFixture();
    ~LioFixture() override;

    [[nodiscard]] bool canShow(const Snapshot &wanted) const override;
    /// \a wanted must be a lioView().
    Result<SnapshotPtr> make(const Snapshot &wanted, HandleMap &handles) override;
    Result<SnapshotPtr> load() override;
    Result<Answer> execute(const Operation &operation) override;
    Result<Answer> elsewhere(const Operation &operation) override;
    [[nodiscard]] const std::shared_ptr<IdTable> &ids() const override { return m_backend->ids(); }
    /// Ids of objects that a host could have, and this one has not.
    static void tellAbsent(HandleMap &handles);

private:
    void clear();
    /// IPv6 addresses that a state or an operation takes to be there.
    void addAddress(const PortalAddress &address);
    [[nodiscard]] QString makeKernelState(const Snapshot &wanted);
    [[nodiscard]] QString makePools(const Snapshot &wanted);
    [[nodiscard]] QString logIn(const Snapshot &wanted);

    std::unique_ptr<HelperProcess> m_other;
    std::shared_ptr<LioBackend> m_backend;
    std::vector<std::unique_ptr<guest::InitiatorLogin>> m_logins;
    SnapshotPtr m_shown;
    QStringList m_addresses;
};

} // namespace portalbind
