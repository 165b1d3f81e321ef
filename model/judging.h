// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/verdict.h"

#include <optional>

/// The pieces that all rules are made of. Private to the rules.
namespace portalbind::judging {
// Codes that all methods of CIM_iSCSIConfigurationService share.
inline constexpr quint16 notSupported = 1;
inline constexpr quint16 failed = 4;
inline constexpr quint16 invalidParameter = 5;

[[nodiscard]] Verdict refused(Verdict v, quint16 code, Reason reason, Origin origin = Origin::Target);
[[nodiscard]] Verdict undecided(Verdict v, Reason reason);
/// The verdict on a predicate that does not hold: refused by the target or by policy, or no matter at all.
[[nodiscard]] std::optional<Verdict> enforced(Enforcement who, const Verdict &v, quint16 code, Reason reason);
/// R7 for a portal in \a groups joining those that \a common stands for. Codes differ by method.
[[nodiscard]] std::optional<Verdict> judgeGroups(const Capabilities &can, const Inventory::Common &common,
                                                 std::span<const GroupHandle> groups, Verdict v, quint16 code);
/// Whether the port of \a portal is free for it: 4 (Failed) in every method, for none has a code of its own for it.
/// \a inUseInTarget is the method's R6: what Linux takes for the same portal in the same target.
[[nodiscard]] std::optional<Verdict> judgePort(const Inventory &inventory, const Capabilities &can, PortalHandle portal,
                                               Verdict v, quint16 inUseInTarget);
/// R4: which kind of portal an endpoint's role takes; 5 in every method.
[[nodiscard]] std::optional<Verdict> judgeKind(Role role, PortalKind kind, const Verdict &v);

} // namespace portalbind::judging
