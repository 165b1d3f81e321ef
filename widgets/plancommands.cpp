// SPDX-License-Identifier: Apache-2.0
#include "widgets/plancommands.h"

#include "model/objectname.h"

#include <QCoreApplication>
#include <QSet>

namespace portalbind {

namespace {

/// One word of a POSIX shell (POSIX.1-2017 XCU 2.2).
QString quoted(const QString &word)
{
    const auto plain = [](QChar c) { return c.isLetterOrNumber() || QStringLiteral("%+,-./:=@_").contains(c); };
    if (!word.isEmpty() && std::all_of(word.begin(), word.end(), plain))
        return word;
    QString inside = word;
    inside.replace(QLatin1Char('\''), QLatin1String("'\\''"));
    return QLatin1Char('\'') + inside + QLatin1Char('\'');
}

class Commands
{
public:
    explicit Commands(const Inventory &inventory)
        : m_names(inventory)
        , m_severalServers(inventory.servers().size() > 1)
    {
    }

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
        QStringList words{QStringLiteral("portal"), QStringLiteral("create"), o.value.address.toString()};
        if (!o.value.nic.isEmpty())
            words << QStringLiteral("--interface") << o.value.nic;
        return words << onServer(o.value.server);
    }
    QStringList operator()(const DeletePortal &o) const
    {
        return {QStringLiteral("portal"), QStringLiteral("delete"), m_names.nameOf(o.portal)};
    }
    QStringList operator()(const CreateGroup &o) const
    {
        return QStringList{QStringLiteral("group"), QStringLiteral("create"), o.value.name} << onServer(o.value.server);
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
        QStringList words{QStringLiteral("node"), QStringLiteral("create")};
        if (!o.value.name.isEmpty())
            words << o.value.name;
        if (!o.value.alias.isEmpty())
            words << QStringLiteral("--alias") << o.value.alias;
        if (o.value.role == Role::Initiator)
            words << QStringLiteral("--initiator");
        return words << onServer(o.value.server);
    }
    QStringList operator()(const DeleteNode &o) const
    {
        return {QStringLiteral("node"), QStringLiteral("delete"), m_names.nameOf(o.node)};
    }
    QStringList operator()(const CreateEndpoint &o) const
    {
        QStringList words{QStringLiteral("endpoint"), QStringLiteral("create"), m_names.nameOf(o.value.node)};
        for (const PortalHandle portal : o.portals)
            words << m_names.nameOf(portal);
        if (o.chooseTag)
            words << QStringLiteral("--tag") << QString::number(o.value.tag);
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

    QStringList operator()(const SaveForReboot &o) const
    {
        return QStringList{QStringLiteral("save")} << onServer(o.server);
    }

private:
    QStringList onServer(ServerHandle server) const
    {
        return m_severalServers ? QStringList{QStringLiteral("--server"), m_names.nameOf(server)} : QStringList();
    }

    ObjectNames m_names;
    bool m_severalServers;
};

} // namespace

QStringList planCommands(const Plan &plan, const Inventory &inventory, const QUrl &url)
{
    const Commands commands(inventory);
    const QString start = QStringLiteral("portalbindctl --connect ")
            + quoted(url.host().isEmpty() ? url.scheme() + QLatin1Char(':') + url.path(QUrl::FullyDecoded)
                                          : url.toString(QUrl::RemovePassword));
    QSet<ServerHandle> saved; // by the commands of the other steps themselves
    bool anyOther = false;
    for (const Step &step : plan.steps) {
        if (std::holds_alternative<SaveForReboot>(step.operation))
            saved.insert(step.server);
        else
            anyOther = true;
    }
    QStringList lines;
    lines.reserve(plan.steps.size());
    for (const Step &step : plan.steps) {
        if (anyOther && std::holds_alternative<SaveForReboot>(step.operation))
            continue;
        QString line = start;
        for (const QString &word : std::visit(commands, step.operation))
            line += QLatin1Char(' ') + quoted(word);
        // Where nobody can be asked, what cuts off sessions or goes against policy needs to be said twice.
        if (unattended(step.verdict).isRefused())
            line += QLatin1String(" --force");
        const bool saves = saved.contains(step.server);
        if (anyOther && inventory.has(step.server) && inventory.capabilities(step.server).savesForReboot
            && inventory.server(step.server).saved.isUsual != saves)
            line += saves ? QLatin1String(" --save") : QLatin1String(" --no-save");
        lines += line;
    }
    return lines;
}

} // namespace portalbind
