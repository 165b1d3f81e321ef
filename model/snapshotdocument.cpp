// SPDX-License-Identifier: Apache-2.0
#include "model/snapshotdocument.h"

#include "model/snapshotbuilder.h"

namespace portalbind {

SnapshotPtr SnapshotDocument::build(std::shared_ptr<IdTable> ids) const
{
    SnapshotBuilder builder(std::move(ids));
    builder.reserve(portals.size(), endpoints.size(), bindings.size());
    std::vector<ServerHandle> serverHandles;
    for (const OneServer &one : servers)
        serverHandles.push_back(builder.addServer(one.id, one.value));

    std::vector<PortalHandle> portalHandles;
    portalHandles.reserve(portals.size());
    for (const OnePortal &one : portals) {
        Portal value = one.value;
        value.server = serverHandles[size_t(one.server)];
        portalHandles.push_back(builder.addPortal(one.id, std::move(value)));
    }
    std::vector<GroupHandle> groupHandles;
    for (const OneGroup &one : groups) {
        Group value = one.value;
        value.server = serverHandles[size_t(one.server)];
        groupHandles.push_back(builder.addGroup(one.id, value));
    }
    std::vector<NodeHandle> nodeHandles;
    for (const OneNode &one : nodes) {
        Node value = one.value;
        value.server = serverHandles[size_t(one.server)];
        nodeHandles.push_back(builder.addNode(one.id, value));
    }
    std::vector<EndpointHandle> endpointHandles;
    endpointHandles.reserve(endpoints.size());
    for (const OneEndpoint &one : endpoints) {
        Endpoint value = one.value;
        value.server = serverHandles[size_t(one.server)];
        value.node = one.node < 0 ? NodeHandle() : nodeHandles[size_t(one.node)];
        endpointHandles.push_back(builder.addEndpoint(one.id, value));
    }
    for (const OneSession &one : sessions) {
        LoginSession value = one.value;
        value.endpoint = endpointHandles[size_t(one.endpoint)];
        value.portal = one.portal < 0 ? PortalHandle() : portalHandles[size_t(one.portal)];
        builder.addSession(one.id, value);
    }
    for (const Edge &edge : bindings)
        builder.bind(endpointHandles[size_t(edge.from)], portalHandles[size_t(edge.portal)]);
    for (const Edge &edge : memberships)
        builder.join(groupHandles[size_t(edge.from)], portalHandles[size_t(edge.portal)]);
    return builder.build(complete, takenAt);
}

} // namespace portalbind
