// SPDX-License-Identifier: Apache-2.0
// The contract suite against the kernel: the real backend over the real helper beside a workbook in the same state.
#include "tests/kernel/besideworkbook.h"
#include "tests/kernel/guestkernel.h"

#include "tests/testdata.h"

#include <QFile>
#include <QTest>

using namespace portalbind;

class tst_KernelContract : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void cases();
    void races();
    void differencesAreListed();
    void randomOperations();

private:
    std::unique_ptr<BesideWorkbook> m_both;
};

void tst_KernelContract::initTestCase()
{
    QVERIFY(guest::isGuest());
    guest::addAddress(QStringLiteral("192.0.2.10/24"));
    m_both = std::make_unique<BesideWorkbook>();
}

/// All of them in one function, so that the next one can tell which differences they met.
void tst_KernelContract::cases()
{
    QStringList wrong;
    for (const ContractCase &one : contractCases()) {
        if (const QString text = m_both->run(one); !text.isEmpty())
            wrong += QStringLiteral("%1: %2").arg(QString::fromUtf8(one.name), text);
    }
    for (const QString &text : wrong) // more than one message holds
        qWarning("%s", qPrintable(text));
    QVERIFY(wrong.isEmpty());
}

void tst_KernelContract::races()
{
    QStringList wrong;
    for (const ContractRace &one : contractRaces()) {
        if (const QString text = m_both->run(one); !text.isEmpty())
            wrong += QStringLiteral("%1: %2").arg(QString::fromUtf8(one.name), text);
    }
    for (const QString &text : wrong) // more than one message holds
        qWarning("%s", qPrintable(text));
    QVERIFY(wrong.isEmpty());
}

/// What was met stands in the table, and what stands there was met.
void tst_KernelContract::differencesAreListed()
{
    QFile document(testData(QStringLiteral("../../docs/lio.md")));
    QVERIFY2(document.open(QIODevice::ReadOnly), qPrintable(document.fileName()));
    QStringList listed = listedDifferences(QString::fromUtf8(document.readAll()));
    QVERIFY(!listed.isEmpty());
    listed.sort();
    QStringList met;
    for (const auto &[name, count] : m_both->met())
        met += name;
    QCOMPARE(met, listed);
}

void tst_KernelContract::randomOperations()
{
    const quint64 seed = contractSeed();
    const int operations = qEnvironmentVariableIsSet("PORTALBIND_LONG") ? 5'000 : 300;
    qInfo("PORTALBIND_SEED=%llu", seed);
    const RandomRun run = m_both->runRandom(seed, operations);
    QVERIFY2(run.wrong.isEmpty(), qPrintable(run.wrong));
    QVERIFY(run.operations >= operations);
    QVERIFY(run.answers.count({Method::Bind, 0}) > 0 && run.answers.count({Method::Bind, 4098}) > 0);
}

QTEST_GUILESS_MAIN(tst_KernelContract)

#include "tst_kernelcontract.moc"
