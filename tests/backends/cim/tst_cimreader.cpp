// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

using namespace portalbind;
using namespace portalbind::cim;

/// What a CIM server shows, and how it is asked for it.
class TestCimReader : public QObject
{
    Q_OBJECT
private slots:
    void array();
    void windowsSmis();
    void windowsNative();
    void windowsBoth();
    void notesOfWindows();
    void namespaceByInterop();
    void namespaceByUrl();
    void nothingThere();
    void requests();
    void optionalClassesMayFail();
    void associationsByTheirEnds();
    void neededClassesMayNot();
    void growth();
    void cancel();
    void sessions();
};

void TestCimReader::array()
{
    Rig rig(arrayText());
    const QStringList wanted{
            QStringLiteral("bind iqn.2026-11.example:db,t,1 10.0.1.5:3260"),
            QStringLiteral("bind iqn.2026-11.example:mail,t,1 10.0.1.5:3260"),
            QStringLiteral("bind iqn.2026-11.example:mail,t,2 [2001:db8::5]:3260"),
            QStringLiteral("endpoint iqn.2026-11.example:db,t,1 target on array"),
            QStringLiteral("endpoint iqn.2026-11.example:mail,t,1 target on array"),
            QStringLiteral("endpoint iqn.2026-11.example:mail,t,2 target off array"),
            QStringLiteral("group fabric-A array: 10.0.1.5:3260 10.0.1.5:3261"),
            QStringLiteral("group g:B array: [2001:db8::5]:3260"),
            QStringLiteral("node iqn.2026-11.example:db target array \"\""),
            QStringLiteral("node iqn.2026-11.example:mail target array \"Mail store\""),
            QStringLiteral("portal 10.0.1.5:3260 tcp present array"),
            QStringLiteral("portal 10.0.1.5:3261 tcp present array"),
            QStringLiteral("portal 10.0.1.9:3260 tcp gone array"),
            QStringLiteral("portal [2001:db8::5]:3260 tcp present array"),
            QStringLiteral("server array Smis bind=yes unbind=yes groups=read-only endpoints tags nodes enable"),
    };
    const SnapshotPtr first = rig.load();
    QCOMPARE(shown(first), wanted);
    QVERIFY(first->isComplete());
    const QByteArray id = rig.backend.ids()->id(rig.portal(QStringLiteral("10.0.1.5:3260")));
    QCOMPARE(id,
             QByteArrayLiteral("cim_tcpprotocolendpoint.creationclassname=\"CIM_TCPProtocolEndpoint\",name=\"t1\","
                               "systemcreationclassname=\"CIM_ComputerSystem\",systemname=\"array\""));

    // However the server spells its references, repeats itself or writes its paths, it is the same server.
    rig.server->spellsOtherwise = true;
    rig.server->repeatsAssociations = true;
    rig.server->plainPaths = false;
    rig.server->batchSize = 1000;
    const SnapshotPtr second = rig.load();
    QCOMPARE(shown(second), wanted);
    QCOMPARE(rig.backend.ids()->id(rig.portal(QStringLiteral("10.0.1.5:3260"))), id);
}

void TestCimReader::windowsSmis()
{
    // The default that Microsoft prints for RequestedState is in no value map: it tells nothing.
    Rig odd(windowsText().replace(QStringLiteral("Role=3"), QStringLiteral("Role=3 RequestedState=512")));
    QVERIFY(!shown(odd.load(), "server")[0].contains(QLatin1String("enable")));
    Rig rig(windowsText(), QUrl(QStringLiteral("wsmans://win7.example")));
    QCOMPARE(shown(rig.load()),
             (QStringList{QStringLiteral("bind iqn.1991-05.com.microsoft:win7-mail-target,t,1 10.0.1.5:3260"),
                          QStringLiteral("endpoint iqn.1991-05.com.microsoft:win7-mail-target,t,1 target on win7"),
                          QStringLiteral("node iqn.1991-05.com.microsoft:win7-mail-target target win7 \"\""),
                          QStringLiteral("portal 10.0.1.5:3260 tcp present win7"),
                          QStringLiteral("portal 10.0.2.5:3260 tcp present win7"),
                          QStringLiteral("server win7 WindowsSmis bind=unknown unbind=unknown groups=none")}));
    for (const QString &request : rig.server->of(QStringLiteral("enumerate root/cimv2/storage/iscsitarget:")))
        QVERIFY2(!request.contains(QLatin1String("Collection")), qPrintable(request));
}

void TestCimReader::windowsNative()
{
    Rig rig(nativeText(), QUrl(QStringLiteral("wsmans://win7.example")));
    QCOMPARE(shown(rig.load()),
             (QStringList{
                     QStringLiteral("bind all 10.0.1.5:3260"), QStringLiteral("bind all [fe80::5efe:a00:105%12]:3260"),
                     QStringLiteral("endpoint all target on WIN7"),
                     QStringLiteral("endpoint iqn.1991-05.com.microsoft:win7-db-target,t,1 target off WIN7"),
                     QStringLiteral("endpoint iqn.1991-05.com.microsoft:win7-mail-target,t,1 target on WIN7"),
                     QStringLiteral("node iqn.1991-05.com.microsoft:win7-db-target target WIN7 \"db\""),
                     QStringLiteral("node iqn.1991-05.com.microsoft:win7-mail-target target WIN7 \"mail\""),
                     QStringLiteral("portal 10.0.1.5:3260 tcp present WIN7"),
                     QStringLiteral("portal 10.0.2.5:3260 tcp present WIN7"),
                     QStringLiteral("portal [fe80::5efe:a00:105%12]:3260 tcp present WIN7"),
                     QStringLiteral("server WIN7 WindowsNative bind=yes unbind=yes groups=none"),
                     QStringLiteral("session iqn.1991-05.com.microsoft:host1 "
                                    "iqn.1991-05.com.microsoft:win7-mail-target,t,1 10.0.1.5:3260 from=10.0.1.77")}));
    const Inventory inventory(rig.snapshot);
    QVERIFY(inventory.hasServerSwitch(rig.snapshot->servers()[0]));
    QVERIFY(rig.backend.notes().isEmpty());
}

void TestCimReader::windowsBoth()
{
    Rig rig(windowsText() + nativeText(), QUrl(QStringLiteral("wsmans://win7.example")));
    const QStringList lines = shown(rig.load());
    QCOMPARE(shown(rig.snapshot, "server"),
             QStringList{QStringLiteral("win7 WindowsNative bind=yes unbind=yes groups=none")});
    // Portals that both sides show are one; the binding of the SMI-S side is shown beside the switch.
    QCOMPARE(shown(rig.snapshot, "portal").size(), 3);
    QCOMPARE(shown(rig.snapshot, "bind"),
             (QStringList{QStringLiteral("all 10.0.1.5:3260"), QStringLiteral("all [fe80::5efe:a00:105%12]:3260"),
                          QStringLiteral("iqn.1991-05.com.microsoft:win7-mail-target,t,1 10.0.1.5:3260")}));
    QCOMPARE(shown(rig.snapshot, "endpoint"),
             (QStringList{QStringLiteral("all target on win7"),
                          QStringLiteral("iqn.1991-05.com.microsoft:win7-db-target,t,1 target off win7"),
                          QStringLiteral("iqn.1991-05.com.microsoft:win7-mail-target,t,1 target on win7")}));
    QCOMPARE(shown(rig.snapshot, "session").size(), 1);
}

void TestCimReader::notesOfWindows()
{
    QString text = nativeText();
    text.replace(QLatin1String("IsClustered=FALSE IsRemoteManageable=TRUE"),
                 QLatin1String("IsClustered=TRUE IsRemoteManageable=FALSE"));
    text.replace(QLatin1String("HostName=db "), QLatin1String("HostName=db ResourceGroup=RG1 "));
    Rig rig(text, QUrl(QStringLiteral("wsmans://win7.example")));
    QSignalSpy told(&rig.backend, &CimBackend::notesChanged);
    rig.load();
    QCOMPARE(told.size(), 1);
    QCOMPARE(rig.backend.notes().size(), 3);
    QVERIFY(rig.backend.notes()[0].contains(QLatin1String("cluster")));
    QVERIFY(rig.backend.notes()[1].contains(QLatin1String("DisableRemoteManagement")));
    QVERIFY(rig.backend.notes()[2].contains(QLatin1String("RG1")));
    rig.load();
    QCOMPARE(told.size(), 1);
}

void TestCimReader::namespaceByInterop()
{
    QString text = arrayText();
    text.replace(QLatin1String("root/cimv2/storage/iscsitarget"), QLatin1String("root/acme"));
    text += QStringLiteral(R"(
        other CIM_ComputerSystem CreationClassName=CIM_ComputerSystem Name=elsewhere
        namespace interop
        p0 CIM_RegisteredProfile InstanceID=SNIA:Array RegisteredName=Array
        p1 CIM_RegisteredProfile InstanceID=SNIA:iSCSI RegisteredName="iSCSI Target Port"
        - CIM_ElementConformsToProfile ConformantStandard=@p1 ManagedElement=@sys
    )");
    Rig rig(text);
    QCOMPARE(shown(rig.load(), "server").size(), 1);
    QVERIFY(!rig.server->of(QStringLiteral("enumerate root/acme:CIM_TCPProtocolEndpoint")).isEmpty());
    rig.server->forget();
    rig.load();
    QVERIFY(rig.server->of(QStringLiteral("enumerate interop:")).isEmpty()); // found once
}

void TestCimReader::namespaceByUrl()
{
    QCOMPARE(CimBackend::namespaceOf(QUrl(QStringLiteral("wsmans://array/wsman?namespace=root/acme/"))),
             QStringLiteral("root/acme"));
    QCOMPARE(CimBackend::namespaceOf(QUrl(QStringLiteral("wsmans://array:5986"))), QString());
    QString text = arrayText();
    text.replace(QLatin1String("root/cimv2/storage/iscsitarget"), QLatin1String("root/acme"));
    Rig rig(text, QUrl(QStringLiteral("wsmans://array?namespace=root%5Cacme")));
    QCOMPARE(shown(rig.load(), "portal").size(), 4);
    for (const QString &request : rig.server->requests())
        QVERIFY2(request.contains(QLatin1String("root/acme")) || request.contains(QLatin1String("root/wmi")),
                 qPrintable(request));
    Rig native(nativeText(), QUrl(QStringLiteral("wsmans://win7?namespace=root/wmi")));
    QCOMPARE(shown(native.load(), "portal").size(), 3);
}

void TestCimReader::nothingThere()
{
    Rig empty(QStringLiteral("namespace root/other\n- CIM_ComputerSystem CreationClassName=x Name=x"));
    const auto nothing = empty.tryLoad();
    QVERIFY(!nothing);
    QVERIFY(nothing.error().kind == Error::Kind::Server);
    QVERIFY(nothing.error().what.contains(QLatin1String("no iSCSI target")));

    Rig refused(nativeText());
    refused.server->faults[QStringLiteral("WT_Portal")] = Error{
            Error::Kind::Rights, QStringLiteral("Access denied."), {}, {}, {}};
    const auto denied = refused.tryLoad();
    QVERIFY(!denied);
    QVERIFY(denied.error().kind == Error::Kind::Rights);

    Rig unreachable(arrayText());
    unreachable.server->faults[QStringLiteral("CIM_iSCSIConfigurationService")] = Error{
            Error::Kind::SignIn, QStringLiteral("Who are you?"), {}, {}, {}};
    const auto who = unreachable.tryLoad();
    QVERIFY(!who);
    QCOMPARE(who.error().kind, Error::Kind::SignIn);
    QCOMPARE(who.error().what, QStringLiteral("Who are you?"));
}

void TestCimReader::requests()
{
    Rig rig(arrayText());
    rig.server->batchMilliseconds = 2;
    rig.load();
    rig.server->forget();
    rig.load();
    // One request a class, whatever there is; no request about a single object.
    QStringList all = rig.server->requests();
    QCOMPARE(all, rig.server->of(QStringLiteral("enumerate ")));
    QCOMPARE(all.removeDuplicates(), 0);
    QVERIFY(rig.server->mostAtOnce() > 1);
    QVERIFY(rig.server->mostAtOnce() <= 4);
    rig.server->limit = 1;
    Rig careful(arrayText());
    careful.server->limit = 1;
    careful.load();
    QCOMPARE(careful.server->mostAtOnce(), 1);
}

void TestCimReader::optionalClassesMayFail()
{
    const auto without = [](const char *name, Error::Kind kind) {
        auto rig = std::make_unique<Rig>(arrayText());
        rig->server->faults[QLatin1String(name)] = Error{kind, QStringLiteral("Not today."), {}, {}, {}};
        return rig;
    };
    auto members = without("CIM_MemberOfCollection", Error::Kind::Server);
    members->server->noAssociationQuery = true;
    QVERIFY(shown(members->load(), "group").isEmpty());
    QVERIFY(shown(members->snapshot, "server")[0].contains(QLatin1String("groups=none")));
    QCOMPARE(members->backend.notes().size(), 1);
    QVERIFY(members->backend.notes()[0].contains(QLatin1String("CIM_MemberOfCollection")));
    // Without SAPAvailableForElement the names of the ports tell their nodes.
    auto ports = without("CIM_SAPAvailableForElement", Error::Kind::Server);
    Rig plain(arrayText());
    QCOMPARE(shown(ports->load(), "endpoint"), shown(plain.load(), "endpoint"));
    auto sessions = without("CIM_iSCSISession", Error::Kind::NoSuchObject);
    sessions->load();
    QVERIFY(sessions->backend.notes().isEmpty());
}

/// A server that enumerates no associations, but tells those of an object.
void TestCimReader::associationsByTheirEnds()
{
    Rig plain(arrayText());
    const QStringList wanted = shown(plain.load());
    Rig rig(arrayText());
    for (const char *name : {"CIM_BindsTo", "CIM_MemberOfCollection"})
        rig.server->faults[QLatin1String(name)] = Error{
                Error::Kind::Server, QStringLiteral("Not supported."), {}, {}, {}};
    for (const bool all : {false, true}) { // some servers answer with the whole class
        rig.server->answersWholeClass = all;
        QCOMPARE(shown(rig.load()), wanted);
        QVERIFY(rig.backend.notes().isEmpty());
    }
    QVERIFY(rig.server->mostAtOnce() <= 4);
    // It is one request an object: not for any number of them.
    QString many = arrayText();
    for (int i = 0; i < 2'000; ++i)
        many += QStringLiteral("x%1 CIM_TCPProtocolEndpoint Name=x%1 PortNumber=3260\n").arg(i);
    Rig large(many);
    large.server->batchSize = 1000;
    large.server->faults = rig.server->faults;
    const auto read = large.tryLoad();
    QVERIFY(!read);
    QCOMPARE(read.error().what, QStringLiteral("Not supported."));
    QVERIFY(large.server->of(QStringLiteral("references")).isEmpty());
}

void TestCimReader::neededClassesMayNot()
{
    for (const char *name : {"CIM_BindsTo", "CIM_TCPProtocolEndpoint", "CIM_IPProtocolEndpoint",
                             "CIM_SCSIProtocolController", "CIM_iSCSIProtocolEndpoint"}) {
        Rig rig(arrayText());
        rig.server->faults[QLatin1String(name)] = Error{Error::Kind::Server, QLatin1String(name), {}, {}, {}};
        rig.server->noAssociationQuery = true;
        const auto read = rig.tryLoad();
        QVERIFY2(!read, name);
        QCOMPARE(read.error().what, QLatin1String(name));
        // The next load looks anew.
        rig.server->faults.clear();
        QVERIFY(rig.tryLoad().has_value());
    }
    Rig lost(arrayText());
    lost.load();
    lost.server->faults[QStringLiteral("CIM_iSCSIProtocolEndpoint")] = Error{
            Error::Kind::NoSuchObject, QStringLiteral("Gone."), {}, {}, {}};
    const auto gone = lost.tryLoad();
    QVERIFY(!gone);
    QCOMPARE(gone.error().kind, Error::Kind::Server);
    // A lost connection is no missing class.
    lost.server->faults.clear();
    lost.server->faults[QStringLiteral("CIM_iSCSISession")] = Error{
            Error::Kind::Transport, QStringLiteral("Reset."), {}, {}, {}};
    QCOMPARE(lost.tryLoad().error().kind, Error::Kind::Transport);
}

void TestCimReader::growth()
{
    QString text = arrayText();
    for (int i = 0; i < 200; ++i)
        text += QStringLiteral("x%1 CIM_TCPProtocolEndpoint Name=10.9.0.%1:3260 PortNumber=3260\n").arg(i);
    Rig rig(text);
    rig.server->batchMilliseconds = 20;
    std::vector<SnapshotPtr> grown;
    const auto thread = QThread::currentThread();
    bool here = true;
    auto done = finished(rig.backend.load(
            [&](const SnapshotPtr &soFar) {
                here = here && QThread::currentThread() == thread;
                grown.push_back(soFar);
            },
            {}));
    QVERIFY(done && *done);
    QVERIFY(here);
    QVERIFY2(grown.size() >= 3, qPrintable(QString::number(grown.size())));
    QVERIFY(grown.size() < 30);
    QVERIFY(!grown.front()->isComplete());
    QVERIFY(grown.front()->portalRows().size() < 200);
    for (size_t i = 1; i < grown.size(); ++i)
        QVERIFY(grown[i]->portalRows().size() >= grown[i - 1]->portalRows().size());
    QCOMPARE(shown(grown.front(), "server").size(), 1); // known before the first rows
    QVERIFY((**done)->isComplete());
    QCOMPARE((**done)->portalRows().size(), size_t(204));
}

void TestCimReader::cancel()
{
    for (const char *at : {"CIM_iSCSIConfigurationService", "CIM_BindsTo", "CIM_iSCSISession"}) {
        Rig rig(arrayText());
        rig.server->silent.insert(QLatin1String(at));
        std::stop_source stop;
        std::optional<Result<SnapshotPtr>> result;
        spawn<Result<SnapshotPtr>>(rig.backend.load([](const SnapshotPtr &) {}, stop.get_token()),
                                   [&](Result<SnapshotPtr> read) { result = std::move(read); });
        QTest::qWait(60);
        QVERIFY2(!result, at);
        stop.request_stop();
        QTRY_VERIFY_WITH_TIMEOUT(result.has_value(), 2000);
        QVERIFY(!*result);
        QCOMPARE(result->error().kind, Error::Kind::Cancelled);
        rig.server->silent.clear();
        QVERIFY(rig.tryLoad().has_value());
    }
    // A backend that dies while it reads leaves nothing behind that could be called.
    auto rig = std::make_unique<Rig>(arrayText());
    rig->server->batchMilliseconds = 10;
    bool ended = false;
    spawn<Result<SnapshotPtr>>(rig->backend.load([](const SnapshotPtr &) {}, {}),
                               [&](const Result<SnapshotPtr> &) { ended = true; });
    rig.reset();
    QTRY_VERIFY(ended);
}

void TestCimReader::sessions()
{
    const QString more = QStringLiteral(R"(
        s1 CIM_iSCSISession InstanceID=s1 SessionType=3 EndPointName=iqn.2026-11.example:h1,i,0x00023d000001
        s2 CIM_iSCSISession InstanceID=s2 SessionType=3 EndPointName=iqn.2026-11.example:h2,i,0x00023d000001
        s3 CIM_iSCSISession InstanceID=s3 SessionType=2 EndPointName=iqn.2026-11.example:h3,i,0x00023d000001
        s4 CIM_iSCSISession InstanceID=s4 EndPointName=iqn.2026-11.example:h4,i,0x00023d000001
        s5 CIM_iSCSISession InstanceID=s5 SessionType=3 EndPointName=iqn.2026-11.example:h5,i,0x00023d000001
        c1 CIM_iSCSIConnection InstanceID=c1
        c2 CIM_iSCSIConnection InstanceID=c2
        c3 CIM_iSCSIConnection InstanceID=c3
        c4 CIM_iSCSIConnection InstanceID=c4
        - CIM_EndpointOfNetworkPipe Dependent=@s1 Antecedent=@e1
        - CIM_EndpointOfNetworkPipe Dependent=@s2 Antecedent=@e1
        - CIM_EndpointOfNetworkPipe Dependent=@s3 Antecedent=@e1
        - CIM_EndpointOfNetworkPipe Dependent=@s4 Antecedent=@e3
        - CIM_EndpointOfNetworkPipe Dependent=@c1 Antecedent=@t1
        - CIM_EndpointOfNetworkPipe Dependent=@c2 Antecedent=@t1
        - CIM_EndpointOfNetworkPipe Dependent=@c3 Antecedent=@t3
        - CIM_EndpointOfNetworkPipe Dependent=@c4 Antecedent=@t2
        - CIM_NetworkPipeComposition GroupComponent=@s1 PartComponent=@c1
        - CIM_NetworkPipeComposition GroupComponent=@s2 PartComponent=@c2
        - CIM_NetworkPipeComposition GroupComponent=@s2 PartComponent=@c3
        - CIM_NetworkPipeComposition GroupComponent=@s5 PartComponent=@c4
    )");
    Rig rig(arrayText() + more);
    rig.load();
    QCOMPARE(shown(rig.snapshot, "session"),
             (QStringList{QStringLiteral("iqn.2026-11.example:h1 iqn.2026-11.example:mail,t,1 10.0.1.5:3260"),
                          QStringLiteral("iqn.2026-11.example:h2 iqn.2026-11.example:mail,t,1 10.0.1.5:3260"),
                          QStringLiteral("iqn.2026-11.example:h2 iqn.2026-11.example:mail,t,1 10.0.1.5:3261"),
                          QStringLiteral("iqn.2026-11.example:h4 iqn.2026-11.example:db,t,1 -"),
                          // told by its portal, which one endpoint alone binds
                          QStringLiteral("iqn.2026-11.example:h5 iqn.2026-11.example:mail,t,2 [2001:db8::5]:3260")}));
}

QTEST_MAIN(TestCimReader)
#include "tst_cimreader.moc"
