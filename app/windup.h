// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace portalbind {

/// At the end of a program, after its event loop and after all that asks was destroyed: runs the loop until what was
/// cancelled by that has ended, so that nothing is left half done. Returns at once when there is nothing, and in any
/// case when \a patience is over. GUI thread, in no event loop.
void windUp(std::chrono::milliseconds patience = std::chrono::seconds(2));

} // namespace portalbind
