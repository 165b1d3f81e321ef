// SPDX-License-Identifier: Apache-2.0
#include "randominventory.h"
#include "randomrun.h"
#include "reference.h"
#include "site.h"

#include <QTest>

using namespace portalbind;

namespace {

Inventory with(const Inventory &inventory, const QList<Operation> &operations)
{
    return inventory.with(std::span<const Operation>(operations.constData(), size_t(operations.size())));
}

} // namespace

class TestOperation : public QObject
{
    Q_OBJECT
private slots:
    void inverses_data();
    void inverses();
    void whatDoesNotComeBack();
    void inverseOfNothingIsNothing();
    void applyAndInverse();
    void wholeSequenceBackwards();
    void missingObjectsChangeNothing();
    void words_data();
    void words();
    void servers();
    void dependencies_data();
    void dependencies();
};

void TestOperation::inverses_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("operation");
    QTest::addColumn<int>("steps");
    const auto row = [](const char *name, const char *site, const char *operation, int steps) {
        QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(operation) << steps;
    };
    row("bind", "portal p; endpoint E T:", "bind p E", 1);
    row("bind again", "endpoint E T: p", "bind p E", 0);
    row("unbind", "endpoint E T: p", "unbind p E", 1);
    row("move", "endpoint E T: p; endpoint F T:", "move p E F", 1);
    row("move to where it is", "endpoint E T: p", "move p E E", 0);
    row("move of a shared portal", "endpoint E T: p; endpoint F U: p", "move p E F", 1);
    row("create portal", "server san", "create-portal p at=10.0.0.1:3260", 1);
    row("delete portal", "group g: p; group h: p; endpoint E T: p; endpoint F U: p", "delete-portal p", 5);
    row("create group", "server san", "create-group g", 1);
    row("delete group", "group g: p q", "delete-group g", 3);
    row("rename group", "group g", "rename-group g h", 1);
    row("rename to the same", "group g", "rename-group g g", 0);
    row("join", "group g; portal p", "join p g", 1);
    row("join again", "group g: p", "join p g", 0);
    row("leave", "group g: p", "leave p g", 1);
    row("create node", "server san", "create-node T", 1);
    row("delete node", "endpoint E T: p q; endpoint F T disabled: r", "delete-node T", 3);
    row("create endpoint", "node T; portal p", "create-endpoint E T tag=4 : p", 1);
    row("delete endpoint", "endpoint E T: p q", "delete-endpoint E", 1);
    row("delete disabled endpoint", "endpoint E T disabled: p q", "delete-endpoint E", 1);
    row("disable", "endpoint E T: p", "disable E", 1);
    row("disable again", "endpoint E T disabled: p", "disable E", 0);
}

void TestOperation::inverses()
{
    QFETCH(QString, site);
    QFETCH(QString, operation);
    Site s(site);
    const Operation done = s.operation(operation);
    const Inverse back = inverse(done, s.inventory());
    QTEST(int(back.operations.size()), "steps");
    QVERIFY(back.lossy.isEmpty());
    const Inventory after = s.inventory().with(done);
    const Inventory again = with(after, back.operations);
    QCOMPARE(Reference(again).text(), Reference(s.inventory()).text());
    QVERIFY(again.net().isEmpty());
    QVERIFY(!again.hasPending());
    // And the inverse of the inverse does it once more.
    if (back.operations.size() == 1) {
        const Inverse forth = inverse(back.operations.front(), after);
        QCOMPARE(Reference(with(again, forth.operations)).text(), Reference(after).text());
    }
}

void TestOperation::whatDoesNotComeBack()
{
    Site tags(QStringLiteral("server san no-tags; endpoint E T: p"));
    const Inverse endpoint = inverse(tags.operation(QStringLiteral("delete-endpoint E")), tags.inventory());
    QVERIFY(endpoint.lossy.contains(QLatin1String("tag")));
    QVERIFY(endpoint.lossy.contains(QLatin1String("san")));
    QCOMPARE(endpoint.operations.size(), 1);
    QVERIFY(!std::get<CreateEndpoint>(endpoint.operations.front()).chooseTag);
    QVERIFY(!inverse(tags.operation(QStringLiteral("delete-node T")), tags.inventory()).lossy.isEmpty());

    Site names(QStringLiteral("server san no-names; node T"));
    QVERIFY(inverse(names.operation(QStringLiteral("delete-node T")), names.inventory())
                    .lossy.contains(QLatin1String("name")));
    Site all(QStringLiteral("endpoint E T: p"));
    QVERIFY(inverse(all.operation(QStringLiteral("delete-node T")), all.inventory()).lossy.isEmpty());
}

void TestOperation::inverseOfNothingIsNothing()
{
    // What names objects that are not there changes nothing, so there is nothing to undo.
    Site s(QStringLiteral("group g: p; endpoint E T: p; endpoint F T:"));
    for (const char *text :
         {"unbind x E", "unbind p F", "move p F E", "move p E X", "delete-portal x", "delete-group x", "delete-node x",
          "delete-endpoint x", "rename-group x y", "leave x g", "leave p x", "enable X"}) {
        const Operation operation = s.operation(QString::fromLatin1(text));
        const Inventory after = s.inventory().with(operation);
        QVERIFY2(after.net().isEmpty(), text);
        QVERIFY2(with(after, inverse(operation, s.inventory()).operations).net().isEmpty(), text);
    }
}

void TestOperation::applyAndInverse()
{
    const quint64 start = randomSeed();
    RandomInventory random(start);
    int lossy = 0, changing = 0;
    for (int round = 0; round < 400 * runLength(); ++round) {
        Inventory now(random.snapshot());
        for (int i = 0; i < 15; ++i) {
            const Operation operation = random.operation(now);
            const Inverse back = inverse(operation, now);
            const Inventory after = now.with(operation);
            lossy += !back.lossy.isEmpty();
            if (back.lossy.isEmpty()) {
                const Inventory again = with(after, back.operations);
                const QString where = QStringLiteral("PORTALBIND_SEED=%1 round %2 operation %3: %4")
                                              .arg(start)
                                              .arg(round)
                                              .arg(i)
                                              .arg(describe(operation, now));
                QVERIFY2(Reference(again).text() == Reference(now).text(), qPrintable(where));
                QVERIFY2(again.hasPending() == now.hasPending(), qPrintable(where));
                changing += Reference(after).text() != Reference(now).text();
            }
            now = after;
        }
    }
    QVERIFY(changing > 1000 * runLength());
    QVERIFY(lossy > 0);
}

void TestOperation::wholeSequenceBackwards()
{
    const quint64 start = randomSeed();
    RandomInventory random(start);
    for (int round = 0; round < 400 * runLength(); ++round) {
        const Inventory base(random.snapshot());
        Inventory now = base;
        QList<Operation> back;
        for (int i = 0; i < 20; ++i) {
            const Operation operation = random.operation(now);
            back = inverse(operation, now).operations + back;
            now = now.with(operation);
        }
        const Inventory again = with(now, back);
        QVERIFY2(again.net().isEmpty(),
                 qPrintable(QStringLiteral("PORTALBIND_SEED=%1 round %2").arg(start).arg(round)));
        QCOMPARE(Reference(again).text(), Reference(base).text());
    }
}

void TestOperation::missingObjectsChangeNothing()
{
    Site s(QStringLiteral("group g: p; endpoint E T: p"));
    for (const char *text :
         {"bind x E", "bind p X", "bind null null", "join x g", "join p x", "move x E E", "move p E X"}) {
        const Inventory after = s.inventory().with(s.operation(QString::fromLatin1(text)));
        QVERIFY2(!after.hasPending(), text);
    }
}

void TestOperation::words_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("operation");
    QTest::addColumn<QStringList>("parts");
    const auto row = [](const char *operation, const char *site, const QStringList &parts) {
        QTest::newRow(operation) << QString::fromLatin1(site) << QString::fromLatin1(operation) << parts;
    };
    const auto s = [](const char *text) { return QString::fromLatin1(text); };
    const char *site =
            "portal p at=10.0.1.6:3260; group fabric-a: p; node mail; endpoint E mail tag=1: p; endpoint F mail tag=2:";
    row("bind p F", site, {s("Bind"), s("10.0.1.6:3260"), s("mail"), s("2"), s("san")});
    row("unbind p E", site, {s("Unbind"), s("10.0.1.6:3260"), s("mail"), s("1"), s("san")});
    row("move p E F", site, {s("Move"), s("10.0.1.6:3260"), s("1"), s("2"), s("mail")});
    row("create-portal q at=10.0.1.7:3260", site, {s("Create"), s("10.0.1.7:3260"), s("san")});
    row("delete-portal p", site, {s("Delete"), s("10.0.1.6:3260"), s("san")});
    row("create-group q named=fabric-b", site, {s("Create"), s("fabric-b"), s("san")});
    row("delete-group fabric-a", site, {s("Delete"), s("fabric-a")});
    row("rename-group fabric-a fabric-c", site, {s("Rename"), s("fabric-a"), s("fabric-c")});
    row("join p fabric-a", site, {s("10.0.1.6:3260"), s("fabric-a")});
    row("leave p fabric-a", site, {s("10.0.1.6:3260"), s("fabric-a")});
    row("create-node db named=iqn.2026-11.com.example:db", site,
        {s("Create"), s("iqn.2026-11.com.example:db"), s("san")});
    row("create-node db", site, {s("Create a target on san")}); // the server chooses its name
    row("create-node host initiator", site, {s("Create an initiator on san")});
    row("delete-node mail", site, {s("Delete"), s("mail")});
    row("create-endpoint G mail tag=3", site, {s("Create"), s("mail"), s("3")});
    row("create-endpoint G mail initiator tag=9613344778", site, {s("Create endpoint 0x00023d00000a of")});
    row("delete-endpoint E", site, {s("Delete"), s("1"), s("mail")});
    row("disable E", site, {s("Disable"), s("1"), s("mail")});
    row("enable E", site, {s("Enable"), s("1"), s("mail")});
}

void TestOperation::words()
{
    QFETCH(QString, site);
    QFETCH(QString, operation);
    QFETCH(QStringList, parts);
    Site s(site);
    const Operation o = s.operation(operation);
    const bool creation = operation.startsWith(QLatin1String("create"));
    const QString words = describe(o, creation ? s.inventory().with(o) : s.inventory());
    for (const QString &part : parts)
        QVERIFY2(words.contains(part), qPrintable(words + QLatin1String(" has no ") + part));
    QVERIFY2(!words.contains(QLatin1Char('%')), qPrintable(words));
}

void TestOperation::servers()
{
    Site s(QStringLiteral("server a; portal p; group g: p; endpoint E T: p; server b; endpoint F U:"));
    const auto a = s.handle<ServerHandle>(QStringLiteral("a"));
    for (const char *text :
         {"bind p E", "unbind p E", "move p E E", "delete-portal p", "delete-group g", "rename-group g h", "join p g",
          "leave p g", "delete-node T", "create-endpoint X T", "delete-endpoint E", "enable E", "create-portal x on=a",
          "create-group x on=a", "create-node x on=a"})
        QVERIFY2(serverOf(s.operation(QString::fromLatin1(text)), s.inventory()) == a, text);
    QVERIFY(serverOf(s.operation(QStringLiteral("enable F")), s.inventory())
            == s.handle<ServerHandle>(QStringLiteral("b")));
    QVERIFY(serverOf(s.operation(QStringLiteral("enable X")), s.inventory()).isNull());
}

void TestOperation::dependencies_data()
{
    QTest::addColumn<QString>("operation");
    QTest::addColumn<QString>("earlier");
    QTest::addColumn<bool>("depends");
    const auto row = [](const char *operation, const char *earlier, bool depends) {
        QTest::addRow("%s after %s", operation, earlier)
                << QString::fromLatin1(operation) << QString::fromLatin1(earlier) << depends;
    };
    row("bind n E", "create-portal n", true);
    row("unbind n E", "create-portal n", true);
    row("move n E F", "create-portal n", true);
    row("join n g", "create-portal n", true);
    row("leave n g", "create-portal n", true);
    row("delete-portal n", "create-portal n", true);
    row("create-endpoint X T : p n", "create-portal n", true);
    row("bind p E", "create-portal n", false);
    row("join p n", "create-group n", true);
    row("leave p n", "create-group n", true);
    row("rename-group n x", "create-group n", true);
    row("delete-group n", "create-group n", true);
    row("join p g", "create-group n", false);
    row("create-endpoint X n", "create-node n", true);
    row("delete-node n", "create-node n", true);
    row("create-endpoint X T", "create-node n", false);
    row("bind p n", "create-endpoint n T", true);
    row("move p E n", "create-endpoint n T", true);
    row("move p n E", "create-endpoint n T", true);
    row("enable n", "create-endpoint n T", true);
    row("delete-endpoint n", "create-endpoint n T", true);
    row("bind p E", "create-endpoint n T", false);
    row("bind p E", "unbind p E", false);
    row("join p g", "leave p g", false);
}

void TestOperation::dependencies()
{
    QFETCH(QString, operation);
    QFETCH(QString, earlier);
    Site s(QStringLiteral("portal p; group g: p; endpoint E T: p; endpoint F T:"));
    const Operation first = s.operation(earlier);
    const Operation second = s.operation(operation);
    QTEST(dependsOn(second, first), "depends");
    QVERIFY(!dependsOn(first, second));
}

QTEST_GUILESS_MAIN(TestOperation)
#include "tst_operation.moc"
