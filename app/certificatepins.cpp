// SPDX-License-Identifier: Apache-2.0
#include "app/certificatepins.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

constexpr qsizetype digestBytes = 32; // SHA-256

QString key(const QString &address)
{
    return QStringLiteral("sha256/") + address;
}

} // namespace

CertificatePins::CertificatePins()
    : m_store(std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("portalbind"),
                                          QStringLiteral("certificates")))
{
}

CertificatePins::CertificatePins(const QString &file)
    : m_store(std::make_unique<QSettings>(file, QSettings::IniFormat))
{
}

std::optional<QByteArray> CertificatePins::find(const QString &address) const
{
    m_store->sync(); // the other program may have kept one
    const QString text = m_store->value(key(address)).toString();
    if (text.isEmpty())
        return std::nullopt;
    // One that cannot be read fits no certificate: refused, not judged anew as if there were none.
    return parse(text).value_or(QByteArray("unreadable"));
}

void CertificatePins::keep(const QString &address, const QByteArray &sha256)
{
    m_store->setValue(key(address), text(sha256));
    m_store->sync();
}

void CertificatePins::forget(const QString &address)
{
    m_store->remove(key(address));
    m_store->sync();
}

Result<QByteArray> CertificatePins::parse(const QString &fingerprint)
{
    QString hex = fingerprint.trimmed();
    hex.remove(u':');
    const auto isHex = [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    };
    if (hex.size() != digestBytes * 2 || !std::all_of(hex.begin(), hex.end(), isHex))
        return failure(
                Error::Kind::BadInput,
                QCoreApplication::translate("CertificatePins", "“%1” is not a SHA-256 fingerprint.").arg(fingerprint),
                {},
                QCoreApplication::translate("CertificatePins",
                                            "It has 64 hexadecimal digits, with or without colons between the bytes."));
    return QByteArray::fromHex(hex.toLatin1());
}

QString CertificatePins::text(const QByteArray &sha256)
{
    return QString::fromLatin1(sha256.toHex(':').toUpper());
}

} // namespace portalbind
