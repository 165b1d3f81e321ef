// SPDX-License-Identifier: Apache-2.0
#include "model/treerow.h"

#include <QStringList>

namespace portalbind {

namespace {

constexpr int namesInTip = 8;

/// Small numbers are spoken as words.
QString numberWord(int number)
{
    switch (number) {
    case 1:
        return QCoreApplication::translate("InventoryTree", "one");
    case 2:
        return QCoreApplication::translate("InventoryTree", "two");
    case 3:
        return QCoreApplication::translate("InventoryTree", "three");
    case 4:
        return QCoreApplication::translate("InventoryTree", "four");
    case 5:
        return QCoreApplication::translate("InventoryTree", "five");
    case 6:
        return QCoreApplication::translate("InventoryTree", "six");
    case 7:
        return QCoreApplication::translate("InventoryTree", "seven");
    case 8:
        return QCoreApplication::translate("InventoryTree", "eight");
    case 9:
        return QCoreApplication::translate("InventoryTree", "nine");
    default:
        return QString::number(number);
    }
}

QString joined(QStringList parts)
{
    parts.removeAll(QString());
    return parts.join(QStringLiteral(", "));
}

/// The first few of \a names, and how many there are besides.
QString shortened(const QStringList &names, int all)
{
    const QString list = names.join(QStringLiteral(", "));
    return all > names.size()
            ? QCoreApplication::translate("InventoryTree", "%1 and %2 more").arg(list).arg(all - names.size())
            : list;
}

} // namespace

QString TreeRow::spokenPortal() const
{
    const PortalAddress value = m_inventory.address(portal());
    const QString place = value.port == 0 ? tr("Address %1").arg(value.ip.toString())
                                          : tr("Portal %1 port %2").arg(value.ip.toString()).arg(value.port);
    if (m_kind == RowKind::Binding)
        return joined({place, state(), usedBy()});
    const int count = m_inventory.endpointCount(portal());
    const QString serves = count == 0 ? tr("serves nothing")
            : count == 1              ? tr("serves one endpoint")
                                      : tr("serves %1 endpoints").arg(numberWord(count));
    return joined({place, state(), serves});
}

QString TreeRow::spokenKind() const
{
    switch (m_kind) {
    case RowKind::Server:
        return tr("Server");
    case RowKind::Group:
        return tr("Portal group");
    case RowKind::Node:
        return m_inventory.node(node()).role == Role::Initiator ? tr("Initiator") : tr("Target");
    default:
        return {};
    }
}

QString TreeRow::spoken() const
{
    if (!exists())
        return {};
    if (m_kind == RowKind::Portal || m_kind == RowKind::Binding)
        return spokenPortal();
    const QString kind = spokenKind();
    return joined({kind.isEmpty() ? name() : tr("%1 %2").arg(kind, name()), state(), usedBy()});
}

QString TreeRow::portalTip() const
{
    const Portal value = m_inventory.portal(portal());
    QStringList lines{name(), tr("State: %1").arg(state())};
    if (!value.nic.isEmpty())
        lines += tr("Network interface: %1").arg(value.nic);
    QStringList names;
    const std::vector<GroupHandle> groups = m_inventory.groupsOf(portal());
    for (size_t i = 0; i < groups.size() && i < size_t(namesInTip); ++i)
        names += m_inventory.group(groups[i]).name;
    if (!names.isEmpty())
        lines += tr("Portal groups: %1").arg(shortened(names, int(groups.size())));
    lines += tr("Serves: %1")
                     .arg(m_inventory.endpointCount(portal()) == 0
                                  ? tr("nothing")
                                  : endpointCountText(m_inventory.endpointCount(portal()),
                                                      isLio(m_inventory.serverOf(portal()))));
    if (m_kind == RowKind::Binding && m_inventory.sessionCount(binding()) > 0)
        lines += tr("Sessions: %L1").arg(m_inventory.sessionCount(binding()));
    return lines.join(QLatin1Char('\n'));
}

QString TreeRow::endpointTip() const
{
    const Endpoint value = m_inventory.endpoint(endpoint());
    QStringList lines{identity(), tr("State: %1").arg(state())};
    if (!isAllTargets() && value.role != Role::Initiator)
        lines += tr("Target portal group tag: %1 (%2)")
                         .arg(value.tag)
                         .arg(QStringLiteral("0x%1").arg(value.tag, 4, 16, QLatin1Char('0')));
    QStringList names;
    const std::vector<PortalHandle> portals = m_inventory.portalsBoundBy(endpoint());
    for (size_t i = 0; i < portals.size() && i < size_t(namesInTip); ++i)
        names += m_inventory.address(portals[i]).toString();
    if (!names.isEmpty())
        lines += tr("Portals: %1").arg(shortened(names, int(portals.size())));
    if (m_inventory.sessionCount(endpoint()) > 0)
        lines += tr("Sessions: %L1").arg(m_inventory.sessionCount(endpoint()));
    return lines.join(QLatin1Char('\n'));
}

QString TreeRow::tip() const
{
    if (!exists())
        return {};
    QStringList lines{name()};
    switch (m_kind) {
    case RowKind::Portal:
    case RowKind::Binding:
        return portalTip();
    case RowKind::Endpoint:
        return endpointTip();
    case RowKind::Node:
        if (const QString alias = m_inventory.node(node()).alias; !alias.isEmpty() && alias != lines.first())
            lines += tr("Alias: %1").arg(alias);
        lines += usedBy();
        break;
    case RowKind::Group:
        if (m_inventory.group(group()).derived)
            lines += tr("As found: made up to show portals together; it never refuses a binding");
        if (objectMark() == TreeMark::Changed) {
            const Snapshot &base = *m_inventory.inventory().base();
            lines += tr("Now called: %1").arg(base.group(base.row(group())).name);
        }
        lines += usedBy();
        break;
    case RowKind::Server:
        if (const QString host = address(); !host.isEmpty())
            lines += tr("Host: %1").arg(host);
        lines += usedBy();
        break;
    default:
        lines += usedBy();
    }
    if (const QString words = state(); !words.isEmpty() && m_kind != RowKind::Server)
        lines.insert(1, tr("State: %1").arg(words));
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

} // namespace portalbind
