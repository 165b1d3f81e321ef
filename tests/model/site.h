// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/operation.h"
#include "model/verdict.h"

#include <QMap>

namespace portalbind {

/// A small site written down in words, for tests that read as cases. Statements end with `;`, words are apart by
/// blanks, every object has a one-word name that is its id, too:
///
///     server NAME [bind=no|unknown] [unbind=…] [address=policy|nobody] [group=…] [groups=none|readonly]
///                 [no-portals] [no-endpoints] [no-tags] [no-nodes] [no-names] [no-initiators] [no-enable]
///                 [beside-switch] [exclusive] [bare] [saves] [unsavable=WORD] [linux]
///     node NAME [initiator|both|unknown] [alias=TEXT]
///     endpoint NAME NODE|- [initiator|both|unknown] [switch] [disabled] [tag=N] [: PORTAL…]
///     portal NAME [ip] [gone] [at=ADDRESS] [taken=WORD] [offered]
///     access ENDPOINT [any] [luns=N/N] [odd=PORTAL]: [INITIATOR[=N/N]…]
///     group NAME [derived] [: PORTAL…]
///     session ENDPOINT PORTAL|- [by=INITIATOR]
///     loading
///
/// What follows a server belongs to it; without one there is `san`, which can do everything. Nodes and portals spring
/// into being, as targets and TCP portals, where they are first named. After `|` come pending operations, apart by `,`.
///
/// Operations: `bind P E`, `unbind P E`, `move P E E`, `join P G`, `leave P G`, `delete-portal P`, `delete-group G`,
/// `delete-endpoint E`, `delete-node N`, `rename-group G NAME`, `enable E`, `disable E`,
/// `create-portal P [at=ADDRESS] [ip] [gone] [on=SERVER]`, `create-group G [named=TEXT] [on=SERVER]`,
/// `create-node N [named=TEXT] [alias=TEXT] [initiator|both|unknown] [on=SERVER]`,
/// `save SERVER [: ENDPOINT…]`, `create-endpoint E N [initiator|both|unknown] [tag=N] [: PORTAL…]`. A name that the
/// site does not have is an object that is not there; `null` is no reference at all.
class Site
{
public:
    explicit Site(const QString &text, std::shared_ptr<IdTable> ids = std::make_shared<IdTable>());

    [[nodiscard]] const Inventory &inventory() const { return m_inventory; }
    [[nodiscard]] Operation operation(const QString &text);
    [[nodiscard]] QList<Operation> operations(const QString &text); ///< apart by `,`
    template <class H>
    [[nodiscard]] H handle(const QString &name);
    /// The name of a handle in this site; empty for a null one.
    template <class H>
    [[nodiscard]] QString name(H handle) const;

    /// `allowed`, `nothing Already`, `server NoGroups`, `refused 4098 InUseInTarget other=E`, `policy 4097
    /// AddressGone`, with what else the verdict tells: `sessions=2`, `last`, `group=g`, `otherGroup=h`.
    [[nodiscard]] QString words(const Verdict &verdict) const;

private:
    std::shared_ptr<IdTable> m_ids;
    QMap<QString, quint32> m_staged[kindCount]; ///< provisional handles by name
    Inventory m_inventory;
};

/// The name of an enumerator.
[[nodiscard]] QString reasonName(Reason reason);

} // namespace portalbind
