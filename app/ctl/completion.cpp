// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commanddefinitions.h"

#include <sstream>

namespace portalbind {
namespace {

std::string joined(const std::vector<std::string> &words)
{
    std::string result;
    for (const std::string &word : words)
        result += (result.empty() ? "" : " ") + word;
    return result;
}

std::vector<std::string> optionWords(const CLI::App &app)
{
    std::vector<std::string> words;
    for (const CLI::Option *option : app.get_options()) {
        for (const std::string &name : option->get_lnames())
            words.push_back("--" + name);
    }
    return words;
}

/// The values that a checked option takes, out of its description: CLI11 renders them as `{a,b,c}`.
std::vector<std::string> valueWords(const CLI::Option &option)
{
    const std::string type = option.get_type_name();
    const auto open = type.find('{');
    const auto close = type.find('}');
    std::vector<std::string> words;
    if (open == std::string::npos || close == std::string::npos)
        return words;
    std::istringstream list(type.substr(open + 1, close - open - 1));
    for (std::string word; std::getline(list, word, ',');)
        words.push_back(word);
    return words;
}

struct CommandWords
{
    std::string command; ///< `portal create`; empty for the program
    std::vector<std::string> words; ///< commands below it, or values of its positional
    std::vector<std::string> options;
};

void collect(const CLI::App &app, const CLI::App &root, const std::string &path, std::vector<CommandWords> &to)
{
    CommandWords words{path, {}, optionWords(app)};
    if (&app != &root) {
        for (const std::string &option : optionWords(root)) {
            if (option != "--version" && option != "--help")
                words.options.push_back(option);
        }
    }
    for (const CLI::Option *option : app.get_options()) {
        if (option->get_positional()) {
            for (const std::string &word : valueWords(*option))
                words.words.push_back(word);
        }
    }
    const auto below = app.get_subcommands([](const CLI::App *) { return true; });
    for (const CLI::App *command : below)
        words.words.push_back(command->get_name());
    to.push_back(words);
    for (const CLI::App *command : below)
        collect(*command, root, path.empty() ? command->get_name() : path + ' ' + command->get_name(), to);
}

/// Values of options, by `--name`.
void collectValues(const CLI::App &app, std::vector<std::pair<std::string, std::string>> &to)
{
    for (const CLI::Option *option : app.get_options()) {
        const std::string values = joined(valueWords(*option));
        for (const std::string &name : option->get_lnames()) {
            if (!values.empty())
                to.emplace_back("--" + name, values);
        }
    }
    for (const CLI::App *command : app.get_subcommands([](const CLI::App *) { return true; }))
        collectValues(*command, to);
}

} // namespace

std::string bashCompletion(const CLI::App &app)
{
    std::vector<CommandWords> commands;
    collect(app, app, {}, commands);
    std::vector<std::pair<std::string, std::string>> values;
    collectValues(app, values);

    std::ostringstream out;
    out << "# bash completion for portalbindctl: eval \"$(portalbindctl completion bash)\"\n"
           "_portalbindctl()\n{\n"
           "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= words= options= i\n"
           "    COMPREPLY=()\n"
           "    case $before in\n";
    for (const auto &[option, words] : values)
        out << "        " << option << ") COMPREPLY=($(compgen -W '" << words << "' -- \"$word\")); return ;;\n";
    out << "        --connect|--password-file|--pin|--output|--server|--alias|--interface|--tag|--size) return ;;\n"
           "    esac\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case \"${command:+$command }${COMP_WORDS[i]}\" in\n            ";
    for (size_t i = 1; i < commands.size(); ++i)
        out << (i > 1 ? "|" : "") << '\'' << commands[i].command << '\'';
    out << ")\n                command=\"${command:+$command }${COMP_WORDS[i]}\" ;;\n"
           "        esac\n"
           "    done\n"
           "    case $command in\n";
    for (const CommandWords &command : commands) {
        out << "        '" << command.command << "') words='" << joined(command.words) << "'\n"
            << "            options='" << joined(command.options) << "' ;;\n";
    }
    out << "    esac\n"
           "    if [[ $word == -* ]]; then words=$options; fi\n"
           "    COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
           "}\n"
           "complete -o default -F _portalbindctl portalbindctl\n";
    return out.str();
}

std::string zshCompletion(const CLI::App &app)
{
    std::vector<CommandWords> commands;
    collect(app, app, {}, commands);
    std::vector<std::pair<std::string, std::string>> values;
    collectValues(app, values);

    std::ostringstream out;
    out << "#compdef portalbindctl\n"
           "# zsh completion for portalbindctl: source <(portalbindctl completion zsh)\n"
           "_portalbindctl()\n{\n"
           "    local command= i\n"
           "    local -a candidates options\n"
           "    case ${words[CURRENT-1]} in\n";
    for (const auto &[option, list] : values)
        out << "        " << option << ") compadd -- " << list << "; return ;;\n";
    out << "        --connect|--password-file|--pin|--output|--server|--alias|--interface|--tag|--size) _files; return "
           ";;\n"
           "    esac\n"
           "    for ((i = 2; i < CURRENT; i++)); do\n"
           "        case \"${command:+$command }${words[i]}\" in\n            ";
    for (size_t i = 1; i < commands.size(); ++i)
        out << (i > 1 ? "|" : "") << '\'' << commands[i].command << '\'';
    out << ")\n                command=\"${command:+$command }${words[i]}\" ;;\n"
           "        esac\n"
           "    done\n"
           "    case $command in\n";
    for (const CommandWords &command : commands) {
        out << "        '" << command.command << "') candidates=(" << joined(command.words) << ")\n"
            << "            options=(" << joined(command.options) << ") ;;\n";
    }
    out << "    esac\n"
           "    if [[ ${words[CURRENT]} == -* ]]; then\n"
           "        compadd -- $options\n"
           "    elif (( ${#candidates} )); then\n"
           "        compadd -- $candidates\n"
           "    else\n"
           "        _files\n"
           "    fi\n"
           "}\n"
           "(( $+functions[compdef] )) && compdef _portalbindctl portalbindctl\n";
    return out.str();
}

} // namespace portalbind
