// SPDX-License-Identifier: Apache-2.0
#include "model/dropintent.h"
#include "model/plan.h"
#include "tests/model/site.h"

#include <QRegularExpression>
#include <QTest>

using namespace portalbind;

namespace {

/// `p`: a portal; `p@e`: a binding; `p/g`: a portal in a group; `[g]`: a whole group.
QList<DragItem> dragged(Site &site, const QString &text)
{
    QList<DragItem> items;
    for (const QString &word : text.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        DragItem item;
        if (word.startsWith(QLatin1Char('['))) {
            item.group = site.handle<GroupHandle>(word.mid(1, word.size() - 2));
        } else {
            item.portal = site.handle<PortalHandle>(word.section(QRegularExpression(QStringLiteral("[@/]")), 0, 0));
            if (word.contains(QLatin1Char('@')))
                item.boundTo = site.handle<EndpointHandle>(word.section(QLatin1Char('@'), 1));
            if (word.contains(QLatin1Char('/')))
                item.group = site.handle<GroupHandle>(word.section(QLatin1Char('/'), 1));
        }
        items.append(item);
    }
    return items;
}

/// `e1`: an endpoint; `[g]`: a group; `unbind`; `nothing`.
DropPlace placeOf(Site &site, const QString &text)
{
    if (text == QLatin1String("unbind"))
        return DropPlace::unbindZone();
    if (text == QLatin1String("nothing"))
        return {};
    if (text.startsWith(QLatin1Char('[')))
        return DropPlace::on(site.handle<GroupHandle>(text.mid(1, text.size() - 2)));
    return DropPlace::on(site.handle<EndpointHandle>(text));
}

QString words(Qt::DropAction action)
{
    return action == Qt::MoveAction    ? QStringLiteral("move")
            : action == Qt::CopyAction ? QStringLiteral("copy")
                                       : QStringLiteral("none");
}

// Two targets, two groups. mail: e1 serves a1 and a2, e2 serves nothing. db: d1 serves a1.
const char site1[] = "group A : a1 a2 a3; group B : b1 b2; node mail; node db;"
                     "endpoint e1 mail : a1 a2; endpoint e2 mail; endpoint d1 db : a1; portal gone gone;"
                     "session e1 a1; session e1 a1";

} // namespace

class TestDropIntent : public QObject
{
    Q_OBJECT
private slots:
    void meaning_data();
    void meaning();
    void sentences_data();
    void sentences();
    void sessionsThatOutlive();
    void slicesAgreeWithTheWhole();
    void everythingOfferedIsAccepted();
    void groupsAreTakenApartOnce();
    void vanishedObjectsAreRefused();
};

void TestDropIntent::meaning_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("items");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QString>("operations");
    QTest::addColumn<QString>("action");
    const QString s = QString::fromLatin1(site1);
    const auto row = [&](const char *name, const QString &site, const char *items, const char *place, const char *keys,
                         const char *operations, const char *action) {
        QTest::newRow(name) << site << QString::fromLatin1(items) << QString::fromLatin1(place)
                            << QString::fromLatin1(keys) << QString::fromLatin1(operations)
                            << QString::fromLatin1(action);
    };
    row("a portal binds", s, "a3", "e1", "", "bind a3 e1", "copy");
    row("many portals bind in drop order", s, "a3 b1", "e1", "", "bind a3 e1", "copy");
    row("the first fixes the group of an empty endpoint", s, "b1 a3 b2", "e2", "", "bind b1 e2, bind b2 e2", "copy");
    row("a whole group binds", s, "[A]", "e1", "", "bind a3 e1", "copy");
    row("a portal twice binds once", s, "a3 a3/A [A]", "e1", "", "bind a3 e1", "copy");
    row("bound here already", s, "a1", "e1", "", "", "none");
    row("a portal in use in the same target", s, "a1", "e2", "", "", "none");
    row("Shift moves it", s, "a1", "e2", "shift", "move a1 e1 e2", "move");
    row("a binding moves within its target", s, "a1@e1", "e2", "", "move a1 e1 e2", "move");
    row("several bindings move together", s, "a1@e1 a2@e1", "e2", "", "move a1 e1 e2, move a2 e1 e2", "move");
    row("a binding is shared with another target", s, "a2@e1", "d1", "", "bind a2 d1", "copy");
    row("Shift moves it there", s, "a2@e1", "d1", "shift", "move a2 e1 d1", "move");
    row("a binding of both targets is there already", s, "a1@e1", "d1", "", "", "none");
    row("a binding onto its own endpoint", s, "a1@e1", "e1", "", "", "none");
    row("a move frees the group for the rest", s, "a1@e1 b1", "e2", "", "move a1 e1 e2", "move");
    row("unbind zone", s, "a1@e1", "unbind", "", "unbind a1 e1", "move");
    row("unbind zone, several endpoints", s, "a1@e1 a1@d1", "unbind", "", "unbind a1 e1, unbind a1 d1", "move");
    row("unbind zone refuses portals", s, "a1", "unbind", "", "", "none");
    row("a binding dropped home on its group is unbound", s, "a1@e1", "[A]", "", "unbind a1 e1", "move");
    row("a binding is no member", s, "a1@e1", "[B]", "", "", "none");
    row("a portal joins a group", s, "b1/B", "[A]", "", "join b1 A", "copy");
    row("with Shift it leaves the other one", s, "b1/B", "[A]", "shift", "join b1 A, leave b1 B", "move");
    row("it is a member already", s, "a1/A", "[A]", "", "", "none");
    row("a group joins a group", s, "[B]", "[A]", "", "join b1 A, join b2 A", "copy");
    row("a bound portal keeps its common group", s, "a1/A", "[B]", "shift", "", "none");
    row("a gone address", s, "gone", "e2", "", "", "none");
    row("policy refuses", QStringLiteral("server lio address=policy; node t; endpoint e t; portal p gone"), "p", "e",
        "", "", "none");
    row("Alt overrides policy", QStringLiteral("server lio address=policy; node t; endpoint e t; portal p gone"), "p",
        "e", "alt", "bind p e", "copy");
    row("Alt does not override a target's rule", s, "gone", "e2", "alt", "", "none");
    row("nowhere", s, "a3", "nothing", "", "", "none");
    row("unbound in the meantime", s + QStringLiteral("|unbind a2 e1"), "a2@e1", "e2", "", "bind a2 e2", "copy");
    row("a server that decides itself", QStringLiteral("server w groups=none; node t; endpoint e t; portal p"), "p",
        "e", "", "bind p e", "copy");
}

void TestDropIntent::meaning()
{
    QFETCH(QString, site);
    QFETCH(QString, items);
    QFETCH(QString, place);
    QFETCH(QString, keys);
    QFETCH(QString, operations);
    QFETCH(QString, action);
    Site at(site);
    const DropModifiers modifiers{keys.contains(QLatin1String("shift")), keys.contains(QLatin1String("alt"))};
    const DropIntent intent = dropIntent(at.inventory(), dragged(at, items), placeOf(at, place), modifiers);
    QCOMPARE(intent.operations.size(), at.operations(operations).size());
    QVERIFY2(intent.operations == at.operations(operations), qPrintable(intent.sentence));
    QCOMPARE(words(intent.action), action);
    QVERIFY(!intent.sentence.isEmpty());
    QVERIFY(intent.isComplete);
    QCOMPARE(intent.overrides, keys.contains(QLatin1String("alt")) && intent.doesSomething());
}

void TestDropIntent::sentences_data()
{
    QTest::addColumn<QString>("items");
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QString>("sentence");
    const QString s = QString::fromLatin1(site1);
    const auto row = [](const char *name, const char *items, const char *place, const char *keys, const char *pattern) {
        QTest::newRow(name) << QString::fromLatin1(items) << QString::fromLatin1(place) << QString::fromLatin1(keys)
                            << QString::fromUtf8(pattern);
    };
    row("bind", "a3", "e1", "", "^Bind {a3} to {e1}$");
    row("several", "a3 b1", "e1", "", "^Bind 1 of 2 portal.* to {e1}; {b1} belongs to another portal group");
    row("move", "a1@e1", "e2", "", "^Move {a1} from .* to {e2} \\(2 session.* will have to reconnect\\)");
    row("last portal", "a1@d1", "unbind", "", "^Unbind {a1} from {d1}; nothing will serve {d1} then$");
    row("shared", "a2@e1", "d1", "", "^Also serve {db} on {a2} \\({mail} keeps it\\)$");
    row("already", "a1", "e1", "", "{a1} is bound here already");
    row("4097", "gone", "e2", "", "\\(4097\\)");
    row("4098", "a1", "e2", "", "{a1} already serves .*\\(4098\\)\\.? .*Drop with Shift to move it");
    row("4099", "b1", "e1", "", "{b1} is in B.*A.*\\(4099\\)");
    row("group conflict among many", "b1 b2", "e1", "", "^None of 2 portal.*\\(4099\\)");
    row("membership", "b1/B", "[A]", "", "^Make {b1} a member of A$");
    row("transfer", "b1/B", "[A]", "shift", "^Move {b1} from B to A$");
}

/// The Linux kernel goes on with sessions whose portal was taken away; the same drop elsewhere ends them.
void TestDropIntent::sessionsThatOutlive()
{
    const auto said = [](const char *server) {
        Site at(QString::fromLatin1(server) + QString::fromLatin1(site1));
        return dropIntent(at.inventory(), dragged(at, QStringLiteral("a1@e1")), DropPlace::unbindZone()).sentence;
    };
    const QString kernel = said("server h linux; ");
    QVERIFY2(kernel.contains(QLatin1String("(2 session(s) stay until the next reconnect)")), qPrintable(kernel));
    const QString other = said("");
    QVERIFY2(other.contains(QLatin1String("(2 session(s) will have to reconnect)")), qPrintable(other));
}

void TestDropIntent::sentences()
{
    QFETCH(QString, items);
    QFETCH(QString, place);
    QFETCH(QString, keys);
    QFETCH(QString, sentence);
    Site at(QString::fromLatin1(site1));
    const Inventory &inventory = at.inventory();
    for (const char *name : {"a1", "a2", "a3", "b1", "b2"})
        sentence.replace(QLatin1Char('{') + QLatin1String(name) + QLatin1Char('}'),
                         QRegularExpression::escape(
                                 inventory.portal(at.handle<PortalHandle>(QLatin1String(name))).address.toString()));
    for (const char *name : {"e1", "e2", "d1"}) {
        const Endpoint endpoint = inventory.endpoint(at.handle<EndpointHandle>(QLatin1String(name)));
        sentence.replace(QLatin1Char('{') + QLatin1String(name) + QLatin1Char('}'),
                         QStringLiteral("[^;]*%1 of [^;]*").arg(endpoint.tag));
    }
    for (const char *name : {"mail", "db"})
        sentence.replace(QLatin1Char('{') + QLatin1String(name) + QLatin1Char('}'),
                         QStringLiteral("[^ ]*") + QLatin1String(name));
    const DropModifiers modifiers{keys.contains(QLatin1String("shift")), false};
    const DropIntent intent = dropIntent(inventory, dragged(at, items), placeOf(at, place), modifiers);
    const QRegularExpression pattern(sentence);
    QVERIFY2(pattern.isValid(), qPrintable(pattern.errorString()));
    QVERIFY2(pattern.match(intent.sentence).hasMatch(), qPrintable(intent.sentence + QLatin1String("\n") + sentence));
}

void TestDropIntent::slicesAgreeWithTheWhole()
{
    Site at(QString::fromLatin1(site1));
    const QList<DragItem> items = takeApart(at.inventory(), dragged(at, QStringLiteral("[A] [B] gone a1@e1 a2@e1")));
    for (const char *place : {"e1", "e2", "d1", "[A]", "[B]", "unbind"}) {
        DropJudge judge(at.inventory(), items, placeOf(at, QLatin1String(place)), {});
        int slices = 0;
        while (!judge.judge(1)) {
            QVERIFY(!judge.intent().isComplete);
            QVERIFY(++slices < 100);
        }
        const DropIntent whole = dropIntent(at.inventory(), items, placeOf(at, QLatin1String(place)));
        QVERIFY(judge.intent().operations == whole.operations);
        QCOMPARE(judge.intent().sentence, whole.sentence);
        QCOMPARE(slices, int(items.size()) - 1);
    }
}

// What a drop offers, the rules allow one after another, and nothing of it is left over in the plan.
void TestDropIntent::everythingOfferedIsAccepted()
{
    Site at(QString::fromLatin1(site1));
    const char *drags[] = {"[A] [B]", "a1@e1 a2@e1", "a1@e1 b1 b2", "gone a3 a1@d1", "b1/B b2/B"};
    for (const char *drag : drags) {
        for (const char *place : {"e1", "e2", "d1", "[A]", "[B]", "unbind"}) {
            for (const bool shift : {false, true}) {
                const DropIntent intent = dropIntent(at.inventory(), dragged(at, QLatin1String(drag)),
                                                     placeOf(at, QLatin1String(place)), {shift, false});
                Inventory inventory = at.inventory();
                for (const Operation &operation : intent.operations) {
                    QVERIFY2(!canDo(inventory, operation).isRefused(), qPrintable(describe(operation, inventory)));
                    inventory = inventory.with(operation);
                }
                QCOMPARE(intent.doesSomething(), !makePlan(at.inventory(), intent.operations).isEmpty());
                QVERIFY(intent.action != Qt::LinkAction);
            }
        }
    }
}

void TestDropIntent::groupsAreTakenApartOnce()
{
    Site at(QString::fromLatin1(site1));
    const QList<DragItem> apart = takeApart(at.inventory(), dragged(at, QStringLiteral("a2/A [A] a1@e1 a1@d1")));
    QCOMPARE(apart.size(), 5); // a2, a1, a3 of the group, and two bindings, which are rows of their own
    QCOMPARE(apart.first(), dragged(at, QStringLiteral("a2/A")).first());
}

void TestDropIntent::vanishedObjectsAreRefused()
{
    Site at(QString::fromLatin1(site1));
    const DropIntent noPortal = dropIntent(at.inventory(), {DragItem{PortalHandle{4711}, {}, {}}},
                                           placeOf(at, QStringLiteral("e1")));
    QVERIFY(!noPortal.doesSomething());
    QCOMPARE(noPortal.verdict.code, quint16(4096));
    const DropIntent noEndpoint = dropIntent(at.inventory(), dragged(at, QStringLiteral("a3")),
                                             DropPlace::on(EndpointHandle{4711}));
    QVERIFY(!noEndpoint.doesSomething());
    QVERIFY(!noEndpoint.sentence.isEmpty());
}

QTEST_GUILESS_MAIN(TestDropIntent)
#include "tst_dropintent.moc"
