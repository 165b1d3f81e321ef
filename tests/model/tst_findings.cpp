// SPDX-License-Identifier: Apache-2.0
#include "model/findings.h"
#include "tests/model/site.h"

#include <QTest>

using namespace portalbind;

class TestFindings : public QObject
{
    Q_OBJECT
private slots:
    void rules_data();
    void rules();
    void stopsEarly();
};

void TestFindings::rules_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QStringList>("expected"); // rule/severity/object
    const auto row = [](const char *name, const char *site, const QStringList &expected) {
        QTest::newRow(name) << QString::fromLatin1(site) << expected;
    };
    row("nothing", "group A : p; endpoint e t : p", {});
    row("free portal with its address gone", "portal p gone", {QStringLiteral("AddressGone/note/p")});
    row("serving portal with its address gone", "portal p gone; endpoint e t : p",
        {QStringLiteral("AddressGone/error/p")});
    row("endpoint without a portal", "node t; endpoint e t", {QStringLiteral("NoPortal/warning/e")});
    row("a disabled one is left alone", "node t; endpoint e t disabled", {});
    row("an initiator's is left alone", "node i initiator; endpoint e i initiator", {});
    row("portals of two groups", "group A : p; group B : q; endpoint e t : p q",
        {QStringLiteral("GroupConflict/error/e")});
    row("derived groups refuse nothing", "group A derived : p; group B derived : q; endpoint e t : p q", {});
    row("one portal twice in a target", "endpoint e t : p; endpoint f t : p",
        {QStringLiteral("SharedTwice/warning/p")});
    row("in two targets it is normal", "endpoint e t : p; endpoint f u : p", {});
    row("pending changes count", "node t; portal p; endpoint e t | bind p e", {});
    row("worst first", "portal p gone; node t; endpoint e t; portal q gone; endpoint f t : q",
        {QStringLiteral("AddressGone/error/q"), QStringLiteral("NoPortal/warning/e"),
         QStringLiteral("AddressGone/note/p")});
}

void TestFindings::rules()
{
    QFETCH(QString, site);
    QFETCH(QStringList, expected);
    const Site at(site);
    const Findings found = findings(at.inventory());
    QStringList actual;
    for (const Finding &finding : found.all) {
        const char *rules[] = {"AddressGone", "NoPortal", "GroupConflict", "SharedTwice", "OneInterface", "Dangling"};
        const char *severities[] = {"note", "warning", "error"};
        QString object;
        if (const auto *portal = std::get_if<PortalHandle>(&finding.object))
            object = at.name(*portal);
        else if (const auto *endpoint = std::get_if<EndpointHandle>(&finding.object))
            object = at.name(*endpoint);
        actual += QStringLiteral("%1/%2/%3")
                          .arg(QLatin1String(rules[int(finding.rule)]),
                               QLatin1String(severities[int(finding.severity)]), object);
        QVERIFY(!finding.text.isEmpty());
    }
    QCOMPARE(actual, expected);
    QCOMPARE(found.count(), int(expected.size()));
}

void TestFindings::stopsEarly()
{
    const Site at(QStringLiteral("portal p gone; portal q gone"));
    std::stop_source stop;
    stop.request_stop();
    QCOMPARE(findings(at.inventory(), stop.get_token()).count(), 0);
}

QTEST_GUILESS_MAIN(TestFindings)
#include "tst_findings.moc"
