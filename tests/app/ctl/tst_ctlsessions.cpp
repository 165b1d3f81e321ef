// SPDX-License-Identifier: Apache-2.0

// What sessions, and endpoints without a portal, have to do with a change: refused, or told.

#include "ctlrunner.h"

#include <QJsonArray>
#include <QTest>

using namespace portalbind;

class TestCtlSessions : public QObject
{
    Q_OBJECT
private slots:
    void init() { m_ctl.emplace(); }

    void lastPortalUnderUntoldSession();
    void anotherPortalIsLeft();
    void bothPortals();
    void moveOfTheLastPortal();
    void namesWhatIsTakenAway();
    void leftWithoutPortalIsToldOnce();

private:
    [[nodiscard]] bool forget(const char *initiator) const
    {
        return m_ctl->sql({QStringLiteral("UPDATE session SET portal = NULL WHERE initiator LIKE '%%1'")
                                   .arg(QString::fromLatin1(initiator))});
    }
    std::optional<CtlRunner> m_ctl;
};

void TestCtlSessions::lastPortalUnderUntoldSession()
{
    // One portal, one session, whose portal the server does not tell: there is no other that it could run over.
    QVERIFY(forget("backup-1"));
    const QByteArray before = m_ctl->contents();
    const char *const unbind = "unbind 10.0.1.26:3260 iqn.2026-11.com.example:backup,1";
    const auto refused = m_ctl->ctl(unbind);
    QCOMPARE(refused.code, 3);
    QVERIFY2(refused.err.contains("1 session"), refused.err.constData());
    QVERIFY(refused.err.contains("--force"));
    QCOMPARE(m_ctl->contents(), before);
    const auto forced = m_ctl->ctl((unbind + QByteArray(" --force --json")).constData());
    QCOMPARE(forced.code, 0);
    QCOMPARE(forced.step()[QLatin1String("sessions")].toInt(), 1);
    QCOMPARE(forced.step()[QLatin1String("possibleSessions")].toInt(), 0);
    QVERIFY(forced.step()[QLatin1String("lastPortal")].toBool());
    QVERIFY(forced.err.contains("Sessions that have to reconnect: 1"));
    QVERIFY(forced.err.contains("Left without a portal: endpoint 1 of …:backup"));
}

void TestCtlSessions::anotherPortalIsLeft()
{
    // Nobody knows whether it runs over this one: it is done, and told.
    const char *const unbind = "unbind san-b/10.0.2.27:3260 iqn.2026-11.com.example:vm,2";
    for (const char *dry : {" --dry-run", ""}) {
        const auto ran = m_ctl->ctl((unbind + QByteArray(dry)).constData());
        QCOMPARE(ran.code, 0);
        QVERIFY2(ran.err.contains("Sessions that possibly have to reconnect: 1"), ran.err.constData());
    }
}

void TestCtlSessions::bothPortals()
{
    const QByteArray both("unbind san-b/10.0.2.27:3260 san-b/10.0.2.25:3260 iqn.2026-11.com.example:vm,2");
    QCOMPARE(m_ctl->ctl(both.constData()).code, 3);
    const auto planned = m_ctl->ctl((both + " --force --dry-run --json").constData());
    QCOMPARE(planned.code, 0);
    int sure = 0;
    for (const QJsonValue step : planned.json()[QLatin1String("steps")].toArray())
        sure += step.toObject()[QLatin1String("sessions")].toInt();
    QCOMPARE(sure, 2); // each of the two that are logged in, once
}

void TestCtlSessions::moveOfTheLastPortal()
{
    QVERIFY(forget("backup-1"));
    QCOMPARE(m_ctl->ctl("endpoint create iqn.2026-11.com.example:backup --tag 7").code, 0);
    const QByteArray move("move 10.0.1.26:3260 iqn.2026-11.com.example:backup,1 iqn.2026-11.com.example:backup,7");
    QCOMPARE(m_ctl->ctl(move.constData()).code, 3);
    QCOMPARE(m_ctl->ctl((move + " --force").constData()).code, 0);
}

void TestCtlSessions::namesWhatIsTakenAway()
{
    QCOMPARE(m_ctl->ctl("endpoint create iqn.2026-11.com.example:mail --tag 7").code, 0);
    const auto move = m_ctl->ctl("move 10.0.1.5:3260 iqn.2026-11.com.example:mail,1 iqn.2026-11.com.example:mail,7");
    QCOMPARE(move.code, 3);
    QVERIFY2(move.err.contains("taken away: Unbind 10.0.1.5:3260 from endpoint 1 of"), move.err.constData());
    const auto disable = m_ctl->ctl("endpoint disable iqn.2026-11.com.example:mail,1");
    QCOMPARE(disable.code, 3);
    QVERIFY2(disable.err.contains("taken away: Disable endpoint 1 of"), disable.err.constData());
}

void TestCtlSessions::leftWithoutPortalIsToldOnce()
{
    const auto ran = m_ctl->ctl("unbind san-b/10.0.2.27:3260 san-b/10.0.2.25:3260 iqn.2026-11.com.example:vm,2 "
                                "--force --dry-run");
    QCOMPARE(ran.code, 0);
    QCOMPARE(ran.err.count("Left without a portal: endpoint 2 of …:vm"), 1);
}

QTEST_GUILESS_MAIN(TestCtlSessions)
#include "tst_ctlsessions.moc"
