// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/certificatename.h"

#include <QHostAddress>
#include <QUrl>

#include <algorithm>

namespace portalbind::wsman {
namespace {

/// As names are compared: `XN--…`, in lower case, without the dot of the root.
QString comparable(const QString &name)
{
    QString ascii = QString::fromLatin1(QUrl::toAce(name)).toLower();
    if (ascii.isEmpty()) // as names with an underscore are
        ascii = name.toLower();
    if (ascii.endsWith(QLatin1Char('.')))
        ascii.chop(1);
    return ascii;
}

bool fits(const QString &pattern, const QString &name)
{
    if (!pattern.startsWith(QLatin1String("*.")))
        return comparable(pattern) == name;
    const qsizetype dot = name.indexOf(QLatin1Char('.'));
    return dot > 0 && comparable(pattern.mid(2)) == QStringView(name).mid(dot + 1);
}

} // namespace

bool namesOthersOnly(const QSslCertificate &certificate, const QString &host)
{
    const auto all = certificate.subjectAlternativeNames();
    const QStringList names = all.values(QSsl::DnsEntry), addresses = all.values(QSsl::IpAddressEntry);
    if (names.isEmpty() && addresses.isEmpty())
        return false;
    QHostAddress address(host);
    if (!address.isNull()) {
        address.setScopeId({});
        return std::none_of(addresses.begin(), addresses.end(),
                            [&](const QString &one) { return QHostAddress(one) == address; });
    }
    const QString name = comparable(host);
    return std::none_of(names.begin(), names.end(), [&](const QString &one) { return fits(one, name); });
}

} // namespace portalbind::wsman
