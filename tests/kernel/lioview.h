// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"

namespace portalbind {

/// The differences between a workbook and a Linux target: the first column of the table *Beside a workbook* in
/// docs/lio.md, word for word.
namespace differing {
inline constexpr const char *servers = "several servers";
inline constexpr const char *abilities = "what a server can do and enforces";
inline constexpr const char *initiators = "initiator endpoints and their addresses";
inline constexpr const char *orphans = "an endpoint without a target, one switch for all targets";
inline constexpr const char *foundGroups = "a group that is only found";
inline constexpr const char *addressGone = "a portal whose address is gone";
inline constexpr const char *anyPortal = "a portal that is not there";
inline constexpr const char *otherGroup = "portals without a group in common";
inline constexpr const char *wildcard = "a wildcard and a single address on one port";
inline constexpr const char *deleteEndpoint = "delete an endpoint that binds portals or has sessions";
inline constexpr const char *deleteTarget = "delete a target that has endpoints";
inline constexpr const char *lostSession = "the portal of a session, once it is unbound";
inline constexpr const char *alias = "alias of a target";
} // namespace differing

/// What of a wanted state a Linux target can be in, with addresses that the guest has, or has not where they are gone.
struct LioView
{
    SnapshotPtr snapshot;
    QString leftOut; ///< the difference because of which something first was left out; empty: it is all there
};
[[nodiscard]] LioView lioView(const Snapshot &wanted);

/// The operation with addresses that the guest has.
[[nodiscard]] Operation onGuest(Operation operation);

/// What a server shows as far as a test foretells it: without groups that are made of what is bound, portals that are
/// offered, what only a real host tells, and where \a withoutSessionPortals the portals that sessions run over.
[[nodiscard]] SnapshotPtr plainView(const SnapshotPtr &shown, bool withoutSessionPortals = false);

} // namespace portalbind
