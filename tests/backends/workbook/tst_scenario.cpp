// SPDX-License-Identifier: Apache-2.0
#include "stepplan.h"

#include "backends/workbook/sample.h"
#include "backends/workbook/scenario.h"
#include "backends/workbook/scriptedworkbook.h"
#include "model/rules.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace portalbind;

namespace {

QString written(const QTemporaryDir &folder, const QByteArray &json)
{
    const QString path = folder.filePath(QStringLiteral("scenario.json"));
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(json) == json.size() ? path : QString();
}

/// The sample workbook behind a scenario, loaded once.
class Played
{
public:
    explicit Played(const QByteArray &json)
    {
        if (!writeSample(path()))
            qFatal("the sample could not be written");
        m_workbook = std::make_unique<ScriptedWorkbook>(path(), written(m_folder, json));
    }
    Result<SnapshotPtr> load(const std::stop_token &stop = {}) { return m_workbook->load(ids, {}, stop); }
    Result<Answer> bind(const char *portal) { return m_workbook->execute(Bind{endpoint(), at(portal)}, *ids, {}); }
    Result<Answer> unbind(const char *portal) { return m_workbook->execute(Unbind{endpoint(), at(portal)}, *ids, {}); }
    /// Whether TPG 1 of …:mail binds it, seen past the scenario.
    bool isBound(const char *portal)
    {
        Workbook other(path());
        const auto read = other.read(ids);
        return read && Inventory(*read).binds(endpoint(), at(portal));
    }
    [[nodiscard]] EndpointHandle endpoint() const { return ids->intern<EndpointHandle>("server:1/endpoint:1"); }
    [[nodiscard]] PortalHandle at(const char *text)
    {
        const auto read = Workbook(path()).read(ids);
        for (const auto &row : (*read)->portalRows())
            if ((*read)->portal((*read)->row(row.handle)).address.toString() == QLatin1String(text))
                return row.handle;
        return {};
    }

    std::shared_ptr<IdTable> ids = std::make_shared<IdTable>();

private:
    [[nodiscard]] QString path() const { return m_folder.filePath(QStringLiteral("site.portalbind")); }
    QTemporaryDir m_folder{scratchTemplate()};
    std::unique_ptr<ScriptedWorkbook> m_workbook;
};

} // namespace

class TestScenario : public QObject
{
    Q_OBJECT

private slots:
    void refused_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("where");
        QTest::newRow("no JSON") << QByteArray("{delays}") << QStringLiteral("1:2");
        QTest::newRow("unknown member") << QByteArray(R"({"delay": {}})") << QStringLiteral("/delay");
        QTest::newRow("unknown method") << QByteArray(R"({"delays": {"bnid": 5}})") << QStringLiteral("/delays/bnid");
        QTest::newRow("negative delay") << QByteArray(R"({"delays": {"bind": -5}})") << QStringLiteral("/delays/bind");
        QTest::newRow("fault without answer")
                << QByteArray(R"({"faults": [{"method": "bind"}]})") << QStringLiteral("/faults/0");
        QTest::newRow("fault without method")
                << QByteArray(R"({"faults": [{"answer": 1}]})") << QStringLiteral("/faults/0");
        QTest::newRow("code too large") << QByteArray(R"({"faults": [{"method": "bind", "answer": 65536}]})")
                                        << QStringLiteral("/faults/0/answer");
        QTest::newRow("unknown answer") << QByteArray(R"({"faults": [{"method": "bind", "answer": "no"}]})")
                                        << QStringLiteral("/faults/0/answer");
        QTest::newRow("code of a load") << QByteArray(R"({"faults": [{"method": "load", "answer": 1}]})")
                                        << QStringLiteral("/faults/0");
        QTest::newRow("nth 0") << QByteArray(R"({"faults": [{"method": "bind", "nth": 0, "answer": 1}]})")
                               << QStringLiteral("/faults/0/nth");
        QTest::newRow("session without endpoint")
                << QByteArray(R"({"sessions": [{"initiator": "iqn.x"}]})") << QStringLiteral("/sessions/0");
        QTest::newRow("bad endpoint") << QByteArray(R"({"sessions": [{"endpoint": "mail", "initiator": "x"}]})")
                                      << QStringLiteral("/sessions/0/endpoint");
        QTest::newRow("bad portal") << QByteArray(
                R"({"sessions": [{"endpoint": "iqn.2026-11.com.example:mail,1", "portal": "x"}]})")
                                    << QStringLiteral("/sessions/0/portal");
    }

    void refused()
    {
        QFETCH(const QByteArray, json);
        QFETCH(const QString, where);
        const auto scenario = Scenario::parse(json);
        QVERIFY(!scenario);
        QCOMPARE(scenario.error().kind, Error::Kind::BadInput);
        QCOMPARE(scenario.error().where, where);
        // And by way of a file, with its name.
        Played played(json);
        const auto loaded = played.load();
        QVERIFY(loaded.error().where.endsWith(QStringLiteral("scenario.json, ") + where));
    }

    void missingFile()
    {
        ScriptedWorkbook workbook(QStringLiteral("/none"), QStringLiteral("/no such scenario"));
        const auto loaded = workbook.load(std::make_shared<IdTable>(), {}, {});
        QCOMPARE(loaded.error().kind, Error::Kind::File);
        QVERIFY(loaded.error().what.contains(QStringLiteral("/no such scenario")));
    }

    void everyMethodHasItsWord()
    {
        const QByteArrayList words{"bind",        "unbind",         "createEndpoint", "deleteEndpoint", "createNode",
                                   "deleteNode",  "enableEndpoint", "createPortal",   "deletePortal",   "createGroup",
                                   "deleteGroup", "renameGroup",    "joinGroup",      "leaveGroup"};
        QCOMPARE(words.size(), qsizetype(Method::LeaveGroup) + 1);
        for (qsizetype i = 0; i < words.size(); ++i) {
            const auto scenario = Scenario::parse("{\"delays\": {\"" + words.at(i) + "\": 1}}");
            QVERIFY2(scenario, words.at(i));
            for (qsizetype other = 0; other < words.size(); ++other)
                QCOMPARE(scenario->delay(Method(other)), other == i ? 1 : 0);
        }
    }

    void codes()
    {
        Played played(R"({"faults": [{"method": "bind", "nth": 2, "answer": 4099},
                                     {"method": "bind", "nth": 3, "answer": 40000, "applied": true},
                                     {"method": "unbind", "object": "10.0.1.6:3260", "answer": 7}]})");
        QVERIFY(played.load());
        QCOMPARE(played.bind("10.0.1.6:3260")->code, quint16(0));
        QCOMPARE(played.bind("10.0.1.7:3260")->code, quint16(4099));
        QVERIFY(!played.isBound("10.0.1.7:3260"));
        QCOMPARE(played.bind("10.0.1.7:3260")->code, quint16(40000)); // a server that refuses and does it
        QVERIFY(played.isBound("10.0.1.7:3260"));
        QCOMPARE(played.unbind("10.0.1.6:3260")->code, quint16(7));
        QVERIFY(played.isBound("10.0.1.6:3260"));
        QCOMPARE(played.unbind("10.0.1.7:3260")->code, quint16(0)); // another object
    }

    void outcomeUnknown()
    {
        Played played(R"({"faults": [{"method": "bind", "nth": 1, "answer": "timeout", "applied": true},
                                     {"method": "bind", "nth": 2, "answer": "timeout"}]})");
        QVERIFY(played.load());
        QCOMPARE(played.bind("10.0.1.6:3260").error().kind, Error::Kind::OutcomeUnknown);
        QVERIFY(played.isBound("10.0.1.6:3260"));
        QCOMPARE(played.bind("10.0.1.7:3260").error().kind, Error::Kind::OutcomeUnknown);
        QVERIFY(!played.isBound("10.0.1.7:3260"));
        QCOMPARE(played.bind("10.0.1.7:3260")->code, quint16(0)); // the connection goes on
    }

    void disconnect()
    {
        Played played(R"({"faults": [{"method": "bind", "nth": 2, "answer": "disconnect", "failingLoads": 2},
                                     {"method": "bind", "nth": 3, "answer": "disconnect", "applied": true}]})");
        QVERIFY(played.load());
        QCOMPARE(played.bind("10.0.1.6:3260")->code, quint16(0));
        QCOMPARE(played.bind("10.0.1.7:3260").error().kind, Error::Kind::Transport);
        QCOMPARE(played.unbind("10.0.1.6:3260").error().kind, Error::Kind::Transport); // nothing works any more
        QVERIFY(played.isBound("10.0.1.6:3260"));
        QCOMPARE(played.load().error().kind, Error::Kind::Transport);
        QCOMPARE(played.load().error().kind, Error::Kind::Transport);
        QVERIFY(played.load());
        QCOMPARE(played.bind("10.0.1.7:3260").error().kind, Error::Kind::OutcomeUnknown); // broke after the request
        QVERIFY(played.isBound("10.0.1.7:3260"));
        QVERIFY(played.load());
        QCOMPARE(played.unbind("10.0.1.7:3260")->code, quint16(0));
    }

    void loadFails()
    {
        Played played(
                R"({"faults": [{"method": "load", "nth": 1, "answer": "timeout"}, {"method": "load", "nth": 2, "answer": "disconnect"}]})");
        QCOMPARE(played.load().error().kind, Error::Kind::Timeout);
        QCOMPARE(played.load().error().kind, Error::Kind::Transport);
        QVERIFY(played.load());
    }

    void delays()
    {
        Played played(R"({"delays": {"load": 60000, "bind": 120, "*": 1}})");
        std::stop_source stop;
        QElapsedTimer timer;
        timer.start();
        const std::jthread soon([&stop] { stop.request_stop(); });
        QCOMPARE(played.load(stop.get_token()).error().kind, Error::Kind::Cancelled);
        QVERIFY(timer.elapsed() < 30'000);
        timer.start();
        QCOMPARE(played.bind("10.0.1.6:3260")->code, quint16(0));
        QVERIFY(timer.elapsed() >= 120);
    }

    void sessions()
    {
        Played played(R"({"sessions": [
            {"endpoint": "iqn.2026-11.com.example:web,t,0x0001", "portal": "10.0.1.8:3260", "initiator": "iqn.1993-08.org.debian:01:web-1", "from": "10.0.1.131"},
            {"server": "san-b", "endpoint": "iqn.2026-11.com.example:archive,1", "initiator": "iqn.1993-08.org.debian:01:tape-1"},
            {"server": "san-b", "endpoint": "iqn.2026-11.com.example:web,1", "initiator": "of an endpoint that is not there"}]})");
        const auto loaded = played.load();
        QVERIFY2(loaded.has_value(), loaded ? "" : qPrintable(loaded.error().text()));
        const Snapshot &s = **loaded;
        QCOMPARE(s.sessions().size(), sampleSite(std::make_shared<IdTable>())->sessions().size() + 2);
        QStringList found;
        for (const SessionHandle h : s.sessions()) {
            const LoginSession session = s.session(s.row(h));
            if (session.initiator.contains(QStringLiteral("web-1"))) {
                QCOMPARE(s.portal(s.row(session.portal)).address.toString(), QStringLiteral("10.0.1.8:3260"));
                QCOMPARE(session.from, QStringLiteral("10.0.1.131"));
                found += QStringLiteral("web");
            }
            if (session.initiator.contains(QStringLiteral("tape-1"))) {
                QVERIFY(session.portal.isNull());
                found += QStringLiteral("tape");
                // The played server counts it as well: the node is not deleted under it.
                const NodeHandle archive = s.endpoint(s.row(session.endpoint)).node;
                QCOMPARE(canDeleteNode(Inventory(*loaded), archive).code, quint16(4097));
            }
        }
        found.sort();
        QCOMPARE(found, (QStringList{QStringLiteral("tape"), QStringLiteral("web")}));
    }
};

QTEST_GUILESS_MAIN(TestScenario)
#include "tst_scenario.moc"
