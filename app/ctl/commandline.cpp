// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commandline.h"

#include "app/ctl/commanddefinitions.h"

#include <QCoreApplication>

#include <algorithm>
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

} // namespace

ParsedCommandLine parseCommandLine(std::vector<std::string> arguments)
{
    const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    CLI::App app;
    CommandOptions options;
    defineCommands(app, options);
    ParsedCommandLine result;
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
