// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

#include "backends/cim/writer.h"
#include "model/rules.h"

using namespace portalbind;
using namespace portalbind::cim;

/// Creating, deleting and enabling endpoints and targets; what CIM has no method for.
class TestCimObjects : public QObject
{
    Q_OBJECT
private slots:
    void createEndpoint();
    void deleteEndpoint();
    void failedButDone();
    void nodes();
    void enable();
    void readOnly();
};

namespace {

const QString mail1 = QStringLiteral("iqn.2026-11.example:mail,t,1");
const QString mail2 = QStringLiteral("iqn.2026-11.example:mail,t,2");
const QString db1 = QStringLiteral("iqn.2026-11.example:db,t,1");
const QString first = QStringLiteral("10.0.1.5:3260");
const QString third = QStringLiteral("10.0.1.5:3261");
const QString second = QStringLiteral("[2001:db8::5]:3260");

} // namespace

void TestCimObjects::createEndpoint()
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

void TestCimObjects::deleteEndpoint()
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

void TestCimObjects::failedButDone()
{
    Rig rig(arrayText());
    rig.load();
    for (const Error::Kind kind : {Error::Kind::OutcomeUnknown, Error::Kind::Server}) {
        const bool lost = kind == Error::Kind::OutcomeUnknown;
        rig.server->writeError = Error{kind, QStringLiteral("Reset."), {}, {}, {}};
        const auto off = rig.execute(SetEndpointEnabled{rig.endpoint(mail1), !lost});
        QVERIFY2(off, off ? "" : qPrintable(off.error().text()));
        QCOMPARE(off->code, quint16(0));
        const auto gone = rig.execute(DeleteEndpoint{rig.endpoint(lost ? mail2 : db1)});
        QVERIFY2(gone, gone ? "" : qPrintable(gone.error().text()));
        QCOMPARE(gone->code, quint16(0));
    }
    rig.server->ignoresWrites = true;
    const auto kept = rig.execute(DeleteEndpoint{rig.endpoint(mail1)});
    QVERIFY(!kept);
    QCOMPARE(kept.error().kind, Error::Kind::Server);
}

void TestCimObjects::nodes()
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

void TestCimObjects::enable()
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

void TestCimObjects::readOnly()
{
    Rig rig(arrayText());
    rig.load();
    rig.server->forget();
    const ServerHandle server = rig.snapshot->servers()[0];
    const GroupHandle group = rig.snapshot->groups()[0];
    const PortalHandle portal = rig.portal(first);
    CreatePortal makePortal{rig.backend.ids()->makeProvisional<PortalHandle>(), {}};
    makePortal.value.server = server;
    makePortal.value.address = *PortalAddress::parse(QStringLiteral("10.0.9.9:3260"));
    CreateGroup makeGroup{rig.backend.ids()->makeProvisional<GroupHandle>(), {}};
    makeGroup.value.server = server;
    makeGroup.value.name = QStringLiteral("new");
    const QList<std::pair<Operation, Method>> all{{makePortal, Method::CreatePortal},
                                                  {DeletePortal{portal}, Method::DeletePortal},
                                                  {makeGroup, Method::CreateGroup},
                                                  {DeleteGroup{group}, Method::DeleteGroup},
                                                  {RenameGroup{group, QStringLiteral("new")}, Method::RenameGroup},
                                                  {JoinGroup{group, portal}, Method::JoinGroup},
                                                  {LeaveGroup{group, portal}, Method::LeaveGroup}};
    for (const auto &[operation, method] : all) {
        const auto said = rig.execute(operation);
        QVERIFY(said);
        QCOMPARE(said->code, quint16(1));
        QVERIFY(said->method == method);
        QCOMPARE(methodOf(operation), method);
    }
    // What is not there any more is told as the rules tell it.
    QCOMPARE(rig.execute(DeleteGroup{rig.backend.ids()->intern<GroupHandle>("gone")})->code, quint16(4096));
    QVERIFY(rig.server->requests().isEmpty());
}

QTEST_MAIN(TestCimObjects)
#include "tst_cimobjects.moc"
