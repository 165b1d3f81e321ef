// SPDX-License-Identifier: Apache-2.0
#include "linuxwindow.h"

#include "widgets/changespanel.h"
#include "widgets/formdialog.h"
#include "widgets/inventorypane.h"
#include "widgets/planharm.h"
#include "widgets/planview.h"
#include "widgets/savedbar.h"

#include <QApplication>
#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

using namespace portalbind;

namespace {

QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

QJsonObject withSession(QJsonObject tpg, const char *initiator)
{
    tpg.insert(text("acls"),
               QJsonArray{QJsonObject{{text("initiator"), text(initiator)},
                                      {text("session"), QJsonObject{{text("state"), text("LOGGED_IN")}}}}});
    return tpg;
}

/// The targets are set in the host and in what is saved.
QJsonObject hostOf(const QJsonArray &targets)
{
    QJsonObject host = FakeHelper::site();
    QJsonObject saved = host.value(text("saved")).toObject();
    saved.insert(text("targets"), targets);
    host.insert(text("targets"), targets);
    host.insert(text("saved"), saved);
    return host;
}

} // namespace

class TestLinuxWindow : public QObject
{
    Q_OBJECT
private slots:
    void words();
    void dragBindsAndSaves();
    void notSavingLeavesAMark();
    void savingIsOffWhereNobodyExpectsIt();
    void lastPathIsTyped();
    void noQuestionWithoutASession();
    void adoptsWhatWasFound();
    void replacesAWildcard();
    void replacementRollsBack();
    void asksForAPortOnlyWhenTaken();
    void policyNeedsAlt();
    void liveChangesAreRows();
    void startPage();
    void newTpgSaysThatNobodyCanLogIn();
};

void TestLinuxWindow::words()
{
    LinuxWindow w;
    QVERIFY(w.open());
    const auto name = [&](InventoryView *view, RowKind kind, quint32 handle) {
        return w.row(view, kind, handle).data().toString();
    };
    QCOMPARE(name(w.targets(), RowKind::Endpoint, w.tpg("mail", 2).value), text("TPG 2"));
    const ServerHandle server = w.inventory().servers().first();
    const QModelIndex offered = w.row(w.portals(), RowKind::Portal, w.portal("10.0.1.6:3260").value);
    QCOMPARE(offered.parent().data().toString(), text("Portals in no pool"));
    w.picture("linux");
    w.window->actions()[ActionId::SingleTree]->trigger();
    QCOMPARE(name(w.portals(), RowKind::PortalGroups, server.value), text("Portal pools"));
}

void TestLinuxWindow::dragBindsAndSaves()
{
    LinuxWindow w;
    QVERIFY(w.open());
    const auto dragged = w.drag(w.portal("10.0.1.6:3260"), w.tpg("mail", 2));
    QVERIFY2(dragged.accepted, qPrintable(dragged.sentence));
    QVERIFY(dragged.sentence.startsWith(text("Bind 10.0.1.6:3260 to TPG 2 of …:mail")));
    QVERIFY(w.showPlan());
    QVERIFY(w.find<QCheckBox>("planSave")->isVisible() && w.find<QCheckBox>("planSave")->isChecked());
    QCOMPARE(w.steps().size(), 2);
    QVERIFY2(w.steps().last().startsWith(text("Save for reboot on san1")), qPrintable(w.steps().last()));
    w.picture("linux-plan");
    QVERIFY(w.applyPlan());
    QVERIFY2(w.window->changes()->plan()->headline().contains(text("2 of 2 done and seen on san1")),
             qPrintable(w.window->changes()->plan()->headline()));
    QVERIFY(w.inventory().binds(w.tpg("mail", 2), w.portal("10.0.1.6:3260")));
    QVERIFY(!w.window->findChild<SavedBar *>() || !w.window->findChild<SavedBar *>()->isVisible());
}

void TestLinuxWindow::notSavingLeavesAMark()
{
    LinuxWindow w;
    QVERIFY(w.open());
    QVERIFY(w.drag(w.portal("10.0.1.6:3260"), w.tpg("mail", 2)).accepted);
    QVERIFY(w.showPlan());
    w.find<QCheckBox>("planSave")->click();
    QTRY_COMPARE(w.steps().size(), 1);
    QVERIFY(w.applyPlan());
    QTRY_VERIFY(w.window->findChild<SavedBar *>() && w.window->findChild<SavedBar *>()->isVisible());
    const auto *bar = w.window->findChild<SavedBar *>();
    QVERIFY2(bar->text().contains(text("1 thing")) && bar->text().contains(text("saveconfig.json")),
             qPrintable(bar->text()));
    QCOMPARE(bar->list(), text("10.0.1.6:3260 at TPG 2 of iqn.2026-11.com.example:mail is not saved"));
    w.find<QPushButton>("savedShow")->click();
    QVERIFY(w.find<QPlainTextEdit>("savedList")->isVisible());
    w.picture("linux-unsaved");
    // It goes when it is saved, and not before.
    w.find<QPushButton>("savedSave")->click();
    QCOMPARE(w.session()->pending().size(), 1);
    QVERIFY(w.showPlan());
    QCOMPARE(w.steps().size(), 1);
    QVERIFY(bar->isVisible());
    QVERIFY(w.applyPlan());
    QTRY_VERIFY(!bar->isVisible());
}

void TestLinuxWindow::savingIsOffWhereNobodyExpectsIt()
{
    LinuxWindow w;
    QJsonObject host = FakeHelper::site();
    QJsonObject saved = host.value(text("saved")).toObject();
    saved.insert(text("manager"), text("none"));
    saved.insert(text("restoreUnit"), text("absent"));
    host.insert(text("saved"), saved);
    w.helper.setHost(host);
    QVERIFY(w.open());
    QVERIFY(w.drag(w.portal("10.0.1.6:3260"), w.tpg("mail", 2)).accepted);
    QVERIFY(w.showPlan());
    auto *save = w.find<QCheckBox>("planSave");
    QVERIFY(save->isVisible() && !save->isChecked());
    QVERIFY2(save->toolTip().contains(text("Nothing restores")), qPrintable(save->toolTip()));
    QCOMPARE(w.steps().size(), 1);
    save->click();
    QTRY_COMPARE(w.steps().size(), 2);
}

void TestLinuxWindow::lastPathIsTyped()
{
    LinuxWindow w;
    w.helper.setHost(hostOf({hostTarget(
            text("mail"),
            {withSession(hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)}), "iqn.1993-08.org.debian:01:host"),
             hostTpg(2, {})})}));
    QVERIFY(w.open());
    QVERIFY(w.drag(w.portal("10.0.1.5:3260"), w.tpg("mail", 2), Qt::ShiftModifier).accepted);
    QVERIFY(w.showPlan());
    auto *harm = w.window->findChild<PlanHarm *>();
    QTRY_VERIFY(harm->isVisible());
    QVERIFY2(
            harm->text().contains(text("iqn.1993-08.org.debian:01:host is logged in to …:mail and loses its last path"))
                    && harm->text().contains(text("no ACL in TPG 2")),
            qPrintable(harm->text()));
    auto *apply = w.find<QPushButton>("applyPlan");
    QVERIFY(!apply->isEnabled() && !apply->toolTip().isEmpty());
    w.picture("linux-lastpath");
    auto *line = w.find<QLineEdit>("planTypeName");
    QTest::keyClicks(line, text("iqn.2026-11.com.example:mai"));
    QVERIFY(!apply->isEnabled());
    w.window->changes()->plan()->apply(); // by whatever way
    QVERIFY(!w.window->changes()->plan()->isRunning());
    QTest::keyClicks(line, text("l"));
    QVERIFY(apply->isEnabled());
    QVERIFY(w.applyPlan());
    QVERIFY(w.inventory().binds(w.tpg("mail", 2), w.portal("10.0.1.5:3260")));
}

void TestLinuxWindow::noQuestionWithoutASession()
{
    LinuxWindow w;
    QVERIFY(w.open());
    QVERIFY(w.drag(w.portal("10.0.1.5:3260"), w.tpg("mail", 2), Qt::ShiftModifier).accepted);
    QVERIFY(w.showPlan());
    QVERIFY(!w.window->findChild<PlanHarm *>()->isVisible());
    QVERIFY(w.find<QPushButton>("applyPlan")->isEnabled());
}

void TestLinuxWindow::adoptsWhatWasFound()
{
    LinuxWindow w;
    QVERIFY(w.open());
    GroupHandle found;
    for (const GroupHandle group : w.inventory().groups()) {
        if (w.inventory().isMember(group, w.portal("10.0.1.5:3260")))
            found = group;
    }
    w.select(w.portals(), w.row(w.portals(), RowKind::Group, found.value));
    QTRY_VERIFY(w.action(ActionId::AdoptGroup)->isEnabled());
    w.action(ActionId::AdoptGroup)->trigger();
    auto *form = w.window->findChild<FormDialog *>();
    QVERIFY(form && !form->objection().isEmpty());
    form->findChild<QLineEdit *>(text("groupName"))->setText(text("fabric-A"));
    QVERIFY2(form->objection().isEmpty(), qPrintable(form->objection()));
    QTest::keyClick(form, Qt::Key_Return);
    QTRY_COMPARE(w.session()->pending().size(), 2);
    QVERIFY(w.showPlan());
    QVERIFY(!w.find<QCheckBox>("planSave")->isVisible()); // the console's own file: no part of what is restored
    QVERIFY(w.applyPlan());
    QStringList names;
    for (const GroupHandle group : w.inventory().groups())
        names += w.inventory().group(group).name;
    names.sort();
    QCOMPARE(names, (QStringList{text("As found: 10.0.1.7:3260"), text("fabric-A")}));
    QVERIFY(!w.helper.verbs().contains(text("make-portal"))); // what the kernel does stays as it is
}

void TestLinuxWindow::replacesAWildcard()
{
    LinuxWindow w;
    const QJsonObject wildcard = hostPortal(text("0.0.0.0"), 3260);
    w.helper.setHost(hostOf(
            {hostTarget(text("mail"), {hostTpg(1, {wildcard})}), hostTarget(text("db"), {hostTpg(1, {wildcard})})}));
    QVERIFY(w.open());
    const QModelIndex row = w.row(w.targets(), RowKind::Binding, w.portal("0.0.0.0:3260").value);
    QCOMPARE(row.siblingAtColumn(int(TreeColumn::State)).data().toString(),
             text("wildcard: bound to every IPv4 address"));
    const QModelIndex offered = w.row(w.portals(), RowKind::Portal, w.portal("10.0.1.5:3260").value);
    QCOMPARE(offered.siblingAtColumn(int(TreeColumn::State)).data().toString(), text("served through 0.0.0.0:3260"));
    const auto dragged = w.drag(w.portal("10.0.1.5:3260"), w.tpg("mail", 1));
    QVERIFY(!dragged.accepted);
    QVERIFY2(dragged.sentence.contains(text("Replace wildcard")) && dragged.sentence.contains(text("(4)")),
             qPrintable(dragged.sentence));
    w.select(w.targets(), row);
    QTRY_VERIFY(w.action(ActionId::ReplaceWildcard)->isEnabled());
    w.action(ActionId::ReplaceWildcard)->trigger();
    auto *form = w.window->findChild<FormDialog *>();
    QVERIFY(form);
    const auto boxes = form->findChildren<QCheckBox *>();
    QCOMPARE(boxes.size(), 4); // 10.0.1.5 to .7 and 10.0.2.5; loopback is none
    QString notes;
    for (const QLabel *label : form->findChildren<QLabel *>())
        notes += label->text();
    QVERIFY2(notes.contains(text("nobody can log in on port 3260")), qPrintable(notes));
    w.picture("linux-wildcard-window");
    for (QCheckBox *box : boxes)
        box->setChecked(false);
    QCOMPARE(form->objection(), text("Choose at least one address"));
    boxes.at(0)->setChecked(true);
    boxes.at(3)->setChecked(true);
    QVERIFY2(form->objection().isEmpty(), qPrintable(form->objection()));
    if (const QString where = qEnvironmentVariable("PORTALBIND_PICTURES"); !where.isEmpty())
        form->grab().save(where + text("/linux-wildcard.png"));
    QTest::keyClick(form, Qt::Key_Return);
    QTRY_COMPARE(w.session()->pending().size(), 6);
    QVERIFY(w.showPlan());
    QStringList verbs;
    for (const QString &step : w.steps())
        verbs += step.section(u' ', 0, 0);
    QCOMPARE(verbs.join(u' '), text("Unbind Unbind Bind Bind Bind Bind Save"));
    w.picture("linux-wildcard-plan");
    QVERIFY(w.applyPlan());
    QVERIFY(w.session()->pending().isEmpty());
    QVERIFY(w.inventory().binds(w.tpg("db", 1), w.portal("10.0.2.5:3260")));
    QCOMPARE(w.inventory().endpointCount(w.portal("0.0.0.0:3260")), 0);
}

void TestLinuxWindow::replacementRollsBack()
{
    LinuxWindow w;
    const QJsonObject wildcard = hostPortal(text("0.0.0.0"), 3260);
    const QJsonArray targets{hostTarget(text("mail"), {hostTpg(1, {wildcard})}),
                             hostTarget(text("db"), {hostTpg(1, {wildcard})})};
    w.helper.setHost(hostOf(targets));
    QVERIFY(w.open());
    w.select(w.targets(), w.row(w.targets(), RowKind::Binding, w.portal("0.0.0.0:3260").value));
    QTRY_VERIFY(w.action(ActionId::ReplaceWildcard)->isEnabled());
    w.action(ActionId::ReplaceWildcard)->trigger();
    auto *form = w.window->findChild<FormDialog *>();
    QTest::keyClick(form, Qt::Key_Return);
    QTRY_COMPARE(w.session()->pending().size(), 10);
    QVERIFY(w.showPlan());
    w.helper.setFaults({{text("make-portal"), text("pass"), {}},
                        {text("make-portal"), text("refuse"), {{text("why"), text("port-taken")}}}});
    w.find<QPushButton>("applyPlan")->click();
    auto *rollBack = w.find<QPushButton>("failureRollBack");
    QTRY_VERIFY(rollBack->isVisible());
    rollBack->click();
    QTRY_VERIFY(!w.window->changes()->plan()->isRunning());
    // All as it was, on the host.
    QCOMPARE(w.helper.host().value(text("targets")).toArray().size(), 2);
    for (const QJsonValue target : w.helper.host().value(text("targets")).toArray()) {
        const QJsonArray portals =
                target.toObject().value(text("tpgs")).toArray().first().toObject().value(text("portals")).toArray();
        QCOMPARE(portals.size(), 1);
        QCOMPARE(portals.first().toObject().value(text("ip")).toString(), text("0.0.0.0"));
    }
    // In reverse order: the address goes before the wildcards come back.
    const QStringList verbs = w.helper.verbs().filter(text("-portal"));
    QCOMPARE(verbs.join(u' '),
             text("remove-portal remove-portal make-portal make-portal remove-portal make-portal make-portal"));
}

void TestLinuxWindow::asksForAPortOnlyWhenTaken()
{
    LinuxWindow w;
    QJsonObject host = FakeHelper::site();
    host.insert(text("listeners"),
                QJsonArray{QJsonObject{{text("ip"), text("10.0.1.6")},
                                       {text("port"), 3260},
                                       {text("process"), text("nginx")},
                                       {text("pid"), 71}}});
    w.helper.setHost(host);
    QVERIFY(w.open());
    // A free one is bound without a question.
    QVERIFY(w.drag(w.portal("10.0.2.5:3260"), w.tpg("mail", 2)).accepted);
    QVERIFY(!w.window->findChild<FormDialog *>());
    const auto dragged = w.drag(w.portal("10.0.1.6:3260"), w.tpg("mail", 2));
    QVERIFY(dragged.accepted);
    QVERIFY2(dragged.sentence.contains(text("in use by nginx (71)")), qPrintable(dragged.sentence));
    auto *form = w.window->findChild<FormDialog *>();
    QVERIFY(form);
    QCOMPARE(form->findChild<QLineEdit *>(text("portalPort"))->text(), text("3261"));
    QTest::keyClick(form, Qt::Key_Return);
    QTRY_COMPARE(w.session()->pending().size(), 3);
    QVERIFY(w.showPlan());
    QVERIFY(w.applyPlan());
    QVERIFY(w.inventory().binds(w.tpg("mail", 2), w.portal("10.0.1.6:3261")));
}

void TestLinuxWindow::policyNeedsAlt()
{
    LinuxWindow w;
    QJsonObject host = FakeHelper::site();
    QJsonObject pools = host.value(text("pools")).toObject();
    pools.insert(text("candidates"), QJsonArray{text("10.9.9.9:3260")});
    host.insert(text("pools"), pools);
    w.helper.setHost(host);
    QVERIFY(w.open());
    const auto refused = w.drag(w.portal("10.9.9.9:3260"), w.tpg("mail", 2));
    QVERIFY(!refused.accepted);
    QVERIFY2(refused.sentence.contains(text("4097")) && refused.sentence.contains(text("Alt")),
             qPrintable(refused.sentence));
    QVERIFY(w.drag(w.portal("10.9.9.9:3260"), w.tpg("mail", 2), Qt::AltModifier).accepted);
    QVERIFY(w.showPlan());
    QVERIFY(w.applyPlan());
    QVERIFY(w.inventory().binds(w.tpg("mail", 2), w.portal("10.9.9.9:3260")));
}

void TestLinuxWindow::liveChangesAreRows()
{
    LinuxWindow w;
    QVERIFY(w.open());
    const QPersistentModelIndex kept = w.row(w.targets(), RowKind::Endpoint, w.tpg("db", 1).value);
    int resets = 0;
    QObject::connect(w.targets()->tree(), &QAbstractItemModel::modelReset, w.window.get(), [&] { ++resets; });
    QJsonObject host = w.helper.host();
    QJsonArray targets = host.value(text("targets")).toArray();
    targets.replace(0,
                    hostTarget(text("mail"),
                               {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)}),
                                hostTpg(2, {hostPortal(text("10.0.1.6"), 3260)})}));
    host.insert(text("targets"), targets);
    w.helper.setHost(host);
    w.helper.poke();
    QTRY_VERIFY_WITH_TIMEOUT(w.row(w.targets(), RowKind::Binding, w.portal("10.0.1.6:3260").value).isValid(), 1000);
    QCOMPARE(resets, 0);
    QVERIFY(kept.isValid());
    // Somebody else's change is not saved either: the mark comes without anything having been done here.
    QTRY_VERIFY(w.window->findChild<SavedBar *>() && w.window->findChild<SavedBar *>()->isVisible());
}

void TestLinuxWindow::startPage()
{
    {
        LinuxWindow w;
        auto *card = w.find<QPushButton>("card-thisHost");
        QTRY_VERIFY(card->isEnabled());
        QVERIFY(!w.find<QLabel>("whyNotThisHost")->isVisible());
        w.picture("linux-startpage");
        card->click();
        QTRY_VERIFY(w.session() && w.session()->state() == Session::State::Live);
    }
    LinuxWindow without(text("The kernel's target is not loaded on this host."));
    auto *card = without.find<QPushButton>("card-thisHost");
    auto *why = without.find<QLabel>("whyNotThisHost");
    QTRY_VERIFY(why->text().contains(text("not loaded")));
    QVERIFY(!card->isEnabled() && why->isVisible());
    QTRY_VERIFY(!without.action(ActionId::OpenThisHost)->isEnabled());
    without.picture("linux-startpage-without");
}

void TestLinuxWindow::newTpgSaysThatNobodyCanLogIn()
{
    LinuxWindow w;
    QVERIFY(w.open());
    const NodeHandle node = w.inventory().endpoint(w.tpg("db", 1)).node;
    w.select(w.targets(), w.row(w.targets(), RowKind::Node, node.value));
    QTRY_VERIFY(w.action(ActionId::CreateEndpoint)->isEnabled());
    w.action(ActionId::CreateEndpoint)->trigger();
    auto *form = w.window->findChild<FormDialog *>();
    QVERIFY(form);
    QString notes;
    for (const QLabel *label : form->findChildren<QLabel *>())
        notes += label->text();
    QVERIFY2(notes.contains(text("nobody can log in")), qPrintable(notes));
    QTest::keyClick(form, Qt::Key_Return);
    QTRY_COMPARE(w.session()->pending().size(), 1);
    QVERIFY(w.showPlan());
    QVERIFY(w.applyPlan());
    QVERIFY(!w.inventory().endpoint(w.tpg("db", 2)).enabled);
}

int main(int argc, char **argv)
{
    if (FakeHelper::isWanted())
        return FakeHelper::run();
    QApplication app(argc, argv);
    TestLinuxWindow test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_linuxwindow.moc"
