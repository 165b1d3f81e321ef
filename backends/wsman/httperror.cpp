// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/httperror.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

Error transport(const ServerProfile &profile, Error::Kind kind, const QString &layer, QString what, QString remedy,
                QString detail = {})
{
    return Error{kind, std::move(what), Text::tr("%1, %2").arg(profile.address(), layer), std::move(remedy),
                 cleanText(std::move(detail))};
}

QString firstLine(std::string_view body)
{
    // HTML of IIS or HTTP.sys: tags are dropped, nothing is interpreted.
    const QString text = QString::fromUtf8(body.data(), qsizetype(std::min(body.size(), size_t(4096))));
    QString plain;
    bool tag = false;
    for (const QChar c : text) {
        if (c == QLatin1Char('<')) {
            tag = true;
            plain += QLatin1Char('\n');
        } else if (c == QLatin1Char('>')) {
            tag = false;
        } else if (!tag) {
            plain += c;
        }
    }
    const QStringList lines = plain.split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    for (const QString &line : lines) {
        if (!line.trimmed().isEmpty())
            return cleanText(line.trimmed(), 200);
    }
    return {};
}

} // namespace

Error cancelled()
{
    return Error{Error::Kind::Cancelled, Text::tr("Cancelled."), {}, {}, {}};
}

Error socketFailed(const ServerProfile &profile, QAbstractSocket::SocketError error, const QString &text)
{
    switch (error) {
    case QAbstractSocket::HostNotFoundError:
        return transport(profile, Error::Kind::Transport, Text::tr("name"),
                         Text::tr("No address is known for %1.").arg(profile.host),
                         Text::tr("Check the name, or give the server's address."), text);
    case QAbstractSocket::ConnectionRefusedError:
        return transport(
                profile, Error::Kind::Transport, Text::tr("TCP"),
                Text::tr("%1 refused the connection.").arg(profile.address()),
                Text::tr("Check the port, and that the WS-Management service runs and is not blocked by a firewall."),
                text);
    case QAbstractSocket::RemoteHostClosedError:
        return closedByServer(profile);
    default:
        return transport(profile, Error::Kind::Transport, Text::tr("TCP"),
                         Text::tr("The connection to %1 failed.").arg(profile.address()),
                         Text::tr("Check the network between this host and the server."), text);
    }
}

Error connectTimedOut(const ServerProfile &profile)
{
    return transport(profile, Error::Kind::Timeout, Text::tr("TCP"),
                     Text::tr("%1 did not take the connection within %n s.", nullptr,
                              int(profile.deadlines.connect.count() / 1000))
                             .arg(profile.address()),
                     Text::tr("Check that the server is up, and that no firewall drops the packets."));
}

Error tlsFailed(const ServerProfile &profile, const QString &text)
{
    return transport(profile, Error::Kind::Transport, Text::tr("TLS"),
                     Text::tr("No secure connection to %1 could be made.").arg(profile.address()),
                     Text::tr("Check that the port speaks HTTPS, and which versions of TLS the server offers."), text);
}

Error tlsTimedOut(const ServerProfile &profile)
{
    return transport(profile, Error::Kind::Timeout, Text::tr("TLS"),
                     Text::tr("%1 took the connection, but did not answer the TLS handshake.").arg(profile.address()),
                     Text::tr("Check that the port speaks HTTPS."));
}

Error closedByServer(const ServerProfile &profile)
{
    return transport(profile, Error::Kind::Transport, Text::tr("HTTP"),
                     Text::tr("%1 closed the connection without an answer.").arg(profile.address()),
                     Text::tr("Try again; if it stays so, look at the log of the WS-Management service."));
}

Error noAnswer(const ServerProfile &profile)
{
    return transport(profile, Error::Kind::Timeout, Text::tr("HTTP"),
                     Text::tr("%1 took the request, but did not answer in time.").arg(profile.address()),
                     Text::tr("Try again later: the server or its iSCSI provider may be loaded or hung."));
}

Error answerStopped(const ServerProfile &profile, bool tooLong)
{
    return transport(profile, Error::Kind::Timeout, Text::tr("HTTP"),
                     tooLong ? Text::tr("The answer of %1 took too long.").arg(profile.address())
                             : Text::tr("The answer of %1 stopped in the middle.").arg(profile.address()),
                     Text::tr("Check the network between this host and the server."));
}

Error notHttp(const ServerProfile &profile, const QString &text)
{
    return transport(profile, Error::Kind::Transport, Text::tr("HTTP"),
                     Text::tr("%1 answered with something that is no complete HTTP response.").arg(profile.address()),
                     Text::tr("Check that the port is that of a WS-Management service."), text);
}

Error httpStatus(const ServerProfile &profile, int status, std::string_view body)
{
    const QString detail = QStringLiteral("HTTP %1 %2").arg(status).arg(firstLine(body)).trimmed();
    const QString who = profile.address();
    const auto make = [&](Error::Kind kind, const QString &what, const QString &remedy) {
        return transport(profile, kind, Text::tr("HTTP"), what, remedy, detail);
    };
    if (status >= 300 && status < 400) {
        return make(Error::Kind::NoService,
                    Text::tr("%1 points elsewhere (HTTP %2); WS-Management has no redirects.").arg(who).arg(status),
                    Text::tr("Give the address of the service itself."));
    }
    switch (status) {
    case 401:
        return make(Error::Kind::SignIn, Text::tr("%1 did not accept the sign-in.").arg(who),
                    Text::tr("Check user, password and the kind of sign-in."));
    case 403:
        return make(Error::Kind::Rights, Text::tr("%1 forbids the request (HTTP 403).").arg(who),
                    Text::tr("Check the path of the service and the rights of the user."));
    case 404:
        return make(Error::Kind::NoService,
                    Text::tr("%1 has no WS-Management service at this path (HTTP 404).").arg(who),
                    Text::tr("Check port and path."));
    case 413:
        return make(Error::Kind::Server, Text::tr("%1 finds the request too big (HTTP 413).").arg(who),
                    Text::tr("Raise MaxEnvelopeSizekb on the server."));
    case 429:
    case 503:
        return make(Error::Kind::NoService,
                    Text::tr("%1 is too busy, or its service is starting (HTTP %2).").arg(who).arg(status),
                    Text::tr("Try again in a moment."));
    default:
        return make(Error::Kind::NoService,
                    Text::tr("%1 answered with HTTP %2 and no WS-Management message.").arg(who).arg(status),
                    Text::tr("Check that this is a WS-Management service; its log may tell more."));
    }
}

bool isRefusedUnread(int status)
{
    switch (status) {
    case 401:
    case 403:
    case 404:
    case 405:
    case 411:
    case 413:
    case 415:
        return true;
    default:
        return false;
    }
}

Error outcomeUnknown(const ServerProfile &profile, const Error &cause)
{
    Error error = cause;
    error.kind = Error::Kind::OutcomeUnknown;
    error.what = Text::tr("Whether %1 carried out the change is not known: %2").arg(profile.address(), cause.what);
    error.remedy = Text::tr("Nothing was sent twice. Read the server again to see what is so.");
    return error;
}

Error notProven(const Error &cause)
{
    Error error = cause;
    error.remedy = (cause.remedy + QLatin1Char(' ')
                    + Text::tr("The password was sent once, and is not sent again by itself: accounts get locked."))
                           .trimmed();
    return error;
}

QString cleanText(QString text, qsizetype length)
{
    QString clean;
    clean.reserve(std::min(text.size(), length));
    for (const QChar c : std::as_const(text)) {
        if (clean.size() >= length) {
            if (clean.back().isHighSurrogate())
                clean.chop(1);
            clean += QChar(0x2026);
            break;
        }
        if (c == QLatin1Char('\r') || c.category() == QChar::Other_Format)
            continue; // bidirectional controls, zero-width characters, byte order marks
        const bool isKept = c == QLatin1Char('\n') || c == QLatin1Char('\t')
                || (c.category() != QChar::Other_Control && c != QChar::LineSeparator
                    && c != QChar::ParagraphSeparator);
        clean += isKept ? c : QChar(QLatin1Char(' '));
    }
    return clean;
}

} // namespace portalbind::wsman
