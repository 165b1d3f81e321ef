// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

#include "backends/cim/writer.h"
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
    void bindUnknown();
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
    void createEndpoint();
    void deleteEndpoint();
    void nodes();
    void enable();
    void readOnly();
    void beforeReading();
    void polling();
    void anotherConnection();
};

namespace {

const QString mail1 = QStringLiteral("iqn.2026-11.example:mail,t,1");
const QString mail2 = QStringLiteral("iqn.2026-11.example:mail,t,2");
const QString db1 = QStringLiteral("iqn.2026-11.example:db,t,1");
const QString first = QStringLiteral("10.0.1.5:3260");
const QString third = QStringLiteral("10.0.1.5:3261");
const QString second = QStringLiteral("[2001:db8::5]:3260");

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

void TestCimWriter::bindUnknown()
{
    Rig rig(arrayText());
    rig.load();
    rig.server->writeError = Error{Error::Kind::OutcomeUnknown, QStringLiteral("Reset."), {}, {}, {}};
    const auto said = rig.execute(bindOf(rig, mail1, third));
    QVERIFY(!said);
    QCOMPARE(said.error().kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(said.error().what, QStringLiteral("Reset."));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).size(), 1);
    const auto taken = rig.execute(unbindOf(rig, db1, first));
    QVERIFY(!taken);
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
        QCOMPARE(rig.execute(unbindOf(rig, QStringLiteral("all"), QStringLiteral("10.0.2.5:3260")))->code, quint16(0));
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

void TestCimWriter::createEndpoint()
{
    for (const bool told : {true, false}) {
        Rig rig(arrayText());
        rig.load();
        rig.server->tellsCreated = told;
        CreateEndpoint create;
        create.endpoint = rig.backend.ids()->makeProvisional<EndpointHandle>();
        create.value.node = rig.node(QStringLiteral("iqn.2026-11.example:mail"));
        create.value.tag = 7;
        create.chooseTag = true;
        create.portals = {rig.portal(third)};
        const auto said = rig.execute(create);
        QVERIFY2(said, said ? "" : qPrintable(said.error().text()));
        QCOMPARE(said->code, quint16(0));
        QCOMPARE(rig.server->of(QStringLiteral("invoke Create")),
                 QStringList{QStringLiteral("invoke CreateiSCSIProtocolEndpoint iSCSINode=d1 Role=3 "
                                            "Identifier=000000000007 NetworkPortals=t3[1]")});
        QVERIFY(rig.backend.ids()->assign(create.endpoint, said->createdId));
        // The next step of a plan uses it before it is read.
        QCOMPARE(rig.execute(Bind{create.endpoint, rig.portal(second)})->code, quint16(0));
        QCOMPARE(rig.execute(SetEndpointEnabled{create.endpoint, true})->code, quint16(0));
        rig.load();
        QVERIFY(rig.snapshot->row(create.endpoint) != Snapshot::none);
        QCOMPARE(rig.snapshot->endpoint(rig.snapshot->row(create.endpoint)).tag, quint64(7));
    }
    Rig rig(arrayText());
    rig.load();
    CreateEndpoint plain;
    plain.value.node = rig.node(QStringLiteral("iqn.2026-11.example:db"));
    plain.value.enabled = false;
    rig.server->methodCode = 4098;
    QCOMPARE(rig.execute(plain)->code, quint16(4098));
    rig.server->methodCode = 0;
    QCOMPARE(rig.execute(plain)->code, quint16(0));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).last(),
             QStringLiteral("invoke RequestStateChange RequestedState=3"));
    QVERIFY(!rig.server->of(QStringLiteral("invoke"))[0].contains(QLatin1String("Identifier")));
    rig.server->remove(QStringLiteral("n2"));
    QCOMPARE(rig.execute(plain)->code, quint16(4096));
}

void TestCimWriter::deleteEndpoint()
{
    Rig rig(arrayText());
    rig.load();
    const DeleteEndpoint gone{rig.endpoint(mail2)};
    rig.server->methodCode = 4;
    QCOMPARE(rig.execute(gone)->code, quint16(4));
    rig.server->methodCode = 0;
    QCOMPARE(rig.execute(gone)->code, quint16(0));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")).last(),
             QStringLiteral("invoke DeleteiSCSIProtocolEndpoint iSCSIPort=iqn.2026-11.example:mail,t,0x0002"));
    QCOMPARE(rig.execute(gone)->code, quint16(4096));
    rig.server->ignoresWrites = true;
    const auto unseen = rig.execute(DeleteEndpoint{rig.endpoint(mail1)});
    QVERIFY(!unseen);
    QCOMPARE(unseen.error().kind, Error::Kind::OutcomeUnknown);
}

void TestCimWriter::nodes()
{
    {
        Rig rig(arrayText()); // the method has no parameter for these: they would be lost
        rig.load();
        for (const auto &[name, role] : {std::pair(QStringLiteral("iqn.2026-11.example:new"), Role::Target),
                                         std::pair(QString(), Role::Initiator)}) {
            CreateNode create;
            create.node = rig.backend.ids()->makeProvisional<NodeHandle>();
            create.value.server = rig.snapshot->servers()[0];
            create.value.name = name;
            create.value.role = role;
            QCOMPARE(rig.execute(create)->code, quint16(5));
        }
        QVERIFY(rig.server->of(QStringLiteral("invoke")).isEmpty());
    }
    Rig rig(arrayText());
    rig.load();
    CreateNode create;
    create.value.server = rig.snapshot->servers()[0];
    create.value.alias = QStringLiteral("New one");
    const auto said = rig.execute(create);
    QVERIFY(said);
    QCOMPARE(said->code, quint16(0));
    QVERIFY(!said->createdId.isEmpty());
    QCOMPARE(rig.server->of(QStringLiteral("invoke")),
             QStringList{QStringLiteral("invoke CreateiSCSINode Alias=New one")});
    rig.server->methodCode = 4097;
    const DeleteNode busy{rig.node(QStringLiteral("iqn.2026-11.example:db"))};
    QCOMPARE(rig.execute(busy)->code, quint16(4097)); // sessions are active
    rig.server->methodCode = 0;
    QCOMPARE(rig.execute(busy)->code, quint16(0));
    QCOMPARE(rig.execute(busy)->code, quint16(4096));
}

void TestCimWriter::enable()
{
    Rig rig(arrayText());
    rig.load();
    QCOMPARE(rig.execute(SetEndpointEnabled{rig.endpoint(mail2), true})->code, quint16(0));
    QCOMPARE(rig.server->of(QStringLiteral("invoke")),
             QStringList{QStringLiteral("invoke RequestStateChange RequestedState=2")});
    QVERIFY(shown(rig.load(), "endpoint").contains(mail2 + QStringLiteral(" target on array")));
    rig.server->methodCode = 4097;
    QCOMPARE(rig.execute(SetEndpointEnabled{rig.endpoint(mail2), false})->code, quint16(4097));
    // 4096: it goes on; it is done when the server shows it.
    rig.server->remove(QStringLiteral("e3"));
    QCOMPARE(rig.execute(SetEndpointEnabled{rig.endpoint(db1), false})->code, quint16(5));
    rig.server->methodCode = 4096;
    const auto started = rig.execute(SetEndpointEnabled{rig.endpoint(mail2), false});
    QVERIFY(!started);
    QCOMPARE(started.error().kind, Error::Kind::OutcomeUnknown);
    QCOMPARE(rig.execute(SetEndpointEnabled{rig.endpoint(mail2), true})->code, quint16(0));
}

void TestCimWriter::readOnly()
{
    Rig rig(arrayText());
    rig.load();
    rig.server->forget();
    const QList<std::pair<Operation, Method>> all{
            {CreatePortal{}, Method::CreatePortal}, {DeletePortal{rig.portal(first)}, Method::DeletePortal},
            {CreateGroup{}, Method::CreateGroup},   {DeleteGroup{}, Method::DeleteGroup},
            {RenameGroup{}, Method::RenameGroup},   {JoinGroup{}, Method::JoinGroup},
            {LeaveGroup{}, Method::LeaveGroup}};
    for (const auto &[operation, method] : all) {
        const auto said = rig.execute(operation);
        QVERIFY(said);
        QCOMPARE(said->code, quint16(1));
        QVERIFY(said->method == method);
        QCOMPARE(methodOf(operation), method);
    }
    QVERIFY(rig.server->requests().isEmpty());
}

void TestCimWriter::beforeReading()
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

void TestCimWriter::polling()
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
    rig.execute(bindOf(rig, mail1, third));
    QVERIFY(timer->interval() <= 3'000); // sooner after a write
    QSignalSpy changed(&rig.backend, &TargetBackend::changed);
    const_cast<QTimer *>(timer)->start(1);
    QTRY_COMPARE(changed.size(), 1);
    QVERIFY(timer->isActive());
}

/// A person gave another password, say: what was read stays, and the next load goes the new way.
void TestCimWriter::anotherConnection()
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
    QVERIFY(rig.execute(bindOf(rig, mail1, third)));
    QVERIFY(rig.server->requests().isEmpty());
}

QTEST_MAIN(TestCimWriter)
#include "tst_cimwriter.moc"
