// SPDX-License-Identifier: Apache-2.0
// The domain does not answer: the Kerberos library hangs in it for half a minute. The client does not.
#include "tests/peers/client/signinrig.h"
#include "tests/peers/client/stallalarm.h"

#include <QElapsedTimer>
#include <QTest>

using namespace portalbind;
using namespace portalbind::wsman;

class TestDeadKdc : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase() { QVERIFY2(m_rig.error().isEmpty(), qPrintable(m_rig.error())); }
    void deadline_data();
    void deadline();
    void cancelled();
    void stopped();

private:
    SignInRig m_rig;
};

void TestDeadKdc::deadline_data()
{
    QTest::addColumn<int>("signIn");
    QTest::addColumn<QString>("as");
    QTest::newRow("ticket cache") << int(SignIn::Kerberos) << QStringLiteral("ticket");
    QTest::newRow("ticket cache, Negotiate") << int(SignIn::Negotiate) << QStringLiteral("ticket");
    QTest::newRow("password") << int(SignIn::Kerberos) << QStringLiteral("password");
}

void TestDeadKdc::deadline()
{
    QFETCH(int, signIn);
    QFETCH(QString, as);
    Realm &kdc = m_rig.realm();
    const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
    ServerProfile wanted = SignInRig::profile(peer->port(), false, SignIn(signIn));
    m_rig.sign(&wanted, as);
    wanted.deadlines.signIn = std::chrono::milliseconds(1200);
    WsmanConnection connection(wanted);

    const SilentKdc silent(kdc);
    QVERIFY2(silent.isRunning(), qPrintable(silent.error()));
    silent.enter();
    StallAlarm alarm;
    alarm.begin();
    QElapsedTimer clock;
    clock.start();
    std::optional<Error> error;
    spawn<Result<Identity>>(connection.identify({}), [&error](const Result<Identity> &got) {
        error = got ? Error{Error::Kind::Server, QStringLiteral("it worked"), {}, {}, {}} : got.error();
    });
    QVERIFY(runUntil([&error] { return error.has_value(); }, 20'000));
    alarm.end();
    QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed()))); // the library itself waits for 27 s
    QVERIFY2(error->kind == Error::Kind::Timeout, qPrintable(error->text() + QLatin1Char('\n') + error->detail));
    QVERIFY2(error->where.contains(QLatin1String("sign-in")), qPrintable(error->where));
    QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));

    // Others are not held up, and this one is not either once the KDC is back, though a call still hangs in the
    // library.
    kdc.enter();
    clock.start();
    QCOMPARE(readPortals(connection), rigPortals);
    QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
}

void TestDeadKdc::cancelled()
{
    Realm &kdc = m_rig.realm();
    const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
    ServerProfile wanted = SignInRig::profile(peer->port(), false, SignIn::Kerberos);
    wanted.deadlines.signIn = std::chrono::minutes(1);
    WsmanConnection connection(wanted);
    const SilentKdc silent(kdc);
    QVERIFY2(silent.isRunning(), qPrintable(silent.error()));
    silent.enter();
    std::optional<Error::Kind> kind;
    std::stop_source stop;
    spawn<Result<Identity>>(connection.identify(stop.get_token()), [&kind](const Result<Identity> &got) {
        kind = got ? Error::Kind::Server : got.error().kind;
    });
    QVERIFY(!runUntil([&kind] { return kind.has_value(); }, 500)); // it hangs in the library by now
    StallAlarm alarm;
    alarm.begin();
    QElapsedTimer clock;
    clock.start();
    stop.request_stop();
    QVERIFY(runUntil([&kind] { return kind.has_value(); }, 20'000));
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    alarm.end();
    QVERIFY2(alarm.isCalm(), qPrintable(alarm.text()));
    QCOMPARE(*kind, Error::Kind::Cancelled);
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));

    kdc.enter();
    clock.start();
    QCOMPARE(readPortals(connection), rigPortals);
    QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
}

void TestDeadKdc::stopped()
{
    // Its host is there, but no KDC runs on it: that is told at once, and as what it is.
    Realm kdc;
    QVERIFY2(kdc.isRunning(), qPrintable(kdc.error()));
    kdc.enter();
    const auto peer = m_rig.windows({QStringLiteral("--keytab"), kdc.keytab()});
    kdc.stop();
    WsmanConnection connection(SignInRig::profile(peer->port(), false, SignIn::Kerberos));
    std::optional<Error> error;
    QElapsedTimer clock;
    clock.start();
    spawn<Result<Identity>>(connection.identify({}),
                            [&error](const Result<Identity> &got) { error = got ? Error{} : got.error(); });
    QVERIFY(runUntil([&error] { return error.has_value(); }, 20'000));
    QVERIFY2(clock.elapsed() < 10'000, qPrintable(QString::number(clock.elapsed())));
    QVERIFY2(error->kind == Error::Kind::Transport, qPrintable(error->text() + error->detail)); // nobody was refused
    QVERIFY2(error->where.contains(QLatin1String("sign-in")), qPrintable(error->where));
    QVERIFY(!error->remedy.isEmpty());
    QCOMPARE(peer->command("count bytes"), QByteArray("0"));
}

QTEST_MAIN(TestDeadKdc)
#include "tst_deadkdc.moc"
