// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/serverprofile.h"
#include "model/error.h"

#include <QAbstractSocket>

namespace portalbind::wsman {

// What can go wrong below WS-Management, in words. `where` names the layer, as the connect dialog shows it.

[[nodiscard]] Error cancelled();
[[nodiscard]] Error socketFailed(const ServerProfile &profile, QAbstractSocket::SocketError error, const QString &text);
[[nodiscard]] Error connectTimedOut(const ServerProfile &profile);
[[nodiscard]] Error tlsFailed(const ServerProfile &profile, const QString &text);
[[nodiscard]] Error tlsTimedOut(const ServerProfile &profile);
[[nodiscard]] Error closedByServer(const ServerProfile &profile);
[[nodiscard]] Error noAnswer(const ServerProfile &profile);
[[nodiscard]] Error answerStopped(const ServerProfile &profile, bool tooLong);
[[nodiscard]] Error notHttp(const ServerProfile &profile, const QString &text);
/// An HTTP status that carries no SOAP: its number, and the first line of its body as plain text.
[[nodiscard]] Error httpStatus(const ServerProfile &profile, int status, std::string_view body);

/// Statuses by which HTTP turns a request away before anybody acts on it. All others, 503, 429, 408 and redirects among
/// them, are also what a proxy says in place of an answer that it lost.
[[nodiscard]] bool isRefusedUnread(int status);

/// A write whose fate is not known, because of \a cause.
[[nodiscard]] Error outcomeUnknown(const ServerProfile &profile, const Error &cause);

/// \a cause, of a first sign-in with a password that the server said nothing about: it is not repeated.
[[nodiscard]] Error notProven(const Error &cause);

/// Plain text of a server made safe to show: no control and no bidirectional format characters, at most \a length.
[[nodiscard]] QString cleanText(QString text, qsizetype length = 4000);

} // namespace portalbind::wsman
