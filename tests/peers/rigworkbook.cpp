// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/rigworkbook.h"

#include <QFile>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QStringList>
#include <QVariant>

namespace {

constexpr int groupSize = 8;
constexpr int targetSize = 16;
constexpr int addressless = 7; // of each sixteen

/// Layout 2 of a workbook (backends/workbook/schema.cpp), without what nobody asks for in these tests.
const QStringList &tables()
{
    static const QStringList sql{
            QStringLiteral("CREATE TABLE server (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
                           " host TEXT NOT NULL DEFAULT '', dialect TEXT NOT NULL DEFAULT 'workbook',"
                           " bind TEXT NOT NULL DEFAULT 'yes', unbind TEXT NOT NULL DEFAULT 'yes',"
                           " address_rule TEXT NOT NULL DEFAULT 'target', group_rule TEXT NOT NULL DEFAULT 'target',"
                           " group_source TEXT NOT NULL DEFAULT 'editable', edit_portals INTEGER NOT NULL DEFAULT 1,"
                           " create_endpoint INTEGER NOT NULL DEFAULT 1, choose_tag INTEGER NOT NULL DEFAULT 1,"
                           " create_node INTEGER NOT NULL DEFAULT 1, choose_node_name INTEGER NOT NULL DEFAULT 1,"
                           " initiator_nodes INTEGER NOT NULL DEFAULT 1, enable_endpoint INTEGER NOT NULL DEFAULT 1)"),
            QStringLiteral("CREATE TABLE node (id INTEGER PRIMARY KEY AUTOINCREMENT, server INTEGER NOT NULL REFERENCES"
                           " server ON DELETE CASCADE, role INTEGER, name TEXT NOT NULL, alias TEXT NOT NULL DEFAULT '')"),
            QStringLiteral("CREATE TABLE endpoint (id INTEGER PRIMARY KEY AUTOINCREMENT, server INTEGER NOT NULL REFERENCES"
                           " server ON DELETE CASCADE, node INTEGER REFERENCES node ON DELETE CASCADE, role INTEGER,"
                           " scope TEXT NOT NULL DEFAULT 'endpoint', enabled INTEGER NOT NULL DEFAULT 1,"
                           " tag INTEGER NOT NULL)"),
            QStringLiteral("CREATE TABLE portal (id INTEGER PRIMARY KEY AUTOINCREMENT, server INTEGER NOT NULL REFERENCES"
                           " server ON DELETE CASCADE, kind TEXT NOT NULL DEFAULT 'tcp', ip TEXT NOT NULL,"
                           " port INTEGER NOT NULL, present INTEGER NOT NULL DEFAULT 1, nic TEXT NOT NULL DEFAULT '')"),
            QStringLiteral("CREATE TABLE portal_group (id INTEGER PRIMARY KEY AUTOINCREMENT, server INTEGER NOT NULL"
                           " REFERENCES server ON DELETE CASCADE, name TEXT NOT NULL, derived INTEGER NOT NULL DEFAULT 0)"),
            QStringLiteral("CREATE TABLE binding (endpoint INTEGER NOT NULL REFERENCES endpoint ON DELETE CASCADE,"
                           " portal INTEGER NOT NULL REFERENCES portal ON DELETE RESTRICT,"
                           " PRIMARY KEY (endpoint, portal)) WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE membership (portal_group INTEGER NOT NULL REFERENCES portal_group ON DELETE CASCADE,"
                           " portal INTEGER NOT NULL REFERENCES portal ON DELETE CASCADE,"
                           " PRIMARY KEY (portal_group, portal)) WITHOUT ROWID"),
            QStringLiteral("CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT, endpoint INTEGER NOT NULL REFERENCES"
                           " endpoint ON DELETE CASCADE, portal INTEGER REFERENCES portal ON DELETE SET NULL,"
                           " initiator TEXT NOT NULL, source TEXT NOT NULL DEFAULT '')"),
            QStringLiteral("CREATE INDEX endpoint_node ON endpoint (node, tag)"),
            QStringLiteral("CREATE INDEX binding_portal ON binding (portal)"),
            QStringLiteral("CREATE INDEX membership_portal ON membership (portal)"),
            QStringLiteral("PRAGMA application_id = 1346524994"), // PBWB
            QStringLiteral("PRAGMA user_version = 2"),
    };
    return sql;
}

bool insert(QSqlQuery &query, const char *sql, const QList<QVariantList> &rows)
{
    if (rows.isEmpty() || !query.prepare(QString::fromUtf8(sql)))
        return rows.isEmpty();
    for (const QVariantList &row : rows) {
        for (qsizetype i = 0; i < row.size(); ++i)
            query.bindValue(int(i), row[i]);
        if (!query.exec())
            return false;
    }
    return true;
}

QString aliasOf(int target)
{
    if (target == 0)
        return QStringLiteral("Target 0 <A & B>");
    if (target == 1)
        return QStringLiteral("Target 1 ") + QChar(0xfc) + QChar(0x20ac);
    return QStringLiteral("Target %1").arg(target);
}

bool fill(QSqlQuery &query, int portals)
{
    QList<QVariantList> nodes, endpoints, addresses, groups, bindings, members;
    for (int i = 0; i < portals; ++i) {
        const QString ip = QStringLiteral("10.%1.%2.%3").arg(i >> 16).arg(i >> 8 & 255).arg(i & 255);
        addresses.append({i + 1, ip, i % targetSize != addressless});
        if (i % groupSize == 0)
            groups.append({i / groupSize + 1, QStringLiteral("Portal group %1").arg(i / groupSize)});
        members.append({i / groupSize + 1, i + 1});
    }
    for (int t = 0; t < portals / targetSize; ++t) {
        nodes.append({t + 1, QStringLiteral("iqn.2026-11.example.rig:target-%1").arg(t, 6, 10, QLatin1Char('0')), aliasOf(t)});
        for (const int tag : {1, 2})
            endpoints.append({2 * t + tag, t + 1, tag});
        bindings.append({2 * t + 1, targetSize * t + 1});
        bindings.append({2 * t + 1, targetSize * t + 2});
        bindings.append({2 * t + 2, targetSize * t + 9});
    }
    return insert(query, "INSERT INTO server (id, name, dialect) VALUES (?, ?, ?)",
                  {{1, QStringLiteral("rig-host"), QStringLiteral("smis")}})
            && insert(query, "INSERT INTO node (id, server, role, name, alias) VALUES (?, 1, 3, ?, ?)", nodes)
            && insert(query, "INSERT INTO endpoint (id, server, node, role, tag) VALUES (?, 1, ?, 3, ?)", endpoints)
            && insert(query, "INSERT INTO portal (id, server, kind, ip, port, present) VALUES (?, 1, 'tcp', ?, 3260, ?)",
                      addresses)
            && insert(query, "INSERT INTO portal_group (id, server, name) VALUES (?, 1, ?)", groups)
            && insert(query, "INSERT INTO membership (portal_group, portal) VALUES (?, ?)", members)
            && insert(query, "INSERT INTO binding (endpoint, portal) VALUES (?, ?)", bindings);
}

} // namespace

bool writeRigWorkbook(const QString &path, int portals)
{
    QFile::remove(path);
    bool ok = false;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("rig"));
        database.setDatabaseName(path);
        ok = database.open();
        QSqlQuery query(database);
        for (const QString &sql : tables())
            ok = ok && query.exec(sql);
        ok = ok && query.exec(QStringLiteral("BEGIN")) && fill(query, portals) && query.exec(QStringLiteral("COMMIT"));
    }
    QSqlDatabase::removeDatabase(QStringLiteral("rig"));
    return ok;
}
