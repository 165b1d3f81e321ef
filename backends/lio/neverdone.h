// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/operation.h"
#include "model/snapshot.h"
#include "model/targetbackend.h"

namespace portalbind::lio {

/// The answer to what need not be asked of a host, whatever state it is in: a Linux target has no such thing, or the
/// console's own file would lose a portal that \a shown (may be null) binds.
[[nodiscard]] std::optional<Answer> neverDone(const Operation &operation, const Snapshot *shown, const IdTable &ids);

/// The code for an object without a name: that it is not there, where its handle is of none; else Invalid Parameter.
[[nodiscard]] quint16 codeOfNameless(const Operation &operation, const IdTable &ids);

} // namespace portalbind::lio
