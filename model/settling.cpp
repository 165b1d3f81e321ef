// SPDX-License-Identifier: Apache-2.0
#include "model/settling.h"

#include <algorithm>

namespace portalbind {
namespace {

/// The objects that were not there before and are what was asked for, kind by kind.
class CreatedFinder
{
public:
    CreatedFinder(const Inventory &before, const Inventory &shown, IdTable &ids)
        : m_before(before)
        , m_shown(shown)
        , m_ids(ids)
    {
    }
    int operator()(const CreatePortal &o) const
    {
        return take(o.portal, m_shown.portals(), [&](PortalHandle h) {
            const Portal portal = m_shown.portal(h);
            return portal.server == o.value.server && portal.kind == o.value.kind && portal.address == o.value.address;
        });
    }
    int operator()(const CreateGroup &o) const
    {
        return take(o.group, m_shown.groups(), [&](GroupHandle h) {
            const Group group = m_shown.group(h);
            return group.server == o.value.server && group.name == o.value.name;
        });
    }
    int operator()(const CreateNode &o) const
    {
        return take(o.node, m_shown.nodes(), [&](NodeHandle h) {
            const Node node = m_shown.node(h);
            return node.server == o.value.server && node.role == o.value.role
                    && (o.value.name.isEmpty() ? node.alias == o.value.alias : node.name == o.value.name);
        });
    }
    int operator()(const CreateEndpoint &o) const
    {
        return take(o.endpoint, m_shown.endpoints(), [&](EndpointHandle h) {
            const Endpoint endpoint = m_shown.endpoint(h);
            return endpoint.node == o.value.node && (!o.chooseTag || endpoint.tag == o.value.tag);
        });
    }
    template <class Other>
    int operator()(const Other &) const
    {
        return 0;
    }

private:
    template <class H, class Fits>
    int take(H staged, const QList<H> &all, Fits fits) const
    {
        QList<H> made;
        for (const H h : all) {
            if (!m_before.has(h) && fits(h))
                made.append(h);
        }
        if (made.size() == 1 && made.front() != staged) {
            // Nothing that is shown knows the handle under which the read met the object.
            const QByteArray id = m_ids.id(made.front());
            m_ids.release(made.front());
            m_ids.assign(staged, id);
        }
        return int(made.size());
    }
    const Inventory &m_before;
    const Inventory &m_shown;
    IdTable &m_ids;
};

template <class H>
void assignTo(H staged, const QByteArray &id, const Inventory &before, IdTable &ids)
{
    if (const H known = ids.find<H>(id); known && known != staged && !before.has(known))
        ids.release(known); // the object was deleted, and is made again under its old name
    ids.assign(staged, id);
}

} // namespace

bool isAchieved(const Operation &operation, const Inventory &inventory)
{
    struct Check
    {
        const Inventory &i;
        bool operator()(const Bind &o) const { return i.binds(o.endpoint, o.portal); }
        bool operator()(const Unbind &o) const { return !i.binds(o.endpoint, o.portal); }
        bool operator()(const Move &o) const
        {
            return i.binds(o.to, o.portal) && (o.from == o.to || !i.binds(o.from, o.portal));
        }
        bool operator()(const CreatePortal &o) const { return i.has(o.portal); }
        bool operator()(const DeletePortal &o) const { return !i.has(o.portal); }
        bool operator()(const CreateGroup &o) const { return i.has(o.group); }
        bool operator()(const DeleteGroup &o) const { return !i.has(o.group); }
        bool operator()(const RenameGroup &o) const { return i.has(o.group) && i.group(o.group).name == o.name; }
        bool operator()(const JoinGroup &o) const { return i.isMember(o.group, o.portal); }
        bool operator()(const LeaveGroup &o) const { return !i.isMember(o.group, o.portal); }
        bool operator()(const CreateNode &o) const { return i.has(o.node); }
        bool operator()(const DeleteNode &o) const { return !i.has(o.node); }
        bool operator()(const CreateEndpoint &o) const
        {
            return i.has(o.endpoint) && std::all_of(o.portals.begin(), o.portals.end(), [&](PortalHandle p) {
                       return i.binds(o.endpoint, p);
                   });
        }
        bool operator()(const DeleteEndpoint &o) const { return !i.has(o.endpoint); }
        bool operator()(const SetEndpointEnabled &o) const
        {
            return i.has(o.endpoint) && i.endpoint(o.endpoint).enabled == o.enabled;
        }
        bool operator()(const SaveForReboot &o) const
        {
            if (!i.has(o.server))
                return false;
            const auto differences = i.server(o.server).saved.differences;
            return std::none_of(differences.begin(), differences.end(),
                                [&](const SavedDifference &difference) { return o.names(difference); });
        }
    };
    return std::visit(Check{inventory}, operation);
}

void assignCreatedId(const Operation &operation, const QByteArray &id, const Inventory &before, IdTable &ids)
{
    if (id.isEmpty())
        return;
    if (const auto *portal = std::get_if<CreatePortal>(&operation))
        assignTo(portal->portal, id, before, ids);
    else if (const auto *group = std::get_if<CreateGroup>(&operation))
        assignTo(group->group, id, before, ids);
    else if (const auto *node = std::get_if<CreateNode>(&operation))
        assignTo(node->node, id, before, ids);
    else if (const auto *endpoint = std::get_if<CreateEndpoint>(&operation))
        assignTo(endpoint->endpoint, id, before, ids);
}

int findCreated(const Operation &operation, const Inventory &before, const Inventory &shown, IdTable &ids)
{
    return std::visit(CreatedFinder(before, shown, ids), operation);
}

} // namespace portalbind
