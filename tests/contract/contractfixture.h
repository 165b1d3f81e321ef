// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"
#include "model/targetbackend.h"

#include <unordered_map>

namespace portalbind {

/// Which object of a real server stands for which object of an inventory that a test wanted.
class HandleMap
{
public:
    template <class H>
    void insert(H wanted, H real)
    {
        m_real[size_t(H::kind)].insert_or_assign(wanted.value, real.value);
    }
    /// The id of an object that a server of this kind could have, and that is not there.
    template <class H>
    void setAbsent(const QByteArray &id)
    {
        m_absent[size_t(H::kind)] = id;
    }
    template <class H>
    [[nodiscard]] QByteArray absent() const
    {
        const QByteArray &id = m_absent[size_t(H::kind)];
        return id.isEmpty() ? QByteArrayLiteral("an object that is not there") : id;
    }
    template <class H>
    [[nodiscard]] H find(H wanted) const
    {
        const auto &map = m_real[size_t(H::kind)];
        const auto found = map.find(wanted.value);
        return H{found == map.end() ? 0 : found->second};
    }

private:
    std::unordered_map<quint32, quint32> m_real[kindCount];
    QByteArray m_absent[kindCount];
};

/// A backend with a server behind it that a test can bring into any state. One is made for each kind of server; the
/// suite in contract.h runs with all of them. Blocking: the suite is about answers, not about waiting.
class ContractFixture
{
public:
    virtual ~ContractFixture() = default;

    /// Whether a server of this kind can be in the state \a wanted at all.
    [[nodiscard]] virtual bool canShow(const Snapshot &wanted) const = 0;
    /// Makes a server, or an empty one anew, that is in the state \a wanted, and tells in \a handles which is which.
    virtual Result<SnapshotPtr> make(const Snapshot &wanted, HandleMap &handles) = 0;
    virtual Result<SnapshotPtr> load() = 0;
    virtual Result<Answer> execute(const Operation &operation) = 0;
    /// The same server changed by somebody else, whatever it lets others do.
    virtual Result<Answer> elsewhere(const Operation &operation) = 0;
    [[nodiscard]] virtual const std::shared_ptr<IdTable> &ids() const = 0;

protected:
    ContractFixture() = default;
    ContractFixture(const ContractFixture &) = default;
    ContractFixture &operator=(const ContractFixture &) = default;
};

} // namespace portalbind
