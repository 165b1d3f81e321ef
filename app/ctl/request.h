// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QStringList>

#include <optional>

namespace portalbind {

enum class Command {
    List,
    Show,
    CanBind,
    Bind,
    Unbind,
    Move,
    PortalCreate,
    PortalDelete,
    GroupCreate,
    GroupDelete,
    GroupRename,
    GroupAdd,
    GroupRemove,
    EndpointCreate,
    EndpointDelete,
    EndpointEnable,
    EndpointDisable,
    NodeCreate,
    NodeDelete,
    Save,
    Import,
    Report,
    WorkbookNew,
    Completion,
};

/// One call of portalbindctl, as typed.
struct Request
{
    Command command = Command::List;
    QString name; ///< of the command: `portal create`
    QString connect; ///< URL; empty when not given
    QString passwordFile; ///< `-`: standard input
    QString pin; ///< SHA-256 of the only certificate to accept
    bool json = false;
    bool dryRun = false;
    bool force = false;
    std::optional<bool> save; ///< for the server's next start; empty: as is usual there
    QStringList objects; ///< what stands after the command, in order
    QString kind; ///< list, show
    QString server; ///< create, import
    QString alias; ///< node create
    QString interface; ///< portal create
    QString tag; ///< endpoint create
    bool initiator = false; ///< node create
    QString format; ///< report
    QString output; ///< report
    bool sample = false; ///< workbook new
    std::optional<int> size; ///< workbook new: portals
};

} // namespace portalbind
