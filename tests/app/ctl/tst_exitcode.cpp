// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/exitcode.h"

#include <QTest>

using namespace portalbind;

class TestExitCode : public QObject
{
    Q_OBJECT
private slots:
    void ofErrors();
    void ofOutcomes_data();
    void ofOutcomes();
};

void TestExitCode::ofErrors()
{
    const auto code = [](Error::Kind kind, bool isArgument = false) {
        return int(exitCodeOf(Error{kind, {}, {}, {}, {}}, isArgument));
    };
    QCOMPARE(code(Error::Kind::BadInput, true), 2);
    QCOMPARE(code(Error::Kind::BadInput), 5);
    QCOMPARE(code(Error::Kind::NoSuchObject, true), 4);
    QCOMPARE(code(Error::Kind::Ambiguous), 4);
    for (const auto kind :
         {Error::Kind::File, Error::Kind::Server, Error::Kind::Transport, Error::Kind::Timeout, Error::Kind::Cancelled})
        QCOMPARE(code(kind), 5);
    QCOMPARE(code(Error::Kind::SignIn), 6);
    QCOMPARE(code(Error::Kind::Rights), 6);
    QCOMPARE(code(Error::Kind::OutcomeUnknown), 7);
}

void TestExitCode::ofOutcomes_data()
{
    QTest::addColumn<QString>("steps"); // a letter a step: its state
    QTest::addColumn<bool>("verified");
    QTest::addColumn<bool>("differs");
    QTest::addColumn<int>("code");
    QTest::newRow("all done") << QStringLiteral("dd") << true << false << 0;
    QTest::newRow("all done, but the server shows otherwise") << QStringLiteral("dd") << true << true << 1;
    QTest::newRow("all done, not seen") << QStringLiteral("d") << false << false << 7;
    QTest::newRow("refused") << QStringLiteral("r") << true << false << 3;
    QTest::newRow("refused, rest not sent") << QStringLiteral("rss") << true << false << 3;
    QTest::newRow("partly") << QStringLiteral("drs") << true << false << 7;
    QTest::newRow("failed") << QStringLiteral("f") << true << false << 5;
    QTest::newRow("no rights") << QStringLiteral("Fs") << true << false << 6;
    QTest::newRow("unknown") << QStringLiteral("us") << false << false << 7;
    QTest::newRow("nothing sent") << QStringLiteral("ss") << false << false << 5;
    QTest::newRow("rolled back") << QStringLiteral("br") << true << false << 3;
}

void TestExitCode::ofOutcomes()
{
    QFETCH(QString, steps);
    QFETCH(bool, verified);
    QFETCH(bool, differs);
    PlanOutcome outcome;
    outcome.verified = verified;
    if (differs)
        outcome.differences += QStringLiteral("it differs");
    for (const QChar c : steps) {
        StepResult result;
        switch (c.toLatin1()) {
        case 'd':
            result.state = StepState::Done;
            break;
        case 'r':
            result.state = StepState::Refused;
            break;
        case 's':
            result.state = StepState::Skipped;
            break;
        case 'u':
            result.state = StepState::Unknown;
            break;
        case 'b':
            result.state = StepState::RolledBack;
            break;
        case 'F':
            result.error.kind = Error::Kind::Rights;
            [[fallthrough]];
        default:
            result.state = StepState::Failed;
        }
        outcome.results += result;
    }
    QTEST(int(exitCodeOf(outcome)), "code");
}

QTEST_GUILESS_MAIN(TestExitCode)
#include "tst_exitcode.moc"
