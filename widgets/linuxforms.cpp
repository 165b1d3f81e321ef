// SPDX-License-Identifier: Apache-2.0
// Forms for what only a Linux target knows: wildcards, portals found without a pool, ports that somebody else has.
#include "widgets/formdialog.h"

#include "model/wildcards.h"
#include "model/wording.h"

#include <QCheckBox>
#include <QLineEdit>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Forms)
};

constexpr qsizetype mostNamed = 4;

QString named(const QStringList &names)
{
    const auto more = int(names.size() - mostNamed);
    const QString list = names.mid(0, mostNamed).join(QLatin1String(", "));
    return more > 0 ? Words::tr("%1 and %n more", nullptr, more).arg(list) : list;
}

} // namespace

FormDialog *adoptGroupForm(Session *session, GroupHandle group, QWidget *parent)
{
    const Inventory inventory = session->inventory();
    const ServerHandle server = inventory.group(group).server;
    const QList<PortalHandle> portals = inventory.portalsOf(group);
    auto *form = new FormDialog(session, Words::tr("Adopt as portal pool"), Words::tr("Adopt"), parent);
    QStringList names;
    for (const PortalHandle portal : portals)
        names += portalText(inventory, portal);
    form->addNote(
            Words::tr("Makes a pool of what was found together: %1. It is written to the console's own file on %2; "
                      "what the kernel does stays as it is.")
                    .arg(named(names), serverText(inventory, server)));
    QLineEdit *name = form->addField(Words::tr("&Name"), QStringLiteral("groupName"), {},
                                     allOf({notEmpty(Words::tr("Type a name")), isName(128)}));
    const GroupHandle handle = session->ids().makeProvisional<GroupHandle>();
    form->setMake([=]() -> QList<Operation> {
        QList<Operation> operations{CreateGroup{handle, {server, name->text().trimmed(), false}}};
        for (const PortalHandle portal : portals)
            operations.append(JoinGroup{handle, portal});
        return operations;
    });
    return form;
}

FormDialog *replaceWildcardForm(Session *session, PortalHandle wildcard, QWidget *parent)
{
    const Inventory inventory = session->inventory();
    const WildcardReplacement replacement(inventory, wildcard);
    const QString address = portalText(inventory, wildcard);
    auto *form = new FormDialog(session, Words::tr("Replace wildcard %1").arg(address), Words::tr("Replace"), parent);
    QStringList names;
    for (const EndpointHandle endpoint : replacement.endpoints())
        names += endpointText(inventory, endpoint);
    form->addNote(
            Words::tr("%1 serves %n TPG(s): %2. They are served from the addresses below instead, all in one plan: a "
                      "port belongs to a wildcard or to single addresses, on the whole host.",
                      nullptr, int(names.size()))
                    .arg(address, named(names)));
    form->addNote(
            Words::tr("Between the first unbinding and the last binding nobody can log in on port %1, and a session "
                      "that breaks cannot come back. If a step fails, rolling back restores the wildcard.")
                    .arg(inventory.portal(wildcard).address.port));
    const auto boxes = std::make_shared<QList<std::pair<QCheckBox *, PortalAddress>>>();
    for (const PortalAddress &place : replacement.addresses()) {
        QCheckBox *box = form->addOption(place.toString(), QStringLiteral("replace-") + place.toString());
        box->setChecked(true);
        boxes->append({box, place});
    }
    if (boxes->isEmpty())
        form->addNote(Words::tr("This host has no address that could take its place."));
    form->setMake([session, replacement, boxes]() -> QList<Operation> {
        QList<PortalAddress> chosen;
        for (const auto &[box, place] : std::as_const(*boxes)) {
            if (box->isChecked())
                chosen.append(place);
        }
        return replacement.operations(chosen, session->ids());
    });
    form->setNeeded(Words::tr("Choose at least one address"));
    return form;
}

FormDialog *otherPortForm(Session *session, PortalHandle portal, EndpointHandle endpoint, QWidget *parent)
{
    const Inventory inventory = session->inventory();
    const Portal offered = inventory.portal(portal);
    auto *form = new FormDialog(session, Words::tr("Bind %1 on another port").arg(offered.address.ip.toString()),
                                Words::tr("Bind"), parent);
    form->addNote(
            Words::tr("Port %1 of %2 is in use by %3. Initiators that are configured with a fixed portal have to be "
                      "told the other port.")
                    .arg(offered.address.port)
                    .arg(offered.address.ip.toString(), offered.takenBy));
    QLineEdit *port = form->addField(Words::tr("TCP &port"), QStringLiteral("portalPort"),
                                     QString::number(offered.address.port + 1), isNumber(1, 65535));
    const PortalHandle handle = session->ids().makeProvisional<PortalHandle>();
    form->setMake([=]() -> QList<Operation> {
        Portal other;
        other.server = offered.server;
        other.nic = offered.nic;
        other.address = {offered.address.ip, quint16(numberOf(port->text()))};
        return {CreatePortal{handle, other}, Bind{endpoint, handle}};
    });
    return form;
}

} // namespace portalbind
