// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/verdicttext.h"

#include "model/inventory.h"

#include <QTest>

using namespace portalbind;

class TestVerdictText : public QObject
{
    Q_OBJECT
private slots:
    void remediesCanBeFollowedHere()
    {
        // Whatever rule or server refuses: there is nothing to refresh, to apply or to drop on a command line.
        const Inventory nothing;
        for (int method = 0; method <= int(Method::LeaveGroup); ++method) {
            for (int reason = 0; reason <= int(Reason::ServerAnswered); ++reason) {
                for (const quint16 code : {0, 1, 4, 5, 6, 7, 4096, 4097, 4098, 4099, 4100, 4101, 4102, 4103, 32768}) {
                    for (const Decision decision : {Decision::Refused, Decision::ServerDecides}) {
                        Verdict verdict;
                        verdict.method = Method(method);
                        verdict.reason = Reason(reason);
                        verdict.code = code;
                        verdict.decision = decision;
                        const QString text = verdictText(verdict, nothing)
                                + verdictObject(verdict, nothing)[QLatin1String("remedy")].toString();
                        for (const char *word : {"Refresh", "refresh", "Drop", "drag", "All targets on", "force it"})
                            QVERIFY2(!text.contains(QLatin1String(word)), qPrintable(text));
                    }
                }
            }
        }
    }

    void othersStay()
    {
        const QString remedy = QStringLiteral("Bring the address up first.");
        QCOMPARE(remedyOnCommandLine(remedy), remedy);
        QVERIFY(remedyOnCommandLine(QString()).isEmpty());
        QVERIFY(remedyOnCommandLine(QStringLiteral("Apply it again.")).contains(QLatin1String("command")));
    }
};

QTEST_GUILESS_MAIN(TestVerdictText)
#include "tst_verdicttext.moc"
