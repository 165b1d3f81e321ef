// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

#include "model/rules.h"

using namespace portalbind;
using namespace portalbind::cim;

/// What is sent, how often, and what is made of the answers.
class TestCimWriter : public QObject
{
    Q_OBJECT
private slots:
    void bind();
    void bindIsThere();
    void bindAnswers_data();
    void bindAnswers();
    void bindShownLate();
    void bindNotShown();
    void failedButDone_data();
    void failedButDone();
    void failedAndNotDone_data();
    void failedAndNotDone();
    void bindNotSupported();
    void bindWithoutQuery();
    void bindOfWhatIsGone();
    void cancelledBefore();
    void unbind();
    void unbindAnswers();
    void unbindGuard();
    void otherSpelling();
    void listening();
    void listeningRefused();
    void readOnlyBesideSwitch();
    void writableBesideSwitchOnceSeen();
};

namespace {

const QString mail1 = QStringLiteral("iqn.2026-11.example:mail,t,1");
const QString db1 = QStringLiteral("iqn.2026-11.example:db,t,1");
const QString first = QStringLiteral("10.0.1.5:3260");
const QString third = QStringLiteral("10.0.1.5:3261");

Bind bindOf(const Rig &rig, const QString &endpoint, const QString &portal)
{
    return {rig.endpoint(endpoint), rig.portal(portal)};
}
Unbind unbindOf(const Rig &rig, const QString &endpoint, const QString &portal)
{
    return {rig.endpoint(endpoint), rig.portal(portal)};
}

} // namespace

void TestCimWriter::bind()
{
    Rig rig(arrayText());
    rig.load();
    const auto said = rig.execute(bindOf(rig, mail1, third));
    QVERIFY2(said, said ? "" : qPrintable(said.error().text()));
    QCOMPARE(said->code, quint16(0));
    QVERIFY(said->method == Method::Bind);
    QCOMPARE(rig.server->of(QStringLiteral("invoke")),
             QStringList{QStringLiteral(
                     "invoke BindiSCSIProtocolEndPoint iSCSIPort=iqn.2026-11.example:mail,t,0x0001 NetworkPortal=t3")});
    QVERIFY(rig.server->has(QStringLiteral("CIM_BindsTo"), QStringLiteral("e1"), QStringLiteral("t3")));
    QVERIFY(shown(rig.load(), "bind").contains(mail1 + u' ' + third));
}

void TestCimWriter::bindIsThere()
{
    Rig rig(arrayText());
    rig.load();
    const auto said = rig.execute(bindOf(rig, mail1, first));
    QVERIFY(said);
    QCOMPARE(said->code, quint16(0));
    QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
}

void TestCimWriter::bindAnswers_data()
{
    QTest::addColumn<quint32>("code");
    for (const quint32 code : {2u, 3u, 4u, 5u, 4096u, 4097u, 4098u, 4099u, 32768u})
        QTest::addRow("%u", code) << code;
}

void TestCimWriter::bindAnswers()
{
    QFETCH(quint32, code);
    Rig rig(arrayText());
    rig.load();
    rig.server->methodCode = code;
    rig.server->methodText = QStringLiteral("No.");
    const auto refused = rig.execute(bindOf(rig, mail1, third));
    QVERIFY(refused);
    QCOMPARE(refused->code, quint16(code));
    QCOMPARE(refused->detail, QStringLiteral("No."));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 1);
    // It refuses, but shows what was wanted: somebody was faster, or it answers so to a binding that is there.
    rig.server->doesAnyway = true;
    const auto said = rig.execute(bindOf(rig, db1, third));
    QVERIFY(said);
    QCOMPARE(said->code, quint16(0));
    QVERIFY(said->detail.contains(QString::number(code)));
}

void TestCimWriter::bindShownLate()
{
    Rig rig(arrayText());
    rig.load();
    rig.server->showsLate = 2;
    const auto said = rig.execute(bindOf(rig, mail1, third));
    QVERIFY(said);
    QCOMPARE(said->code, quint16(0));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 1);
    QVERIFY(rig.server->of(QStringLiteral("references")).size() >= 3);
}

void TestCimWriter::bindNotShown()
{
    Rig rig(arrayText());
    rig.load();
    rig.server->ignoresWrites = true;
    const auto said = rig.execute(bindOf(rig, mail1, third));
    QVERIFY(!said);
    QCOMPARE(said.error().kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 1);
}

void TestCimWriter::failedButDone_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("late"); // reads until it is seen
    QTest::newRow("lost answer") << int(Error::Kind::OutcomeUnknown) << 0;
    QTest::newRow("lost answer, shown late") << int(Error::Kind::OutcomeUnknown) << 2;
    QTest::newRow("failure") << int(Error::Kind::Server) << 0;
    QTest::newRow("denied") << int(Error::Kind::Rights) << 0;
    QTest::newRow("not found") << int(Error::Kind::NoSuchObject) << 0;
}

void TestCimWriter::failedButDone()
{
    // The write was carried out, whatever came in place of its answer: the server is looked at.
    QFETCH(int, kind);
    QFETCH(int, late);
    const Error error{Error::Kind(kind), QStringLiteral("Reset."), {}, {}, {}};
    Rig rig(arrayText());
    rig.load();
    rig.server->writeError = error;
    rig.server->showsLate = late;
    const auto bound = rig.execute(bindOf(rig, mail1, third));
    QVERIFY2(bound, bound ? "" : qPrintable(bound.error().text()));
    QCOMPARE(bound->code, quint16(0));
    QVERIFY(bound->detail.contains(QLatin1String("Reset.")));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 1);
    const auto taken = rig.execute(unbindOf(rig, db1, first));
    QVERIFY2(taken, taken ? "" : qPrintable(taken.error().text()));
    QCOMPARE(taken->code, quint16(0));
    QCOMPARE(rig.server->of(QStringLiteral("remove")).size(), 1);

    Rig native(nativeText(), QUrl(QStringLiteral("wsmans://win7")));
    native.load();
    native.server->writeError = error;
    native.server->showsLate = late;
    const auto on = native.execute(bindOf(native, QStringLiteral("all"), QStringLiteral("10.0.2.5:3260")));
    QVERIFY2(on, on ? "" : qPrintable(on.error().text()));
    QCOMPARE(on->code, quint16(0));
}

void TestCimWriter::failedAndNotDone_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<bool>("looks");
    QTest::newRow("lost answer") << int(Error::Kind::OutcomeUnknown) << true;
    QTest::newRow("failure") << int(Error::Kind::Server) << true;
    QTest::newRow("denied") << int(Error::Kind::Rights) << true;
    QTest::newRow("never sent") << int(Error::Kind::Transport) << false;
    QTest::newRow("sign-in") << int(Error::Kind::SignIn) << false;
}

void TestCimWriter::failedAndNotDone()
{
    QFETCH(int, kind);
    QFETCH(bool, looks);
    Rig rig(arrayText());
    rig.load();
    rig.server->ignoresWrites = true;
    rig.server->writeError = Error{Error::Kind(kind), QStringLiteral("Reset."), {}, {}, {}};
    const auto said = rig.execute(bindOf(rig, mail1, third));
    QVERIFY(!said);
    QCOMPARE(int(said.error().kind), kind);
    QCOMPARE(said.error().what, QStringLiteral("Reset."));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 1);
    QCOMPARE(rig.server->of(QStringLiteral("references")).size() > 1, looks); // once before it
    const auto taken = rig.execute(unbindOf(rig, db1, first));
    QVERIFY(!taken);
    QCOMPARE(int(taken.error().kind), kind);
    QCOMPARE(rig.server->of(QStringLiteral("remove")).size(), 1);
}

void TestCimWriter::bindNotSupported()
{
    Rig rig(windowsText(), QUrl(QStringLiteral("wsmans://win7")));
    rig.load();
    const QString endpoint = QStringLiteral("iqn.1991-05.com.microsoft:win7-mail-target,t,1");
    const Bind bind = bindOf(rig, endpoint, QStringLiteral("10.0.2.5:3260"));
    QVERIFY(canBind(Inventory(rig.snapshot), bind.portal, bind.endpoint).decision == Decision::ServerDecides);
    QSignalSpy changed(&rig.backend, &TargetBackend::changed);
    rig.server->methodCode = 1;
    const auto said = rig.execute(bind);
    QVERIFY(said);
    QCOMPARE(said->code, quint16(1));
    QCOMPARE(changed.size(), 1); // what it can do has to be shown anew
    rig.load();
    QCOMPARE(shown(rig.snapshot, "server"),
             QStringList{QStringLiteral("win7 WindowsSmis bind=no unbind=unknown groups=none")});
    QVERIFY(canBind(Inventory(rig.snapshot), bind.portal, bind.endpoint).isRefused());
    // A server that does it after all.
    Rig able(windowsText(), QUrl(QStringLiteral("wsmans://win7")));
    able.load();
    QCOMPARE(able.execute(bindOf(able, endpoint, QStringLiteral("10.0.2.5:3260")))->code, quint16(0));
    able.load();
    QVERIFY(shown(able.snapshot, "server")[0].contains(QLatin1String("bind=yes")));
    QVERIFY(shown(able.snapshot, "bind").contains(endpoint + QStringLiteral(" 10.0.2.5:3260")));
}

void TestCimWriter::bindWithoutQuery()
{
    // No way to ask for the associations of one object, or one that brings the whole class.
    for (const bool whole : {false, true}) {
        Rig rig(arrayText());
        rig.load();
        (whole ? rig.server->answersWholeClass : rig.server->noAssociationQuery) = true;
        QCOMPARE(rig.execute(bindOf(rig, mail1, third))->code, quint16(0));
        QVERIFY(rig.server->has(QStringLiteral("CIM_BindsTo"), QStringLiteral("e1"), QStringLiteral("t3")));
        QCOMPARE(rig.execute(unbindOf(rig, mail1, first))->code, quint16(0));
        QVERIFY(!rig.server->has(QStringLiteral("CIM_BindsTo"), QStringLiteral("e1"), QStringLiteral("t1")));
        QVERIFY(rig.server->has(QStringLiteral("CIM_BindsTo"), QStringLiteral("e3"), QStringLiteral("t1")));
        QVERIFY(rig.server->has(QStringLiteral("CIM_BindsTo"), QStringLiteral("t1"), QStringLiteral("i1")));
    }
}

void TestCimWriter::bindOfWhatIsGone()
{
    Rig rig(arrayText());
    rig.load();
    const Bind bind = bindOf(rig, mail1, third);
    rig.server->remove(QStringLiteral("e1"));
    const auto said = rig.execute(bind);
    QVERIFY(said);
    QCOMPARE(said->code, quint16(4096));
    QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
    const auto strange = rig.backend.ids()->intern<PortalHandle>("what is not there");
    QCOMPARE(rig.execute(Bind{rig.endpoint(db1), strange})->code, quint16(4096));
    QCOMPARE(rig.execute(Bind{rig.endpoint(db1), {}})->code, quint16(5));
    QCOMPARE(rig.execute(Unbind{rig.endpoint(db1), strange})->code, quint16(6));
    QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
    rig.server->remove(QStringLiteral("svc"));
    QCOMPARE(rig.execute(bindOf(rig, db1, third))->code, quint16(4096)); // the service went meanwhile
}

void TestCimWriter::cancelledBefore()
{
    Rig rig(arrayText());
    rig.load();
    std::stop_source stop;
    stop.request_stop();
    auto said = finished(rig.backend.execute(bindOf(rig, mail1, third), stop.get_token()));
    QVERIFY(said && !*said);
    QCOMPARE(said->error().kind, Error::Kind::Cancelled);
    QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
}

void TestCimWriter::unbind()
{
    Rig rig(arrayText());
    rig.load();
    const auto said = rig.execute(unbindOf(rig, mail1, first));
    QVERIFY(said);
    QCOMPARE(said->code, quint16(0));
    QVERIFY(said->method == Method::Unbind);
    // By the path as the server wrote it.
    const QStringList removed = rig.server->of(QStringLiteral("remove"));
    QCOMPARE(removed.size(), 1);
    QVERIFY2(removed[0].contains(QLatin1String("<b1 CIM_BindsTo Dependent=@e1 Antecedent=@t1>")),
             qPrintable(removed[0]));
    QVERIFY(rig.server->has(QStringLiteral("CIM_BindsTo"), QStringLiteral("t1"), QStringLiteral("i1")));
    QVERIFY(!shown(rig.load(), "bind").contains(mail1 + u' ' + first));
    QCOMPARE(rig.execute(unbindOf(rig, mail1, first))->code, quint16(6)); // not found: nothing is sent
    QCOMPARE(rig.server->of(QStringLiteral("remove")).size(), 1);
}

void TestCimWriter::unbindAnswers()
{
    Rig rig(arrayText());
    rig.load();
    rig.server->removeStatus = 1;
    QCOMPARE(rig.execute(unbindOf(rig, mail1, first))->code, quint16(1));
    rig.server->removeStatus = 7;
    QCOMPARE(rig.execute(unbindOf(rig, mail1, first))->code, quint16(7));
    rig.load();
    QVERIFY(shown(rig.snapshot, "server")[0].contains(QLatin1String("unbind=no")));
    rig.server->removeStatus = 0;
    rig.server->ignoresWrites = true;
    const auto said = rig.execute(unbindOf(rig, mail1, first));
    QVERIFY(!said);
    QCOMPARE(said.error().kind, Error::Kind::OutcomeUnknown);
}

void TestCimWriter::unbindGuard()
{
    // A BindsTo whose upper end calls itself a TCP endpoint is left alone, whatever its keys say.
    Rig rig(arrayText());
    rig.load();
    const Unbind unbind = unbindOf(rig, mail1, first);
    rig.server->answersWholeClass = true;
    ObjectPath odd = rig.server->pathOf(QStringLiteral("e1"));
    odd.className = QStringLiteral("CIM_TCPProtocolEndpoint");
    rig.server->refer(QStringLiteral("b1"), QStringLiteral("Dependent"), odd);
    const auto said = rig.execute(unbind);
    QVERIFY(!said);
    QCOMPARE(said.error().kind, Error::Kind::Server);
    QVERIFY(rig.server->of(QStringLiteral("remove")).isEmpty());
}

void TestCimWriter::otherSpelling()
{
    for (const bool query : {true, false}) {
        Rig rig(arrayText());
        rig.server->spellsOtherwise = true;
        rig.server->repeatsAssociations = true;
        rig.server->noAssociationQuery = !query;
        rig.load();
        QCOMPARE(rig.execute(bindOf(rig, mail1, third))->code, quint16(0));
        QCOMPARE(rig.execute(unbindOf(rig, mail1, first))->code, quint16(0));
        QCOMPARE(rig.server->of(QStringLiteral("remove")).size(), 1);
        rig.load();
        QVERIFY(shown(rig.snapshot, "bind").contains(mail1 + u' ' + third));
        QVERIFY(!shown(rig.snapshot, "bind").contains(mail1 + u' ' + first));
    }
}

void TestCimWriter::listening()
{
    for (const bool both : {false, true}) {
        Rig rig(both ? windowsText() + nativeText() : nativeText(), QUrl(QStringLiteral("wsmans://win7")));
        rig.load();
        const auto on = rig.execute(bindOf(rig, QStringLiteral("all"), QStringLiteral("10.0.2.5:3260")));
        QVERIFY2(on, on ? "" : qPrintable(on.error().text()));
        QCOMPARE(on->code, quint16(0));
        QCOMPARE(rig.server->of(QStringLiteral("modify")), QStringList{QStringLiteral("modify WT_Portal Listen=true")});
        rig.load();
        QVERIFY(shown(rig.snapshot, "bind").contains(QStringLiteral("all 10.0.2.5:3260")));
        QCOMPARE(rig.execute(unbindOf(rig, QStringLiteral("all"), QStringLiteral("10.0.2.5:3260")))->code, quint16(0));
        QCOMPARE(rig.execute(unbindOf(rig, QStringLiteral("all"), QStringLiteral("10.0.2.5:3260")))->code, quint16(6));
        QCOMPARE(rig.server->of(QStringLiteral("modify")).size(), 2); // switched off already: nothing is sent
        QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
    }
}

void TestCimWriter::listeningRefused()
{
    Rig rig(nativeText(), QUrl(QStringLiteral("wsmans://win7")));
    rig.load();
    const Bind on = bindOf(rig, QStringLiteral("all"), QStringLiteral("10.0.2.5:3260"));
    rig.server->modifyStatus = 7;
    QCOMPARE(rig.execute(on)->code, quint16(1));
    rig.server->modifyStatus = 1;
    QCOMPARE(rig.execute(on)->code, quint16(4));
    rig.server->modifyStatus = 0;
    rig.server->showsLate = 2;
    QCOMPARE(rig.execute(on)->code, quint16(0));
    rig.server->showsLate = 0;
    rig.server->ignoresWrites = true;
    const auto unseen = rig.execute(unbindOf(rig, QStringLiteral("all"), QStringLiteral("10.0.1.5:3260")));
    QVERIFY(!unseen);
    QCOMPARE(unseen.error().kind, Error::Kind::OutcomeUnknown);
    rig.server->remove(QStringLiteral("w2"));
    QCOMPARE(rig.execute(on)->code, quint16(4096));
}

void TestCimWriter::readOnlyBesideSwitch()
{
    Rig rig(windowsText() + nativeText(), QUrl(QStringLiteral("wsmans://win7")));
    rig.load();
    const QString endpoint = QStringLiteral("iqn.1991-05.com.microsoft:win7-mail-target,t,1");
    const Bind bind = bindOf(rig, endpoint, QStringLiteral("10.0.2.5:3260"));
    QVERIFY(canBind(Inventory(rig.snapshot), bind.portal, bind.endpoint).reason == Reason::WrongScope);
    QCOMPARE(rig.execute(bind)->code, quint16(1));
    QCOMPARE(rig.execute(unbindOf(rig, endpoint, QStringLiteral("10.0.1.5:3260")))->code, quint16(7));
    QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
    QVERIFY(rig.server->of(QStringLiteral("remove")).isEmpty());
}

void TestCimWriter::writableBesideSwitchOnceSeen()
{
    Rig rig(windowsText(), QUrl(QStringLiteral("wsmans://win7")));
    rig.load();
    const QString endpoint = QStringLiteral("iqn.1991-05.com.microsoft:win7-mail-target,t,1");
    const QString portal = QStringLiteral("10.0.2.5:3260");
    QCOMPARE(rig.execute(bindOf(rig, endpoint, portal))->code, quint16(0));

    // Its own model shows up when the server is looked at anew.
    const QStringList lines = nativeText().split(u'\n', Qt::SkipEmptyParts);
    for (const QString &line : lines)
        rig.server->add(line.trimmed());
    rig.server->faultOfAll = Error{Error::Kind::NoSuchObject, QStringLiteral("Gone."), {}, {}, {}};
    QVERIFY(!rig.tryLoad());
    rig.server->faultOfAll.reset();
    rig.load();
    QVERIFY(Inventory(rig.snapshot).hasServerSwitch(rig.snapshot->servers()[0]));
    const Unbind unbind = unbindOf(rig, endpoint, portal);
    QVERIFY(canUnbind(Inventory(rig.snapshot), unbind.portal, unbind.endpoint).isAllowed());
    QCOMPARE(rig.execute(unbind)->code, quint16(0));
    QVERIFY(!shown(rig.load(), "bind").contains(endpoint + u' ' + portal));
    QCOMPARE(rig.execute(bindOf(rig, endpoint, portal))->code, quint16(0));
    QVERIFY(shown(rig.load(), "bind").contains(endpoint + u' ' + portal));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 2);
}

QTEST_MAIN(TestCimWriter)
#include "tst_cimwriter.moc"
