// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hoststate.h"
#include "model/snapshot.h"

namespace portalbind::lio {

/// What a host shows, in the words of the model.
struct HostView
{
    SnapshotPtr snapshot;
    QStringList notes; ///< whole sentences
};

/// Pure but for handles: server is the host, nodes are target directories, endpoints TPGs, a portal is an address and
/// port of the host however many targets use it, a binding an np directory. Portals are those that are bound, in a
/// pool, kept as candidates or \a remembered (unbound over this connection, so that it can be taken back), and for each
/// address that is up, neither loopback nor link-local, one that is offered on port 3260. Bound portals in no pool make
/// derived groups, one for each set that TPGs connect. \a host: its name where the helper tells none; \a address: for
/// the address column. Safe in any thread.
[[nodiscard]] HostView showHost(const HostState &state, const Greeting &greeting, const QString &host,
                                const QString &address, const QList<PortalAddress> &remembered,
                                std::shared_ptr<IdTable> ids);

} // namespace portalbind::lio
