// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportformat.h"
#include "model/showntext.h"

#include "model/snapshotbuilder.h"
#include "model/snapshotjson.h"
#include "tests/model/siteinventory.h"
#include "tests/testdata.h"

#include <QBuffer>
#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <thread>

using namespace portalbind;

/// Golden files: PORTALBIND_WRITE_GOLDEN=1 writes them anew; look at the difference before committing it.
class TestReport : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void golden_data();
    void golden();
    void jsonIsWhatTheChecksumIsOf();
    void pendingChangesAreListedApart();
    void htmlIsWellFormedAndAlone();
    void hostileTextIsEscaped();
    void bareAddressesAreNoLinks();
    void csvIsRectangular();
    void csvGuardsFormulas();
    void nothingIsLost();
    void emptyInventory();
    void stopped();
    void fullDisk();
    void savedAsAWholeOrNotAtAll();
    void textIsMadeSafe();

private:
    static ReportSource source()
    {
        return {QStringLiteral("site <1>"),
                QStringLiteral("workbook:/srv/site.pbw"),
                QStringLiteral("Portalbind 1.2.3"),
                QDateTime(QDate(2026, 11, 22), QTime(10, 5), Qt::UTC),
                {}};
    }
    static QByteArray render(const ReportContent &content, const char *format)
    {
        QBuffer buffer;
        buffer.open(QIODevice::WriteOnly);
        const auto written = writeReport(content, *reportFormat(QString::fromLatin1(format)), buffer);
        return written ? buffer.data() : written.error().text().toUtf8();
    }
    static QByteArray render(const char *format)
    {
        return render(*makeReportContent(Inventory(siteSnapshot()), source()), format);
    }
    static QList<QByteArrayList> csvRows(const QByteArray &csv);
    static SnapshotPtr withGroupNamed(const QString &name);
};

void TestReport::initTestCase()
{
    QLocale::setDefault(QLocale::c());
}

void TestReport::golden_data()
{
    QTest::addColumn<QByteArray>("format");
    for (const ReportFormat &format : reportFormats())
        QTest::newRow(format.id) << QByteArray(format.id);
}

void TestReport::golden()
{
    QFETCH(QByteArray, format);
    const QByteArray made = render(format.constData());
    const QString path = testData(QStringLiteral("golden/report.")
                                  + QString::fromLatin1(reportFormat(QString::fromLatin1(format))->suffix));
    QFile file(path);
    if (qEnvironmentVariableIsSet("PORTALBIND_WRITE_GOLDEN")) {
        QVERIFY(QDir().mkpath(QFileInfo(path).absolutePath()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(made), made.size());
        return;
    }
    QVERIFY2(file.open(QIODevice::ReadOnly), qPrintable(path));
    const QList<QByteArray> expected = file.readAll().split('\n');
    const QList<QByteArray> lines = made.split('\n');
    for (qsizetype i = 0; i < std::min(lines.size(), expected.size()); ++i)
        QVERIFY2(lines[i] == expected[i],
                 qPrintable(QStringLiteral("line %1: %2").arg(i + 1).arg(QString::fromUtf8(lines[i]))));
    QCOMPARE(lines.size(), expected.size());
}

void TestReport::jsonIsWhatTheChecksumIsOf()
{
    const auto content = makeReportContent(Inventory(siteSnapshot()), source());
    QVERIFY(content);
    const QByteArray json = render(*content, "json");
    // As `grep -v '^  "takenAt":' | sha256sum` has it.
    QByteArrayList lines = json.split('\n');
    QCOMPARE(lines.removeIf([](const QByteArray &line) { return line.startsWith("  \"takenAt\":"); }), 1);
    QCOMPARE(content->snapshot->checksum(),
             QCryptographicHash::hash(lines.join('\n'), QCryptographicHash::Sha256).toHex());
    // Read again, nothing having changed, it is the same; when something did, it is not.
    const auto later = [](QByteArray text, const char *from, const char *to) {
        const auto read = readSnapshotJson(text.replace(from, to), std::make_shared<IdTable>());
        return read ? makeReportContent(Inventory(*read), source())->snapshot->checksum() : QByteArray();
    };
    QCOMPARE(later(json, "2026-11-22T10:00:00.000Z", "2026-11-23T11:00:00.000Z"), content->snapshot->checksum());
    QVERIFY(later(json, "10.0.1.6:3260", "10.0.1.66:3260") != content->snapshot->checksum());
    for (const char *format : {"html", "markdown"})
        QVERIFY(render(*content, format).contains(content->snapshot->checksum()));
}

void TestReport::pendingChangesAreListedApart()
{
    const Inventory base(siteSnapshot());
    const IdTable &ids = *base.base()->ids();
    const Operation unbind = Unbind{ids.find<EndpointHandle>("endpoint:1"), ids.find<PortalHandle>("portal:1")};
    ReportSource with = source();
    with.pending = {QStringLiteral("Unbind <one> | two")};
    const auto content = makeReportContent(base.with(unbind), with);
    QVERIFY(content);
    QCOMPARE(content->inventory.portalCount(ids.find<EndpointHandle>("endpoint:1")), 2);
    QVERIFY(render(*content, "html").contains("<li>Unbind &lt;one&gt; | two</li>"));
    QVERIFY(render(*content, "markdown").contains("- Unbind \\<one\\> \\| two\n"));
    QCOMPARE(render(*content, "json"), render("json"));
    QVERIFY(!render("html").contains("class=\"pending\""));
}

void TestReport::htmlIsWellFormedAndAlone()
{
    const QByteArray html = render("html");
    QByteArrayList open;
    static const QByteArrayList empty = {"meta", "!DOCTYPE"};
    for (qsizetype at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at + 1)) {
        const qsizetype end = html.indexOf('>', at);
        QVERIFY(end > at);
        const QByteArray tag = html.mid(at + 1, end - at - 1);
        const QByteArray name = tag.left(tag.indexOf(' ') < 0 ? tag.size() : tag.indexOf(' '));
        if (name.startsWith('/')) {
            QVERIFY2(!open.isEmpty() && open.last() == name.mid(1), tag.constData());
            open.removeLast();
        } else if (!empty.contains(name)) {
            open += name;
        }
        for (const char *loads : {"src=", "href=\"h", "url(", "@import", "onload", "script"})
            QVERIFY2(!tag.contains(loads), tag.constData());
    }
    QVERIFY(open.isEmpty());
    QVERIFY(html.contains("default-src 'none'"));
    QVERIFY(!html.contains("http://") && !html.contains("https://") && !html.contains("url("));
    QVERIFY(html.contains("prefers-color-scheme: dark") && html.contains("@media print"));
}

SnapshotPtr TestReport::withGroupNamed(const QString &name)
{
    SnapshotBuilder builder(std::make_shared<IdTable>());
    Server server;
    server.name = name;
    const auto san = builder.addServer("s", server);
    Portal portal;
    portal.server = san;
    portal.address = PortalAddress::parse(u"10.0.0.1:3260").value();
    builder.join(builder.addGroup("g", Group{san, name, false}), builder.addPortal("p", portal));
    return builder.build(true, QDateTime(QDate(2026, 1, 1), QTime(0, 0), Qt::UTC));
}

void TestReport::hostileTextIsEscaped()
{
    const auto content = makeReportContent(
            Inventory(withGroupNamed(QStringLiteral("</td><script>alert('\"&')</script>|`a`\\\n# b"))), source());
    QVERIFY(content);
    const QByteArray html = render(*content, "html");
    QVERIFY(!html.contains("<script"));
    QVERIFY(html.contains("&lt;/td&gt;&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;|`a`\\\xEF\xBF\xBD# b"));
    const QByteArray markdown = render(*content, "markdown");
    QVERIFY(markdown.contains("\\</td\\>\\<script\\>alert\\('\"\\&'\\)\\</script\\>\\|\\`a\\`\\\\"));
    for (const QByteArray &line : markdown.split('\n')) {
        if (!line.startsWith("| "))
            continue;
        qsizetype bars = 0;
        for (qsizetype i = 0; i < line.size(); ++i) {
            if (line[i] == '\\')
                ++i;
            else
                bars += line[i] == '|';
        }
        // Servers: 9 columns; groups: 4; portals: 6. One server has no column of its own.
        QVERIFY2(bars == 10 || bars == 5 || bars == 7, line.constData());
    }
}

void TestReport::bareAddressesAreNoLinks()
{
    for (const auto &[text, shown] :
         {std::pair("https://evil.example/", "https\\://evil.example/"),
          std::pair("HTTP://evil.example/", "HTTP\\://evil.example/"),
          std::pair("see www.evil.example", "see www\\.evil.example"), std::pair("10.0.1.5:3260", "10.0.1.5:3260"),
          std::pair("iqn.2026-11.com.example:mail", "iqn.2026-11.com.example:mail")}) {
        const auto content = makeReportContent(Inventory(withGroupNamed(QString::fromLatin1(text))), source());
        QVERIFY(content);
        QVERIFY2(render(*content, "markdown").contains(QByteArray("| ") + shown + " |"), text);
    }
}

QList<QByteArrayList> TestReport::csvRows(const QByteArray &csv)
{
    // RFC 4180, read by the book.
    QList<QByteArrayList> rows;
    QByteArrayList row;
    QByteArray field;
    bool quoted = false;
    for (qsizetype i = 0; i < csv.size(); ++i) {
        const char c = csv[i];
        if (quoted) {
            if (c == '"' && i + 1 < csv.size() && csv[i + 1] == '"')
                field += csv[++i];
            else if (c == '"')
                quoted = false;
            else
                field += c;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            row += std::exchange(field, {});
        } else if (c == '\r' && i + 1 < csv.size() && csv[i + 1] == '\n') {
            ++i;
            row += std::exchange(field, {});
            rows += std::exchange(row, {});
        } else {
            field += c;
        }
    }
    return field.isEmpty() && row.isEmpty() ? rows : QList<QByteArrayList>();
}

void TestReport::csvIsRectangular()
{
    const auto rows = csvRows(render("csv"));
    QCOMPARE(rows.size(), 1 + 6 + 4 + 2); // heading, bindings, portals that serve nothing, endpoints without a portal
    for (const QByteArrayList &row : rows)
        QCOMPARE(row.size(), 16);
    QCOMPARE(rows[0][0], QByteArray("server"));
}

void TestReport::csvGuardsFormulas()
{
    for (const char *name : {"=1+2", "+1", "-1", "@SUM(A1)", "=\"a\",b"}) {
        const auto content = makeReportContent(Inventory(withGroupNamed(QString::fromLatin1(name))), source());
        QVERIFY(content);
        const auto rows = csvRows(render(*content, "csv"));
        QCOMPARE(rows.size(), 2);
        QCOMPARE(rows[1][0], QByteArray("'") + name);
        QCOMPARE(rows[1][6], QByteArray("'") + name);
    }
    const auto plain = makeReportContent(Inventory(withGroupNamed(QStringLiteral("a=1"))), source());
    QCOMPARE(csvRows(render(*plain, "csv"))[1][0], QByteArray("a=1"));
}

void TestReport::nothingIsLost()
{
    const auto content = makeReportContent(Inventory(siteSnapshot()), source());
    QVERIFY(content);
    for (const char *format : {"html", "csv", "markdown"}) {
        QByteArray text = render(*content, format);
        text.replace("\\[", "[").replace("\\]", "]");
        for (const char *portal : {"10.0.1.5:3260", "10.0.1.6:3260", "[2001:db8::5]:3260", "10.0.1.9:3260",
                                   "0.0.0.0:3260", "10.0.9.1", "[fe80::1%eth0]:3261"})
            QVERIFY2(text.contains(portal), portal);
        for (const char *endpoint : {"mail,t,0x0001", "mail,t,0x0002", "db,t,0x0001", "host,i,0x00023d000001"})
            QVERIFY2(text.contains(endpoint), endpoint);
    }
    QVERIFY(render(*content, "html").contains("client-1") && render(*content, "html").contains("client-2"));
}

void TestReport::emptyInventory()
{
    const auto content = makeReportContent(Inventory(), source());
    QVERIFY(content);
    QVERIFY(render(*content, "html").contains("There is no server."));
    QCOMPARE(csvRows(render(*content, "csv")).size(), 1);
    QVERIFY(render(*content, "markdown").contains("There is no portal."));
}

void TestReport::stopped()
{
    std::stop_source stop;
    const auto content = makeReportContent(Inventory(siteSnapshot()), source());
    stop.request_stop();
    QVERIFY(makeReportContent(Inventory(siteSnapshot()), source(), stop.get_token()).error().kind
            == Error::Kind::Cancelled);
    QBuffer buffer;
    buffer.open(QIODevice::WriteOnly);
    const auto written = writeReport(*content, *reportFormat(u"html"), buffer, stop.get_token());
    QVERIFY(!written && written.error().kind == Error::Kind::Cancelled);
    QVERIFY(buffer.data().isEmpty());
}

void TestReport::fullDisk()
{
    const auto content = makeReportContent(Inventory(siteSnapshot()), source());
    QFile full(QStringLiteral("/dev/full"));
    QVERIFY(full.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
    const auto written = writeReport(*content, *reportFormat(u"html"), full);
    QVERIFY(!written && written.error().kind == Error::Kind::File);
}

void TestReport::savedAsAWholeOrNotAtAll()
{
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("report.html"));
    const auto content = makeReportContent(Inventory(siteSnapshot()), source());
    const ReportFormat &html = *reportFormat(u"html");
    const auto size = saveReport(*content, html, path);
    QVERIFY(size);
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(file.size(), *size);
    QCOMPARE(file.readAll(), render("html"));

    std::stop_source stop;
    stop.request_stop();
    QVERIFY(saveReport(*content, html, path, stop.get_token()).error().kind == Error::Kind::Cancelled);
    QCOMPARE(QFileInfo(path).size(), *size);
    QCOMPARE(QDir(folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
    QVERIFY(saveReport(*content, html, folder.path()).error().kind == Error::Kind::File);
    QVERIFY(saveReport(*content, html, folder.filePath(QStringLiteral("no/such/report.html"))).error().kind
            == Error::Kind::File);
}

void TestReport::textIsMadeSafe()
{
    QCOMPARE(shownText(u"plain ü 😀"), QByteArray("plain ü 😀"));
    QCOMPARE(shownText(u"a\x1b[31m\n\tb"),
             QByteArray("a\xEF\xBF\xBD[31m\xEF\xBF\xBD\xEF\xBF\xBD"
                        "b"));
    const char16_t turned[] = {u'a', 0x202e, u'b', 0xd800, u'c', 0};
    QCOMPARE(shownString(turned), QStringLiteral("a\uFFFDb\uFFFDc"));
}

QTEST_GUILESS_MAIN(TestReport)
#include "tst_report.moc"
