// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/changerequests.h"
#include "backends/lio/liotext.h"

#include <QJsonObject>

namespace portalbind::lio {

QString refusalText(const QJsonObject &refused)
{
    constexpr qsizetype longest = 1000;
    const auto told = [&](const char *key) { return refused.value(QLatin1String(key)).toString().left(longest); };
    const QString why = told("why");
    const QString by = told("by");
    const auto is = [&](const char *reason) { return why == QLatin1String(reason); };
    if (is("port-taken"))
        return by.isEmpty()
                ? Text::tr("port in use by no process that can be seen; the kernel may have kept the socket of "
                           "a portal whose making was interrupted, until the host starts again: take another "
                           "port")
                : Text::tr("port in use by %1").arg(by);
    if (is("wildcard-in-the-way") || is("wildcard-match"))
        return Text::tr("%1 is in the way: a port belongs to a wildcard or to single addresses").arg(by);
    if (is("in-use-same-target"))
        return Text::tr("%1 of the same target has this portal").arg(by);
    if (is("not-on-host"))
        return Text::tr("the address is on no interface");
    if (is("no-scope"))
        return Text::tr("a link-local address needs its interface, which is not there");
    if (is("wildcard"))
        return Text::tr("a portal on every address is bound only when somebody insists");
    if (is("mapped") || is("multicast") || is("port-zero"))
        return Text::tr("no portal has such an address or port");
    if (is("no-iser"))
        return Text::tr("this kernel has no iSER driver (ib_isert)");
    if (is("no-offload"))
        return Text::tr("this kernel has no driver for the card's iSCSI engine (cxgbit)");
    if (is("ghost"))
        return Text::tr("the kernel took it and nothing listened; it was removed again");
    if (is("locked"))
        return by.isEmpty() ? Text::tr("another program has the file open") : Text::tr("%1 has the file open").arg(by);
    if (is("owned"))
        return Text::tr("%1 owns the target and would undo it").arg(by);
    if (is("no-file"))
        return Text::tr("this host has no file for it");
    if (is("parent-not-saved"))
        return Text::tr("what it belongs to is not saved: %1").arg(told("place"));
    if (is("saved-holds-more"))
        return Text::tr("what is saved there holds LUNs, ACLs or secrets, which the console removes from nowhere: %1")
                .arg(told("place"));
    if (is("unreadable"))
        return Text::tr("the file cannot be used: %1 %2").arg(told("place"), told("text")).trimmed();
    if (is("changed-meanwhile"))
        return Text::tr("somebody changed the file meanwhile");
    if (is("newer-schema"))
        return Text::tr("a newer Portalbind wrote the file of the portal pools");
    if (is("not-empty")) {
        QStringList parts;
        const QJsonObject holds = refused.value(QLatin1String("holds")).toObject();
        for (auto at = holds.constBegin(); at != holds.constEnd(); ++at) {
            if (at.value().toInteger() > 0)
                parts += QStringLiteral("%1 %2").arg(at.value().toInteger()).arg(at.key().left(20));
        }
        return Text::tr("it still holds %1").arg(parts.join(QStringLiteral(", ")));
    }
    const QString text = told("text");
    if (is("kernel") && !text.isEmpty())
        return Text::tr("the kernel says: %1").arg(text);
    if (is("kernel"))
        return Text::tr("the kernel refuses it (error %1)").arg(refused.value(QLatin1String("errno")).toInteger());
    return text.isEmpty() ? why : text;
}

} // namespace portalbind::lio
