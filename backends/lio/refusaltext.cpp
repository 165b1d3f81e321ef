// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/changerequests.h"
#include "backends/lio/liotext.h"

#include <QJsonObject>

#include <algorithm>

namespace portalbind::lio {

namespace {

/// The words that need nothing besides, from docs/lio-helper.md.
QString plainText(const QString &why)
{
    struct Meaning
    {
        const char *why;
        const char *text;
    };
    static constexpr Meaning meanings[] = {
            {"no-target", QT_TRANSLATE_NOOP("Lio", "the target is not there any more")},
            {"no-tpg", QT_TRANSLATE_NOOP("Lio", "the TPG is not there any more")},
            {"no-free-tag", QT_TRANSLATE_NOOP("Lio", "the target has a TPG for every tag there is")},
            {"not-on-host", QT_TRANSLATE_NOOP("Lio", "the address is on no interface")},
            {"no-scope", QT_TRANSLATE_NOOP("Lio", "a link-local address needs its interface, which is not there")},
            {"wildcard", QT_TRANSLATE_NOOP("Lio", "a portal on every address is bound only when somebody insists")},
            {"mapped", QT_TRANSLATE_NOOP("Lio", "no portal has an IPv4 address in the form of IPv6")},
            {"multicast", QT_TRANSLATE_NOOP("Lio", "no portal has the address of many")},
            {"port-zero", QT_TRANSLATE_NOOP("Lio", "no portal has port 0")},
            {"no-iser", QT_TRANSLATE_NOOP("Lio", "this kernel has no iSER driver (ib_isert)")},
            {"no-offload", QT_TRANSLATE_NOOP("Lio", "this kernel has no driver for the card's iSCSI engine (cxgbit)")},
            {"ghost", QT_TRANSLATE_NOOP("Lio", "the kernel took it and nothing listened; it was removed again")},
            {"no-file", QT_TRANSLATE_NOOP("Lio", "this host has no file for it")},
            {"changed-meanwhile", QT_TRANSLATE_NOOP("Lio", "somebody changed the file meanwhile")},
            {"newer-schema", QT_TRANSLATE_NOOP("Lio", "a newer Portalbind wrote the file of the portal pools")},
            {"no-pool", QT_TRANSLATE_NOOP("Lio", "the portal pool is not there any more")},
            {"pool-taken", QT_TRANSLATE_NOOP("Lio", "the portal pool is there already")},
            {"full", QT_TRANSLATE_NOOP("Lio", "there are as many portal pools, or portals in them, as there can be")},
    };
    for (const Meaning &meaning : meanings) {
        if (why == QLatin1String(meaning.why))
            return Text::tr(meaning.text);
    }
    return {};
}

/// `1 ACL, 2 portals`
QString heldText(const QJsonObject &holds)
{
    QStringList parts;
    const auto add = [&](const char *key, auto text) {
        const int count = int(std::clamp<qint64>(holds.value(QLatin1String(key)).toInteger(), 0, 0x7fffffff));
        if (count > 0)
            parts += text(count);
    };
    add("tpgs", [](int n) { return Text::tr("%n TPG(s)", nullptr, n); });
    add("portals", [](int n) { return Text::tr("%n portal(s)", nullptr, n); });
    add("luns", [](int n) { return Text::tr("%n LUN(s)", nullptr, n); });
    add("acls", [](int n) { return Text::tr("%n ACL(s)", nullptr, n); });
    add("sessions", [](int n) { return Text::tr("%n session(s)", nullptr, n); });
    return parts.isEmpty() ? Text::tr("it is not empty")
                           : Text::tr("it still holds %1").arg(parts.join(QStringLiteral(", ")));
}

} // namespace

QString refusalText(const QJsonObject &refused)
{
    constexpr qsizetype longest = 1000;
    const auto told = [&](const char *key) { return refused.value(QLatin1String(key)).toString().left(longest); };
    const QString why = told("why");
    const QString by = told("by");
    const auto is = [&](const char *reason) { return why == QLatin1String(reason); };
    if (QString plain = plainText(why); !plain.isEmpty())
        return plain;
    if (is("port-taken"))
        return by.isEmpty()
                ? Text::tr("port in use by no process that can be seen; the kernel may have kept the socket of "
                           "a portal whose making was interrupted, until the host starts again: take "
                           "another port")
                : Text::tr("port in use by %1").arg(by);
    if (is("wildcard-in-the-way"))
        return Text::tr("%1 is in the way: a port belongs to a wildcard or to single addresses").arg(by);
    if (is("wildcard-match"))
        return Text::tr("the kernel would take %1 for it: a wildcard on this port, or the same link-local address on "
                        "another interface")
                .arg(by);
    if (is("in-use-same-target"))
        return Text::tr("%1 of the same target has this portal").arg(by);
    if (is("ambiguous"))
        return Text::tr("two folders have this tag: %1").arg(by);
    if (is("tpg-exists"))
        return Text::tr("a TPG with this tag is there: %1").arg(told("dir"));
    if (is("name-taken"))
        return by.isEmpty() ? Text::tr("the name is taken") : Text::tr("the name is taken by %1").arg(by);
    if (is("bad-name")) // what the helper says of it is English, and in the details
        return Text::tr("no such name can be given: %1").arg(told("text").isEmpty() ? why : told("text"));
    if (is("locked"))
        return by.isEmpty() ? Text::tr("another program has the file open") : Text::tr("%1 has the file open").arg(by);
    if (is("owned"))
        return Text::tr("%1 owns the target and would undo it").arg(by);
    if (is("parent-not-saved"))
        return Text::tr("what it belongs to is not saved: %1").arg(told("place"));
    if (is("saved-twice"))
        return Text::tr("the file would have one portal in two TPGs of a target: %1").arg(told("place"));
    if (is("saved-holds-more"))
        return Text::tr("what is saved there holds LUNs, ACLs or secrets, which the console removes from nowhere: %1")
                .arg(told("place"));
    if (is("unreadable"))
        return Text::tr("the file cannot be used: %1 %2").arg(told("place"), told("text")).trimmed();
    if (is("not-empty"))
        return heldText(refused.value(QLatin1String("holds")).toObject());
    const QString text = told("text");
    if (is("kernel") && !text.isEmpty())
        return Text::tr("the kernel says: %1").arg(text);
    if (is("kernel"))
        return Text::tr("the kernel refuses it (error %1)").arg(refused.value(QLatin1String("errno")).toInteger());
    return text.isEmpty() ? why : text;
}

} // namespace portalbind::lio
