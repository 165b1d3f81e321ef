// SPDX-License-Identifier: Apache-2.0
#include "model/handle.h"

#include <QSet>
#include <QTest>

#include <barrier>
#include <thread>

using namespace portalbind;

class TestHandle : public QObject
{
    Q_OBJECT
private slots:
    void sameIdSameHandle();
    void kindsAreApart();
    void idsAreBytes();
    void nothingIsNull();
    void provisional();
    void assignToATakenId();
    void releasedId();
    void assignAgain();
    void countBoundsEveryHandle();
    void manyThreads();
};

void TestHandle::sameIdSameHandle()
{
    IdTable ids;
    const auto a = ids.intern<PortalHandle>("portal/1");
    const auto b = ids.intern<PortalHandle>("portal/2");
    QVERIFY(a && b && a != b);
    QVERIFY(ids.intern<PortalHandle>("portal/1") == a);
    QVERIFY(ids.find<PortalHandle>("portal/2") == b);
    QCOMPARE(ids.id(a), QByteArray("portal/1"));
    QCOMPARE(ids.id(b), QByteArray("portal/2"));
}

void TestHandle::kindsAreApart()
{
    IdTable ids;
    const auto portal = ids.intern<PortalHandle>("x");
    QVERIFY(ids.find<EndpointHandle>("x").isNull());
    QVERIFY(ids.id(EndpointHandle{portal.value}).isEmpty());
    const auto endpoint = ids.intern<EndpointHandle>("x");
    QCOMPARE(ids.id(endpoint), QByteArray("x"));
    QCOMPARE(ids.count(Kind::Portal), 1u);
    QCOMPARE(ids.count(Kind::Endpoint), 1u);
    QCOMPARE(ids.count(Kind::Group), 0u);
}

void TestHandle::idsAreBytes()
{
    // A CIM path may hold anything; case counts in key values, and NUL is a byte like any other.
    IdTable ids;
    const QByteArray withNul("a\0b", 3);
    const auto a = ids.intern<NodeHandle>(withNul);
    const auto b = ids.intern<NodeHandle>("a");
    const auto c = ids.intern<NodeHandle>("A");
    QVERIFY(a != b && b != c && a != c);
    QCOMPARE(ids.id(a), withNul);
    const QByteArray longId(100'000, 'x');
    const auto d = ids.intern<NodeHandle>(longId);
    QCOMPARE(ids.id(d), longId);
    QVERIFY(ids.find<NodeHandle>(longId) == d);
    // The table keeps its own copy.
    QByteArray gone("temporary");
    const auto e = ids.intern<NodeHandle>(gone);
    gone.fill('?');
    QCOMPARE(ids.id(e), QByteArray("temporary"));
}

void TestHandle::nothingIsNull()
{
    IdTable ids;
    QVERIFY(PortalHandle().isNull());
    QVERIFY(!PortalHandle());
    QVERIFY(ids.find<PortalHandle>("never seen").isNull());
    QCOMPARE(ids.count(Kind::Portal), 0u);
    QVERIFY(ids.id(PortalHandle()).isEmpty());
    QVERIFY(ids.id(PortalHandle{77}).isEmpty());
}

void TestHandle::provisional()
{
    IdTable ids;
    const auto staged = ids.makeProvisional<PortalHandle>();
    const auto other = ids.makeProvisional<PortalHandle>();
    QVERIFY(staged && other && staged != other);
    QVERIFY(ids.id(staged).isEmpty());
    const auto known = ids.intern<PortalHandle>("portal/1");
    QVERIFY(known != staged && known != other);

    QVERIFY(ids.assign(staged, "portal/9"));
    QCOMPARE(ids.id(staged), QByteArray("portal/9"));
    QVERIFY(ids.intern<PortalHandle>("portal/9") == staged);
    QVERIFY(ids.find<PortalHandle>("portal/9") == staged);
    QVERIFY(ids.id(other).isEmpty());
}

void TestHandle::releasedId()
{
    IdTable ids;
    const auto gone = ids.intern<PortalHandle>("np/10.0.0.1:3260");
    const auto other = ids.intern<PortalHandle>("np/10.0.0.2:3260");
    const auto again = ids.makeProvisional<PortalHandle>();
    ids.release(PortalHandle());
    ids.release(again); // which has none
    ids.release(PortalHandle{99});
    ids.release(gone);
    QVERIFY(ids.id(gone).isEmpty());
    QVERIFY(ids.find<PortalHandle>("np/10.0.0.1:3260").isNull());
    QVERIFY(ids.assign(again, "np/10.0.0.1:3260"));
    QVERIFY(ids.find<PortalHandle>("np/10.0.0.1:3260") == again);
    QCOMPARE(ids.id(other), QByteArray("np/10.0.0.2:3260"));
    ids.release(gone); // once more: it is not its own any more
    QVERIFY(ids.find<PortalHandle>("np/10.0.0.1:3260") == again);
    QCOMPARE(ids.count(Kind::Portal), 3u);
}

void TestHandle::assignToATakenId()
{
    IdTable ids;
    const auto known = ids.intern<GroupHandle>("group/1");
    const auto staged = ids.makeProvisional<GroupHandle>();
    QVERIFY(!ids.assign(staged, "group/1"));
    QVERIFY(ids.find<GroupHandle>("group/1") == known);
    QCOMPARE(ids.id(known), QByteArray("group/1"));
    QVERIFY(ids.id(staged).isEmpty());
    QVERIFY(ids.assign(staged, "group/2"));
}

void TestHandle::assignAgain()
{
    IdTable ids;
    const auto portal = ids.makeProvisional<PortalHandle>();
    QVERIFY(ids.assign(portal, "portal/1"));
    QVERIFY(ids.assign(portal, "portal/1"));
    QCOMPARE(ids.id(portal), QByteArray("portal/1"));
    // A portal that was deleted and brought back by undo has a new id on the server and is the same object to a person.
    QVERIFY(ids.assign(portal, "portal/2"));
    QCOMPARE(ids.id(portal), QByteArray("portal/2"));
    QVERIFY(ids.find<PortalHandle>("portal/2") == portal);
    QVERIFY(ids.find<PortalHandle>("portal/1").isNull());
    // The old id, if it ever comes back, is another object.
    QVERIFY(ids.intern<PortalHandle>("portal/1") != portal);
    QVERIFY(!ids.assign(PortalHandle(), "portal/3"));
    QVERIFY(!ids.assign(PortalHandle{4711}, "portal/3"));
    QVERIFY(ids.find<PortalHandle>("portal/3").isNull());
}

void TestHandle::countBoundsEveryHandle()
{
    IdTable ids;
    QSet<quint32> seen;
    for (int i = 0; i < 10'000; ++i) {
        const auto handle = i % 7 ? ids.intern<PortalHandle>(QByteArray::number(i))
                                  : ids.makeProvisional<PortalHandle>();
        QVERIFY(!seen.contains(handle.value));
        seen.insert(handle.value);
        QVERIFY(handle.value <= ids.count(Kind::Portal));
    }
    QCOMPARE(ids.count(Kind::Portal), 10'000u);
}

void TestHandle::manyThreads()
{
    // Parsers intern in parallel while the window looks ids up.
    constexpr int threads = 6;
    constexpr int idCount = 20'000;
    IdTable ids;
    std::vector<std::vector<PortalHandle>> seen(threads, std::vector<PortalHandle>(idCount));
    std::vector<std::vector<PortalHandle>> provisional(threads);
    std::atomic<int> wrong{0};
    std::barrier start(threads);
    std::vector<std::thread> running;
    running.reserve(threads);
    for (int t = 0; t < threads; ++t) {
        running.emplace_back([&, t] {
            start.arrive_and_wait();
            for (int i = 0; i < idCount; ++i) {
                const int n = t % 2 ? idCount - 1 - i : i; // two directions: the same ids meet in the middle
                const QByteArray id = "portal/" + QByteArray::number(n);
                const auto handle = ids.intern<PortalHandle>(id);
                seen[size_t(t)][size_t(n)] = handle;
                if (ids.id(handle) != id || ids.find<PortalHandle>(id) != handle
                    || handle.value > ids.count(Kind::Portal))
                    ++wrong;
                if (i % 100 == 0) {
                    const auto staged = ids.makeProvisional<PortalHandle>();
                    provisional[size_t(t)].push_back(staged);
                    const QByteArray created = "created/" + QByteArray::number(t) + '/' + QByteArray::number(i);
                    if (!ids.assign(staged, created) || ids.intern<PortalHandle>(created) != staged)
                        ++wrong;
                }
            }
        });
    }
    for (std::thread &thread : running)
        thread.join();

    QCOMPARE(wrong.load(), 0);
    QSet<quint32> all;
    for (const auto &list : provisional) {
        for (const PortalHandle handle : list)
            all.insert(handle.value);
    }
    QCOMPARE(all.size(), threads * idCount / 100);
    for (int t = 1; t < threads; ++t)
        QVERIFY(seen[size_t(t)] == seen[0]);
    for (const PortalHandle handle : seen[0])
        all.insert(handle.value);
    QCOMPARE(all.size(), idCount + threads * idCount / 100);
    QCOMPARE(ids.count(Kind::Portal), quint32(all.size()));
}

QTEST_GUILESS_MAIN(TestHandle)
#include "tst_handle.moc"
