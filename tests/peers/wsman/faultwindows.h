// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/fault.h"

namespace peer {

/// What Windows answers to \a trouble.
[[nodiscard]] Fault windowsFaultOf(Trouble trouble);
/// Adds the MSFT_WmiError of the detail of \a fault to \a out.
void writeWmiError(const Fault &fault, QByteArray &out);

} // namespace peer
