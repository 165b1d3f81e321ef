// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/commanddefinitions.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

std::string tr(const char *text)
{
    return QCoreApplication::translate("CommandLine", text).toStdString();
}

/// Adds commands one by one; every option says what it is in the help.
class Definitions
{
public:
    Definitions(CLI::App &app, CommandOptions &to)
        : m_app(app)
        , m_to(to)
    {
    }

    void defineAll();

private:
    CLI::App *group(const char *name, const char *summary)
    {
        CLI::App *made = m_app.add_subcommand(name, tr(summary));
        made->require_subcommand(1);
        return made;
    }
    CLI::App *command(CLI::App *parent, const char *name, Command command, const char *summary)
    {
        CLI::App *made = parent->add_subcommand(name, tr(summary));
        const std::string whole = parent == &m_app ? name : parent->get_name() + ' ' + name;
        made->callback([to = &m_to, command, whole] {
            to->command = command;
            to->name = whole;
        });
        return made;
    }
    void one(CLI::App *of, std::optional<std::string> &to, const char *name, const char *summary)
    {
        of->add_option(name, to, tr(summary))->required();
    }
    void several(CLI::App *of, const char *name, const char *summary, int least)
    {
        of->add_option(name, m_to.rest, tr(summary))
                ->required(least > 0)
                ->expected(least, CLI::detail::expected_max_vector_size);
    }
    void changes(CLI::App *of)
    {
        of->add_flag("--dry-run", m_to.dryRun, tr("Judge and show the plan; send nothing"));
        of->add_flag("--force", m_to.force,
                     tr("Go against policy: unbind under live sessions, use an address that is gone"));
        CLI::Option *save = of->add_flag("--save", m_to.save,
                                         tr("Keep the change for the next start of the server, where it can be kept"));
        of->add_flag("--no-save", m_to.noSave, tr("Do not; without either it is done where targetcli looks after it"))
                ->excludes(save);
    }
    void onServer(CLI::App *of)
    {
        of->add_option("--server", m_to.server, tr("The server that it is made on"))->type_name("SERVER");
    }

    void defineReading();
    void defineBindings();
    void definePortals();
    void defineGroups();
    void defineEndpoints();
    void defineNodes();
    void defineSave();
    void defineFiles();

    CLI::App &m_app;
    CommandOptions &m_to;
};

const std::vector<std::string> listKinds = {"servers", "nodes",    "endpoints", "portals",
                                            "groups",  "bindings", "sessions"};
const std::vector<std::string> objectKinds = {"server", "node", "endpoint", "portal", "group"};

void Definitions::defineReading()
{
    CLI::App *list = command(&m_app, "list", Command::List, "List objects of one kind, or all of them as a tree");
    list->add_option("kind", m_to.kind, tr("What to list; without it a tree of everything"))
            ->check(CLI::IsMember(listKinds));

    CLI::App *show = command(&m_app, "show", Command::Show, "Show one object with all that it is related to");
    one(show, m_to.one, "object", "Name of a server, target, endpoint, portal or portal group");
    show->add_option("--kind", m_to.kind, tr("Which kind of object is meant, where a name fits several"))
            ->check(CLI::IsMember(objectKinds));

    CLI::App *canBind = command(&m_app, "can-bind", Command::CanBind,
                                "Say whether an endpoint may bind a portal, and why not");
    one(canBind, m_to.one, "portal", "Portal");
    one(canBind, m_to.two, "endpoint", "Endpoint");
}

void Definitions::defineBindings()
{
    CLI::App *bind = command(&m_app, "bind", Command::Bind, "Bind portals to an endpoint");
    several(bind, "portals-and-endpoint", "One or more portals, then the endpoint", 2);
    changes(bind);

    CLI::App *unbind = command(&m_app, "unbind", Command::Unbind, "Unbind portals from an endpoint");
    several(unbind, "portals-and-endpoint", "One or more portals, then the endpoint", 2);
    changes(unbind);

    CLI::App *move = command(&m_app, "move", Command::Move, "Move a portal from one endpoint to another");
    one(move, m_to.one, "portal", "Portal");
    one(move, m_to.two, "from", "The endpoint that binds it");
    one(move, m_to.three, "to", "The endpoint that is to bind it");
    changes(move);
}

void Definitions::definePortals()
{
    CLI::App *portal = group("portal", "Create and delete portals");
    CLI::App *create = command(portal, "create", Command::PortalCreate, "Create a portal");
    one(create, m_to.one, "address", "10.0.1.5:3260 or [2001:db8::5]:3260; an address alone for initiators");
    create->add_option("--interface", m_to.interface, tr("Name of the network interface"))->type_name("NAME");
    onServer(create);
    changes(create);
    CLI::App *remove = command(portal, "delete", Command::PortalDelete, "Delete portals");
    several(remove, "portals", "Portals", 1);
    changes(remove);
}

void Definitions::defineGroups()
{
    CLI::App *groups = group("group", "Create, delete, rename and fill portal groups");
    CLI::App *create = command(groups, "create", Command::GroupCreate, "Create a portal group");
    one(create, m_to.one, "name", "Its name");
    onServer(create);
    changes(create);
    CLI::App *remove = command(groups, "delete", Command::GroupDelete, "Delete portal groups; their portals stay");
    several(remove, "groups", "Portal groups", 1);
    changes(remove);
    CLI::App *rename = command(groups, "rename", Command::GroupRename, "Rename a portal group");
    one(rename, m_to.one, "group", "The portal group");
    one(rename, m_to.two, "new-name", "Its new name");
    changes(rename);
    CLI::App *add = command(groups, "add", Command::GroupAdd, "Add portals to a portal group");
    one(add, m_to.one, "group", "The portal group");
    several(add, "portals", "Portals", 1);
    changes(add);
    CLI::App *leave = command(groups, "remove", Command::GroupRemove, "Remove portals from a portal group");
    one(leave, m_to.one, "group", "The portal group");
    several(leave, "portals", "Portals", 1);
    changes(leave);
}

void Definitions::defineEndpoints()
{
    CLI::App *endpoint = group("endpoint", "Create, delete, enable and disable endpoints");
    CLI::App *create = command(endpoint, "create", Command::EndpointCreate,
                               "Create an endpoint of a target or initiator");
    one(create, m_to.one, "node", "The target or initiator");
    several(create, "portals", "Portals that it binds from the start", 0);
    create->add_option("--tag", m_to.tag, tr("Its tag, decimal or hex with 0x; without it the server chooses"))
            ->type_name("TAG");
    changes(create);
    const auto each = [&](const char *name, Command which, const char *summary) {
        CLI::App *made = command(endpoint, name, which, summary);
        several(made, "endpoints", "Endpoints", 1);
        changes(made);
    };
    each("delete", Command::EndpointDelete, "Delete endpoints and their bindings");
    each("enable", Command::EndpointEnable, "Enable endpoints");
    each("disable", Command::EndpointDisable, "Disable endpoints");
}

void Definitions::defineNodes()
{
    CLI::App *node = group("node", "Create and delete targets and initiators");
    CLI::App *create = command(node, "create", Command::NodeCreate, "Create a target, or an initiator");
    create->add_option("name", m_to.one, tr("Its iSCSI name; without it the server chooses"));
    create->add_option("--alias", m_to.alias, tr("Its alias"))->type_name("TEXT");
    create->add_flag("--initiator", m_to.initiator, tr("An initiator instead of a target"));
    onServer(create);
    changes(create);
    CLI::App *remove = command(node, "delete", Command::NodeDelete,
                               "Delete targets and initiators with their endpoints");
    several(remove, "nodes", "Targets and initiators", 1);
    changes(remove);
}

void Definitions::defineSave()
{
    CLI::App *save = command(&m_app, "save", Command::Save,
                             "Keep for the next start of a server what differs from what is kept");
    onServer(save);
    save->add_flag("--dry-run", m_to.dryRun, tr("Judge and show the plan; send nothing"));
}

void Definitions::defineFiles()
{
    CLI::App *import = command(&m_app, "import", Command::Import,
                               "Import a saveconfig.json or a JSON snapshot into a workbook");
    one(import, m_to.one, "file", "The file; what it is shows from what is in it");
    import->add_option("--server", m_to.server, tr("Name of the server that a saveconfig.json becomes"))
            ->type_name("SERVER");
    import->add_flag("--dry-run", m_to.dryRun, tr("Read and check the file; change nothing"));

    CLI::App *report = command(&m_app, "report", Command::Report, "Write a report of what is configured");
    report->add_option("--format", m_to.format, tr("Format of the report"))
            ->required()
            ->check(CLI::IsMember(std::vector<std::string>{"html", "csv", "json", "markdown"}));
    report->add_option("--output,-o", m_to.output,
                       tr("The file to write instead of standard output; replaced if it exists"))
            ->type_name("FILE")
            ->check(CLI::Validator([](const std::string &path) { return path.empty() ? tr("No file is named.") : ""; },
                                   ""));

    CLI::App *workbook = group("workbook", "Make workbooks");
    CLI::App *make = command(workbook, "new", Command::WorkbookNew,
                             "Make a new workbook; an existing file is never overwritten");
    one(make, m_to.one, "path", "The file to make");
    CLI::Option *sample = make->add_flag("--sample", m_to.sample, tr("Fill it with the sample site"));
    make->add_option("--size", m_to.size, tr("Fill it with so many portals, and targets and endpoints in proportion"))
            ->check(CLI::Range(1, 1'000'000))
            ->excludes(sample)
            ->type_name("PORTALS");
    make->add_flag("--dry-run", m_to.dryRun, tr("Check that it could be made; make nothing"));

    CLI::App *completion = command(&m_app, "completion", Command::Completion, "Print a completion script for a shell");
    completion->add_option("shell", m_to.kind, tr("The shell"))
            ->required()
            ->check(CLI::IsMember(std::vector<std::string>{"bash", "zsh"}));
}

void Definitions::defineAll()
{
    m_app.name("portalbindctl");
    m_app.description(tr("Shows and changes which network portal serves which iSCSI endpoint."));
    m_app.footer(
            tr("Portals are named like 10.0.1.5:3260, endpoints like iqn.2026-11.com.example:mail,1, targets by IQN, "
               "groups "
               "by name;\nSERVER/ may stand in front. Exit codes: 0 done, 1 differences found, 2 usage, 3 refused,\n"
               "4 no such object or ambiguous, 5 server, file or transport failed, 6 sign-in or rights,\n"
               "7 partly applied or outcome unknown."));
    m_app.set_help_flag("--help,-h", tr("Print this help and exit"));
    m_app.set_version_flag("--version", std::string(PORTALBIND_VERSION), tr("Print the version and exit"));
    m_app.fallthrough(); // options of the program may stand behind the command
    m_app.require_subcommand(1);
    m_app.add_option(
                 "--connect", m_to.connect,
                 tr("The server or file to work on: wsmans://USER@HOST, lio:, lio+ssh://USER@HOST or workbook:PATH"))
            ->type_name("URL");
    m_app.add_option("--password-file", m_to.passwordFile,
                     tr("The file whose first line is the password; - is standard input. Without it: the keyring, then "
                        "the terminal"))
            ->type_name("FILE");
    m_app.add_option("--pin", m_to.pin, tr("The SHA-256 fingerprint of the only certificate to accept"))
            ->type_name("SHA256");
    m_app.add_flag("--json", m_to.json, tr("Print one JSON object instead of text"));
    defineReading();
    defineBindings();
    definePortals();
    defineGroups();
    defineEndpoints();
    defineNodes();
    defineSave();
    defineFiles();
}

} // namespace

void defineCommands(CLI::App &app, CommandOptions &to)
{
    Definitions(app, to).defineAll();
}

} // namespace portalbind
