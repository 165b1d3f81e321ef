// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/httpparser.h"

#include <QDateTime>

#include <chrono>

namespace portalbind::wsman {

/// A date of HTTP in one of its three forms (RFC 9110 section 5.6.7), in UTC; invalid when it is none of them. \a now
/// tells the century of the form with two digits.
[[nodiscard]] QDateTime httpDate(std::string_view text, const QDateTime &now);

/// How long the server asks to wait (Retry-After, RFC 9110 section 10.2.3): seconds, or a date, which is taken by the
/// server's own clock where its answer tells that. At most a day; 0 when it asks for nothing, or in words that nobody
/// knows.
[[nodiscard]] std::chrono::milliseconds retryAfter(const HttpResponse &response, const QDateTime &now);

} // namespace portalbind::wsman
