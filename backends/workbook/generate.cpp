// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/generate.h"

#include "backends/workbook/workbook.h"
#include "backends/workbook/workbooktext.h"

#include <algorithm>

namespace portalbind {

namespace {

constexpr qint64 lastOctets = 250; // .1 to .250 of each /24, .::1 to .::fa of each /64

/// Three of four addresses are IPv4, from 10.0.0.1 up; every fourth is IPv6.
QString addressOf(qint64 portal)
{
    const qint64 subnet = portal / lastOctets;
    const qint64 host = portal % lastOctets + 1;
    if (portal % 4 == 3)
        return QStringLiteral("2001:db8:%1::%2").arg(subnet + 1, 0, 16).arg(host, 0, 16);
    return QStringLiteral("10.%1.%2.%3").arg(subnet / 256).arg(subnet % 256).arg(host);
}

class Generator
{
public:
    Generator(Database &database, const GeneratedShape &shape, const GenerateProgress &progress,
              const std::stop_token &stop)
        : m_database(database)
        , m_shape(shape)
        , m_progress(progress)
        , m_stop(stop)
    {
        m_groups = (shape.portals + shape.portalsPerGroup - 1) / shape.portalsPerGroup;
        m_total = 2 * shape.portals + m_groups
                + shape.targets * (1 + shape.endpointsPerTarget + shape.portalsPerTarget);
    }

    Result<> write()
    {
        m_database.run("INSERT INTO server (id, name, host) VALUES (1, 'san-1', '10.255.255.1')");
        for (qint64 i = 1; i <= m_groups && goOn(); ++i)
            m_database.run("INSERT INTO portal_group (id, server, name) VALUES (?, 1, ?)",
                           {i, QStringLiteral("fabric-%1").arg(i)});
        for (qint64 i = 1; i <= m_shape.portals && goOn(); ++i) {
            m_database.run("INSERT INTO portal (id, server, ip, port, nic) VALUES (?, 1, ?, 3260, ?)",
                           {i, addressOf(i - 1), QStringLiteral("ens%1f%2").arg(i / 2 % 4 + 1).arg(i % 2)});
            m_database.run("INSERT INTO membership (portal_group, portal) VALUES (?, ?)", {groupOf(i), i});
            ++m_done;
        }
        for (qint64 target = 1; target <= m_shape.targets && goOn(); ++target)
            writeTarget(target);
        if (m_stop.stop_requested())
            return failure(Error::Kind::Cancelled, WorkbookText::tr("Cancelled."));
        return m_database.takeError();
    }

private:
    [[nodiscard]] qint64 groupOf(qint64 portal) const { return (portal - 1) / m_shape.portalsPerGroup + 1; }

    bool goOn()
    {
        ++m_done;
        if (m_progress && m_done >= m_told + std::max<qint64>(1, m_total / 200)) {
            m_told = m_done;
            m_progress(m_done, m_total);
        }
        return !m_database.hasFailed() && !m_stop.stop_requested();
    }

    void writeTarget(qint64 target)
    {
        m_database.run(
                "INSERT INTO node (id, server, role, name) VALUES (?, 1, 3, ?)",
                {target, QStringLiteral("iqn.2026-11.com.example:store-%1").arg(target, 7, 10, QLatin1Char('0'))});
        // Targets take the groups in turn, and of its group each the first portals.
        const qint64 first = (target - 1) % m_groups * m_shape.portalsPerGroup + 1;
        const qint64 end = std::min(
                {first + m_shape.portalsPerTarget, first + m_shape.portalsPerGroup, m_shape.portals + 1});
        const qint64 endpoints = m_shape.endpointsPerTarget;
        for (qint64 tag = 1; tag <= endpoints; ++tag) {
            const qint64 endpoint = (target - 1) * endpoints + tag;
            m_database.run("INSERT INTO endpoint (id, server, node, role, tag) VALUES (?, 1, ?, 3, ?)",
                           {endpoint, target, tag});
            // An equal part for each endpoint; m_done counts them for the progress.
            for (qint64 portal = first + (end - first) * (tag - 1) / endpoints;
                 portal < first + (end - first) * tag / endpoints; ++portal, ++m_done)
                m_database.run("INSERT INTO binding (endpoint, portal) VALUES (?, ?)", {endpoint, portal});
            ++m_done;
        }
    }

    Database &m_database;
    const GeneratedShape &m_shape;
    const GenerateProgress &m_progress;
    const std::stop_token &m_stop;
    qint64 m_groups = 0;
    qint64 m_done = 0;
    qint64 m_told = 0;
    qint64 m_total = 0;
};

} // namespace

GeneratedShape GeneratedShape::ofSize(qint64 portals)
{
    GeneratedShape shape;
    shape.portals = portals;
    shape.targets = (portals + shape.portalsPerTarget - 1) / shape.portalsPerTarget;
    return shape;
}

GeneratedShape GeneratedShape::wide()
{
    GeneratedShape shape;
    shape.portals = 64;
    shape.portalsPerGroup = 64;
    shape.targets = 4000;
    shape.endpointsPerTarget = 1;
    shape.portalsPerTarget = 64;
    return shape;
}

GeneratedShape GeneratedShape::deep()
{
    return ofSize(100'000);
}

Result<> writeGenerated(const QString &path, const GeneratedShape &shape, const GenerateProgress &progress,
                        const std::stop_token &stop)
{
    if (shape.portals < 1 || shape.portals > maximumGeneratedPortals || shape.portalsPerGroup < 1 || shape.targets < 0
        || shape.endpointsPerTarget < 1 || shape.portalsPerTarget < 0)
        return failure(Error::Kind::BadInput,
                       WorkbookText::tr("A workbook can be made with 1 to %1 portals.").arg(maximumGeneratedPortals));
    return Workbook::create(path,
                            [&](Database &database) { return Generator(database, shape, progress, stop).write(); });
}

Result<> writeGenerated(const QString &path, qint64 portals, const GenerateProgress &progress,
                        const std::stop_token &stop)
{
    return writeGenerated(path, GeneratedShape::ofSize(portals), progress, stop);
}

} // namespace portalbind
