// SPDX-License-Identifier: Apache-2.0

// Certificates that nobody vouches for, shown to the real program by real servers.

#include "remoterunner.h"

#include <QJsonArray>
#include <QTest>

using namespace portalbind;
using Ran = CtlRunner::Ran;

class TestRemoteCtlCertificates : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void init() { m_ctl = std::make_unique<RemoteRunner>(*m_certificates); }
    void cleanup() { m_ctl.reset(); }

    void unknownCertificate();
    void pinOfTheSettings();
    void changedPin();

private:
    std::unique_ptr<Certificates> m_certificates;
    std::unique_ptr<RemoteRunner> m_ctl;
};

void TestRemoteCtlCertificates::initTestCase()
{
    m_certificates = std::make_unique<Certificates>(
            QStringList{QStringLiteral("self-signed"), QStringLiteral("other")});
    QVERIFY2(m_certificates->error().isEmpty(), qPrintable(m_certificates->error()));
}

void TestRemoteCtlCertificates::unknownCertificate()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    const QStringList arguments{QStringLiteral("--connect"), m_ctl->url(), QStringLiteral("--password-file"),
                                m_ctl->passwordFile, QStringLiteral("list")};
    const Ran refused = m_ctl->run(arguments);
    QCOMPARE(refused.code, 5);
    QVERIFY(refused.out.isEmpty());
    for (const QByteArray &part : {m_ctl->fingerprint().toLatin1(), QByteArray("localhost"), QByteArray("valid from"),
                                   QByteArray("--pin"), QByteArray("signed by itself")})
        QVERIFY2(refused.err.contains(part), refused.err);
    const Ran json = m_ctl->run(arguments + QStringList{QStringLiteral("--json")});
    QCOMPARE(json.code, 5);
    const QJsonObject error = json.json().value(QLatin1String("error")).toObject();
    const QJsonObject certificate = error.value(QLatin1String("certificate")).toObject();
    QCOMPARE(certificate.value(QLatin1String("sha256")).toString(), m_ctl->fingerprint());
    QVERIFY(certificate.value(QLatin1String("pinned")).isNull());
    QVERIFY(certificate.value(QLatin1String("names")).toArray().contains(QStringLiteral("localhost")));
    QVERIFY(m_ctl->peer().log().isEmpty()); // nothing was sent
}

void TestRemoteCtlCertificates::pinOfTheSettings()
{
    QVERIFY(m_ctl->serve(m_ctl->basic()));
    m_ctl->keepPin(QStringLiteral("self-signed"));
    const Ran ran = m_ctl->run({QStringLiteral("--connect"), m_ctl->url(), QStringLiteral("--password-file"),
                                m_ctl->passwordFile, QStringLiteral("list"), QStringLiteral("servers")});
    QVERIFY2(ran.code == 0, ran.err);
}

void TestRemoteCtlCertificates::changedPin()
{
    QVERIFY(m_ctl->serve(m_ctl->basic(QStringLiteral("other"))));
    m_ctl->keepPin(QStringLiteral("self-signed"));
    const Ran kept = m_ctl->run({QStringLiteral("--connect"), m_ctl->url(), QStringLiteral("--password-file"),
                                 m_ctl->passwordFile, QStringLiteral("list")});
    const Ran given = m_ctl->ctl("list");
    for (const Ran &ran : {kept, given}) {
        QCOMPARE(ran.code, 5);
        QVERIFY2(ran.err.contains("another certificate"), ran.err);
        QVERIFY(ran.err.contains(m_ctl->fingerprint().toLatin1()));
        QVERIFY(ran.err.contains(m_ctl->fingerprint(QStringLiteral("other")).toLatin1()));
    }
    QVERIFY(m_ctl->peer().log().isEmpty());
}

QTEST_GUILESS_MAIN(TestRemoteCtlCertificates)
#include "tst_remotectlcertificates.moc"
