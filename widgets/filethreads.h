// SPDX-License-Identifier: Apache-2.0
#pragma once

class QThreadPool;

namespace portalbind {

/// Threads for what waits for a disk, apart from those that search and plan: a file server that does not answer holds
/// up nothing else. The window never waits for them; the end of the program does, for two seconds.
[[nodiscard]] QThreadPool &fileThreads();

} // namespace portalbind
