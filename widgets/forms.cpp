// SPDX-License-Identifier: Apache-2.0
#include "widgets/formdialog.h"

#include "model/iscsiname.h"
#include "model/wording.h"

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Forms)
};

constexpr quint16 iscsiPort = 3260; // RFC 7143 13.9: the well-known system port
constexpr int mostNameCharacters = 255; // CIM_ManagedElement.ElementName is longer in no provider seen

} // namespace

FormDialog *newPortalForm(Session *session, ServerHandle server, QWidget *parent)
{
    auto *form = new FormDialog(session, Words::tr("New portal on %1").arg(serverText(session->inventory(), server)),
                                Words::tr("Add portal"), parent);
    QLineEdit *address = form->addField(Words::tr("&Address"), QStringLiteral("portalAddress"), {},
                                        allOf({notEmpty(Words::tr("Type an IPv4 or IPv6 address")), isIpAddress()}),
                                        QStringLiteral("10.0.1.5"));
    QCheckBox *initiator = form->addOption(Words::tr("An address alone, for endpoints of &initiators"),
                                           QStringLiteral("portalAddressAlone"));
    QLineEdit *port = form->addField(Words::tr("TCP &port"), QStringLiteral("portalPort"), QString::number(iscsiPort),
                                     isNumber(1, 65535));
    QLineEdit *nic = form->addField(Words::tr("&Interface"), QStringLiteral("portalNic"), {},
                                    isName(mostNameCharacters), Words::tr("optional"));
    QObject::connect(initiator, &QCheckBox::toggled, port, &QWidget::setDisabled);
    const PortalHandle handle = session->ids().makeProvisional<PortalHandle>();
    form->setMake([=]() -> QList<Operation> {
        Portal portal;
        portal.server = server;
        portal.kind = initiator->isChecked() ? PortalKind::Ip : PortalKind::Tcp;
        portal.address.ip = IpAddress::parse(address->text().trimmed()).value_or(IpAddress());
        portal.address.port = initiator->isChecked() ? quint16(0) : quint16(numberOf(port->text()));
        portal.nic = nic->text().trimmed();
        return {CreatePortal{handle, portal}};
    });
    QObject::connect(initiator, &QCheckBox::toggled, form, &FormDialog::review);
    return form;
}

FormDialog *newGroupForm(Session *session, ServerHandle server, QWidget *parent)
{
    auto *form = new FormDialog(session,
                                Words::tr("New portal group on %1").arg(serverText(session->inventory(), server)),
                                Words::tr("Add portal group"), parent);
    QLineEdit *name = form->addField(Words::tr("&Name"), QStringLiteral("groupName"), {},
                                     allOf({notEmpty(Words::tr("Type a name")), isName(mostNameCharacters)}));
    const GroupHandle handle = session->ids().makeProvisional<GroupHandle>();
    form->setMake([=]() -> QList<Operation> {
        Group group;
        group.server = server;
        group.name = name->text().trimmed();
        return {CreateGroup{handle, group}};
    });
    return form;
}

FormDialog *renameGroupForm(Session *session, GroupHandle group, QWidget *parent)
{
    const QString old = groupText(session->inventory(), group);
    auto *form = new FormDialog(session, Words::tr("Rename portal group %1").arg(old), Words::tr("Rename"), parent);
    const FieldCheck another = [old](const QString &text) {
        return text.trimmed() == old ? Words::tr("This is its name already") : QString();
    };
    QLineEdit *name = form->addField(Words::tr("&Name"), QStringLiteral("groupName"), old,
                                     allOf({notEmpty(Words::tr("Type a name")), isName(mostNameCharacters), another}));
    name->selectAll();
    form->setMake([=]() -> QList<Operation> { return {RenameGroup{group, name->text().trimmed()}}; });
    return form;
}

FormDialog *newEndpointForm(Session *session, NodeHandle node, QWidget *parent)
{
    const Inventory &inventory = session->inventory();
    const Node owner = inventory.node(node);
    const bool isInitiator = owner.role == Role::Initiator;
    const bool choosable = inventory.capabilities(owner.server).chooseTag;
    auto *form = new FormDialog(session, Words::tr("New endpoint of %1").arg(nodeText(inventory, node)),
                                Words::tr("Add endpoint"), parent);
    QCheckBox *choose = form->addOption(Words::tr("&Choose the tag"), QStringLiteral("endpointChooseTag"));
    QLineEdit *tag = form->addField(
            isInitiator ? Words::tr("&ISID") : Words::tr("&Tag"), QStringLiteral("endpointTag"), {},
            isNumber(isInitiator ? 0 : 1, isInitiator ? maximumInitiatorTag : maximumTargetTag),
            choosable ? Words::tr("decimal, or hexadecimal with 0x") : Words::tr("the server chooses it"));
    choose->setEnabled(choosable);
    choose->setToolTip(choosable ? QString() : Words::tr("This server chooses tags itself"));
    tag->setEnabled(false);
    QObject::connect(choose, &QCheckBox::toggled, tag, &QWidget::setEnabled);
    // Where nobody can log in to a new one yet it stays as the server makes it.
    const bool isBare = inventory.capabilities(owner.server).bareEndpoints;
    if (isBare)
        form->addNote(
                Words::tr("It comes into being disabled and without ACLs: nobody can log in until LUNs and ACLs are "
                          "set up with the server's own tools, and it is enabled."));
    const EndpointHandle handle = session->ids().makeProvisional<EndpointHandle>();
    form->setMake([=]() -> QList<Operation> {
        CreateEndpoint create;
        create.endpoint = handle;
        create.value.server = owner.server;
        create.value.node = node;
        create.value.role = owner.role;
        create.value.enabled = !isBare;
        create.chooseTag = choose->isChecked();
        create.value.tag = create.chooseTag ? numberOf(tag->text()) : 0;
        return {create};
    });
    QObject::connect(choose, &QCheckBox::toggled, form, &FormDialog::review);
    return form;
}

FormDialog *newNodeForm(Session *session, ServerHandle server, QWidget *parent)
{
    const Capabilities can = session->inventory().capabilities(server);
    auto *form = new FormDialog(session, Words::tr("New target on %1").arg(serverText(session->inventory(), server)),
                                Words::tr("Add target"), parent);
    QComboBox *role = form->addChoice(Words::tr("&Kind"), QStringLiteral("nodeRole"));
    role->addItem(Words::tr("Target"), int(Role::Target));
    if (can.initiatorNodes)
        role->addItem(Words::tr("Initiator"), int(Role::Initiator));
    QLineEdit *name = form->addField(Words::tr("iSCSI &name"), QStringLiteral("nodeName"), {}, emptyOr(isIscsiName()),
                                     can.chooseNodeName ? QStringLiteral("iqn.2026-11.com.example:name")
                                                        : Words::tr("the server chooses it"));
    name->setEnabled(can.chooseNodeName);
    QLineEdit *alias = form->addField(Words::tr("&Alias"), QStringLiteral("nodeAlias"), {}, isName(mostNameCharacters),
                                      Words::tr("optional"));
    const NodeHandle handle = session->ids().makeProvisional<NodeHandle>();
    form->setMake([=]() -> QList<Operation> {
        Node node;
        node.server = server;
        node.role = Role(role->currentData().toInt());
        node.name = parseIscsiName(name->text().trimmed()).value_or(QString());
        node.alias = alias->text().trimmed();
        return {CreateNode{handle, node}};
    });
    return form;
}

} // namespace portalbind
