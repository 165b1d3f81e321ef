// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/snapshotbuilder.h"

namespace portalbind {

/// A small site: one server, one target with two endpoints, three portals, two groups.
struct SmallSite
{
    std::shared_ptr<IdTable> ids = std::make_shared<IdTable>();
    SnapshotBuilder builder{ids};
    ServerHandle san;
    NodeHandle mail;
    EndpointHandle one, two;
    PortalHandle a, b, c;
    GroupHandle red, blue;

    SmallSite();
    [[nodiscard]] Portal portal(const char *address) const;
};

/// The numbers of handles.
template <class T>
QList<quint32> values(std::span<const T> handles)
{
    QList<quint32> result;
    for (const T &handle : handles)
        result.append(handle.value);
    return result;
}

template <class... H>
QList<quint32> list(H... handles)
{
    return {handles.value...};
}

} // namespace portalbind
