// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contractfixture.h"

#include <optional>

namespace portalbind {

/// Which objects of \a to are those of \a from, by what they are called: the same server has other ids in every way to
/// reach it. Sessions and what has no counterpart are left out. Nothing when names are not unique.
[[nodiscard]] std::optional<HandleMap> paired(const Snapshot &from, const Snapshot &to);

/// What a snapshot shows, without ids and without what the way to a server decides (its capabilities and dialect), as
/// sorted lines.
[[nodiscard]] QStringList content(const SnapshotPtr &snapshot);

/// What is in one list and not in the other, in words; empty when they are equal.
[[nodiscard]] QString difference(const QStringList &wanted, const QStringList &shown);

} // namespace portalbind
