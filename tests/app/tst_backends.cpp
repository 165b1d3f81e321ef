// SPDX-License-Identifier: Apache-2.0
#include "app/backends.h"
#include "app/importfile.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace portalbind;

class TestBackends : public QObject
{
    Q_OBJECT
private slots:
    void everySchemeOpens();
    void workbookPaths_data();
    void workbookPaths();
    void bareFileIsAWorkbook();
    void scenario();
    void refused_data();
    void refused();
    void formatIsInTheContent_data();
    void formatIsInTheContent();
    void filesThatCannotBeRead();
    void serverGetsTheNameOfTheFile();
};

void TestBackends::everySchemeOpens()
{
    QVERIFY(!backendSchemes().empty());
    for (const BackendScheme &scheme : backendSchemes()) {
        const auto backend = openBackend(QString::fromLatin1(scheme.example));
        QVERIFY2(backend && *backend, scheme.scheme);
        QCOMPARE((*backend)->url().scheme(), QString::fromLatin1(scheme.scheme));
    }
}

void TestBackends::workbookPaths_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("path");
    const QString here = QDir::currentPath();
    QTest::newRow("absolute") << QStringLiteral("workbook:/srv/site.pbw") << QStringLiteral("/srv/site.pbw");
    QTest::newRow("relative") << QStringLiteral("workbook:site.pbw") << here + QStringLiteral("/site.pbw");
    QTest::newRow("upper case scheme") << QStringLiteral("WORKBOOK:/srv/site.pbw") << QStringLiteral("/srv/site.pbw");
    QTest::newRow("what a URL would escape")
            << QStringLiteral("workbook:/srv/a b#1?%20ü:x") << QStringLiteral("/srv/a b#1?%20ü:x");
    QTest::newRow("as a URL") << QStringLiteral("workbook:///srv/a%20b.pbw") << QStringLiteral("/srv/a b.pbw");
}

void TestBackends::workbookPaths()
{
    QFETCH(QString, text);
    const auto url = backendUrl(text);
    QVERIFY(url);
    QTEST(workbookPath(*url), "path");
    // It stays the same through a text, as in a list of recent files.
    const auto again = backendUrl(QStringLiteral("workbook:") + workbookPath(*url));
    QVERIFY(again);
    QCOMPARE(*again, backendUrl(QStringLiteral("workbook:") + workbookPath(*again)).value());
}

void TestBackends::bareFileIsAWorkbook()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("a file:1")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY(!backendUrl(file.fileName())); // which looks at no disk
    const auto url = backendUrl(typedAddress(file.fileName()));
    QVERIFY(url);
    QCOMPARE(workbookPath(*url), file.fileName());
    QVERIFY(!backendUrl(typedAddress(folder.path())));
}

void TestBackends::scenario()
{
    const auto url = backendUrl(QStringLiteral("workbook:/srv/what?.pbw?scenario=/etc/a b&c.json"));
    QVERIFY(url);
    QCOMPARE(workbookPath(*url), QStringLiteral("/srv/what?.pbw"));
    QCOMPARE(url->query(QUrl::FullyDecoded), QStringLiteral("scenario=/etc/a b&c.json"));
    QCOMPARE(url->query(QUrl::FullyEncoded), QStringLiteral("scenario=/etc/a%20b%26c.json"));
}

void TestBackends::refused_data()
{
    QTest::addColumn<QString>("text");
    for (const char *text :
         {"", "workbook:", "workbook:?scenario=x", "ftp://host/path", "nothing", "/no/such/file", "c:\\file", ":"})
        QTest::newRow(text) << QString::fromLatin1(text);
}

void TestBackends::refused()
{
    QFETCH(QString, text);
    const auto backend = openBackend(text);
    QVERIFY(!backend);
    QVERIFY(backend.error().kind == Error::Kind::BadInput);
    for (const BackendScheme &scheme : backendSchemes())
        QVERIFY(backend.error().remedy.contains(QString::fromLatin1(scheme.scheme)));
    QVERIFY(!openBackend(QUrl(QStringLiteral("ftp://host/"))));
}

void TestBackends::formatIsInTheContent_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<int>("format"); // -1: neither
    const auto row = [](const char *name, const char *json, int format) {
        QTest::newRow(name) << QByteArray(json) << format;
    };
    row("snapshot", R"({"format": "portalbind-snapshot"})", 0);
    row("saveconfig", R"({"fabric_modules": [], "storage_objects": [], "targets": []})", 1);
    row("targets alone", R"({"targets": []})", 1);
    row("key further down", R"({"a": {"format": 1, "b": ["targets"]}, "c": "\"targets\": [", "format" : 1})", 0);
    row("only as a value", R"({"a": "format", "b": ["targets"]})", -1);
    row("only deeper", R"({"a": {"targets": []}})", -1);
    row("empty", "", -1);
    row("open text", "{\"format", -1);
    row("open escape", "{\"format\\", -1);
}

void TestBackends::formatIsInTheContent()
{
    QFETCH(QByteArray, json);
    const auto format = importFormat(json);
    QTEST(format ? int(*format) : -1, "format");
}

void TestBackends::filesThatCannotBeRead()
{
    QTemporaryDir folder;
    QVERIFY(readImportFile(folder.path()).error().kind == Error::Kind::File);
    QVERIFY(readImportFile(folder.filePath(QStringLiteral("missing"))).error().kind == Error::Kind::File);
    QFile big(folder.filePath(QStringLiteral("big")));
    QVERIFY(big.open(QIODevice::WriteOnly) && big.resize(600LL << 20)); // sparse
    const auto refused = readImportFile(big.fileName());
    QVERIFY(!refused && refused.error().kind == Error::Kind::BadInput);
    QVERIFY(readImportFile(QStringLiteral("/dev/null")).error().kind == Error::Kind::BadInput);
}

void TestBackends::serverGetsTheNameOfTheFile()
{
    QTemporaryDir folder;
    QFile file(folder.filePath(QStringLiteral("san-1.lio.json")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(R"({"targets": [{"fabric": "iscsi", "wwn": "iqn.2026-11.com.example:a", "tpgs": []}]})");
    file.close();
    const auto read = readImportFile(file.fileName());
    QVERIFY(read);
    QVERIFY(read->format == ImportFormat::Saveconfig);
    QCOMPARE(read->content->server(0).name, QStringLiteral("san-1.lio"));
    QCOMPARE(readImportFile(file.fileName(), QStringLiteral("x"))->content->server(0).name, QStringLiteral("x"));
}

QTEST_GUILESS_MAIN(TestBackends)
#include "tst_backends.moc"
