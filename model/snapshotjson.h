// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventoryorder.h"

#include <QByteArray>

namespace portalbind {

/// The version of the schema that writeSnapshotJson() writes. docs/snapshot-schema.md describes it.
inline constexpr int snapshotSchemaVersion = 1;
/// Files beyond this are refused unread.
inline constexpr qint64 maximumSnapshotBytes = 512LL << 20;

/// \a inventory as UTF-8 JSON: sorted by name, address and tag, so that the same state always makes the same bytes.
/// Holds no secret. Control characters in names become U+FFFD. Safe in any thread.
[[nodiscard]] QByteArray writeSnapshotJson(const Inventory &inventory);
/// The same for an inventory that is sorted already.
[[nodiscard]] QByteArray writeSnapshotJson(const InventoryOrder &order);

/// What becomes of a file that leaves out the address of a portal because its server does not tell it.
enum class MissingAddresses : quint8 { Taken, Refused };

/// What writeSnapshotJson() wrote, as a snapshot whose handles come from \a ids. Unknown keys are ignored.
/// Error: BadInput; `where` is `line:column` when it is no JSON, and a JSON path like `/servers/0/portals/3/address`
/// when it is, but not of the schema. \a ids is changed only by success. Safe in any thread.
[[nodiscard]] Result<SnapshotPtr> readSnapshotJson(const QByteArray &json, std::shared_ptr<IdTable> ids,
                                                   MissingAddresses missing = MissingAddresses::Taken);

} // namespace portalbind
