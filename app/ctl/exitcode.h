// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "model/plan.h"

namespace portalbind {

/// What portalbindctl ends with. Documented in docs/portalbindctl.md; never change a number.
enum class ExitCode : int {
    Done = 0,
    Differences = 1, ///< done, but the server shows something else
    Usage = 2,
    Refused = 3, ///< by a rule or by policy; nothing was sent
    NoSuchObject = 4, ///< or ambiguous
    Failed = 5, ///< server, file or transport
    NotAllowed = 6, ///< sign-in or rights
    Unsettled = 7, ///< partly applied, or nobody knows
};

/// The code of an error. A malformed argument is wrong usage, a malformed file a failed one.
[[nodiscard]] ExitCode exitCodeOf(const Error &error, bool isArgument);
/// The code of a plan that was sent.
[[nodiscard]] ExitCode exitCodeOf(const PlanOutcome &outcome);

/// The word that JSON output has for a kind of error, or for the state of a step.
[[nodiscard]] QString errorWord(Error::Kind kind);
[[nodiscard]] QString stepWord(StepState state);

} // namespace portalbind
