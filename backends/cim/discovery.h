// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "backends/cim/queries.h"

#include <QStringList>

namespace portalbind::cim {

/// What a server turned out to show. Found by looking, never by the server's name.
struct ServerForm
{
    QString smisNamespace; ///< empty: no SMI-S iSCSI model
    Family family = Family::Schema; ///< of the classes there
    bool native = false; ///< root/wmi has WT_Portal
    QStringList notes; ///< whole sentences for a person
};

/// Finds the iSCSI model: in \a given, or, when that is empty, where Windows keeps it, where the interop namespace
/// points to, and where vendors are known to keep it. Errors: those of the connection, and Server or Rights in words
/// that say what is missing (no iSCSI target, no role service, remote management switched off). \a host is for the
/// sentences.
[[nodiscard]] Task<Result<ServerForm>> discover(std::shared_ptr<CimConnection> connection, QString given, QString host,
                                                std::stop_token stop);

} // namespace portalbind::cim
