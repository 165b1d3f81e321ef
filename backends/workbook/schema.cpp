// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/schema.h"

#include "backends/workbook/workbooktext.h"
#include "model/address.h"
#include "model/snapshotwords.h"

#include <QFileInfo>
#include <QSet>

#include <algorithm>
#include <array>

namespace portalbind::schema {

namespace {

// No UNIQUE beyond the keys: what is imported is kept as found, and what a person asks for is judged by the rules.
// AUTOINCREMENT: a row id is an identity and never comes back.
constexpr std::array tables{
        R"(CREATE TABLE server (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            host TEXT NOT NULL DEFAULT '',
            dialect TEXT NOT NULL DEFAULT 'workbook'
                CHECK (dialect IN ('workbook', 'smis', 'windows-smis', 'windows-native', 'lio')),
            bind TEXT NOT NULL DEFAULT 'yes' CHECK (bind IN ('no', 'yes', 'unknown')),
            unbind TEXT NOT NULL DEFAULT 'yes' CHECK (unbind IN ('no', 'yes', 'unknown')),
            address_rule TEXT NOT NULL DEFAULT 'target' CHECK (address_rule IN ('target', 'policy', 'nobody')),
            group_rule TEXT NOT NULL DEFAULT 'target' CHECK (group_rule IN ('target', 'policy', 'nobody')),
            group_source TEXT NOT NULL DEFAULT 'editable' CHECK (group_source IN ('none', 'read-only', 'editable')),
            edit_portals INTEGER NOT NULL DEFAULT 1 CHECK (edit_portals IN (0, 1)),
            create_endpoint INTEGER NOT NULL DEFAULT 1 CHECK (create_endpoint IN (0, 1)),
            choose_tag INTEGER NOT NULL DEFAULT 1 CHECK (choose_tag IN (0, 1)),
            create_node INTEGER NOT NULL DEFAULT 1 CHECK (create_node IN (0, 1)),
            choose_node_name INTEGER NOT NULL DEFAULT 1 CHECK (choose_node_name IN (0, 1)),
            initiator_nodes INTEGER NOT NULL DEFAULT 1 CHECK (initiator_nodes IN (0, 1)),
            enable_endpoint INTEGER NOT NULL DEFAULT 1 CHECK (enable_endpoint IN (0, 1))))",
        // role: CIM_SCSIProtocolEndpoint.Role, 0 unknown, 2 initiator, 3 target, 4 both; NULL is read as unknown.
        R"(CREATE TABLE node (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            server INTEGER NOT NULL REFERENCES server ON DELETE CASCADE,
            role INTEGER CHECK (role IN (0, 2, 3, 4)),
            name TEXT NOT NULL,
            alias TEXT NOT NULL DEFAULT ''))",
        // node NULL: an orphan, or with scope 'server' the switch for all targets. tag: TPGT or ISID.
        R"(CREATE TABLE endpoint (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            server INTEGER NOT NULL REFERENCES server ON DELETE CASCADE,
            node INTEGER REFERENCES node ON DELETE CASCADE,
            role INTEGER CHECK (role IN (0, 2, 3, 4)),
            scope TEXT NOT NULL DEFAULT 'endpoint' CHECK (scope IN ('endpoint', 'server')),
            enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
            tag INTEGER NOT NULL))",
        // ip: canonical text (RFC 5952, with scope), so that equal addresses are equal texts. port 0: an address alone.
        R"(CREATE TABLE portal (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            server INTEGER NOT NULL REFERENCES server ON DELETE CASCADE,
            kind TEXT NOT NULL DEFAULT 'tcp' CHECK (kind IN ('tcp', 'ip')),
            ip TEXT NOT NULL,
            port INTEGER NOT NULL CHECK (port BETWEEN 0 AND 65535),
            present INTEGER NOT NULL DEFAULT 1 CHECK (present IN (0, 1)),
            nic TEXT NOT NULL DEFAULT ''))",
        R"(CREATE TABLE portal_group (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            server INTEGER NOT NULL REFERENCES server ON DELETE CASCADE,
            name TEXT NOT NULL,
            derived INTEGER NOT NULL DEFAULT 0 CHECK (derived IN (0, 1))))",
        R"(CREATE TABLE binding (
            endpoint INTEGER NOT NULL REFERENCES endpoint ON DELETE CASCADE,
            portal INTEGER NOT NULL REFERENCES portal ON DELETE RESTRICT,
            PRIMARY KEY (endpoint, portal)) WITHOUT ROWID)",
        R"(CREATE TABLE membership (
            portal_group INTEGER NOT NULL REFERENCES portal_group ON DELETE CASCADE,
            portal INTEGER NOT NULL REFERENCES portal ON DELETE CASCADE,
            PRIMARY KEY (portal_group, portal)) WITHOUT ROWID)",
        R"(CREATE TABLE session (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            endpoint INTEGER NOT NULL REFERENCES endpoint ON DELETE CASCADE,
            portal INTEGER REFERENCES portal ON DELETE SET NULL,
            initiator TEXT NOT NULL,
            source TEXT NOT NULL DEFAULT ''))",
        "CREATE INDEX node_server ON node (server, name)",
        "CREATE INDEX endpoint_server ON endpoint (server, scope)",
        "CREATE INDEX endpoint_node ON endpoint (node, tag)",
        "CREATE INDEX portal_address ON portal (server, ip, port)",
        "CREATE INDEX group_server ON portal_group (server, name)",
        "CREATE INDEX binding_portal ON binding (portal)",
        "CREATE INDEX membership_portal ON membership (portal)",
        "CREATE INDEX session_endpoint ON session (endpoint)",
        "CREATE INDEX session_portal ON session (portal)",
};

// Layout 1: server(id, name), node(id, server, name, alias), endpoint(id, node, tag, enabled),
// portal(id, server, address, nic), portal_group(id, server, name), binding(endpoint, portal), member(pool, portal).
constexpr std::array fromVersion1{
        "INSERT INTO server (id, name) SELECT id, name FROM old_server",
        "INSERT INTO node (id, server, role, name, alias) SELECT id, server, 3, name, ifnull(alias, '') FROM old_node",
        "INSERT INTO endpoint (id, server, node, role, enabled, tag)"
        " SELECT e.id, n.server, e.node, 3, e.enabled, e.tag FROM old_endpoint e JOIN old_node n ON n.id = e.node",
        "INSERT INTO portal_group (id, server, name) SELECT id, server, name FROM old_portal_group",
        "INSERT INTO binding (endpoint, portal) SELECT DISTINCT endpoint, portal FROM old_binding",
        "INSERT INTO membership (portal_group, portal) SELECT DISTINCT pool, portal FROM old_member",
        // Ids that were given out before do not come back.
        "DELETE FROM sqlite_sequence WHERE name NOT LIKE 'old~_%' ESCAPE '~'",
        "INSERT INTO sqlite_sequence (name, seq) SELECT substr(name, 5), seq FROM sqlite_sequence",
};
constexpr std::array version1Tables{"member", "binding", "portal_group", "portal", "endpoint", "node", "server"};

Error damaged(const QString &path, const QString &detail)
{
    return {Error::Kind::BadInput, WorkbookText::tr("The workbook %1 is damaged.").arg(path), path,
            WorkbookText::tr("Put back a copy of it from a backup. The file was left as it is."), detail};
}

Error newer(const QString &path, qint64 found)
{
    return {Error::Kind::BadInput,
            WorkbookText::tr("The workbook %1 was written by a newer Portalbind (layout %2; this one knows up to %3).")
                    .arg(path)
                    .arg(found)
                    .arg(version),
            path,
            WorkbookText::tr("Open it with the newer Portalbind. The file was left as it is."),
            {}};
}

Error notAWorkbook(const QString &path)
{
    return {Error::Kind::BadInput,
            WorkbookText::tr("%1 is not a workbook.").arg(path),
            path,
            WorkbookText::tr("Choose a workbook, or make one with: portalbindctl workbook new FILE"),
            {}};
}

Error foreign(const QString &path, const QString &type, const QString &name)
{
    return {Error::Kind::BadInput,
            WorkbookText::tr(
                    "The workbook %1 holds what no Portalbind put there: %2 %3. It might change or hide what is "
                    "read and written.")
                    .arg(path, type, name),
            QStringLiteral("%1, %2 %3").arg(path, type, name),
            WorkbookText::tr("Put back a copy of it from a backup. The file was left as it is."),
            {}};
}

/// `table server`, `index node_server` and so on: what a workbook of the current layout consists of.
const QSet<QString> &ownObjects()
{
    static const QSet<QString> all = [] {
        QSet<QString> objects;
        for (const char *const sql : tables) {
            const QStringList words = QString::fromUtf8(sql).split(u' '); // CREATE TABLE name (…
            objects.insert(words.value(1).toLower() + u' ' + words.value(2));
        }
        return objects;
    }();
    return all;
}

bool isOwn(qint64 layout, const QString &type, const QString &name)
{
    if (layout == version)
        return ownObjects().contains(type + u' ' + name);
    return type == QLatin1String("index")
            || (type == QLatin1String("table")
                && std::any_of(version1Tables.begin(), version1Tables.end(),
                               [&](const char *own) { return name == QLatin1String(own); }));
}

/// Triggers and views of another program would play along in every step.
Result<> checkObjects(Database &database, qint64 layout)
{
    std::optional<Error> wrong;
    // SQLite's own names are reserved: nobody can make others.
    database.each("SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type, name",
                  {}, [&](const QSqlQuery &row) {
                      const QString type = row.value(0).toString();
                      const QString name = row.value(1).toString();
                      if (!isOwn(layout, type, name))
                          wrong = foreign(database.path(), type, name);
                      return !wrong;
                  });
    if (Result<> read = database.takeError(); !read)
        return read;
    if (wrong)
        return tl::unexpected<Error>(*wrong);
    return {};
}

/// The one step that SQL cannot do: canonical addresses.
bool splitAddresses(Database &database)
{
    return database.each("SELECT id, server, address, ifnull(nic, '') FROM old_portal", {}, [&](const QSqlQuery &row) {
        const auto address = PortalAddress::parse(row.value(2).toString());
        if (!address) {
            database.fail({Error::Kind::BadInput,
                           WorkbookText::tr("The address \"%1\" cannot be read: %2")
                                   .arg(row.value(2).toString(), address.error().what),
                           QStringLiteral("%1, portal %2").arg(database.path(), row.value(0).toString()),
                           {},
                           {}});
            return false;
        }
        return database.run("INSERT INTO portal (id, server, kind, ip, port, nic) VALUES (?, ?, ?, ?, ?, ?)",
                            {row.value(0), row.value(1),
                             QString(schemaWord(address->port ? PortalKind::Tcp : PortalKind::Ip)),
                             address->ip.toString(), address->port, row.value(3)});
    });
}

bool fromVersion1To2(Database &database)
{
    for (const char *const name : version1Tables)
        database.runText(QStringLiteral("ALTER TABLE %1 RENAME TO old_%1").arg(QLatin1String(name)));
    for (const char *const sql : tables)
        database.runText(QString::fromUtf8(sql));
    // Portals before what refers to them.
    for (size_t i = 0; i < 4; ++i)
        database.runText(QString::fromUtf8(fromVersion1[i]));
    splitAddresses(database);
    for (size_t i = 4; i < fromVersion1.size(); ++i)
        database.runText(QString::fromUtf8(fromVersion1[i]));
    for (const char *const name : version1Tables)
        database.runText(QStringLiteral("DROP TABLE old_%1").arg(QLatin1String(name)));
    return !database.hasFailed();
}

bool setVersion(Database &database)
{
    return database.runText(QStringLiteral("PRAGMA application_id = %1").arg(applicationId))
            && database.runText(QStringLiteral("PRAGMA user_version = %1").arg(version));
}

} // namespace

Result<qint64> readVersion(const QString &path)
{
    const QFileInfo file(path);
    if (!file.exists())
        return failure(Error::Kind::File, WorkbookText::tr("There is no workbook %1.").arg(path), path,
                       WorkbookText::tr("Check the name, or make one with: portalbindctl workbook new FILE"));
    if (!file.isFile() || !file.isReadable())
        return failure(Error::Kind::File, WorkbookText::tr("The workbook %1 cannot be read.").arg(path), path,
                       WorkbookText::tr("Check that it is a file that you may read."));
    Database database;
    if (const Result<> opened = database.open(path, Database::Mode::Immutable); !opened)
        return tl::unexpected<Error>(opened.error());
    const qint64 id = database.number("PRAGMA application_id").value_or(0);
    const qint64 found = database.number("PRAGMA user_version").value_or(0);
    if (Result<> read = database.takeError(); !read)
        return tl::unexpected<Error>(read.error());
    if (id != applicationId || found < 1)
        return tl::unexpected<Error>(notAWorkbook(path));
    if (found > version)
        return tl::unexpected<Error>(newer(path, found));
    return found;
}

Result<> create(Database &database)
{
    for (const char *const sql : tables)
        database.runText(QString::fromUtf8(sql));
    setVersion(database);
    return database.takeError();
}

Result<> migrate(Database &database)
{
    if (database.number("PRAGMA user_version") == version)
        return database.takeError();
    // Renaming must not follow references: the new tables refer to each other under the old names.
    database.run("PRAGMA foreign_keys = OFF");
    database.run("PRAGMA legacy_alter_table = ON");
    Result<> outcome = database.takeError();
    if (outcome) {
        Transaction transaction(database, Transaction::Kind::Immediate);
        // Another process may have been quicker.
        const auto found = database.number("PRAGMA user_version");
        if (found == 1 && fromVersion1To2(database) && setVersion(database)
            && database.exists("SELECT 1 FROM pragma_foreign_key_check LIMIT 1"))
            database.fail(damaged(database.path(), QStringLiteral("foreign_key_check")));
        else if (found && *found != 1 && *found != version)
            database.fail(damaged(database.path(), QStringLiteral("user_version %1").arg(*found)));
        outcome = transaction.commit();
    }
    (void)database.takeError();
    database.run("PRAGMA legacy_alter_table = OFF");
    database.run("PRAGMA foreign_keys = ON");
    return outcome;
}

Result<> check(Database &database)
{
    const auto found = database.number("PRAGMA user_version");
    if (Result<> read = database.takeError(); !read)
        return read;
    // Someone may have brought it to a newer layout since it was looked at without locks.
    if (found.value_or(0) > version)
        return tl::unexpected<Error>(newer(database.path(), *found));
    if (Result<> own = checkObjects(database, found.value_or(0)); !own)
        return own;
    const QString verdict = database.text("PRAGMA quick_check(1)");
    if (Result<> read = database.takeError(); !read)
        return read;
    if (verdict != QLatin1String("ok"))
        return tl::unexpected<Error>(damaged(database.path(), verdict));
    QString dangling;
    database.each("PRAGMA foreign_key_check", {}, [&](const QSqlQuery &row) {
        dangling = QStringLiteral("foreign_key_check: %1 %2 -> %3")
                           .arg(row.value(0).toString(), row.value(1).toString(), row.value(2).toString());
        return false;
    });
    if (Result<> read = database.takeError(); !read)
        return read;
    if (!dangling.isEmpty())
        return tl::unexpected<Error>(damaged(database.path(), dangling));
    return {};
}

} // namespace portalbind::schema
