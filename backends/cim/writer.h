// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/knowledge.h"

namespace portalbind::cim {

/// Carries out one operation as TargetBackend::execute() promises: what is concerned is read right before, sent once,
/// and read again until the server shows it. A refusal although the server then shows what was wanted is success;
/// success that is never shown is OutcomeUnknown. Groups and portals are read-only here: code 1.
[[nodiscard]] Task<Result<Answer>> perform(std::shared_ptr<Knowledge> knowledge, Operation operation,
                                           std::stop_token stop);

} // namespace portalbind::cim
