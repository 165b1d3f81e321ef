// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/tables.h"
#include "model/snapshotbuilder.h"

#include <QStringList>

#include <unordered_map>

namespace portalbind::cim {

/// What is known of a connection beside its rows.
struct JoinContext
{
    std::shared_ptr<IdTable> ids;
    QString host; ///< of the URL
    bool isWindows = false, hasNative = false;
    bool groupsRead = false; ///< collections and their members could be read
    bool portsOfNodesRead = true; ///< SAPAvailableForElement could be read
    /// What writes have taught, by id of the server: a server that never was asked is not in it.
    std::unordered_map<std::string, Support> bind, unbind;
};

/// What a writer needs and a snapshot does not hold. By ids, which are canonical keys.
struct Catalogue
{
    struct ServerFacts
    {
        std::string service; ///< key of the iSCSIConfigurationService; empty: there is none
        std::string switchEndpoint; ///< id of the endpoint that stands for WT_Portal.Listen; empty: there is none
    };
    std::unordered_map<std::string, ServerFacts> servers;
    std::unordered_map<std::string, std::string> nativePortals; ///< portal id to key of its WT_Portal
    QStringList notes; ///< for a person: what was found and could not be shown, whole sentences
};

/// Puts the rows together (J1–J7) and makes a snapshot of them. Pure; any thread. \a catalogue may be null.
[[nodiscard]] SnapshotPtr join(const Tables &tables, const JoinContext &context, bool complete, Catalogue *catalogue);

} // namespace portalbind::cim
