// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshot.h"

#include <QByteArray>
#include <QStringList>

namespace portalbind {

/// Files beyond this are refused unread.
inline constexpr qint64 maximumSaveconfigBytes = 512LL << 20;

/// What a reader of saveconfig.json left out or put together.
struct SaveconfigNotes
{
    int portalEntries = 0; ///< network portals as the file counts them: one for each TPG that listens on an address
    int otherFabrics = 0; ///< targets of other fabrics than iSCSI (loopback, vhost, Fibre Channel …)
    int repeated = 0; ///< targets, TPGs and portals that the file names more than once
    QStringList texts; ///< a sentence on each of them, with its place in the file; no more than mostTexts

    static constexpr qsizetype mostTexts = 100;
    /// Adds a sentence while there is room; the last one says that there are more.
    void say(const QString &text);
};

/// Reads what targetcli (rtslib) saves, /etc/target/saveconfig.json, as one server called \a serverName. An address and
/// port is one portal of the server however many TPGs list it; each listing is a binding. What two TPGs of one target
/// have in common is kept as found, though the kernel would refuse it; a note says so. Storage objects, LUNs, ACLs,
/// parameters and attributes are stepped over; CHAP names and passwords are never read. A missing port is 3260, a
/// missing or null `enable` means enabled, as rtslib has it. Errors: BadInput; `where` is a path like
/// `/targets/0/tpgs/1/portals/2/ip_address`, or `line:column` when the file is no JSON.
[[nodiscard]] Result<SnapshotPtr> parseSaveconfig(const QByteArray &json, std::shared_ptr<IdTable> ids,
                                                  const QString &serverName, SaveconfigNotes *notes = nullptr);

} // namespace portalbind
