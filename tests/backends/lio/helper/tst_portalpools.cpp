// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/files.h"
#include "backends/lio/helper/portalpools.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>

#include <thread>

using namespace portalbind::kernel;

namespace {

std::string why(const PortalPools::Answer &answer)
{
    if (answer)
        return "ok";
    return answer.error() ? answer.error()->content["why"].get<std::string>() : answer.error().error().why;
}

std::vector<SocketAddress> addresses(std::initializer_list<const char *> texts)
{
    std::vector<SocketAddress> list;
    for (const char *text : texts)
        list.push_back(parseSocketAddress(text).value());
    return list;
}

} // namespace

class tst_PortalPools : public QObject
{
    Q_OBJECT
private slots:
    void init();
    void life();
    void refusals();
    void unreadableFiles_data();
    void unreadableFiles();
    void manyConsoles();
    void links();

private:
    [[nodiscard]] QByteArray content(const char *name = "portal-pools.json") const;

    std::unique_ptr<QTemporaryDir> m_dir;
    Places m_places;
    std::unique_ptr<PortalPools> m_pools;
};

void tst_PortalPools::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_places.state = QFileInfo(m_dir->path()).canonicalFilePath().toStdString() + "/state";
    m_pools = std::make_unique<PortalPools>(m_places);
}

QByteArray tst_PortalPools::content(const char *name) const
{
    QFile file(QString::fromStdString(m_places.state) + QLatin1Char('/') + QLatin1String(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_PortalPools::life()
{
    QCOMPARE(m_pools->describe().dump(), std::string(R"({"schema":1,"error":"","pools":[],"candidates":[]})"));
    const auto made = m_pools->make("fabric-B", {}, addresses({"10.0.0.6:3260", "10.0.0.5:3260", "10.0.0.6:3260"}));
    QVERIFY(made);
    const std::string id = (*made)["pool"].get<std::string>();
    QVERIFY(isUuid(id));
    QVERIFY(m_pools->make("fabric-A", "0b7e6d0c-5c1b-4f0e-9a51-2f6f3a0c9d11", {}));
    QCOMPARE(m_pools->add(id, addresses({"[2001:DB8::1]:1", "10.0.0.5:3260"}))->dump(),
             std::string(R"({"added":["[2001:db8::1]:1"]})"));
    QCOMPARE(m_pools->take(id, addresses({"10.0.0.6:3260", "10.0.0.7:3260"}))->dump(),
             std::string(R"({"taken":["10.0.0.6:3260"]})"));
    QCOMPARE(m_pools->rename(id, "fabric-C")->dump(), std::string(R"({"was":"fabric-B"})"));
    QCOMPARE(m_pools->keepCandidates(addresses({"10.0.0.9:1"}))->dump(), std::string(R"({"added":["10.0.0.9:1"]})"));
    const Json described = m_pools->describe();
    QCOMPARE(described["pools"][0]["name"].get<std::string>(), std::string("fabric-A")); // by name
    QCOMPARE(described["pools"][1]["members"].dump(), std::string(R"(["10.0.0.5:3260","[2001:db8::1]:1"])"));
    const QByteArray before = content();
    const auto removed = m_pools->remove(id);
    QCOMPARE(removed->dump(), std::string(R"({"name":"fabric-C","members":["10.0.0.5:3260","[2001:db8::1]:1"]})"));
    QCOMPARE(content("portal-pools.json.1"), before);
    // As undo does it.
    QVERIFY(m_pools->make("fabric-C", id, addresses({"10.0.0.5:3260", "[2001:db8::1]:1"})));
    QCOMPARE(content(), before);
    QCOMPARE(m_pools->dropCandidates(addresses({"10.0.0.9:1"}))->dump(), std::string(R"({"taken":["10.0.0.9:1"]})"));
    const QByteArray last = content();
    QVERIFY(m_pools->dropCandidates(addresses({"10.0.0.9:1"}))); // nothing to do: nothing written
    QCOMPARE(content("portal-pools.json.1"), before);
    QCOMPARE(content(), last);
}

void tst_PortalPools::refusals()
{
    const std::string id = (*m_pools->make("a", {}, {}))["pool"].get<std::string>();
    QVERIFY(m_pools->make("b", {}, {}));
    QCOMPARE(why(m_pools->make("a", {}, {})), std::string("name-taken"));
    QCOMPARE(why(m_pools->make("c", id, {})), std::string("pool-taken"));
    QCOMPARE(why(m_pools->rename(id, "b")), std::string("name-taken"));
    QCOMPARE(why(m_pools->rename(id, "a")), std::string("ok"));
    for (const std::string &name : std::vector<std::string>{std::string(), std::string(256, 'a'), std::string("a\nb"),
                                                            std::string("\xff"), std::string("a\x7f")})
        QCOMPARE(why(m_pools->make(name, {}, {})), std::string("bad-name"));
    const std::string none = "00000000-0000-4000-8000-000000000000";
    QCOMPARE(why(m_pools->remove(none)) + why(m_pools->add(none, {})) + why(m_pools->take(none, {}))
                     + why(m_pools->rename(none, "x")),
             std::string("no-poolno-poolno-poolno-pool"));
    std::vector<SocketAddress> many;
    for (unsigned i = 0; i <= PortalPools::mostEntries; ++i)
        many.push_back(
                {NetworkAddress::fromIPv4({10, std::uint8_t(i >> 16), std::uint8_t(i >> 8), std::uint8_t(i)}), 3260});
    const QByteArray before = content();
    QCOMPARE(why(m_pools->add(id, many)), std::string("full"));
    QCOMPARE(content(), before);
    many.pop_back();
    QCOMPARE(why(m_pools->add(id, many)), std::string("ok"));
}

void tst_PortalPools::unreadableFiles_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("reason");
    QTest::newRow("newer") << QByteArray(R"({"schema":2,"pools":[],"candidates":[],"more":1})")
                           << QByteArray("newer-schema");
    QTest::newRow("truncated") << QByteArray(R"({"schema":1,"pools":[)") << QByteArray("unreadable");
    QTest::newRow("empty") << QByteArray("\n") << QByteArray("unreadable");
    QTest::newRow("no schema") << QByteArray(R"({"pools":[],"candidates":[]})") << QByteArray("unreadable");
    QTest::newRow("member") << QByteArray(
            R"({"schema":1,"pools":[{"id":"0b7e6d0c-5c1b-4f0e-9a51-2f6f3a0c9d11","name":"a","members":["x"]}],"candidates":[]})")
                            << QByteArray("unreadable");
    QTest::newRow("name twice") << QByteArray(
            R"({"schema":1,"pools":[{"id":"0b7e6d0c-5c1b-4f0e-9a51-2f6f3a0c9d11","name":"a","members":[]},{"id":"0b7e6d0c-5c1b-4f0e-9a51-2f6f3a0c9d12","name":"a","members":[]}],"candidates":[]})")
                                << QByteArray("unreadable");
    QTest::newRow("pool no object") << QByteArray(R"({"schema":1,"pools":[1],"candidates":[]})")
                                    << QByteArray("unreadable");
    QTest::newRow("id") << QByteArray(R"({"schema":1,"pools":[{"id":"X","name":"a","members":[]}],"candidates":[]})")
                        << QByteArray("unreadable");
}

void tst_PortalPools::unreadableFiles()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, reason);
    QVERIFY(QDir().mkpath(QString::fromStdString(m_places.state)));
    QFile file(QString::fromStdString(m_pools->path()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(text);
    file.close();
    QCOMPARE(QByteArray::fromStdString(why(m_pools->make("new", {}, {}))), reason);
    QCOMPARE(content(), text);
    QVERIFY(!m_pools->describe()["error"].get<std::string>().empty());
}

/// Eight at once: nobody's change is lost.
void tst_PortalPools::manyConsoles()
{
    QVERIFY(m_pools->make("shared", "0b7e6d0c-5c1b-4f0e-9a51-2f6f3a0c9d11", {}));
    std::vector<std::thread> threads;
    std::atomic<int> done = 0;
    for (std::uint8_t thread = 0; thread < 8; ++thread) {
        threads.emplace_back([this, thread, &done] {
            for (std::uint8_t i = 0; i < 12; ++i) {
                const std::vector<SocketAddress> one = {{NetworkAddress::fromIPv4({10, 0, thread, i}), 3260}};
                done += m_pools->add("0b7e6d0c-5c1b-4f0e-9a51-2f6f3a0c9d11", one).has_value() ? 1 : 0;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(int(m_pools->describe()["pools"][0]["members"].size()), done.load());
    QVERIFY(done > 0);

    const Descriptor folder = openAbsolute(m_places.state, O_RDONLY | O_DIRECTORY);
    const Descriptor held = lockFile(folder.number(), "portal-pools.lock", 0600, 0);
    QVERIFY(held.isOpen());
    QCOMPARE(why(m_pools->make("late", {}, {})), std::string("locked"));
}

void tst_PortalPools::links()
{
    QVERIFY(m_pools->make("a", {}, {}));
    const QString path = QString::fromStdString(m_pools->path());
    QVERIFY(QFile::rename(path, m_dir->filePath(QStringLiteral("victim"))));
    QVERIFY(QFile::link(m_dir->filePath(QStringLiteral("victim")), path));
    QCOMPARE(why(m_pools->make("b", {}, {})), std::string("unreadable"));
    QVERIFY(!m_pools->describe()["error"].get<std::string>().empty());
    QVERIFY(QFile::remove(path));
    QVERIFY(QDir(QString::fromStdString(m_places.state)).removeRecursively());
    QVERIFY(QFile::link(m_dir->path(), QString::fromStdString(m_places.state)));
    QVERIFY(why(m_pools->make("b", {}, {})) != "ok");
    QVERIFY(!QFile::exists(m_dir->filePath(QStringLiteral("portal-pools.json"))));
}

QTEST_GUILESS_MAIN(tst_PortalPools)

#include "tst_portalpools.moc"
