// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

using namespace portalbind;
using namespace portalbind::cim;

/// The backend between its connection and whoever looks.
class TestCimBackend : public QObject
{
    Q_OBJECT
private slots:
    void beforeReading();
    void polling();
    void anotherConnection();
};

namespace {

const QString mail1 = QStringLiteral("iqn.2026-11.example:mail,t,1");
const QString third = QStringLiteral("10.0.1.5:3261");

} // namespace

void TestCimBackend::beforeReading()
{
    Rig rig(arrayText());
    const auto said = rig.execute(Bind{});
    QVERIFY(!said);
    QVERIFY(said.error().kind != Error::Kind::OutcomeUnknown);
    CimBackend nowhere(QUrl(QStringLiteral("wsmans://x")), [] { return nullptr; });
    auto read = finished(nowhere.load([](const SnapshotPtr &) {}, {}));
    QVERIFY(read && !*read);
    QCOMPARE(read->error().kind, Error::Kind::Transport);
}

void TestCimBackend::polling()
{
    Rig rig(arrayText());
    const auto *timer = rig.backend.findChild<QTimer *>(QStringLiteral("poll"));
    QVERIFY(timer);
    QVERIFY(!timer->isActive()); // nothing to look again at
    rig.load();
    QVERIFY(timer->isActive());
    QVERIFY(timer->interval() > 9'000 && timer->interval() <= 30'000);
    rig.backend.setVisible(false);
    QVERIFY(!timer->isActive());
    rig.backend.setVisible(true);
    QVERIFY(timer->isActive());
    rig.execute(Bind{rig.endpoint(mail1), rig.portal(third)});
    QVERIFY(timer->interval() <= 3'000); // sooner after a write
    QSignalSpy changed(&rig.backend, &TargetBackend::changed);
    const_cast<QTimer *>(timer)->start(1);
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(timer->isActive());
}

/// A person gave another password, say: what was read stays, and the next load goes the new way.
void TestCimBackend::anotherConnection()
{
    Rig rig(arrayText());
    const SnapshotPtr first = rig.load();
    rig.server->faults[QStringLiteral("CIM_BindsTo")] = Error{
            Error::Kind::SignIn, QStringLiteral("Who are you?"), {}, {}, {}};
    QCOMPARE(rig.tryLoad().error().kind, Error::Kind::SignIn);
    const auto *timer = rig.backend.findChild<QTimer *>(QStringLiteral("poll"));
    QVERIFY(!timer->isActive()); // or the account gets locked
    const auto other = std::make_shared<FakeCim>(arrayText());
    rig.backend.setConnection([other] { return connectTo(other); });
    QVERIFY(other->requests().isEmpty());
    QVERIFY(rig.load());
    QVERIFY(!other->requests().isEmpty());
    QVERIFY(timer->isActive());
    QCOMPARE(shown(rig.snapshot), shown(first));
    QCOMPARE(rig.snapshot->portalRows()[0].handle, first->portalRows()[0].handle); // the ids are the same
    rig.server->forget();
    QVERIFY(rig.execute(Bind{rig.endpoint(mail1), rig.portal(third)}));
    QVERIFY(rig.server->requests().isEmpty());
}

QTEST_MAIN(TestCimBackend)
#include "tst_cimbackend.moc"
