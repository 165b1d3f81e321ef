// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/retryafter.h"

#include <QLocale>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace portalbind::wsman {

QDateTime httpDate(std::string_view text, const QDateTime &now)
{
    const QString simple = QString::fromLatin1(text.data(), qsizetype(text.size())).simplified();
    const QLocale c = QLocale::c();
    for (const char *const form : {"ddd, dd MMM yyyy hh:mm:ss 'GMT'", "ddd MMM d hh:mm:ss yyyy"}) {
        QDateTime date = c.toDateTime(simple, QString::fromLatin1(form));
        date.setTimeSpec(Qt::UTC);
        if (date.isValid())
            return date;
    }
    // `Sunday, 06-Nov-94 08:49:37 GMT`: the name of the day would contradict the century that Qt takes.
    const QString undated = simple.section(QLatin1String(", "), 1);
    QDateTime date = c.toDateTime(undated, QStringLiteral("dd-MMM-yy hh:mm:ss 'GMT'"));
    date.setTimeSpec(Qt::UTC);
    while (date.isValid() && date.addYears(50) < now)
        date = date.addYears(100);
    return date;
}

std::chrono::milliseconds retryAfter(const HttpResponse &response, const QDateTime &now)
{
    constexpr qint64 day = qint64(24) * 60 * 60 * 1000;
    const std::string_view text = response.value("Retry-After");
    qint64 seconds = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    qint64 wait = 0;
    if (!text.empty() && end == text.data() + text.size()) {
        wait = error == std::errc() ? std::clamp<qint64>(seconds, 0, day) * 1000 : day;
    } else if (const QDateTime until = httpDate(text, now); until.isValid()) {
        const QDateTime theirs = httpDate(response.value("Date"), now);
        wait = (theirs.isValid() ? theirs : now).msecsTo(until);
    }
    return std::chrono::milliseconds(std::clamp<qint64>(wait, 0, day));
}

} // namespace portalbind::wsman
