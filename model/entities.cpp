// SPDX-License-Identifier: Apache-2.0
#include "model/entities.h"

#include "model/iscsiname.h"

namespace portalbind {

QString endpointName(const Node &node, const Endpoint &endpoint)
{
    return endpointName(node.name, endpoint.role == Role::Initiator, endpoint.tag);
}

} // namespace portalbind
