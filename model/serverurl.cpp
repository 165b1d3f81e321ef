// SPDX-License-Identifier: Apache-2.0
#include "model/serverurl.h"

#include "model/showntext.h"

#include <QCoreApplication>
#include <QUrlQuery>

#include <array>

namespace portalbind {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(ServerUrl)
};

constexpr std::array signIns{ServerUrl::SignIn::Negotiate, ServerUrl::SignIn::Kerberos, ServerUrl::SignIn::Ntlm,
                             ServerUrl::SignIn::Basic};

tl::unexpected<Error> bad(const QString &what, const QString &where, const QString &remedy)
{
    return failure(Error::Kind::BadInput, what, where, remedy);
}

QString form()
{
    return QStringLiteral("wsmans://user@host[:port][/path]?auth=negotiate|kerberos|ntlm|basic&namespace=…");
}

tl::unexpected<Error> hasPassword(QStringView place)
{
    return bad(
            Text::tr("There is a password in the URL."), Text::tr("behind the user, in front of @%1").arg(place),
            Text::tr("Leave it out: addresses end up in histories, lists and logs. It is asked for, or taken from the "
                     "keyring or a file."));
}

QString decoded(QStringView part)
{
    return QUrl::fromPercentEncoding(part.toUtf8());
}

bool isHost(const QString &host)
{
    QUrl probe;
    probe.setHost(host, QUrl::DecodedMode);
    return !host.isEmpty() && probe.isValid() && !probe.host().isEmpty();
}

/// `host`, `host:port`, `[v6]`, `[v6]:port`.
Result<> readPlace(QStringView place, ServerUrl *to)
{
    QStringView host = place;
    QStringView port;
    const qsizetype close = place.indexOf(u']');
    const qsizetype colon = place.indexOf(u':', close + 1);
    if (colon >= 0) {
        host = place.left(colon);
        port = place.mid(colon + 1);
    }
    if (host.startsWith(u'[') && host.endsWith(u']'))
        host = host.mid(1, host.size() - 2);
    to->host = decoded(host).toLower();
    if (!isHost(to->host))
        return bad(Text::tr("“%1” is not the name or address of a host.").arg(to->host), Text::tr("host of the URL"),
                   Text::tr("Write it as %1; an IPv6 address in brackets.").arg(form()));
    to->port = ServerUrl::usualPort(to->tls);
    if (colon < 0)
        return {};
    bool isNumber = false;
    const uint number = port.toUInt(&isNumber);
    if (!isNumber || number == 0 || number > 65535)
        return bad(Text::tr("“%1” is not a port.").arg(port), Text::tr("port of the URL"),
                   Text::tr("Ports are 1 to 65535; WS-Management usually has 5986 (HTTPS) and 5985 (HTTP)."));
    to->port = quint16(number);
    return {};
}

Result<> readQuery(const QString &query, ServerUrl *to)
{
    const QUrlQuery items(query);
    for (const auto &[key, value] : items.queryItems(QUrl::FullyDecoded)) {
        if (key == QLatin1String("namespace")) {
            to->nameSpace = value;
            continue;
        }
        if (key != QLatin1String("auth"))
            return bad(Text::tr("There is no setting “%1” of a connection.").arg(key), Text::tr("query of the URL"),
                       Text::tr("Write it as %1.").arg(form()));
        const auto fits = [word = value.toLower()](ServerUrl::SignIn each) { return signInWord(each) == word; };
        const auto found = std::find_if(signIns.begin(), signIns.end(), fits);
        if (found == signIns.end())
            return bad(Text::tr("There is no sign-in called “%1”.").arg(value), Text::tr("auth in the URL"),
                       Text::tr("Known are negotiate, kerberos, ntlm and basic."));
        to->signIn = *found;
    }
    return {};
}

} // namespace

QString signInWord(ServerUrl::SignIn signIn)
{
    switch (signIn) {
    case ServerUrl::SignIn::Negotiate:
        return QStringLiteral("negotiate");
    case ServerUrl::SignIn::Kerberos:
        return QStringLiteral("kerberos");
    case ServerUrl::SignIn::Ntlm:
        return QStringLiteral("ntlm");
    case ServerUrl::SignIn::Basic:
        return QStringLiteral("basic");
    }
    return {};
}

bool ServerUrl::hasScheme(const QString &text)
{
    const QString scheme = text.left(std::max<qsizetype>(text.indexOf(u':'), 0)).toLower();
    return scheme == QLatin1String("wsmans") || scheme == QLatin1String("wsman");
}

Result<ServerUrl> ServerUrl::parse(const QString &text)
{
    // By hand up to the host: QUrl would quietly take a password in, and a user called `user@REALM` apart.
    ServerUrl url;
    const qsizetype colon = text.indexOf(u':');
    url.tls = text.left(colon).toLower() == QLatin1String("wsmans");
    QStringView rest = QStringView(text).mid(colon + 1);
    if (!hasScheme(text) || !rest.startsWith(QLatin1String("//")))
        return bad(Text::tr("This is not the URL of a server."), {}, Text::tr("Write it as %1.").arg(form()));
    rest = rest.mid(2);
    qsizetype end = 0;
    while (end < rest.size() && rest[end] != u'/' && rest[end] != u'?' && rest[end] != u'#')
        ++end;
    QStringView place = rest.left(end);
    rest = rest.mid(end);
    if (const qsizetype at = place.lastIndexOf(u'@'); at >= 0) {
        const QStringView user = place.left(at);
        place = place.mid(at + 1);
        if (user.contains(u':'))
            return hasPassword(place);
        url.user = decoded(user);
    } else if (const qsizetype late = rest.lastIndexOf(u'@'); late >= 0 && place.contains(u':')) {
        return hasPassword(rest.mid(late + 1)); // `user:pass/word@host`, of which nothing may be repeated
    }
    if (const Result<> read = readPlace(place, &url); !read)
        return tl::unexpected(read.error());
    if (const qsizetype hash = rest.indexOf(u'#'); hash >= 0)
        return bad(Text::tr("The URL of a server has no part behind a #."), rest.mid(hash).toString(),
                   Text::tr("Write it as %1.").arg(form()));
    const qsizetype question = rest.indexOf(u'?');
    const QString path = decoded(question < 0 ? rest : rest.left(question));
    if (path.size() > 1)
        url.path = path;
    if (question >= 0) {
        if (const Result<> read = readQuery(rest.mid(question + 1).toString(), &url); !read)
            return tl::unexpected(read.error());
    }
    if (const Result<> fits = url.check(); !fits)
        return tl::unexpected(fits.error());
    return url;
}

Result<> ServerUrl::check() const
{
    if (!isHost(host))
        return bad(host.isEmpty() ? Text::tr("No server is named.")
                                  : Text::tr("“%1” is not the name or address of a host.").arg(host),
                   Text::tr("host"), Text::tr("Give its name, or its IPv4 or IPv6 address."));
    if (signIn == SignIn::Basic && !tls)
        return bad(Text::tr("Basic sign-in over plain HTTP would show the password to everybody on the way."),
                   Text::tr("%1, sign-in").arg(address()),
                   Text::tr("Use HTTPS (wsmans:), or Kerberos or NTLM, which encrypt the messages."));
    if (signIn == SignIn::Basic && user.isEmpty())
        return bad(Text::tr("Basic sign-in needs a user."), Text::tr("%1, user").arg(address()),
                   Text::tr("Name one: wsmans://user@%1.").arg(host));
    if (signIn == SignIn::Ntlm && user.isEmpty())
        return bad(Text::tr("NTLM sign-in needs a user."), Text::tr("%1, user").arg(address()),
                   Text::tr("Name one; one of a domain as DOMAIN\\user."));
    if (user.contains(u':')) // RFC 7617, section 2: it would end the user, and the rest would be taken for a password
        return bad(
                Text::tr("There is a colon in the user."), Text::tr("%1, user").arg(address()),
                Text::tr("Leave it, and what is behind it, out: a password is asked for, or taken from the keyring or "
                         "a file."));
    if (!isShownAsItIs(user) || !isShownAsItIs(path) || !isShownAsItIs(nameSpace))
        return bad(Text::tr("There are control characters in it."), address(), Text::tr("Leave them out."));
    return {};
}

QUrl ServerUrl::toUrl() const
{
    QUrl url;
    url.setScheme(tls ? QStringLiteral("wsmans") : QStringLiteral("wsman"));
    if (!user.isEmpty())
        url.setUserName(user, QUrl::DecodedMode);
    url.setHost(host, QUrl::DecodedMode);
    if (port != usualPort(tls))
        url.setPort(port);
    if (path != QLatin1String("/wsman"))
        url.setPath(path, QUrl::DecodedMode);
    QUrlQuery query;
    if (signIn != SignIn::Negotiate)
        query.addQueryItem(QStringLiteral("auth"), signInWord(signIn));
    if (!nameSpace.isEmpty())
        query.addQueryItem(QStringLiteral("namespace"), QString::fromLatin1(QUrl::toPercentEncoding(nameSpace, "/")));
    if (!query.isEmpty())
        url.setQuery(query);
    return url;
}

QString ServerUrl::address() const
{
    const QString place = host.contains(u':') ? u'[' + host + u']' : host;
    return place + u':' + QString::number(port);
}

QString ServerUrl::title() const
{
    return port == usualPort(tls) ? host : address();
}

QString ServerUrl::account() const
{
    return user.isEmpty() ? address() : user + u'@' + address();
}

bool ServerUrl::needsSecret() const
{
    return signIn == SignIn::Basic || signIn == SignIn::Ntlm || (signIn == SignIn::Negotiate && !user.isEmpty());
}

} // namespace portalbind
