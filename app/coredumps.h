// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace portalbind {

/// From now on this process leaves no core dump: the passwords that it holds would be in it.
void leaveNoCoreDump();

} // namespace portalbind
