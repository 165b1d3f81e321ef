// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/request.h"

#include <CLI/CLI.hpp>

#include <optional>
#include <string>
#include <vector>

namespace portalbind {

/// Where CLI11 puts what it parses. The objects of a command are `one`, `two`, `three`, then `rest`.
struct CommandOptions
{
    Command command = Command::List;
    std::string name;
    std::string connect, passwordFile, pin;
    bool json = false, dryRun = false, force = false, save = false, noSave = false, initiator = false, sample = false;
    std::optional<std::string> one, two, three;
    std::vector<std::string> rest;
    std::string kind, server, alias, interface, tag, format, output;
    std::optional<int> size;
};

/// Defines all commands and options on \a app; what is parsed goes to \a to, which must outlive it.
void defineCommands(CLI::App &app, CommandOptions &to);

[[nodiscard]] std::string bashCompletion(const CLI::App &app);
[[nodiscard]] std::string zshCompletion(const CLI::App &app);

} // namespace portalbind
