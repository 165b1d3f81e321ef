// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/join.h"
#include "backends/cim/pathkey.h"
#include "backends/cim/serversof.h"

#include <QtTest>

#include <ctime>

using namespace portalbind;
using namespace portalbind::cim;

/// Joins of many rows: their cost, beside a loop that only looks the same keys up.
class TestCimJoin : public QObject
{
    Q_OBJECT
private slots:
    void hundredThousandPortals();
};

namespace {

double cpuSeconds()
{
    return double(std::clock()) / CLOCKS_PER_SEC;
}

std::string keyOf(KeyBuilder &builder, const char *className, const std::string &name)
{
    builder.begin(className);
    builder.add("SystemCreationClassName", "CIM_ComputerSystem");
    builder.add("SystemName", "array.example.org");
    builder.add("CreationClassName", className);
    builder.add("Name", name);
    return builder.take();
}

/// 100,000 portals on addresses of their own, in groups of eight; 12,500 endpoints of 6,250 targets bind eight each.
struct Inventory100k
{
    static constexpr quint32 portals = 100'000, endpoints = 12'500, nodes = 6'250;
    Tables tables;
    std::vector<std::string> keys; ///< of every reference, in order

    Inventory100k()
    {
        KeyBuilder builder;
        const auto edge = [this](Source source, const std::string &from, const std::string &to) {
            tables.edges[size_t(source)].push_back({tables.keys.number(from), tables.keys.number(to)});
            keys.push_back(from);
            keys.push_back(to);
        };
        builder.begin("CIM_ComputerSystem");
        builder.add("Name", "array.example.org");
        tables.put(tables.systems, Source::System, builder.take(), SystemRow{});
        tables.put(tables.services, Source::Service, keyOf(builder, "CIM_iSCSIConfigurationService", "svc"),
                   ServiceRow{});
        for (quint32 i = 0; i < nodes; ++i)
            tables.put(tables.nodes, Source::Node, keyOf(builder, "CIM_SCSIProtocolController", std::to_string(i)),
                       NodeRow{QStringLiteral("iqn.2026-11.example:target-%1").arg(i), {}});
        for (quint32 i = 0; i < endpoints; ++i) {
            EndpointRow row;
            row.role = Role::Target;
            row.tag = i % 2 + 1;
            const std::string key = keyOf(builder, "CIM_iSCSIProtocolEndpoint", "endpoint " + std::to_string(i));
            tables.put(tables.endpoints, Source::Endpoint, key, std::move(row));
            edge(Source::NodeOfPort, key, keyOf(builder, "CIM_SCSIProtocolController", std::to_string(i / 2)));
        }
        for (quint32 i = 0; i < portals; ++i) {
            const std::string tcp = keyOf(builder, "CIM_TCPProtocolEndpoint", "tcp-" + std::to_string(i));
            const std::string ip = keyOf(builder, "CIM_IPProtocolEndpoint", "ip-" + std::to_string(i));
            tables.put(tables.tcps, Source::Tcp, tcp, TcpRow{{}, 3260});
            IpRow row;
            row.v4 = *IpAddress::parse(QStringLiteral("10.%1.%2.%3").arg(i >> 16).arg((i >> 8) & 255).arg(i & 255));
            tables.put(tables.ips, Source::Ip, ip, std::move(row));
            edge(Source::BindsTo, tcp, ip);
            edge(Source::BindsTo, keyOf(builder, "CIM_iSCSIProtocolEndpoint", "endpoint " + std::to_string(i / 8)),
                 tcp);
            const std::string group = "cim_systemspecificcollection.instanceid=\"" + std::to_string(i / 8) + "\"";
            if (i % 8 == 0)
                tables.put(tables.collections, Source::Collection, group, CollectionRow{});
            edge(Source::Member, tcp, group);
        }
    }
};

} // namespace

void TestCimJoin::hundredThousandPortals()
{
    const Inventory100k big;
    // The yardstick: each key that an association names, found once in a hash map of strings, and once more.
    std::unordered_map<std::string, quint32> map;
    const double start = cpuSeconds();
    quint64 sum = 0;
    for (const std::string &key : big.keys)
        sum += map.try_emplace(key, quint32(map.size())).first->second;
    for (const std::string &key : big.keys)
        sum += map.at(key);
    const double lookUps = cpuSeconds() - start;
    QVERIFY(sum > 0);

    JoinContext context;
    context.ids = std::make_shared<IdTable>();
    context.groupsRead = true;
    Catalogue catalogue;
    const double begin = cpuSeconds();
    const SnapshotPtr snapshot = join(big.tables, context, true, &catalogue);
    const double joined = cpuSeconds() - begin;
    QCOMPARE(snapshot->portalRows().size(), size_t(big.portals));
    QCOMPARE(snapshot->bindingCount(), size_t(big.portals));
    QCOMPARE(snapshot->groups().size(), size_t(big.portals / 8));
    QCOMPARE(snapshot->nodes().size(), size_t(big.nodes));
    QCOMPARE(snapshot->servers().size(), size_t(1));
    QVERIFY(snapshot->danglingEdges().empty());
    qInfo("join of 100,000 portals: %.0f ms of CPU; 2 × %zu look-ups: %.0f ms", 1000 * joined, big.keys.size(),
          1000 * lookUps);
    QVERIFY2(joined < 2 * lookUps, qPrintable(QStringLiteral("%1 s, %2 s").arg(joined).arg(lookUps)));
}

QTEST_MAIN(TestCimJoin)
#include "tst_cimjoin.moc"
