// SPDX-License-Identifier: Apache-2.0
#include "rulecases.h"
#include "site.h"

#include "model/rules.h"

#include <QTest>

#include <set>

using namespace portalbind;

namespace {

std::vector<CaseTable> allTables()
{
    std::vector<CaseTable> all(bindingCases().begin(), bindingCases().end());
    all.insert(all.end(), lifecycleCases().begin(), lifecycleCases().end());
    all.insert(all.end(), linuxCases().begin(), linuxCases().end());
    return all;
}

void addRows()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("question");
    QTest::addColumn<QString>("answer");
    for (const CaseTable &table : allTables()) {
        for (const Case &row : table.cases)
            QTest::addRow("%s: %s", table.name, row.name)
                    << QString::fromLatin1(row.site) << QString::fromLatin1(row.question)
                    << QString::fromLatin1(row.answer);
    }
}

} // namespace

class TestRules : public QObject
{
    Q_OBJECT
private slots:
    void cases_data() { addRows(); }
    void cases();
    void explanations_data() { addRows(); }
    void explanations();
    void sentences_data();
    void sentences();
    void sessionsNameWhatIsTakenAway();
    void serverAnswersNameTheObject();
    void everyReasonIsReached();
    void drops_data();
    void drops();
    void dropInSlices();
    void unattended();
    void longNames();
    void symbols();
    void wordsOfJson();
};

void TestRules::cases()
{
    QFETCH(QString, site);
    QFETCH(QString, question);
    Site s(site);
    const Operation operation = s.operation(question);
    const Verdict verdict = canDo(s.inventory(), operation);
    QTEST(s.words(verdict), "answer");
    // The same question again gives the same verdict, and asking changed nothing.
    QVERIFY(canDo(s.inventory(), operation) == verdict);
    QCOMPARE(verdict.isAllowed() || verdict.decision == Decision::ServerDecides, verdict.code == 0);
}

void TestRules::explanations()
{
    QFETCH(QString, site);
    QFETCH(QString, question);
    Site s(site);
    const Operation operation = s.operation(question);
    const Verdict verdict = canDo(s.inventory(), operation);
    const Explanation words = explain(verdict, s.inventory());
    QVERIFY(!words.reason.trimmed().isEmpty());
    const auto says = [&](const QString &what) { return words.reason.contains(what) || words.remedy.contains(what); };
    // No placeholder left open, no handle number in place of a name, no doubled blank where a name is missing.
    const QString all = words.reason + QLatin1Char('\n') + words.remedy;
    QVERIFY2(!all.contains(QLatin1Char('%')), qPrintable(all));
    QVERIFY2(!all.contains(QLatin1String("  ")), qPrintable(all));
    QVERIFY2(!all.contains(QLatin1String(" ;")) && !all.contains(QLatin1String(" ,")), qPrintable(all));
    if (verdict.isRefused()) {
        QVERIFY2(words.reason.endsWith(QStringLiteral("(%1)").arg(verdict.code)), qPrintable(words.reason));
        QVERIFY2(!words.remedy.isEmpty(), qPrintable(words.reason));
    } else {
        QVERIFY2(!words.reason.contains(QLatin1String("(0)")), qPrintable(words.reason));
    }
    if (verdict.reason == Reason::OtherGroup) {
        for (const GroupHandle group : {verdict.group, verdict.otherGroup}) {
            if (group)
                QVERIFY2(says(s.inventory().group(group).name), qPrintable(all));
        }
    }
    const std::set<Reason> aboutThePortal{Reason::AddressGone,      Reason::InUseInTarget, Reason::OtherGroup,
                                          Reason::NotBound,         Reason::StillBound,    Reason::NeedsAddress,
                                          Reason::LosesCommonGroup, Reason::NotAMember,    Reason::NeedsPortal};
    if (aboutThePortal.contains(verdict.reason)) {
        const QString address = s.inventory().portal(verdict.portal).address.ip.toString();
        QVERIFY2(says(address), qPrintable(all));
    }
    if (verdict.other && verdict.isRefused() && s.inventory().has(verdict.other)) {
        // Told by its tag: siblings differ in nothing else.
        const Endpoint other = s.inventory().endpoint(verdict.other);
        QVERIFY2(says(QString::number(other.tag)), qPrintable(all));
    }
    if (verdict.reason == Reason::None && verdict.method == Method::Bind) {
        QVERIFY2(says(s.inventory().portal(verdict.portal).address.toString()), qPrintable(all));
    }
}

void TestRules::sentences_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("question");
    QTest::addColumn<QStringList>("parts");
    const auto row = [](const char *name, const char *site, const char *question, const QStringList &parts) {
        QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(question) << parts;
    };
    const QString p = QStringLiteral("10.0.1.5:3260");
    row("0", "portal p at=10.0.1.5:3260; endpoint E mail tag=1:", "bind p E", {p, QStringLiteral("mail")});
    row("already", "portal p at=10.0.1.5:3260; endpoint E mail: p", "bind p E", {p, QStringLiteral("already")});
    row("4097", "portal p at=10.0.1.5:3260 gone; endpoint E mail:", "bind p E",
        {QStringLiteral("10.0.1.5"), QStringLiteral("san"), QStringLiteral("interface"), QStringLiteral("(4097)")});
    row("4098", "portal p at=10.0.1.5:3260; endpoint E mail tag=1:; endpoint F mail tag=2: p", "bind p E",
        {p, QStringLiteral("2"), QStringLiteral("same target"), QStringLiteral("(4098)"), QStringLiteral("nbind")});
    row("4099", "portal p at=10.0.1.5:3260; group fabric-B: p; group fabric-A: q; endpoint E mail: q", "bind p E",
        {p, QStringLiteral("fabric-B"), QStringLiteral("fabric-A"), QStringLiteral("(4099)")});
    row("4099 with two groups that share none", "portal p at=10.0.1.5:3260; group fabric-A: q; endpoint E mail: q",
        "bind p E", {p, QStringLiteral("no portal group"), QStringLiteral("fabric-A"), QStringLiteral("(4099)")});
    row("5", "portal p at=10.0.1.5:3260; endpoint E N initiator:", "bind p E",
        {QStringLiteral("nitiator"), QStringLiteral("address"), QStringLiteral("(5)")});
    row("1", "portal p; endpoint E mail:; endpoint ALL - switch:", "bind p E",
        {QStringLiteral("san"), QStringLiteral("(1)"), QStringLiteral("All targets")});
    row("policy", "server san address=policy; portal p at=10.0.1.5:3260 gone; endpoint E mail:", "bind p E",
        {QStringLiteral("10.0.1.5"), QStringLiteral("interface"), QStringLiteral("allow"), QStringLiteral("(4097)")});
    row("server decides", "server san groups=none; portal p; endpoint E mail: q", "bind p E",
        {QStringLiteral("san"), QStringLiteral("group"), QStringLiteral("itself")});
    row("membership", "portal p at=10.0.1.5:3260; group fabric-A: p q; endpoint E mail tag=7: p q", "leave p fabric-A",
        {p, QStringLiteral("fabric-A"), QStringLiteral("7"), QStringLiteral("mail"), QStringLiteral("(4099)")});
    // What is in the way is named.
    row("portal in use", "portal q at=10.0.1.5:3260", "create-portal p at=10.0.1.5:3260", {p, QStringLiteral("san")});
    row("alias in use", "node mail alias=post", "create-node T alias=post", {QStringLiteral("…:mail")});
    row("group in use", "group fabric-A", "create-group g named=fabric-A", {QStringLiteral("portal group fabric-A")});
    row("portal of another server", "server a; portal p at=10.0.1.5:3260; server b; node mail",
        "create-endpoint E mail : p", {p, QStringLiteral("another server than …:mail")});
    row("multicast", "server san", "create-portal p at=224.0.0.1:3260", {QStringLiteral("multicast")});
    row("sessions", "endpoint E mail: p; session E p; session E p", "delete-node mail",
        {QStringLiteral("2 session"), QStringLiteral("mail"), QStringLiteral("(4097)")});
}

void TestRules::sentences()
{
    QFETCH(QString, site);
    QFETCH(QString, question);
    QFETCH(QStringList, parts);
    Site s(site);
    const Explanation words = explain(canDo(s.inventory(), s.operation(question)), s.inventory());
    const QString all = words.reason + QLatin1Char(' ') + words.remedy;
    for (const QString &part : parts)
        QVERIFY2(all.contains(part), qPrintable(part + QLatin1String(" is not in: ") + all));
}

void TestRules::sessionsNameWhatIsTakenAway()
{
    Site s(QStringLiteral("portal p at=10.0.1.5:3260; endpoint E mail tag=1: p; endpoint F mail tag=2:; session E p"));
    const auto reason = [&](const char *question) {
        const Verdict verdict = portalbind::unattended(
                canDo(s.inventory(), s.operation(QString::fromLatin1(question))));
        return verdict.isRefused() ? explain(verdict, s.inventory()).reason : QString();
    };
    QVERIFY2(reason("move p E F").endsWith(QStringLiteral("Unbind 10.0.1.5:3260 from endpoint 1 of …:mail")),
             qPrintable(reason("move p E F")));
    QVERIFY2(reason("unbind p E").endsWith(QStringLiteral("Unbind 10.0.1.5:3260 from endpoint 1 of …:mail")),
             qPrintable(reason("unbind p E")));
    QVERIFY2(reason("disable E").endsWith(QStringLiteral("Disable endpoint 1 of …:mail")),
             qPrintable(reason("disable E")));
}

void TestRules::serverAnswersNameTheObject()
{
    Site s(QStringLiteral("portal p at=10.0.1.6:3260; group fabric-A: p; endpoint E mail tag=1:"));
    Verdict answered;
    answered.decision = Decision::Refused;
    answered.reason = Reason::ServerAnswered;
    answered.code = 4096;
    answered.server = s.handle<ServerHandle>(QStringLiteral("san"));
    answered.portal = s.handle<PortalHandle>(QStringLiteral("p"));
    answered.endpoint = s.handle<EndpointHandle>(QStringLiteral("E"));
    answered.group = s.handle<GroupHandle>(QStringLiteral("fabric-A"));
    const auto reason = [&](Method method) {
        answered.method = method;
        return explain(answered, s.inventory()).reason;
    };
    QCOMPARE(reason(Method::Bind), QStringLiteral("10.0.1.6:3260 no longer exists on san (4096)"));
    QCOMPARE(reason(Method::DeleteEndpoint), QStringLiteral("endpoint 1 of …:mail no longer exists (4096)"));
    QCOMPARE(reason(Method::DeleteGroup), QStringLiteral("Portal group fabric-A no longer exists (4096)"));
}

void TestRules::everyReasonIsReached()
{
    // A reason that no row of the table gives would be one that nobody has looked at.
    std::set<Reason> reached;
    for (const CaseTable &table : allTables()) {
        for (const Case &row : table.cases) {
            Site s(QString::fromLatin1(row.site));
            const Operation operation = s.operation(QString::fromLatin1(row.question));
            reached.insert(canDo(s.inventory(), operation).reason);
        }
    }
    for (int i = 0; i < int(Reason::ServerAnswered); ++i)
        QVERIFY2(reached.contains(Reason(i)), qPrintable(reasonName(Reason(i))));
    // ServerAnswered comes from servers only; it needs words all the same.
    Verdict answered;
    answered.decision = Decision::Refused;
    answered.reason = Reason::ServerAnswered;
    answered.code = 32768;
    Site s(QStringLiteral("portal p; endpoint E T:"));
    answered.server = s.handle<ServerHandle>(QStringLiteral("san"));
    for (int method = 0; method <= int(Method::SaveForReboot); ++method) {
        answered.method = Method(method);
        const Explanation words = explain(answered, s.inventory());
        QVERIFY2(words.reason.endsWith(QLatin1String("(32768)")) && words.reason.contains(QLatin1String("san")),
                 qPrintable(words.reason));
        QVERIFY(!words.remedy.isEmpty());
    }
}

void TestRules::drops_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("portals");
    QTest::addColumn<QString>("answers");
    for (const DropCase &row : dropCases())
        QTest::newRow(row.name) << QString::fromLatin1(row.site) << QString::fromLatin1(row.portals)
                                << QString::fromLatin1(row.answers);
}

void TestRules::drops()
{
    QFETCH(QString, site);
    QFETCH(QString, portals);
    QFETCH(QString, answers);
    Site s(site);
    QList<PortalHandle> dropped;
    for (const QString &name : portals.split(QLatin1Char(' ')))
        dropped.append(s.handle<PortalHandle>(name));
    const auto endpoint = s.handle<EndpointHandle>(QStringLiteral("E"));
    const std::vector<Verdict> verdicts = canBindAll(s.inventory(), dropped, endpoint);
    QStringList words;
    for (const Verdict &verdict : verdicts)
        words.append(s.words(verdict));
    QCOMPARE(words.join(QLatin1String(", ")), answers);

    BindAll all(s.inventory(), dropped, endpoint);
    QVERIFY(all.judge(1000));
    QVERIFY(all.verdicts() == verdicts);
}

void TestRules::dropInSlices()
{
    Site s(QStringLiteral("group g: p q r; group h: u v; endpoint E T:"));
    QList<PortalHandle> dropped;
    for (const char *name : {"p", "u", "q", "v", "r"})
        dropped.append(s.handle<PortalHandle>(QLatin1String(name)));
    const auto endpoint = s.handle<EndpointHandle>(QStringLiteral("E"));
    BindAll all(s.inventory(), dropped, endpoint);
    QVERIFY(!all.isDone());
    QVERIFY(!all.judge(0));
    QVERIFY(!all.judge(2));
    QCOMPARE(all.verdicts().size(), size_t(2));
    QVERIFY(!all.judge(2));
    QVERIFY(all.judge(2)); // one more than there are
    QVERIFY(all.isDone());
    QVERIFY(all.judge(5));
    QVERIFY(all.verdicts() == canBindAll(s.inventory(), dropped, endpoint));
    BindAll none(s.inventory(), {}, endpoint);
    QVERIFY(none.isDone() && none.judge(1));
}

void TestRules::unattended()
{
    Site s(QStringLiteral("endpoint E T: p q; endpoint F T: r; endpoint G T:; session E p; session E p"));
    const auto ask = [&](const char *question) {
        return canDo(s.inventory(), s.operation(QString::fromLatin1(question)));
    };
    const Verdict cut = portalbind::unattended(ask("unbind p E"));
    QVERIFY(cut.isRefused());
    QVERIFY(cut.canOverride());
    QCOMPARE(cut.reason, Reason::SessionsActive);
    QCOMPARE(cut.sessions, 2u);
    QVERIFY(explain(cut, s.inventory()).reason.contains(QLatin1String("2 session")));
    QVERIFY(!explain(cut, s.inventory()).remedy.isEmpty());
    QVERIFY(portalbind::unattended(ask("move p E G")).canOverride());
    QVERIFY(portalbind::unattended(ask("delete-endpoint E")).canOverride());
    QVERIFY(portalbind::unattended(ask("disable E")).canOverride());
    // Without sessions, or refused anyway: as it was.
    for (const char *question :
         {"unbind r F", "unbind p F", "bind r G", "bind p E", "enable E", "delete-node T", "move p E X"})
        QVERIFY2(portalbind::unattended(ask(question)) == ask(question), question);
    Site unsure(QStringLiteral("server san unbind=unknown; endpoint E T: p q; session E p"));
    const Verdict verdict = canDo(unsure.inventory(), unsure.operation(QStringLiteral("unbind p E")));
    QVERIFY(verdict.decision == Decision::ServerDecides);
    QVERIFY(portalbind::unattended(verdict).canOverride());
}

void TestRules::longNames()
{
    Site s(QStringLiteral("group g"));
    const auto server = s.handle<ServerHandle>(QStringLiteral("san"));
    const auto create = [&](const QString &name) {
        return canCreateGroup(s.inventory(), CreateGroup{GroupHandle{99}, Group{server, name, false}});
    };
    QVERIFY(create(QString(128, QLatin1Char('a'))).isAllowed());
    QCOMPARE(create(QString(129, QLatin1Char('a'))).reason, Reason::BadName);
    QCOMPARE(create(QStringLiteral("   ")).reason, Reason::BadName);
    const auto group = s.handle<GroupHandle>(QStringLiteral("g"));
    QVERIFY(canRenameGroup(s.inventory(), group, QString(128, QLatin1Char('a'))).isAllowed());
    QCOMPARE(canRenameGroup(s.inventory(), group, QString(129, QLatin1Char('a'))).code, quint16(5));
    // CreateiSCSINode.Alias: 128 characters at most.
    const auto node = [&](const QString &alias) {
        return canCreateNode(s.inventory(), CreateNode{NodeHandle{99}, Node{server, Role::Target, {}, alias}});
    };
    QVERIFY(node(QString(128, QLatin1Char('a'))).isAllowed());
    QCOMPARE(node(QString(129, QLatin1Char('a'))).code, quint16(5));
}

void TestRules::symbols()
{
    // Labels of the CIM value maps: the same number is not the same thing in two methods.
    const auto symbol = [](Method method, quint16 code) { return codeSymbol(method, code); };
    QCOMPARE(symbol(Method::Bind, 0), QStringLiteral("Success"));
    QCOMPARE(symbol(Method::Bind, 1), QStringLiteral("Not Supported"));
    QCOMPARE(symbol(Method::Bind, 2), QStringLiteral("Unspecified Error"));
    QCOMPARE(symbol(Method::Bind, 3), QStringLiteral("Timeout"));
    QCOMPARE(symbol(Method::Bind, 4), QStringLiteral("Failed"));
    QCOMPARE(symbol(Method::Bind, 5), QStringLiteral("Invalid Parameter"));
    QCOMPARE(symbol(Method::Bind, 6), symbol(Method::Bind, 4095));
    QCOMPARE(symbol(Method::Bind, 4096), QStringLiteral("ProtocolEndpoint Non-Existent"));
    QCOMPARE(symbol(Method::Bind, 4097),
             QStringLiteral("TCPProtocolEndpoint Not Bound To Underlying IPProtocolEndpoint"));
    QCOMPARE(symbol(Method::Bind, 4098),
             QStringLiteral(
                     "ProtocolEndpoint In Use By Other iSCSIProtocolEndpoint In Same Target SCSIProtocolController"));
    QCOMPARE(symbol(Method::Bind, 4099), QStringLiteral("ProtocolEndpoint Not From Same Endpoint Collection"));
    QCOMPARE(symbol(Method::Bind, 4100), symbol(Method::Bind, 32767));
    QCOMPARE(symbol(Method::Bind, 32768), QStringLiteral("Vendor Specific"));
    QCOMPARE(symbol(Method::Bind, 65535), QStringLiteral("Vendor Specific"));
    QCOMPARE(symbol(Method::CreateEndpoint, 4101), symbol(Method::Bind, 4097));
    QCOMPARE(symbol(Method::CreateEndpoint, 4103),
             QStringLiteral("ProtocolEndpoints Not From Same Endpoint Collection"));
    QVERIFY(symbol(Method::CreateEndpoint, 4098) != symbol(Method::Bind, 4098));
    QVERIFY(symbol(Method::DeleteNode, 4097) != symbol(Method::CreateNode, 4097));
    // Unbind speaks in CIM status codes.
    QVERIFY(symbol(Method::Unbind, 6).contains(QLatin1String("NOT_FOUND"), Qt::CaseInsensitive)
            || symbol(Method::Unbind, 6).contains(QLatin1String("Not Found"), Qt::CaseInsensitive));
    for (int method = 0; method <= int(Method::LeaveGroup); ++method) {
        for (int code = 0; code <= 65535; code += code < 5000 ? 1 : 997)
            QVERIFY(!symbol(Method(method), quint16(code)).isEmpty());
    }
}

void TestRules::wordsOfJson()
{
    QCOMPARE(toString(Decision::Allowed), QStringLiteral("allowed"));
    QCOMPARE(toString(Decision::Refused), QStringLiteral("refused"));
    QCOMPARE(toString(Decision::ServerDecides), QStringLiteral("server"));
    QCOMPARE(toString(Origin::Target), QStringLiteral("target"));
    QCOMPARE(toString(Origin::Policy), QStringLiteral("policy"));
}

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
