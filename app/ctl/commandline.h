// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/request.h"

#include <string>
#include <vector>

namespace portalbind {

/// A parsed command line: a request, or what to print instead of doing anything.
struct ParsedCommandLine
{
    std::optional<Request> request;
    int exitCode = 0; ///< when there is no request
    std::string output; ///< help, version
    std::string message; ///< what is wrong
};

/// \a arguments without the name of the program, UTF-8.
[[nodiscard]] ParsedCommandLine parseCommandLine(std::vector<std::string> arguments);

/// The completion script for `bash` or `zsh`, made from the very definitions that the parser uses.
[[nodiscard]] std::string completionScript(const std::string &shell);

} // namespace portalbind
