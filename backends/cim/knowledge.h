// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/reader.h"
#include "model/targetbackend.h"

namespace portalbind::cim {

/// What is known of one connection. Lives in the GUI thread; coroutines share it.
struct Knowledge
{
    std::shared_ptr<CimConnection> connection; ///< null before the first use
    std::shared_ptr<IdTable> ids;
    QString host; ///< of the URL
    QString nameSpace; ///< of the URL; empty: to be found
    std::optional<ServerForm> form; ///< once found
    SnapshotPtr snapshot; ///< the last complete one; null before
    std::shared_ptr<const Catalogue> catalogue; ///< that belongs to it
    std::shared_ptr<const Paths> paths;
    /// What writes have taught, by id of the server; for the lifetime of the connection.
    std::unordered_map<std::string, Support> bind, unbind;
    /// Pauses between looks at the server until it shows what it said was done, in milliseconds.
    std::vector<int> patience{0, 200, 400, 800, 1600};
    std::function<void()> learnt; ///< called when bind or unbind changed
};

} // namespace portalbind::cim
