// SPDX-License-Identifier: Apache-2.0
#include "model/entities.h"

#include "model/iscsiname.h"

namespace portalbind {

QString endpointName(const Node &node, const Endpoint &endpoint)
{
    return endpointName(node.name, endpoint.role == Role::Initiator, endpoint.tag);
}

const EndpointAccess::Initiator *EndpointAccess::find(const QString &initiator) const
{
    for (const Initiator &one : initiators) {
        if (one.name.compare(initiator, Qt::CaseInsensitive) == 0) // RFC 7143 4.2.7.2
            return &one;
    }
    return nullptr;
}

} // namespace portalbind
