// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/authchallenge.h"
#include "backends/wsman/channelbinding.h"
#include "tests/backends/wsman/scriptedserver.h"

#include <QSslCertificate>
#include <QTest>

using namespace portalbind::wsman;

class TestAuthChallenge : public QObject
{
    Q_OBJECT
private slots:
    void schemes_data();
    void schemes();
    void values();
    void rubbishEnds();
    void hashOfTheSignature_data();
    void hashOfTheSignature();
    void truncatedCertificates();
};

void TestAuthChallenge::schemes_data()
{
    QTest::addColumn<QStringList>("fields");
    QTest::addColumn<QStringList>("expected"); // scheme token name=value…
    QTest::newRow("none") << QStringList{} << QStringList{};
    QTest::newRow("Windows") << QStringList{QStringLiteral("Negotiate"), QStringLiteral("Kerberos"),
                                            QStringLiteral("Basic realm=\"WSMAN\""), QStringLiteral("CredSSP")}
                             << QStringList{QStringLiteral("Negotiate"), QStringLiteral("Kerberos"),
                                            QStringLiteral("Basic realm=WSMAN"), QStringLiteral("CredSSP")};
    QTest::newRow("one line") << QStringList{QStringLiteral(
            "Negotiate, Basic realm=\"a, b\" , Digest nonce=\"x\\\"y\", qop=auth")}
                              << QStringList{QStringLiteral("Negotiate"), QStringLiteral("Basic realm=a, b"),
                                             QStringLiteral("Digest nonce=x\"y qop=auth")};
    QTest::newRow("token") << QStringList{QStringLiteral("Negotiate YII+/w==, Basic realm=x")}
                           << QStringList{QStringLiteral("Negotiate YII+/w=="), QStringLiteral("Basic realm=x")};
    QTest::newRow("one =") << QStringList{QStringLiteral("Negotiate abc=")}
                           << QStringList{QStringLiteral("Negotiate abc=")};
    QTest::newRow("scheme in a realm") << QStringList{QStringLiteral("Basic realm=\"Negotiate abc\"")}
                                       << QStringList{QStringLiteral("Basic realm=Negotiate abc")};
    QTest::newRow("commas") << QStringList{QStringLiteral(",, Negotiate ,,")}
                            << QStringList{QStringLiteral("Negotiate")};
    QTest::newRow("blanks") << QStringList{QStringLiteral("Basic  realm = \"x\" ,  charset=UTF-8")}
                            << QStringList{QStringLiteral("Basic realm=x charset=UTF-8")};
    QTest::newRow("open quote") << QStringList{QStringLiteral("Basic realm=\"x")}
                                << QStringList{QStringLiteral("Basic realm=x")};
}

void TestAuthChallenge::schemes()
{
    QFETCH(QStringList, fields);
    QFETCH(QStringList, expected);
    QByteArrayList bytes;
    std::vector<std::string_view> views;
    for (const QString &field : fields)
        bytes << field.toUtf8();
    for (const QByteArray &field : bytes)
        views.emplace_back(field.constData(), size_t(field.size()));
    QStringList got;
    for (const AuthChallenge &one : parseChallenges(views)) {
        QString text = QString::fromUtf8(one.scheme);
        if (!one.token.isEmpty())
            text += QLatin1Char(' ') + QString::fromUtf8(one.token);
        for (const auto &[name, value] : one.parameters)
            text += QLatin1Char(' ') + QString::fromUtf8(name) + QLatin1Char('=') + QString::fromUtf8(value);
        got << text;
    }
    QCOMPARE(got, expected);
}

void TestAuthChallenge::values()
{
    const auto all = parseChallenges({"basic Realm=\"x\"", "NEGOTIATE t"});
    QVERIFY(findChallenge(all, "Basic"));
    QCOMPARE(findChallenge(all, "Negotiate")->token, QByteArray("t"));
    QVERIFY(!findChallenge(all, "NTLM"));
    QCOMPARE(all[0].parameters[0].first, QByteArray("realm"));
}

void TestAuthChallenge::rubbishEnds()
{
    std::string many;
    for (int i = 0; i < 1000; ++i)
        many.append("A").append(std::to_string(i)).append(", ");
    QVERIFY(parseChallenges({many}).size() <= 32);
    for (const char *const text :
         {"=", "\"", "\\", "=,=", "a=b", "\x01", "Negotiate =", "Negotiate \"", "a b c d", "(x)"})
        (void)parseChallenges({text});
    QCOMPARE(parseChallenges({"(x), Negotiate"}).size(), size_t(1));
}

void TestAuthChallenge::hashOfTheSignature_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("hash");
    QTest::newRow("RSA with SHA-256") << QStringLiteral("self-signed") << int(QCryptographicHash::Sha256);
    QTest::newRow("ECDSA with SHA-384") << QStringLiteral("other") << int(QCryptographicHash::Sha384);
    QTest::newRow("RSA with SHA-1: SHA-256 instead") << QStringLiteral("sha1") << int(QCryptographicHash::Sha256);
    QTest::newRow("RSASSA-PSS with SHA-512") << QStringLiteral("pss") << int(QCryptographicHash::Sha512);
}

void TestAuthChallenge::hashOfTheSignature()
{
    QFETCH(QString, name);
    QFETCH(int, hash);
    const QSslCertificate certificate(recording(QStringLiteral("tls/%1.pem").arg(name)));
    QVERIFY(!certificate.isNull());
    const auto algorithm = QCryptographicHash::Algorithm(hash);
    QCOMPARE(int(endPointHash(certificate.toDer())), hash);
    QCOMPARE(endPointBinding(certificate.toDer()),
             "tls-server-end-point:" + QCryptographicHash::hash(certificate.toDer(), algorithm));
}

void TestAuthChallenge::truncatedCertificates()
{
    const QByteArray der = QSslCertificate(recording(QStringLiteral("tls/other.pem"))).toDer();
    for (qsizetype length = 0; length < der.size() - 200; ++length)
        QCOMPARE(endPointHash(der.left(length)), QCryptographicHash::Sha256); // unknown, not out of bounds
    QCOMPARE(endPointHash(QByteArray(100, '\xff')), QCryptographicHash::Sha256);
}

QTEST_GUILESS_MAIN(TestAuthChallenge)
#include "tst_authchallenge.moc"
