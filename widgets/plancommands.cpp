// SPDX-License-Identifier: Apache-2.0
#include "widgets/plancommands.h"

#include "model/objectname.h"

#include <QCoreApplication>

namespace portalbind {

namespace {

/// One word of a POSIX shell (POSIX.1-2017 XCU 2.2).
QString quoted(const QString &word)
{
    const auto plain = [](QChar c) {
        return c.isLetterOrNumber() || QStringLiteral("%+,-./:=@_").contains(c);
    };
    if (!word.isEmpty() && std::all_of(word.begin(), word.end(), plain))
        return word;
    QString inside = word;
    inside.replace(QLatin1Char('\''), QLatin1String("'\\''"));
    return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

class Commands
{
public:
    explicit Commands(const Inventory &inventory) : m_names(inventory) { }

    QStringList operator()(const Bind &o) const
    {
        return {QStringLiteral("bind"), m_names.nameOf(o.portal), m_names.nameOf(o.endpoint)};
    }
    QStringList operator()(const Unbind &o) const
    {
        return {QStringLiteral("unbind"), m_names.nameOf(o.portal), m_names.nameOf(o.endpoint)};
    }
    QStringList operator()(const Move &o) const
    {
        return {QStringLiteral("move"), m_names.nameOf(o.portal), m_names.nameOf(o.from), m_names.nameOf(o.to)};
    }
    QStringList operator()(const CreatePortal &o) const
    {
        QStringList words{QStringLiteral("portal"), QStringLiteral("create"), m_names.nameOf(o.portal)};
        if (!o.value.nic.isEmpty())
            words << QStringLiteral("--nic") << o.value.nic;
        return words;
    }
    QStringList operator()(const DeletePortal &o) const
    {
        return {QStringLiteral("portal"), QStringLiteral("delete"), m_names.nameOf(o.portal)};
    }
    QStringList operator()(const CreateGroup &o) const
    {
        return {QStringLiteral("group"), QStringLiteral("create"), m_names.nameOf(o.group)};
    }
    QStringList operator()(const DeleteGroup &o) const
    {
        return {QStringLiteral("group"), QStringLiteral("delete"), m_names.nameOf(o.group)};
    }
    QStringList operator()(const RenameGroup &o) const
    {
        return {QStringLiteral("group"), QStringLiteral("rename"), m_names.nameOf(o.group), o.name};
    }
    QStringList operator()(const JoinGroup &o) const
    {
        return {QStringLiteral("group"), QStringLiteral("add"), m_names.nameOf(o.group), m_names.nameOf(o.portal)};
    }
    QStringList operator()(const LeaveGroup &o) const
    {
        return {QStringLiteral("group"), QStringLiteral("remove"), m_names.nameOf(o.group), m_names.nameOf(o.portal)};
    }
    QStringList operator()(const CreateNode &o) const
    {
        QStringList words{QStringLiteral("node"), QStringLiteral("create"), m_names.nameOf(o.node)};
        if (!o.value.alias.isEmpty())
            words << QStringLiteral("--alias") << o.value.alias;
        if (o.value.role == Role::Initiator)
            words << QStringLiteral("--initiator");
        return words;
    }
    QStringList operator()(const DeleteNode &o) const
    {
        return {QStringLiteral("node"), QStringLiteral("delete"), m_names.nameOf(o.node)};
    }
    QStringList operator()(const CreateEndpoint &o) const
    {
        QStringList words{QStringLiteral("endpoint"), QStringLiteral("create"), m_names.nameOf(o.value.node)};
        if (o.chooseTag)
            words << QStringLiteral("--tag") << QString::number(o.value.tag);
        for (const PortalHandle portal : o.portals)
            words << QStringLiteral("--portal") << m_names.nameOf(portal);
        return words;
    }
    QStringList operator()(const DeleteEndpoint &o) const
    {
        return {QStringLiteral("endpoint"), QStringLiteral("delete"), m_names.nameOf(o.endpoint)};
    }
    QStringList operator()(const SetEndpointEnabled &o) const
    {
        return {QStringLiteral("endpoint"), o.enabled ? QStringLiteral("enable") : QStringLiteral("disable"),
                m_names.nameOf(o.endpoint)};
    }

private:
    ObjectNames m_names;
};

} // namespace

QStringList planCommands(const Plan &plan, const Inventory &inventory, const QUrl &url)
{
    const Commands commands(inventory);
    const QString start = QStringLiteral("portalbindctl --connect ") + quoted(url.toString(QUrl::RemovePassword));
    QStringList lines;
    lines.reserve(plan.steps.size());
    for (const Step &step : plan.steps) {
        QString line = start;
        for (const QString &word : std::visit(commands, step.operation))
            line += QLatin1Char(' ') + quoted(word);
        lines += line;
    }
    return lines;
}

} // namespace portalbind
