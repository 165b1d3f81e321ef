// SPDX-License-Identifier: Apache-2.0
#include "model/plan.h"

#include "model/saving.h"

#include <algorithm>
#include <map>

namespace portalbind {
namespace {

template <class T>
bool contains(const std::vector<T> &sorted, const T &item)
{
    return std::binary_search(sorted.begin(), sorted.end(), item);
}

/// Whether an endpoint of that server comes disabled and without portals, and goes only when it is empty.
bool isBare(const Inventory &inventory, EndpointHandle endpoint)
{
    const ServerHandle server = inventory.endpoint(endpoint).server;
    return inventory.has(server) && inventory.capabilities(server).bareEndpoints;
}

CreateEndpoint bare(CreateEndpoint creation)
{
    creation.portals.clear();
    creation.value.enabled = false;
    return creation;
}

/// The net effect as operations in the usual order.
class NetOrder
{
public:
    NetOrder(const Inventory &base, const Inventory &wanted, const QList<Operation> &asked)
        : m_base(base)
        , m_wanted(wanted)
        , m_net(wanted.net())
        , m_asked(asked)
    {
    }

    QList<Operation> operations()
    {
        createOwners();
        changeBindings();
        for (const EndpointHandle endpoint : m_net.enabledChanged)
            m_list.append(SetEndpointEnabled{endpoint, m_wanted.endpoint(endpoint).enabled});
        for (const GroupHandle group : m_net.renamedGroups)
            m_list.append(RenameGroup{group, m_wanted.group(group).name});
        deleteOwners();
        return m_list;
    }

private:
    void createOwners()
    {
        for (const GroupHandle group : m_net.createdGroups)
            m_list.append(CreateGroup{group, m_wanted.group(group)});
        for (const PortalHandle portal : m_net.createdPortals)
            m_list.append(CreatePortal{portal, m_wanted.portal(portal)});
        for (const NodeHandle node : m_net.createdNodes)
            m_list.append(CreateNode{node, m_wanted.node(node)});
        for (const auto &[group, portal] : m_net.joined)
            m_list.append(JoinGroup{group, portal});
    }

    /// Target by target, so that each is without its portals only as long as its own steps take.
    void changeBindings()
    {
        std::map<NodeHandle, QList<Operation>> leaving, deleting, creating, coming;
        // What goes takes its bindings along, and what comes brings them; not so where endpoints come and go bare.
        const auto takesAll = [&](EndpointHandle e) {
            return contains(m_net.deletedEndpoints, e) && !isBare(m_base, e);
        };
        const auto bringsAll = [&](EndpointHandle e) {
            return contains(m_net.createdEndpoints, e) && !isBare(m_wanted, e);
        };
        for (const auto &[endpoint, portal] : m_net.unbound) {
            if (!takesAll(endpoint))
                leaving[m_base.endpoint(endpoint).node].append(Unbind{endpoint, portal});
        }
        for (const EndpointHandle endpoint : m_net.deletedEndpoints) {
            const NodeHandle node = m_base.endpoint(endpoint).node;
            if (!contains(m_net.deletedNodes, node) || isBare(m_base, endpoint))
                deleting[node].append(DeleteEndpoint{endpoint});
        }
        for (const EndpointHandle endpoint : m_net.createdEndpoints) {
            const CreateEndpoint creation{endpoint, m_wanted.endpoint(endpoint), isTagChosen(endpoint),
                                          m_wanted.portalsBoundBy(endpoint)};
            creating[creation.value.node] += isBare(m_wanted, endpoint) ? QList<Operation>{bare(creation)}
                                                                        : QList<Operation>{creation};
        }
        for (const auto &[endpoint, portal] : m_net.bound) {
            if (!bringsAll(endpoint))
                coming[m_wanted.endpoint(endpoint).node].append(Bind{endpoint, portal, transport(endpoint, portal)});
        }
        for (const EndpointHandle endpoint : m_net.createdEndpoints) {
            if (isBare(m_wanted, endpoint) && m_wanted.endpoint(endpoint).enabled)
                coming[m_wanted.endpoint(endpoint).node].append(SetEndpointEnabled{endpoint, true});
        }
        std::vector<NodeHandle> nodes;
        for (const auto *part : {&leaving, &deleting, &creating, &coming}) {
            for (const auto &[node, operations] : *part)
                nodes.push_back(node);
        }
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        for (const NodeHandle node : nodes)
            m_list += leaving[node] + deleting[node] + creating[node] + coming[node];
    }

    void deleteOwners()
    {
        for (const auto &[group, portal] : m_net.left) {
            if (!contains(m_net.deletedGroups, group) && !contains(m_net.deletedPortals, portal))
                m_list.append(LeaveGroup{group, portal});
        }
        for (const NodeHandle node : m_net.deletedNodes)
            m_list.append(DeleteNode{node});
        for (const GroupHandle group : m_net.deletedGroups)
            m_list.append(DeleteGroup{group});
        for (const PortalHandle portal : m_net.deletedPortals)
            m_list.append(DeletePortal{portal});
    }

    /// As asked; else as it was where the portal is taken from.
    Transport transport(EndpointHandle endpoint, PortalHandle portal) const
    {
        for (const Operation &operation : m_asked) {
            const auto *bind = std::get_if<Bind>(&operation);
            if (bind && bind->endpoint == endpoint && bind->portal == portal && !bind->transport.isUsual())
                return bind->transport;
        }
        for (const Binding &binding : m_net.unbound) {
            if (binding.portal == portal && !m_base.transport(binding).isUsual())
                return m_base.transport(binding);
        }
        return {};
    }

    bool isTagChosen(EndpointHandle endpoint) const
    {
        return std::any_of(m_asked.begin(), m_asked.end(), [endpoint](const Operation &o) {
            const auto *create = std::get_if<CreateEndpoint>(&o);
            return create && create->endpoint == endpoint && create->chooseTag;
        });
    }

    const Inventory &m_base;
    const Inventory &m_wanted;
    Inventory::Net m_net;
    const QList<Operation> &m_asked;
    QList<Operation> m_list;
};

/// In steps that a server takes one by one. A move of what is not bound there (any more) does nothing, and must not
/// become a binding.
QList<Operation> split(const Inventory &base, const QList<Operation> &operations)
{
    QList<Operation> steps;
    Inventory now = base;
    for (const Operation &operation : operations) {
        const auto *creation = std::get_if<CreateEndpoint>(&operation);
        if (const auto *move = std::get_if<Move>(&operation)) {
            if (now.binds(move->from, move->portal) && now.has(move->to)) {
                steps.append(Unbind{move->from, move->portal});
                steps.append(Bind{move->to, move->portal, now.transport({move->from, move->portal})});
            }
        } else if (creation && base.has(creation->value.server)
                   && base.capabilities(creation->value.server).bareEndpoints) {
            steps.append(bare(*creation));
            for (const PortalHandle portal : creation->portals)
                steps.append(Bind{creation->endpoint, portal});
            if (creation->value.enabled)
                steps.append(SetEndpointEnabled{creation->endpoint, true});
        } else if (!std::holds_alternative<SaveForReboot>(operation)) {
            steps.append(operation);
        }
        now.add(operation);
    }
    return steps;
}

Harm harmOf(const Operation &operation, const Inventory &now, const Inventory &wanted)
{
    Harm harm;
    const auto takeAll = [&](EndpointHandle endpoint) { harm.sessions += now.sessionsOf(endpoint); };
    if (const auto *unbind = std::get_if<Unbind>(&operation)) {
        harm.sessions = now.sessionsEndedBy(unbind->endpoint, unbind->portal);
        if (now.portalCount(unbind->endpoint) > 1) // else they are among the sure ones
            harm.possibly = now.sessionsOver(unbind->endpoint, PortalHandle());
        harm.lastPortal = wanted.has(unbind->endpoint) && wanted.portalCount(unbind->endpoint) == 0;
    } else if (const auto *deletion = std::get_if<DeleteEndpoint>(&operation)) {
        takeAll(deletion->endpoint);
    } else if (const auto *nodeDeletion = std::get_if<DeleteNode>(&operation)) {
        for (const EndpointHandle endpoint : now.endpointsOf(nodeDeletion->node))
            takeAll(endpoint);
    } else if (const auto *enable = std::get_if<SetEndpointEnabled>(&operation)) {
        if (!enable->enabled)
            takeAll(enable->endpoint);
    }
    return harm;
}

QList<Step> simulate(const Inventory &base, const Inventory &wanted, const QList<Operation> &operations)
{
    QList<Step> steps;
    Inventory now = base;
    for (const Operation &operation : operations) {
        Step step;
        step.operation = operation;
        step.server = serverOf(operation, now);
        step.verdict = canDo(now, operation);
        step.harm = harmOf(operation, now, wanted);
        step.inverse = inverse(operation, now);
        if (!isCreation(operation))
            step.text = describe(operation, now);
        now.add(operation);
        if (isCreation(operation))
            step.text = describe(operation, now);
        steps.append(step);
    }
    return steps;
}

/// How many steps would be refused on the way: by the target, and by policy only.
std::pair<int, int> refusals(const QList<Step> &steps)
{
    std::pair<int, int> count;
    for (const Step &step : steps) {
        if (step.verdict.isRefused())
            ++(step.verdict.canOverride() ? count.second : count.first);
    }
    return count;
}

} // namespace

QList<Operation> Plan::operations() const
{
    QList<Operation> all;
    for (const Step &step : steps)
        all.append(step.operation);
    return all;
}

Plan makePlan(const Inventory &base, const QList<Operation> &operations, bool saveForReboot)
{
    const Inventory wanted = base.with(operations);
    const auto whole = [&](const QList<Operation> &changes) {
        return simulate(base, wanted, changes + savings(base, wanted, changes, operations, saveForReboot));
    };
    Plan plan{whole(NetOrder(base, wanted, operations).operations()), pathHarm(base, wanted)};
    const auto usual = refusals(plan.steps);
    if (usual != std::pair(0, 0)) {
        QList<Step> asAsked = whole(split(base, operations));
        if (refusals(asAsked) < usual)
            plan.steps = std::move(asAsked);
    }
    return plan;
}

int PlanOutcome::doneCount() const
{
    return int(std::count_if(results.begin(), results.end(),
                             [](const StepResult &r) { return r.state == StepState::Done; }));
}

bool PlanOutcome::hasUnknown() const
{
    return std::any_of(results.begin(), results.end(),
                       [](const StepResult &r) { return r.state == StepState::Unknown; });
}

} // namespace portalbind
