// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/changerequests.h"
#include "tests/testdata.h"

#include <QFile>
#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

using namespace portalbind;

/// Each word by which the helper refuses is a sentence to a person.
class TestRefusalText : public QObject
{
    Q_OBJECT
private slots:
    void words_data();
    void words();
    void whatItHolds_data();
    void whatItHolds();
};

/// From the tables of docs/lio-helper.md, and the lists behind "Refused:".
void TestRefusalText::words_data()
{
    QTest::addColumn<QString>("why");
    QFile file(testData(QStringLiteral("../../docs/lio-helper.md")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    static const QRegularExpression word(QStringLiteral("`([a-z]+(?:-[a-z]+)*)`"));
    bool inTable = false;
    QSet<QString> found;
    const QString whole = QString::fromUtf8(file.readAll());
    const QStringList lines = whole.section(QStringLiteral("## Portals\n"), 1).split(u'\n');
    for (const QString &line : lines) {
        if (!line.startsWith(u'|'))
            inTable = false;
        if (line.startsWith(QStringLiteral("| `why` |")))
            inTable = true;
        const QString told = inTable ? line.section(u'|', 1, 1)
                : line.startsWith(QStringLiteral("Refused: ")) || line.startsWith(QStringLiteral("`newer-schema`"))
                ? line.section(QStringLiteral(" with `"), 0, 0)
                : QString();
        for (auto each = word.globalMatch(told); each.hasNext();)
            found += each.next().captured(1);
    }
    found -= {QStringLiteral("why")};
    for (const char *needed : {"no-target", "ghost", "saved-twice", "full", "pool-taken", "newer-schema", "not-empty"})
        QVERIFY2(found.contains(QLatin1String(needed)), needed);
    QVERIFY(found.size() >= 34);
    for (const QString &why : std::as_const(found))
        QTest::newRow(qPrintable(why)) << why;
}

void TestRefusalText::words()
{
    QFETCH(QString, why);
    const QJsonObject refused{{QStringLiteral("why"), why}};
    const QString text = lio::refusalText(refused);
    QVERIFY(!text.contains(why) || why == QLatin1String("bad-name") || !why.contains(u'-'));
    QVERIFY2(text.contains(u' '), qPrintable(text));
}

void TestRefusalText::whatItHolds_data()
{
    QTest::addColumn<QJsonObject>("holds");
    QTest::addColumn<QString>("text");
    const auto of = [](const char *key, int count) { return QJsonObject{{QLatin1String(key), count}}; };
    QTest::newRow("one TPG") << of("tpgs", 1) << QStringLiteral("it still holds 1 TPG(s)");
    QTest::newRow("two") << of("acls", 2) << QStringLiteral("it still holds 2 ACL(s)");
    QJsonObject several = of("acls", 1);
    several.insert(QStringLiteral("portals"), 2);
    several.insert(QStringLiteral("luns"), 0);
    QTest::newRow("several") << several << QStringLiteral("it still holds 2 portal(s), 1 ACL(s)");
    QTest::newRow("not told") << QJsonObject() << QStringLiteral("it is not empty");
}

void TestRefusalText::whatItHolds()
{
    QFETCH(QJsonObject, holds);
    const QString text = lio::refusalText(
            {{QStringLiteral("why"), QStringLiteral("not-empty")}, {QStringLiteral("holds"), holds}});
    QTEST(text, "text");
}

QTEST_GUILESS_MAIN(TestRefusalText)

#include "tst_refusaltext.moc"
