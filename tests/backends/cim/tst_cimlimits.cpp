// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

#include "backends/cim/intake.h"

using namespace portalbind;
using namespace portalbind::cim;

/// How much is taken of one server.
class TestCimLimits : public QObject
{
    Q_OBJECT
private slots:
    void bytes();
    void longName();
    void longNameOfAnEnd();
    void foreignNameOfABinding_data();
    void foreignNameOfABinding();
};

namespace {

/// Portals without an end.
class Portals : public InstanceBatch
{
public:
    explicit Portals(int first)
        : m_first(first)
    {
    }
    size_t size() const override { return 10; }
    std::string_view className(size_t) const override { return "CIM_TCPProtocolEndpoint"; }
    std::string_view text(size_t, size_t property) const override
    {
        return property == 0 ? std::string_view("3260") : std::string_view(m_label);
    }
    std::optional<ObjectPath> reference(size_t, size_t) const override { return std::nullopt; }
    std::string referenceKey(size_t, size_t) const override { return {}; }
    std::optional<ObjectPath> path(size_t) const override { return std::nullopt; }
    std::string pathKey(size_t i) const override
    {
        return "cim_tcpprotocolendpoint.name=\"t" + std::to_string(m_first + int(i)) + '"';
    }
    bool hasPlainPath(size_t) const override { return true; }
    std::vector<Instance> embedded(size_t, size_t) const override { return {}; }

private:
    int m_first;
    std::string m_label = std::string(500, 'x');
};

} // namespace

void TestCimLimits::bytes()
{
    const auto intake = std::make_shared<Intake>();
    int exceeded = 0;
    IntakeLimits limits;
    limits.bytes = 100'000;
    intake->setLimits(limits, [&] { ++exceeded; });
    const CimConnection::BatchHandler take = intake->handler(Source::Tcp);
    int batches = 0;
    for (; batches < 1000 && exceeded == 0; ++batches)
        take(Portals(batches * 10));
    QCOMPARE(exceeded, 1);
    QVERIFY(batches >= 10 && batches <= 20); // 500 bytes of label and some 40 of name each
    QVERIFY(intake->excess(QStringLiteral("san-a")).contains(QLatin1String("incomplete")));
    const auto rows = [&] {
        return intake->locked([](const Tables &tables, const Paths &) { return tables.tcps.rows.size(); });
    };
    const size_t held = rows();
    take(Portals(100'000));
    QCOMPARE(rows(), held); // no more is taken
    QCOMPARE(exceeded, 1);
}

void TestCimLimits::longName()
{
    Rig rig(arrayText());
    rig.server->add(QStringLiteral("t9 CIM_TCPProtocolEndpoint Name=%1 PortNumber=3260").arg(QString(5000, u'n')));
    const auto read = rig.tryLoad();
    QVERIFY(!read);
    QCOMPARE(read.error().kind, Error::Kind::Server);
    QVERIFY2(read.error().what.contains(QLatin1String("4096 bytes")), qPrintable(read.error().text()));
    QVERIFY(read.error().what.contains(QLatin1String("incomplete")));
}

void TestCimLimits::longNameOfAnEnd()
{
    Rig rig(arrayText());
    ObjectPath other = rig.server->pathOf(QStringLiteral("t1"));
    other.keys.back().second = Value::of(QString(5000, u'n'));
    rig.server->refer(QStringLiteral("b1"), QStringLiteral("Antecedent"), other);
    const auto read = rig.tryLoad();
    QVERIFY(!read);
    QVERIFY2(read.error().what.contains(QLatin1String("incomplete")), qPrintable(read.error().text()));
}

void TestCimLimits::foreignNameOfABinding_data()
{
    QTest::addColumn<int>("which");
    QTest::newRow("of another class") << 0;
    QTest::newRow("of another binding") << 1;
    QTest::newRow("without its ends") << 2;
    QTest::newRow("with an end as a text") << 3; // openwsman
    QTest::newRow("with another end as a text") << 4;
}

void TestCimLimits::foreignNameOfABinding()
{
    // Unbinding deletes by the server's own name of the association, which must mean that association.
    QFETCH(int, which);
    Rig rig(arrayText());
    rig.load();
    ObjectPath name = rig.server->pathOf(QStringLiteral("b1"));
    const auto key = [&](const QString &role) -> Value & {
        for (auto &[known, value] : name.keys) {
            if (known == role)
                return value;
        }
        return name.keys.front().second;
    };
    if (which == 0)
        name = rig.server->pathOf(QStringLiteral("n1"));
    else if (which == 1)
        key(QStringLiteral("Dependent")) = Value::of(rig.server->pathOf(QStringLiteral("e3")));
    else if (which == 2)
        name.keys.clear();
    else
        key(QStringLiteral("Antecedent")) = Value::of(
                QStringLiteral("root/x:CIM_TCPProtocolEndpoint.SystemCreationClassName=\"CIM_ComputerSystem\","
                               "SystemName=\"array\",CreationClassName=\"CIM_TCPProtocolEndpoint\",Name=\"t%1\"")
                        .arg(which == 3 ? 1 : 2));
    rig.server->call(QStringLiteral("b1"), name);
    const Unbind unbind{rig.endpoint(QStringLiteral("iqn.2026-11.example:mail,t,1")),
                        rig.portal(QStringLiteral("10.0.1.5:3260"))};
    const auto said = rig.execute(unbind);
    if (which == 3) {
        QVERIFY2(said, said ? "" : qPrintable(said.error().text()));
        QCOMPARE(rig.server->of(QStringLiteral("remove")).size(), 1);
        return;
    }
    QVERIFY(!said);
    QCOMPARE(said.error().kind, Error::Kind::Server);
    QVERIFY2(said.error().what.contains(QLatin1String("left alone")), qPrintable(said.error().text()));
    QVERIFY(rig.server->of(QStringLiteral("remove")).isEmpty());
}

QTEST_MAIN(TestCimLimits)
#include "tst_cimlimits.moc"
