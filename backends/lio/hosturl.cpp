// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/hosturl.h"

#include "backends/lio/liotext.h"

#include <QHostAddress>
#include <QSysInfo>

#include <algorithm>

namespace portalbind::lio {
namespace {

constexpr const char *localScheme = "lio";
constexpr const char *sshScheme = "lio+ssh";

tl::unexpected<Error> wrong(const QString &what, const QString &where)
{
    return failure(Error::Kind::BadInput, what, where,
                   Text::tr("Write lio: for this host, or lio+ssh://user@host for another one."));
}

/// What ssh takes for a name, and never for an option or for more than one word of a shell.
bool isWord(const QString &text, const char *more)
{
    return !text.startsWith(u'-') && std::all_of(text.begin(), text.end(), [more](QChar c) {
        return (c.unicode() < 128 && c.isLetterOrNumber()) || QLatin1String(more).contains(c);
    });
}

} // namespace

bool HostUrl::hasScheme(const QString &text)
{
    const QString scheme = text.section(u':', 0, 0).toLower();
    return text.contains(u':') && (scheme == QLatin1String(localScheme) || scheme == QLatin1String(sshScheme));
}

Result<HostUrl> HostUrl::parse(const QString &text)
{
    const QUrl url(text, QUrl::StrictMode);
    if (!hasScheme(text) || !url.isValid())
        return wrong(Text::tr("“%1” is no address of a Linux target.").arg(text.section(u'@', -1)), {});
    if (!url.password().isEmpty())
        return wrong(Text::tr("An address holds no password: it ends up in histories and logs."), Text::tr("user"));
    const bool isEmptyPath = url.path().isEmpty() || url.path() == QLatin1String("/");
    if (!isEmptyPath || url.hasQuery() || url.hasFragment())
        return wrong(Text::tr("“%1” holds more than a host.").arg(text), Text::tr("path"));
    HostUrl host;
    if (url.scheme() == QLatin1String(localScheme)) {
        if (!url.authority().isEmpty())
            return wrong(Text::tr("lio: is this host; another one is reached by lio+ssh:."), Text::tr("host"));
        return host;
    }
    host.user = url.userName(QUrl::FullyDecoded);
    host.host = url.host(QUrl::FullyDecoded);
    host.port = quint16(url.port(0));
    if (host.host.isEmpty())
        return wrong(Text::tr("“%1” names no host.").arg(text), Text::tr("host"));
    const bool isIpv6 = host.host.contains(u':');
    if (isIpv6 ? QHostAddress(host.host).isNull() : !isWord(host.host, "._-"))
        return wrong(Text::tr("“%1” is no name of a host.").arg(host.host), Text::tr("host"));
    if (!isWord(host.user, "._-+@\\"))
        return wrong(Text::tr("“%1” is no name of a user.").arg(host.user), Text::tr("user"));
    return host;
}

QUrl HostUrl::toUrl() const
{
    QUrl url;
    url.setScheme(QLatin1String(isLocal() ? localScheme : sshScheme));
    if (isLocal())
        return url;
    url.setUserName(user);
    url.setHost(host);
    if (port != 0)
        url.setPort(port);
    return url;
}

QString HostUrl::title() const
{
    if (isLocal())
        return QSysInfo::machineHostName();
    const bool isIpv6 = host.contains(u':');
    const QString shown = isIpv6 ? u'[' + host + u']' : host;
    return port == 0 ? shown : shown + u':' + QString::number(port);
}

} // namespace portalbind::lio
