// SPDX-License-Identifier: Apache-2.0
#include "app/certificatepins.h"
#include "tests/backends/wsman/await.h"

#include <QTemporaryDir>

using namespace portalbind;

class TestCertificatePins : public QObject
{
    Q_OBJECT
private slots:
    void keepsAndFinds();
    void bothPrograms();
    void damagedPinFitsNothing();
    void cannotBeWritten();
    void cannotBeRead();
    void fingerprints();

private:
    QTemporaryDir m_folder;
    [[nodiscard]] QString file(const char *name) const { return m_folder.filePath(QString::fromUtf8(name)); }
};

namespace {

const QString address = QStringLiteral("[2001:db8::5]:5986");
const QByteArray digest(32, '\x5a');

} // namespace

void TestCertificatePins::keepsAndFinds()
{
    CertificatePins pins(file("new/certificates.ini"));
    auto found = await(pins.find(address));
    QVERIFY(found && *found && !**found);
    const auto kept = await(pins.keep(address, digest));
    QVERIFY2(kept && *kept, kept && !*kept ? qPrintable(kept->error().text()) : "");
    found = await(pins.find(address));
    QVERIFY(found && *found);
    QCOMPARE(**found, std::optional(digest));
    found = await(pins.find(QStringLiteral("san-a:5986")));
    QVERIFY(found && *found && !**found);
}

void TestCertificatePins::bothPrograms()
{
    CertificatePins window(file("both.ini")), commands(file("both.ini"));
    auto found = await(commands.find(address));
    QVERIFY(found && *found && !**found);
    const auto kept = await(window.keep(address, digest));
    QVERIFY(kept && *kept);
    found = await(commands.find(address));
    QVERIFY(found && *found);
    QCOMPARE(**found, std::optional(digest));
}

void TestCertificatePins::damagedPinFitsNothing()
{
    QFile store(file("damaged.ini"));
    QVERIFY(store.open(QIODevice::WriteOnly));
    store.write("[sha256]\nsan-a%3A5986=nonsense\n");
    store.close();
    const auto found = await(CertificatePins(store.fileName()).find(QStringLiteral("san-a:5986")));
    QVERIFY(found && *found && **found); // there is one, so that nobody is asked
    QVERIFY((**found)->size() != 32);
}

void TestCertificatePins::cannotBeWritten()
{
    QFile blocks(file("blocked"));
    QVERIFY(blocks.open(QIODevice::WriteOnly));
    CertificatePins pins(file("blocked/certificates.ini"));
    const auto kept = await(pins.keep(address, digest));
    QVERIFY(kept && !*kept);
    QCOMPARE(kept->error().kind, Error::Kind::File);
    QVERIFY(kept->error().what.contains(address));
}

void TestCertificatePins::cannotBeRead()
{
    // A folder in its place: what was pinned is not known, and no certificate is judged without that.
    QVERIFY(QDir().mkpath(file("folder.ini/x")));
    const auto found = await(CertificatePins(file("folder.ini")).find(address));
    QVERIFY(found && !*found);
    QCOMPARE(found->error().kind, Error::Kind::File);
}

void TestCertificatePins::fingerprints()
{
    const QString text = CertificatePins::text(digest);
    QVERIFY(text.startsWith(QLatin1String("5A:5A:")));
    QCOMPARE(CertificatePins::parse(text).value(), digest);
    QCOMPARE(CertificatePins::parse(QString(text).remove(u':').toLower()).value(), digest);
    for (const char *bad : {"", "5A", "zz", "5A:5A:5A"})
        QCOMPARE(CertificatePins::parse(QString::fromUtf8(bad)).error().kind, Error::Kind::BadInput);
}

QTEST_GUILESS_MAIN(TestCertificatePins)
#include "tst_certificatepins.moc"
