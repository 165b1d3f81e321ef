// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

namespace portalbind::wsman {

/// While somebody holds one, the end of the application waits for him, two seconds at most: a server gets back what was
/// opened on it, also when the window is closed in the middle of a load. Any thread.
[[nodiscard]] std::shared_ptr<void> farewell();

} // namespace portalbind::wsman
