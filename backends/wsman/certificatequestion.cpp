// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/certificatequestion.h"

#include "backends/wsman/httperror.h"

#include <QCoreApplication>
#include <QCryptographicHash>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

QString fingerprintText(const QByteArray &digest)
{
    return QString::fromLatin1(digest.toHex(':').toUpper());
}

QString nameOf(const QStringList &commonNames, const QStringList &organisations, const QString &whole)
{
    const QStringList &known = commonNames.isEmpty() ? organisations : commonNames;
    return cleanText(known.isEmpty() ? whole : known.join(QLatin1String(", ")), 256);
}

QString reason(const QSslError &error)
{
    switch (error.error()) {
    case QSslError::SelfSignedCertificate:
        return Text::tr("It is signed by itself, not by an authority that this host trusts.");
    case QSslError::SelfSignedCertificateInChain:
    case QSslError::UnableToGetLocalIssuerCertificate:
    case QSslError::UnableToGetIssuerCertificate:
    case QSslError::UnableToVerifyFirstCertificate:
    case QSslError::CertificateUntrusted:
        return Text::tr("Its authority is not one that this host trusts.");
    case QSslError::CertificateExpired:
        return Text::tr("It has expired.");
    case QSslError::CertificateNotYetValid:
        return Text::tr("It is not valid yet.");
    case QSslError::HostNameMismatch:
        return Text::tr("It was made for another name.");
    case QSslError::CertificateRevoked:
        return Text::tr("It was revoked.");
    default:
        return cleanText(error.errorString(), 200);
    }
}

Task<Result<std::optional<QByteArray>>> known(QByteArray sha256)
{
    co_return std::optional(sha256);
}

} // namespace

QString CertificateQuestion::fingerprint() const
{
    return fingerprintText(sha256);
}

PinStore onlyPin(const QByteArray &sha256)
{
    PinStore store;
    store.find = [sha256](const QString &) { return known(sha256); };
    return store;
}

QByteArray certificateDigest(const QSslCertificate &certificate)
{
    return certificate.digest(QCryptographicHash::Sha256);
}

CertificateQuestion certificateQuestion(const QString &host, quint16 port, const QSslCertificate &certificate,
                                        const QList<QSslError> &errors)
{
    CertificateQuestion question;
    question.host = host;
    question.port = port;
    question.subject = nameOf(certificate.subjectInfo(QSslCertificate::CommonName),
                              certificate.subjectInfo(QSslCertificate::Organization), certificate.subjectDisplayName());
    question.issuer = nameOf(certificate.issuerInfo(QSslCertificate::CommonName),
                             certificate.issuerInfo(QSslCertificate::Organization), certificate.issuerDisplayName());
    question.from = certificate.effectiveDate();
    question.until = certificate.expiryDate();
    const auto names = certificate.subjectAlternativeNames();
    for (const QString &name : names)
        question.names << cleanText(name, 256);
    question.sha256 = certificateDigest(certificate);
    for (const QSslError &error : errors) {
        const QString text = reason(error);
        if (!question.reasons.contains(text))
            question.reasons << text;
    }
    question.der = certificate.toDer();
    return question;
}

Error pinChanged(const CertificateQuestion &shown, const QByteArray &pinned)
{
    const QString where = QStringLiteral("%1:%2").arg(shown.host).arg(shown.port);
    return Error{
            Error::Kind::Certificate,
            Text::tr("%1 shows another certificate than the one you trusted. Nothing was sent.").arg(where),
            Text::tr("%1, certificate").arg(where),
            Text::tr(
                    "If the certificate was renewed, compare its fingerprint with the server's and forget the old one; "
                    "else somebody stands between."),
            Text::tr("trusted: %1\nshown:   %2 (%3, valid until %4)")
                    .arg(fingerprintText(pinned), shown.fingerprint(), shown.subject,
                         shown.until.toString(Qt::ISODate))};
}

Error notTrusted(const CertificateQuestion &shown)
{
    const QString where = QStringLiteral("%1:%2").arg(shown.host).arg(shown.port);
    return Error{
            Error::Kind::Certificate, Text::tr("The certificate of %1 is not trusted. Nothing was sent.").arg(where),
            Text::tr("%1, certificate").arg(where),
            Text::tr("Compare its fingerprint with the server's and trust it, or give the server a certificate of an "
                     "authority that this host trusts."),
            shown.reasons.join(QLatin1Char('\n')) + QLatin1Char('\n') + shown.fingerprint()};
}

} // namespace portalbind::wsman
