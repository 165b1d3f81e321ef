// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/discovery.h"
#include "backends/cim/intake.h"
#include "backends/cim/join.h"

namespace portalbind::cim {

/// What one load brought.
struct Reading
{
    SnapshotPtr snapshot;
    std::shared_ptr<const Catalogue> catalogue;
    std::shared_ptr<const Paths> paths;
};

/// Reads a server of the form \a form: enumerations side by side, as many as the connection takes, joined by path;
/// never one request per object. \a sink gets growing snapshots in the GUI thread while it lives. \a context holds what
/// is known already; what the form tells is filled in here. Errors: those of the connection.
[[nodiscard]] Task<Result<Reading>> readServer(std::shared_ptr<CimConnection> connection, ServerForm form,
                                               JoinContext context, std::function<void(SnapshotPtr)> sink,
                                               std::stop_token stop);

} // namespace portalbind::cim
