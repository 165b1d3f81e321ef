// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/session.h"

namespace portalbind {

/// What a pending change may hurt, in a few words: "harmless", "2 sessions will have to reconnect", …
[[nodiscard]] QString harmText(const PendingChange &change, const Inventory &inventory);
/// The same for a step of a plan.
[[nodiscard]] QString harmText(const Step &step, const Inventory &inventory);
/// Whose sessions: one initiator a line; empty when there are none.
[[nodiscard]] QString harmDetail(const Harm &harm, const Inventory &inventory);
/// Who decides: empty when the rules allow it, else what is known beforehand.
[[nodiscard]] QString decisionText(const Verdict &verdict, const Inventory &inventory);
/// The operation in words, wherever its objects are known: after all pending changes, before them, or in between.
[[nodiscard]] QString changeText(const Session &session, qsizetype pending);

} // namespace portalbind
