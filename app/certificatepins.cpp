// SPDX-License-Identifier: Apache-2.0
#include "app/certificatepins.h"

#include <QCoreApplication>
#include <QSettings>

namespace portalbind {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(CertificatePins)
};

constexpr qsizetype digestBytes = 32; // SHA-256

QString key(const QString &address)
{
    return QStringLiteral("sha256/") + address;
}

} // namespace

CertificatePins::CertificatePins()
    : m_open([] {
        return std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("portalbind"),
                                           QStringLiteral("certificates"));
    })
    , m_worker(std::make_shared<Worker>(QStringLiteral("pins")))
{
}

CertificatePins::CertificatePins(const QString &file)
    : m_open([file] { return std::make_unique<QSettings>(file, QSettings::IniFormat); })
    , m_worker(std::make_shared<Worker>(QStringLiteral("pins")))
{
}

Task<CertificatePins::Found> CertificatePins::find(const QString &address) const
{
    return findIn(m_worker, m_open, address);
}

Task<Result<>> CertificatePins::keep(const QString &address, const QByteArray &sha256)
{
    return keepIn(m_worker, m_open, address, sha256);
}

Task<CertificatePins::Found> CertificatePins::findIn(std::shared_ptr<Worker> worker, Open open, QString address)
{
    std::function<Found(std::stop_token)> job = [open, address](const std::stop_token &) -> Found {
        const auto store = open(); // anew each time: the other program may have kept one
        const QString text = store->value(key(address)).toString();
        if (store->status() != QSettings::NoError)
            return failure(Error::Kind::File,
                           Text::tr("The certificates that you trust cannot be read: %1.").arg(store->fileName()),
                           store->fileName(), Text::tr("Nothing was sent. Mend the file, or remove it."));
        if (text.isEmpty())
            return std::optional<QByteArray>();
        // Refused, not judged anew as if there were none.
        return std::optional(parse(text).value_or(QByteArray("unreadable")));
    };
    Found found = co_await worker->run<std::optional<QByteArray>>({}, std::move(job));
    co_return found;
}

Task<Result<>> CertificatePins::keepIn(std::shared_ptr<Worker> worker, Open open, QString address, QByteArray sha256)
{
    std::function<Result<>(std::stop_token)> job = [open, address, sha256](const std::stop_token &) -> Result<> {
        const auto store = open();
        store->setValue(key(address), text(sha256));
        store->sync();
        if (store->status() == QSettings::NoError)
            return {};
        return failure(
                Error::Kind::File,
                Text::tr("The certificate of %1 is not kept: %2 cannot be written.").arg(address, store->fileName()),
                store->fileName(), Text::tr("Let the folder be written to, and trust the certificate again."));
    };
    Result<> kept = co_await worker->run<void>({}, std::move(job));
    co_return kept;
}

Result<QByteArray> CertificatePins::parse(const QString &fingerprint)
{
    QString hex = fingerprint.trimmed();
    hex.remove(u':');
    const auto isHex = [](QChar c) {
        return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
    };
    if (hex.size() != digestBytes * 2 || !std::all_of(hex.begin(), hex.end(), isHex))
        return failure(Error::Kind::BadInput, Text::tr("“%1” is not a SHA-256 fingerprint.").arg(fingerprint), {},
                       Text::tr("It has 64 hexadecimal digits, with or without colons between the bytes."));
    return QByteArray::fromHex(hex.toLatin1());
}

QString CertificatePins::text(const QByteArray &sha256)
{
    return QString::fromLatin1(sha256.toHex(':').toUpper());
}

} // namespace portalbind
