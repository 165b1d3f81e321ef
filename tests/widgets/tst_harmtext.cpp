// SPDX-License-Identifier: Apache-2.0
#include "model/rules.h"
#include "tests/model/site.h"
#include "widgets/harmtext.h"

#include <QTest>

using namespace portalbind;

class TestHarmText : public QObject
{
    Q_OBJECT
private slots:
    void sessionsWithoutPortal_data()
    {
        QTest::addColumn<QString>("site");
        QTest::addColumn<QString>("operation");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const char *site, const char *operation, const char *says) {
            QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(operation)
                                << QString::fromLatin1(says);
        };
        row("another portal is left", "endpoint E T: p q; session E -", "unbind p E", "1 session(s) possibly");
        row("no portal is left", "endpoint E T: p; session E -", "unbind p E", "1 session(s) will have to reconnect");
        row("moved, another is left", "endpoint E T: p q; endpoint F T:; session E -", "move p E F",
            "1 session(s) possibly");
        row("moved, none is left", "endpoint E T: p; endpoint F T:; session E -", "move p E F",
            "1 session(s) will have to reconnect");
        row("Linux: the last portal", "server h linux; endpoint E T: p; session E p", "unbind p E",
            "1 session(s) stay until the next reconnect; last");
        row("Linux: moved", "server h linux; endpoint E T: p q; endpoint F T:; session E p", "move p E F",
            "1 session(s) stay until the next reconnect");
        row("Linux: disabled", "server h linux; endpoint E T switch: p; session E p", "disable E",
            "1 session(s) will have to reconnect");
        row("none", "endpoint E T: p q", "unbind p E", "harmless");
        row("nothing is taken away", "group g: p q; endpoint E T: p; session E -", "bind q E", "harmless");
    }

    void sessionsWithoutPortal()
    {
        QFETCH(QString, site);
        QFETCH(QString, operation);
        QFETCH(QString, says);
        Site s(site);
        PendingChange change;
        change.operation = s.operation(operation);
        change.verdict = canDo(s.inventory(), change.operation);
        const QString staged = harmText(change, s.inventory());
        QVERIFY2(staged.startsWith(says), qPrintable(staged));
        QCOMPARE(staged.count(QLatin1String("session(s)")), says.contains(QLatin1String("session(s)")) ? 1 : 0);
        // The plan says the same with its first step.
        const Plan plan = makePlan(s.inventory(), {change.operation});
        const QString first = harmText(plan.steps.front(), s.inventory());
        QVERIFY2(first.startsWith(says), qPrintable(first));
    }
};

QTEST_GUILESS_MAIN(TestHarmText)
#include "tst_harmtext.moc"
