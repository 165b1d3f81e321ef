// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/fault.h"

#include <QCoreApplication>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

struct Words
{
    Error::Kind kind;
    QString what, remedy;
};

Words wordsFor(Trouble trouble, const ServerProfile &profile, const QString &subject)
{
    const QString who = profile.address();
    const QString user = profile.user.isEmpty() ? Text::tr("the current user") : profile.user;
    switch (trouble) {
    case Trouble::AccessDenied:
        return {Error::Kind::Rights, Text::tr("Signed in, but %1 may not do this on %2: %3.").arg(user, who, subject),
                Text::tr("Use an account in the server's group Administrators or Remote Management Users that has "
                         "rights in "
                         "the namespace; a local account other than Administrator is restricted by UAC.")};
    case Trouble::NotFound:
        return {Error::Kind::NoSuchObject, Text::tr("%1 has no %2.").arg(who, subject),
                Text::tr("Refresh. If a whole class is missing, the iSCSI target provider is not installed, or it is "
                         "in another namespace.")};
    case Trouble::BadSelectors:
        return {Error::Kind::NoSuchObject, Text::tr("%1 does not know this object any more: %2.").arg(who, subject),
                Text::tr("Refresh to see what is there now.")};
    case Trouble::Busy:
        return {Error::Kind::NoService, Text::tr("The service on %1 is starting, stopping or overloaded.").arg(who),
                Text::tr("Try again in a moment.")};
    case Trouble::TimedOut:
        return {Error::Kind::Server, Text::tr("%1 gave up after its own time limit: %2.").arg(who, subject),
                Text::tr("Try again later: the server or its iSCSI provider may be loaded.")};
    case Trouble::Quota:
        return {Error::Kind::NoService, Text::tr("%1 allows no more operations at once.").arg(who),
                Text::tr("Close other consoles of this user, or raise the quotas of the service.")};
    case Trouble::Concurrency:
        return {Error::Kind::Server, Text::tr("Somebody else is using the same object on %1: %2.").arg(who, subject),
                Text::tr("Try again in a moment.")};
    case Trouble::TooBig:
        return {Error::Kind::Server,
                Text::tr("One object on %1 is too big for its message limit: %2.").arg(who, subject),
                Text::tr("Raise MaxEnvelopeSizekb on the server.")};
    case Trouble::BadContext:
        return {Error::Kind::Server, Text::tr("%1 dropped an enumeration in the middle: %2.").arg(who, subject),
                Text::tr("Refresh. If it happens again, raise EnumerationTimeoutms on the server.")};
    case Trouble::NoFilter:
        return {Error::Kind::Server, Text::tr("%1 cannot filter as asked: %2.").arg(who, subject),
                Text::tr("Refresh the whole server instead.")};
    case Trouble::NotSupported:
        return {Error::Kind::Server, Text::tr("%1 does not support this: %2.").arg(who, subject),
                Text::tr("Use the server's own tools for it.")};
    case Trouble::AlreadyExists:
        return {Error::Kind::Server, Text::tr("%1 has this already: %2.").arg(who, subject),
                Text::tr("Refresh to see it.")};
    case Trouble::Rejected:
        return {Error::Kind::Server, Text::tr("%1 did not understand the request: %2.").arg(who, subject),
                Text::tr("Please report this with the details.")};
    case Trouble::Other:
        break;
    }
    return {Error::Kind::Server, Text::tr("%1 reported a failure: %2.").arg(who, subject),
            Text::tr("The details have the server's own words.")};
}

} // namespace

Error faultError(const Fault &fault, const ServerProfile &profile, const QString &subject,
                 std::optional<Trouble> trouble)
{
    Words words = wordsFor(trouble.value_or(fault.trouble()), profile, subject);
    const QString said = fault.text();
    if (!said.isEmpty())
        words.what += QLatin1Char(' ') + Text::tr("It says: %1").arg(said.left(400));
    return Error{words.kind, words.what, Text::tr("%1, %2").arg(profile.address(), subject), words.remedy, fault.raw};
}

} // namespace portalbind::wsman
