// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helperexit.h"

#include "backends/lio/liotext.h"

namespace portalbind::lio {
namespace {

using Kind = Error::Kind;

/// Controls and bytes that are no UTF-8 as a person may see them; the end of it, where the reason stands.
QString shown(const QByteArray &errors)
{
    QString text = QString::fromUtf8(errors.right(4000)).trimmed();
    for (QChar &c : text) {
        if (c != u'\n' && (c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0)))
            c = QChar::ReplacementCharacter;
    }
    return text;
}

Error made(Kind kind, const QString &what, const QString &remedy, const HelperExit &exit, const Launch &launch)
{
    return Error{kind, what, launch.host, remedy, shown(exit.errors)};
}

/// The command that a person would type to see for himself.
QString sshCommand(const Launch &launch)
{
    const qsizetype host = launch.arguments.indexOf(QStringLiteral("--")) + 1;
    QStringList words{QStringLiteral("ssh")};
    const qsizetype port = launch.arguments.indexOf(QStringLiteral("-p"));
    if (port >= 0)
        words << QStringLiteral("-p") << launch.arguments.value(port + 1);
    words << (launch.user.isEmpty() ? QString() : launch.user + u'@') + launch.arguments.value(host);
    return words.join(u' ');
}

/// Lines of OpenSSH's client (its messages are not translated), the more telling ones first.
std::optional<Error> fromSsh(const HelperExit &exit, const Launch &launch)
{
    const auto says = [&](const char *text) { return exit.errors.contains(text); };
    const QString once = Text::tr("Run “%1” in a terminal once and compare the fingerprint with that of the host.")
                                 .arg(sshCommand(launch));
    if (says("REMOTE HOST IDENTIFICATION HAS CHANGED"))
        return made(Kind::SignIn,
                    Text::tr("%1 shows another host key than the one that ssh knows: it was set up anew, or somebody "
                             "stands between.")
                            .arg(launch.host),
                    Text::tr("If it was set up anew, remove the old key as ssh says in the details. %1").arg(once),
                    exit, launch);
    if (says("Host key verification failed") || says("authenticity of host"))
        return made(Kind::SignIn, Text::tr("ssh does not know the host key of %1.").arg(launch.host), once, exit,
                    launch);
    if (says("Permission denied (") || says("Too many authentication failures")
        || says("No supported authentication methods"))
        return made(
                Kind::SignIn, Text::tr("%1 does not accept the keys that ssh offers.").arg(launch.host),
                Text::tr("Add your key to the agent (ssh-add), or put it on the host (ssh-copy-id). “%1” has to work "
                         "without a question.")
                        .arg(sshCommand(launch)),
                exit, launch);
    if (says("Could not resolve hostname") || says("Name or service not known"))
        return made(Kind::Transport, Text::tr("The name %1 has no address.").arg(launch.host),
                    Text::tr("Check how it is spelt, and the name service."), exit, launch);
    if (says("Connection refused"))
        return made(Kind::Transport, Text::tr("No SSH server answers at %1.").arg(launch.host),
                    Text::tr("Check the port, and that sshd runs there."), exit, launch);
    if (says("timed out") || says("No route to host") || says("Network is unreachable"))
        return made(Kind::Transport, Text::tr("%1 cannot be reached.").arg(launch.host),
                    Text::tr("Check that it is up, and the way there."), exit, launch);
    if (says("Bad configuration option") || says("Bad owner or permissions"))
        return made(Kind::Transport, Text::tr("ssh does not accept its configuration."),
                    Text::tr("Mend what it says in the details."), exit, launch);
    return std::nullopt;
}

std::optional<Error> fromFarShell(const HelperExit &exit, const Launch &launch)
{
    const auto says = [&](const char *text) { return exit.errors.contains(text); };
    if (says("sudo: a password is required") || says("sudo: a terminal is required")
        || says("is not in the sudoers file") || says("is not allowed to execute"))
        return made(Kind::Rights, Text::tr("The user may not run the helper as root on %1.").arg(launch.host),
                    Text::tr("Allow it there in /etc/sudoers.d: USER ALL=(root) NOPASSWD: %1. Or connect as root.")
                            .arg(QLatin1String(installedHelper)),
                    exit, launch);
    if (says("sudo: command not found") || says("sudo: not found"))
        return made(Kind::Rights, Text::tr("%1 has no sudo.").arg(launch.host),
                    Text::tr("Connect as root: lio+ssh://root@%1.").arg(launch.host), exit, launch);
    constexpr int notFound = 127, notExecutable = 126; // POSIX.1-2017 XCU 2.8.2
    constexpr int ofSshItself = 255; // ssh(1), exit status
    if (exit.code == notFound || exit.code == notExecutable
        || (exit.code != ofSshItself && (says("command not found") || says("No such file or directory"))))
        return made(
                Kind::Server, Text::tr("Portalbind's helper is not installed on %1.").arg(launch.host),
                Text::tr("Install the package there; the helper belongs at %1.").arg(QLatin1String(installedHelper)),
                exit, launch);
    return std::nullopt;
}

std::optional<Error> fromPkexec(const HelperExit &exit, const Launch &launch)
{
    constexpr int dismissed = 126, notAuthorized = 127; // pkexec(1)
    if (exit.errors.contains("No authentication agent") || exit.errors.contains("no agent"))
        return made(Kind::Rights, Text::tr("Nobody could be asked for the right to read the kernel's target."),
                    Text::tr("Start the desktop's authentication agent, or run as root."), exit, launch);
    if (exit.code == dismissed)
        return made(Kind::Rights, Text::tr("The request for the right to read the kernel's target was dismissed."),
                    Text::tr("Try again, and authenticate as an administrator."), exit, launch);
    if (exit.code == notAuthorized)
        return made(Kind::Rights, Text::tr("You have no right to read and change the kernel's target."),
                    Text::tr("Authenticate as an administrator, or let the policy org.portalbind.lio.manage allow it."),
                    exit, launch);
    return std::nullopt;
}

} // namespace

Error errorOf(const HelperExit &exit, const Launch &launch)
{
    if (!exit.didStart)
        return made(Kind::Server, Text::tr("%1 could not be started.").arg(launch.program),
                    Text::tr("Check that it is installed."), exit, launch);
    std::optional<Error> known;
    if (launch.way == Launch::Way::Ssh)
        known = fromSsh(exit, launch);
    if (!known && !exit.hadAnswered && launch.way == Launch::Way::Ssh)
        known = fromFarShell(exit, launch);
    if (!known && !exit.hadAnswered && launch.way == Launch::Way::Pkexec)
        known = fromPkexec(exit, launch);
    if (known)
        return *known;
    if (exit.hadAnswered)
        return made(Kind::Transport,
                    launch.way == Launch::Way::Ssh ? Text::tr("The connection to %1 broke.").arg(launch.host)
                                                   : Text::tr("The helper ended in the middle of its work."),
                    Text::tr("Try again."), exit, launch);
    return made(Kind::Server, Text::tr("The helper ended before it said anything (exit code %1).").arg(exit.code),
                Text::tr("The details hold what it left; a banner of the shell on the other host would stand there, "
                         "too."),
                exit, launch);
}

} // namespace portalbind::lio
