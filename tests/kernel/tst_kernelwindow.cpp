// SPDX-License-Identifier: Apache-2.0
// The whole window over the kernel's target: what a person drags is what an initiator finds.
#include "app/gui/windowservices.h"
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/openiscsi.h"
#include "tests/linux/hostwindow.h"
#include "widgets/changespanel.h"
#include "widgets/planharm.h"
#include "widgets/planview.h"
#include "widgets/savedbar.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>
#include <QTranslator>

using namespace portalbind;

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string initiator = "iqn.2026-11.org.example:initiator";
constexpr int patience = 60'000; // milliseconds: the guest has one processor

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

std::string tpgPath(int tag)
{
    return guest::fabric.toStdString() + disk1 + "/tpgt_" + std::to_string(tag);
}

std::set<std::string> portals(int tag)
{
    return guest::names(tpgPath(tag) + "/np");
}

/// The window as the program makes it.
class KernelWindow : public HostWindow
{
public:
    KernelWindow()
        : HostWindow(windowServices())
    {
    }
    bool open() { return HostWindow::open(QStringLiteral("lio:")); }
    [[nodiscard]] EndpointHandle tpg(int tag) const { return HostWindow::tpg(QString::fromStdString(disk1), tag); }
};

/// An administrator's TPG: enabled, one LUN, no CHAP, one ACL if wanted.
void prepare(int tag, bool hasAcl)
{
    const std::string path = tpgPath(tag);
    QCOMPARE(guest::make(path), 0);
    guest::addLun(path, "lun" + std::to_string(tag));
    QCOMPARE(guest::write(path + "/attrib/authentication", "0"), 0);
    QCOMPARE(guest::write(path + "/enable", "1"), 0);
    if (hasAcl)
        guest::addAcl(path, initiator);
}

} // namespace

class tst_KernelWindow : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { guest::clear(); }
    void dragMakesTheKernelListen();
    void moveUnderASession();
    void lastPathLeftStanding();
    void changesByOthers();

private:
    QTranslator m_words;
};

void tst_KernelWindow::initTestCase()
{
    QVERIFY(guest::isGuest());
    QVERIFY(m_words.load(text(":/translations/portalbind_en")));
    QApplication::installTranslator(&m_words);
    QVERIFY(QDir().mkpath(text("/etc/rtslib-fb-target")));
    guest::addAddress(text("192.0.2.10/24"));
    guest::addAddress(text("192.0.2.11/24"));
}

void tst_KernelWindow::init()
{
    QCOMPARE(guest::make(guest::fabric.toStdString() + disk1), 0);
    prepare(1, true);
    prepare(2, false);
    QFile saved(text("/etc/rtslib-fb-target/saveconfig.json"));
    QVERIFY(saved.open(QIODevice::WriteOnly));
    const QByteArray name = QByteArray::fromStdString(disk1);
    saved.write(R"({"fabric_modules":[],"storage_objects":[],"targets":[{"fabric":"iscsi","wwn":")" + name
                + R"(","tpgs":[{"tag":1,"enable":true,"portals":[]},{"tag":2,"enable":true,"portals":[]}]}]})");
}

/// A drop, Apply: the kernel listens, and an initiator finds the portal under the tag and logs in.
void tst_KernelWindow::dragMakesTheKernelListen()
{
    KernelWindow w;
    QVERIFY2(w.open(), qPrintable(w.window->sentence()));
    QVERIFY(guest::listening().count("192.0.2.10:3260") == 0);
    const auto dragged = w.drag(w.portal("192.0.2.10:3260"), w.tpg(1));
    QVERIFY2(dragged.accepted, qPrintable(dragged.sentence));
    QVERIFY(portals(1).empty()); // staged, and no more
    w.picture("kernel-staged");
    QVERIFY(w.showPlan());
    QCOMPARE(w.steps().size(), 2);
    QVERIFY2(w.steps().first().contains(text("192.0.2.10:3260")), qPrintable(w.steps().first()));
    QVERIFY2(w.steps().last().startsWith(text("Save for reboot")), qPrintable(w.steps().last()));
    w.picture("kernel-plan");
    QVERIFY(w.applyPlan(patience));
    const QString headline = w.window->changes()->plan()->headline();
    QVERIFY2(headline.contains(text("2 of 2 done")), qPrintable(headline));
    QCOMPARE(portals(1), std::set<std::string>{"192.0.2.10:3260"});
    QVERIFY(guest::listening().count("192.0.2.10:3260") == 1);
    QVERIFY(w.inventory().binds(w.tpg(1), w.portal("192.0.2.10:3260")));
    w.picture("kernel-applied");

    // What was saved is what the kernel has.
    QFile saved(text("/etc/rtslib-fb-target/saveconfig.json"));
    QVERIFY(saved.open(QIODevice::ReadOnly));
    const QJsonArray tpgs = QJsonDocument::fromJson(saved.readAll())
                                    .object()
                                    .value(text("targets"))
                                    .toArray()
                                    .first()
                                    .toObject()
                                    .value(text("tpgs"))
                                    .toArray();
    QCOMPARE(tpgs.first().toObject().value(text("portals")).toArray().size(), 1);

    const OpenIscsi host(initiator);
    guest::Outcome outcome = host.start();
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    outcome = OpenIscsi::discover(text("192.0.2.10:3260"));
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    QCOMPARE(outcome.output.trimmed(), QByteArray("192.0.2.10:3260,1 ") + disk1.c_str());
    outcome = OpenIscsi::admin(text("-m node --login"));
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    // The window sees it come, at the portal it runs over.
    QTRY_COMPARE_WITH_TIMEOUT(w.inventory().sessionsOver(w.tpg(1), w.portal("192.0.2.10:3260")).size(), 1, patience);
    const SessionHandle session = w.inventory().sessionsOf(w.tpg(1)).first();
    QCOMPARE(w.inventory().session(session).initiator, QString::fromStdString(initiator));
    w.select(w.targets(), w.row(w.targets(), RowKind::Endpoint, w.tpg(1).value));
    w.picture("kernel-session");
    QVERIFY(OpenIscsi::admin(text("-m node --logout")).status == 0);
    QTRY_VERIFY_WITH_TIMEOUT(w.inventory().sessions().isEmpty(), 10'000);
}

/// The last path of somebody who is logged in goes to a TPG that does not know him.
void tst_KernelWindow::moveUnderASession()
{
    QCOMPARE(guest::make(tpgPath(1) + "/np/192.0.2.10:3260"), 0);
    const OpenIscsi host(initiator);
    guest::Outcome outcome = host.start();
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    QVERIFY(OpenIscsi::discover(text("192.0.2.10:3260")).status == 0);
    outcome = OpenIscsi::admin(text("-m node --login"));
    QVERIFY2(outcome.status == 0, outcome.output.constData());

    KernelWindow w;
    QVERIFY2(w.open(), qPrintable(w.window->sentence()));
    QTRY_COMPARE_WITH_TIMEOUT(w.inventory().sessionsOver(w.tpg(1), w.portal("192.0.2.10:3260")).size(), 1, patience);
    const auto dragged = w.drag(w.portal("192.0.2.10:3260"), w.tpg(2), Qt::ShiftModifier);
    QVERIFY2(dragged.accepted, qPrintable(dragged.sentence));
    QVERIFY(w.showPlan());
    auto *harm = w.window->findChild<PlanHarm *>();
    QTRY_VERIFY(harm->isVisible());
    const QString told = harm->text();
    QVERIFY2(told.contains(QString::fromStdString(initiator) + text(" is logged in to …:disk1 and loses its last path"))
                     && told.contains(text("no ACL in TPG 2")),
             qPrintable(told));
    auto *apply = w.find<QPushButton>("applyPlan");
    QVERIFY(!apply->isEnabled());
    w.picture("kernel-lastpath");
    QTest::keyClicks(w.find<QLineEdit>("planTypeName"), QString::fromStdString(disk1));
    QVERIFY(apply->isEnabled());
    QVERIFY(w.applyPlan(patience));
    QVERIFY2(w.window->changes()->plan()->headline().contains(text("done and seen on")),
             qPrintable(w.window->changes()->plan()->headline()));
    QVERIFY(portals(1).empty());
    QCOMPARE(portals(2), std::set<std::string>{"192.0.2.10:3260"});

    // The session goes on, at no portal any more.
    QVERIFY(QString::fromStdString(guest::read(tpgPath(1) + "/acls/" + initiator + "/info"))
                    .contains(text("LOGGED_IN")));
    QTRY_COMPARE_WITH_TIMEOUT(w.inventory().sessionsOf(w.tpg(1)).size(), 1, patience);
    w.select(w.targets(), w.row(w.targets(), RowKind::Endpoint, w.tpg(1).value));
    w.picture("kernel-moved");

    // Its next login does not find what it remembers; there is no ACL either.
    QVERIFY(OpenIscsi::admin(text("-m node --logout")).status == 0);
    outcome = OpenIscsi::admin(text("-m node --login"));
    QVERIFY2(outcome.status != 0 && outcome.output.contains("uthorization"), outcome.output.constData());
    outcome = OpenIscsi::discover(text("192.0.2.10:3260"));
    QVERIFY2(!outcome.output.contains(",1 "), outcome.output.constData());
    // With an ACL, and after discovering again, it is let in.
    guest::addAcl(tpgPath(2), initiator);
    QTRY_COMPARE_WITH_TIMEOUT(w.inventory().access(w.tpg(2))->initiators.size(), 1, patience);
    QVERIFY(OpenIscsi::admin(text("-m node -o delete")).status == 0); // the record of the old tag
    outcome = OpenIscsi::discover(text("192.0.2.10:3260"));
    QCOMPARE(outcome.output.trimmed(), QByteArray("192.0.2.10:3260,2 ") + disk1.c_str());
    outcome = OpenIscsi::admin(text("-m node --login"));
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    QTRY_COMPARE_WITH_TIMEOUT(w.inventory().sessionsOver(w.tpg(2), w.portal("192.0.2.10:3260")).size(), 1, patience);
}

/// With another path left nobody has to type anything; that he must discover again is told.
void tst_KernelWindow::lastPathLeftStanding()
{
    guest::addAcl(tpgPath(2), initiator);
    QCOMPARE(guest::make(tpgPath(1) + "/np/192.0.2.10:3260") | guest::make(tpgPath(1) + "/np/192.0.2.11:3260"), 0);
    const OpenIscsi host(initiator);
    guest::Outcome outcome = host.start();
    QVERIFY2(outcome.status == 0, outcome.output.constData());
    QVERIFY(OpenIscsi::discover(text("192.0.2.11:3260")).status == 0);
    outcome = OpenIscsi::admin(text("-m node --login"));
    QVERIFY2(outcome.status == 0, outcome.output.constData());

    KernelWindow w;
    QVERIFY2(w.open(), qPrintable(w.window->sentence()));
    QTRY_COMPARE_WITH_TIMEOUT(w.inventory().sessionsOf(w.tpg(1)).size(), 1, patience);
    QVERIFY(w.drag(w.portal("192.0.2.10:3260"), w.tpg(2), Qt::ShiftModifier).accepted);
    QVERIFY(w.showPlan());
    auto *harm = w.window->findChild<PlanHarm *>();
    QTRY_VERIFY(harm->isVisible());
    QVERIFY2(harm->text().contains(text("discover again")), qPrintable(harm->text()));
    QVERIFY(w.find<QPushButton>("applyPlan")->isEnabled());
    w.picture("kernel-discoveragain");
    QVERIFY(w.applyPlan(patience));
    // The old record names a tag that is not there any more; the other path carries on.
    outcome = OpenIscsi::discover(text("192.0.2.11:3260"));
    QVERIFY2(outcome.output.contains("192.0.2.11:3260,1 ") && outcome.output.contains("192.0.2.10:3260,2 "),
             outcome.output.constData());
}

/// What others do by hand comes as rows, and as a difference to what is saved.
void tst_KernelWindow::changesByOthers()
{
    KernelWindow w;
    QVERIFY2(w.open(), qPrintable(w.window->sentence()));
    QCOMPARE(guest::make(tpgPath(2) + "/np/192.0.2.11:3277"), 0);
    QTRY_VERIFY_WITH_TIMEOUT(
            w.portal("192.0.2.11:3277")
                    && w.row(w.targets(), RowKind::Binding, w.portal("192.0.2.11:3277").value).isValid(),
            5'000);
    QTRY_VERIFY(w.window->findChild<SavedBar *>() && w.window->findChild<SavedBar *>()->isVisible());
    w.find<QPushButton>("savedShow")->click();
    w.picture("kernel-unsaved");
    QCOMPARE(guest::remove(tpgPath(2) + "/np/192.0.2.11:3277"), 0);
    QTRY_VERIFY(!w.window->findChild<SavedBar *>()->isVisible());
}

QTEST_MAIN(tst_KernelWindow)

#include "tst_kernelwindow.moc"
