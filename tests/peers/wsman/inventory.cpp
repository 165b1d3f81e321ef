// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/inventory.h"

#include <QHash>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QVariant>

namespace peer {

namespace {

/// Reads tables in one transaction; the first failure stays.
class Reading
{
public:
    explicit Reading(QSqlDatabase &database)
        : m_query(database)
    {
        m_query.setForwardOnly(true);
        run("BEGIN");
    }
    ~Reading() { m_query.exec(QStringLiteral("COMMIT")); }
    Reading(const Reading &) = delete;
    Reading &operator=(const Reading &) = delete;

    bool run(const char *sql, const QVariant &value = {})
    {
        if (!m_error.isEmpty())
            return false;
        bool ok = m_query.prepare(QString::fromUtf8(sql));
        if (ok && value.isValid())
            m_query.addBindValue(value);
        ok = ok && m_query.exec();
        if (!ok)
            m_error = m_query.lastError().text();
        return ok;
    }
    bool next() { return m_error.isEmpty() && m_query.next(); }
    [[nodiscard]] qint64 number(int column) const { return m_query.value(column).toLongLong(); }
    [[nodiscard]] QByteArray text(int column) const { return m_query.value(column).toString().toUtf8(); }
    [[nodiscard]] bool isNull(int column) const { return m_query.isNull(column); }
    void finish() { m_query.finish(); }
    [[nodiscard]] const QString &error() const { return m_error; }

private:
    QSqlQuery m_query;
    QString m_error;
};

using Positions = QHash<qint64, int>;

template <class T>
Positions positions(const std::vector<T> &objects)
{
    Positions found;
    found.reserve(qsizetype(objects.size()));
    for (size_t i = 0; i < objects.size(); ++i)
        found.insert(objects[i].id, int(i));
    return found;
}

bool readServer(Reading &reading, const QString &wanted, Inventory *inventory)
{
    const char *const sql = wanted.isEmpty()
            ? "SELECT id, name, dialect, bind, unbind, create_endpoint, choose_tag, create_node,"
              " enable_endpoint FROM server"
              " ORDER BY id LIMIT 1"
            : "SELECT id, name, dialect, bind, unbind, create_endpoint, choose_tag, create_node,"
              " enable_endpoint FROM server"
              " WHERE name = ?";
    reading.run(sql, wanted.isEmpty() ? QVariant() : QVariant(wanted));
    if (!reading.next())
        return false;
    inventory->server = reading.number(0);
    inventory->name = reading.text(1);
    inventory->dialect = reading.text(2);
    inventory->bind = reading.text(3) != "no";
    inventory->unbind = reading.text(4) != "no";
    inventory->createEndpoint = reading.number(5);
    inventory->chooseTag = reading.number(6);
    inventory->createNode = reading.number(7);
    inventory->enableEndpoint = reading.number(8);
    return true;
}

int positionOf(QHash<QByteArray, int> &known, std::vector<QByteArray> &list, const QByteArray &value)
{
    auto it = known.find(value);
    if (it == known.end()) {
        it = known.insert(value, int(list.size()));
        list.push_back(value);
    }
    return *it;
}

void readPortals(Reading &reading, bool everyAddress, Inventory *inventory)
{
    QHash<QByteArray, int> addresses;
    QHash<QByteArray, int> nics;
    QHash<QByteArray, bool> paired;
    reading.run("SELECT id, kind, ip, port, present, nic FROM portal WHERE server = ? ORDER BY id", inventory->server);
    while (reading.next()) {
        Inventory::Portal portal{reading.number(0),
                                 reading.text(1) == "tcp",
                                 reading.number(4) != 0,
                                 reading.text(2),
                                 int(reading.number(3)),
                                 -1,
                                 -1};
        if (portal.present || everyAddress || !portal.tcp)
            portal.address = positionOf(addresses, inventory->addresses, portal.ip);
        const QByteArray nic = reading.text(5);
        if (!nic.isEmpty()) {
            portal.nic = positionOf(nics, inventory->nics, nic);
            const QByteArray pair = nic + ' ' + portal.ip;
            if (portal.address >= 0 && !paired.contains(pair)) {
                paired.insert(pair, true);
                inventory->addressesOfNics.push_back({portal.nic, portal.address});
            }
        }
        inventory->portals.push_back(portal);
    }
}

void readBindings(Reading &reading, Inventory *inventory)
{
    const Positions portals = positions(inventory->portals);
    const Positions endpoints = positions(inventory->endpoints);
    inventory->listening.assign(inventory->portals.size(), false);
    reading.run("SELECT b.endpoint, b.portal FROM binding b JOIN endpoint e ON e.id = b.endpoint WHERE e.server = ?"
                " ORDER BY b.endpoint, b.portal",
                inventory->server);
    while (reading.next()) {
        const int portal = portals.value(reading.number(1), -1);
        const int endpoint = endpoints.value(reading.number(0), -1);
        if (portal < 0)
            continue;
        if (endpoint >= 0)
            inventory->bindings.push_back({endpoint, portal});
        else if (reading.number(0) == inventory->switchForAll)
            inventory->listening[size_t(portal)] = true;
    }
    const Positions groups = positions(inventory->groups);
    reading.run("SELECT m.portal_group, m.portal FROM membership m JOIN portal_group g ON g.id = m.portal_group"
                " WHERE g.server = ? AND NOT g.derived ORDER BY m.portal_group, m.portal",
                inventory->server);
    while (reading.next()) {
        const int portal = portals.value(reading.number(1), -1);
        if (portal >= 0)
            inventory->members.push_back({groups.value(reading.number(0)), portal});
    }
    reading.run("SELECT s.id, s.endpoint, s.portal, s.initiator, s.source FROM session s"
                " JOIN endpoint e ON e.id = s.endpoint WHERE e.server = ? ORDER BY s.id",
                inventory->server);
    while (reading.next()) {
        const int endpoint = endpoints.value(reading.number(1), -1);
        if (endpoint >= 0)
            inventory->sessions.push_back({reading.number(0), endpoint,
                                           reading.isNull(2) ? -1 : portals.value(reading.number(2), -1),
                                           reading.text(3), reading.text(4)});
    }
}

} // namespace

std::shared_ptr<const Inventory> readInventory(QSqlDatabase &database, const QString &server, bool everyAddress,
                                               QString *error)
{
    auto inventory = std::make_shared<Inventory>();
    Reading reading(database);
    if (!readServer(reading, server, inventory.get())) {
        *error = reading.error().isEmpty() ? QStringLiteral("no such server in the workbook") : reading.error();
        return nullptr;
    }
    reading.run("SELECT id, ifnull(role, 0), name, alias FROM node WHERE server = ? ORDER BY id", inventory->server);
    while (reading.next())
        inventory->nodes.push_back({reading.number(0), int(reading.number(1)), reading.text(2), reading.text(3)});
    const Positions nodes = positions(inventory->nodes);
    reading.run("SELECT id, node, ifnull(role, 0), scope, enabled, tag FROM endpoint WHERE server = ? ORDER BY id",
                inventory->server);
    while (reading.next()) {
        const bool forAll = reading.text(3) == "server";
        if (forAll && reading.isNull(1))
            inventory->switchForAll = int(reading.number(0));
        else
            inventory->endpoints.push_back(
                    {reading.number(0), reading.isNull(1) ? -1 : nodes.value(reading.number(1), -1),
                     int(reading.number(2)), forAll, reading.number(4) != 0, quint64(reading.number(5))});
    }
    readPortals(reading, everyAddress, inventory.get());
    reading.run("SELECT id, name FROM portal_group WHERE server = ? AND NOT derived ORDER BY id", inventory->server);
    while (reading.next())
        inventory->groups.push_back({reading.number(0), reading.text(1)});
    readBindings(reading, inventory.get());
    reading.finish();
    *error = reading.error();
    return error->isEmpty() ? inventory : nullptr;
}

} // namespace peer
