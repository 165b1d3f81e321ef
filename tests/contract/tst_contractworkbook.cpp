// SPDX-License-Identifier: Apache-2.0
#include "contract.h"
#include "workbookfixture.h"

#include <QTest>

#include <set>

using namespace portalbind;

/// The embedded backend against the rules of the model: two implementations that share no code.
class TestContractWorkbook : public QObject
{
    Q_OBJECT

private slots:
    void answers_data()
    {
        QTest::addColumn<size_t>("index");
        for (size_t i = 0; i < contractCases().size(); ++i)
            QTest::newRow(contractCases()[i].name) << i;
    }

    void answers()
    {
        QFETCH(const size_t, index);
        const QString wrong = runCase(m_fixture, contractCases()[index]);
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
    }

    void randomOperations()
    {
        const quint64 seed = contractSeed();
        const int operations = qEnvironmentVariableIsSet("PORTALBIND_LONG") ? 400'000 : 20'000;
        qInfo("PORTALBIND_SEED=%llu", seed);
        const RandomRun run = runRandom(m_fixture, seed, operations);
        QVERIFY2(run.wrong.isEmpty(), qPrintable(run.wrong));
        QCOMPARE_GE(run.operations, operations);
        // Each code of binding makes up enough of its answers to have been tested.
        int binds = 0;
        for (const auto &[key, count] : run.answers)
            binds += key.first == Method::Bind ? count : 0;
        for (const quint16 code : {0, 1, 5, 4096, 4097, 4098, 4099}) {
            const auto found = run.answers.find({Method::Bind, code});
            const int count = found == run.answers.end() ? 0 : found->second;
            QVERIFY2(count * 100 >= binds, qPrintable(QStringLiteral("%1: %2 of %3").arg(code).arg(count).arg(binds)));
        }
    }

private:
    WorkbookFixture m_fixture;
};

QTEST_GUILESS_MAIN(TestContractWorkbook)
#include "tst_contractworkbook.moc"
