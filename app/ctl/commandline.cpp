// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commandline.h"

#include "app/ctl/commanddefinitions.h"
#include "model/showntext.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>
#include <sstream>

namespace portalbind {
namespace {

QString text(const std::string &utf8)
{
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

Request requestOf(const CommandOptions &options)
{
    Request request;
    request.command = options.command;
    request.name = text(options.name);
    request.connect = text(options.connect);
    request.passwordFile = text(options.passwordFile);
    request.pin = text(options.pin);
    request.json = options.json;
    request.dryRun = options.dryRun;
    request.force = options.force;
    if (options.save || options.noSave)
        request.save = options.save;
    for (const auto *object : {&options.one, &options.two, &options.three}) {
        if (*object)
            request.objects += text(**object);
    }
    for (const std::string &object : options.rest)
        request.objects += text(object);
    request.kind = text(options.kind);
    request.server = text(options.server);
    request.alias = text(options.alias);
    request.interface = text(options.interface);
    request.tag = text(options.tag);
    request.initiator = options.initiator;
    request.format = text(options.format);
    request.output = text(options.output);
    request.sample = options.sample;
    request.size = options.size;
    return request;
}

std::string versionText(bool json)
{
    return json ? "{\"program\":\"portalbindctl\",\"version\":\"" PORTALBIND_VERSION "\"}\n"
                : "portalbindctl " PORTALBIND_VERSION "\n";
}

/// The options that take a value, as they are typed: `--server`, `-o`.
void addValueOptions(const CLI::App &app, std::set<std::string> &names)
{
    for (const CLI::Option *option : app.get_options()) {
        if (option->get_items_expected_max() == 0)
            continue;
        for (const std::string &name : option->get_lnames())
            names.insert("--" + name);
        for (const std::string &name : option->get_snames())
            names.insert('-' + name);
    }
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
        addValueOptions(*command, names);
}

/// CLI11 takes the word behind `--alias=` for its value, and whatever follows `--alias`: in a script with an empty
/// variable a --dry-run would be swallowed. Here an empty value stays one, and a value that looks like an option has to
/// be joined with `=`. Returns the option that lacks its value; empty when all is well.
std::string settleValues(const CLI::App &app, std::vector<std::string> &arguments)
{
    std::set<std::string> takeValues;
    addValueOptions(app, takeValues);
    std::vector<std::string> settled;
    for (size_t i = 0; i < arguments.size(); ++i) {
        const std::string &word = arguments[i];
        if (word == "--") { // nothing behind it is an option
            settled.insert(settled.end(), arguments.begin() + std::ptrdiff_t(i), arguments.end());
            break;
        }
        const bool isEmptyValue = word.size() > 3 && word.back() == '='
                && takeValues.count(word.substr(0, word.size() - 1)) > 0;
        settled.push_back(isEmptyValue ? word.substr(0, word.size() - 1) : word);
        if (isEmptyValue) {
            settled.emplace_back();
        } else if (takeValues.count(word) > 0 && i + 1 < arguments.size()) {
            if (arguments[i + 1].rfind("--", 0) == 0)
                return word;
            settled.push_back(arguments[++i]);
        }
    }
    arguments = std::move(settled);
    return {};
}

/// What is wrong, as a terminal can show it: the words that are quoted in it may hold anything.
std::string shownMessage(std::string message, const std::vector<std::string> &arguments)
{
    for (const std::string &word : arguments) {
        const std::string shown = shownText(text(word)).toStdString();
        if (shown == word || word.empty())
            continue;
        for (size_t at = message.find(word); at != std::string::npos; at = message.find(word, at + shown.size()))
            message.replace(at, word.size(), shown);
    }
    std::string lines;
    std::istringstream from(message);
    for (std::string line; std::getline(from, line);)
        lines += shownText(text(line)).toStdString() + '\n';
    return lines;
}

} // namespace

ParsedCommandLine parseCommandLine(std::vector<std::string> arguments)
{
    const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    CLI::App app;
    CommandOptions options;
    defineCommands(app, options);
    ParsedCommandLine result;
    const std::vector<std::string> typed = arguments;
    if (const std::string option = settleValues(app, arguments); !option.empty()) {
        result.exitCode = 2;
        result.message = QCoreApplication::translate("CommandLine",
                                                     "%1 needs a value. One that begins with -- is joined to it with "
                                                     "an equals sign.\nRun with --help for more information.\n")
                                 .arg(text(option))
                                 .toStdString();
        return result;
    }
    try {
        std::reverse(arguments.begin(), arguments.end()); // CLI11 takes them from the back
        app.parse(std::move(arguments));
        result.request = requestOf(options);
    } catch (const CLI::CallForVersion &) {
        result.output = versionText(json);
    } catch (const CLI::ParseError &error) {
        std::ostringstream out, err;
        const bool isHelp = app.exit(error, out, err) == 0;
        result.exitCode = isHelp ? 0 : 2;
        result.output = out.str();
        result.message = err.str();
        // CLI11 misses the command before it minds the word that is none.
        const auto unknown = app.remaining(true);
        if (!isHelp && dynamic_cast<const CLI::RequiredError *>(&error) && !unknown.empty()
            && unknown.front().front() != '-')
            result.message = QCoreApplication::translate("CommandLine", "There is no command “%1”.")
                                     .arg(text(unknown.front()))
                                     .toStdString()
                    + "\nRun with --help for more information.\n";
        result.message = shownMessage(result.message, typed);
    }
    return result;
}

std::string completionScript(const std::string &shell)
{
    CLI::App app;
    CommandOptions options;
    defineCommands(app, options);
    return shell == "zsh" ? zshCompletion(app) : bashCompletion(app);
}

} // namespace portalbind
