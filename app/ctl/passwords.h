// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "model/secret.h"
#include "model/task.h"

#include <QString>

#include <stop_token>

namespace portalbind {

/// The first line of \a path, without its end; `-` is standard input. A file that others than its owner may read or
/// write is refused. 4096 bytes at most, UTF-8. Waits for a pipe without blocking. Errors: File, BadInput, Cancelled.
[[nodiscard]] Task<Result<Secret>> passwordFromFile(QString path, std::stop_token stop);

/// Asks at the terminal of the program, which shows nothing of what is typed, whatever standard input and output are.
/// Error: SignIn, when there is no terminal; Cancelled.
[[nodiscard]] Task<Result<Secret>> passwordFromTerminal(QString prompt, std::stop_token stop);

} // namespace portalbind
