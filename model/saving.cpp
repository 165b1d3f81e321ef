// SPDX-License-Identifier: Apache-2.0
#include "model/saving.h"

#include "model/plan.h"

#include <map>

namespace portalbind {
namespace {

template <class T>
void addOnce(QList<T> &to, const T &item)
{
    if (!to.contains(item))
        to.append(item);
}

/// What operations touch of what a server keeps. Groups and offered portals are not part of it.
class Touched
{
public:
    Touched(const Inventory &base, const Inventory &wanted)
        : m_base(base)
        , m_wanted(wanted)
    {
    }

    void operator()(const Bind &o) { binding({o.endpoint, o.portal}); }
    void operator()(const Unbind &o) { binding({o.endpoint, o.portal}); }
    void operator()(const Move &o)
    {
        binding({o.from, o.portal});
        binding({o.to, o.portal});
    }
    void operator()(const CreateEndpoint &o)
    {
        endpoint(o.endpoint);
        for (const PortalHandle portal : o.portals)
            binding({o.endpoint, portal});
    }
    void operator()(const DeleteEndpoint &o) { endpoint(o.endpoint); }
    void operator()(const SetEndpointEnabled &o) { endpoint(o.endpoint); }
    void operator()(const CreateNode &o) { node(o.node); }
    void operator()(const DeleteNode &o) { node(o.node); }
    void operator()(const SaveForReboot &o)
    {
        SaveForReboot &to = m_saves[o.server];
        for (const NodeHandle each : o.nodes)
            addOnce(to.nodes, each);
        for (const EndpointHandle each : o.endpoints)
            addOnce(to.endpoints, each);
        for (const Binding &each : o.bindings)
            addOnce(to.bindings, each);
    }
    template <class Other>
    void operator()(const Other &)
    {
    }

    [[nodiscard]] QList<Operation> operations()
    {
        QList<Operation> all;
        for (auto &[server, save] : m_saves) {
            save.server = server;
            if (!save.isEmpty())
                all.append(save);
        }
        return all;
    }

private:
    const Inventory &knowing(EndpointHandle h) const { return m_wanted.has(h) ? m_wanted : m_base; }
    SaveForReboot *saveOf(ServerHandle server)
    {
        const bool keeps = m_base.has(server) && m_base.capabilities(server).savesForReboot
                && m_base.server(server).saved.whyNot.isEmpty();
        return keeps ? &m_saves[server] : nullptr;
    }
    bool isUnsaved(ServerHandle server, NodeHandle node, EndpointHandle endpoint) const
    {
        const QList<SavedDifference> differences = m_base.server(server).saved.differences;
        return std::any_of(differences.begin(), differences.end(), [&](const SavedDifference &d) {
            return d.kind == SavedDifference::Kind::NotSaved && !d.portal && d.node == node && d.endpoint == endpoint;
        });
    }
    void node(NodeHandle h)
    {
        const Inventory &inventory = m_wanted.has(h) ? m_wanted : m_base;
        if (!inventory.has(h))
            return;
        if (SaveForReboot *save = saveOf(inventory.node(h).server))
            addOnce(save->nodes, h);
    }
    void endpoint(EndpointHandle h)
    {
        if (!knowing(h).has(h))
            return;
        const Endpoint value = knowing(h).endpoint(h);
        SaveForReboot *save = saveOf(value.server);
        if (!save)
            return;
        addOnce(save->endpoints, h);
        if (m_wanted.isStaged(value.node) || isUnsaved(value.server, value.node, EndpointHandle()))
            addOnce(save->nodes, value.node);
    }
    void binding(const Binding &b)
    {
        if (!knowing(b.endpoint).has(b.endpoint))
            return;
        const Endpoint value = knowing(b.endpoint).endpoint(b.endpoint);
        SaveForReboot *save = saveOf(value.server);
        if (!save)
            return;
        addOnce(save->bindings, b);
        if (m_wanted.isStaged(b.endpoint) || isUnsaved(value.server, value.node, b.endpoint)
            || isUnsaved(value.server, value.node, EndpointHandle()))
            endpoint(b.endpoint);
    }

    const Inventory &m_base;
    const Inventory &m_wanted;
    std::map<ServerHandle, SaveForReboot> m_saves;
};

} // namespace

QList<Operation> savings(const Inventory &base, const Inventory &wanted, const QList<Operation> &changes,
                         const QList<Operation> &asked, bool all)
{
    Touched touched(base, wanted);
    for (const Operation &operation : asked) {
        if (const auto *save = std::get_if<SaveForReboot>(&operation))
            touched(*save);
    }
    if (all) {
        for (const Operation &operation : changes)
            std::visit(touched, operation);
    }
    return touched.operations();
}

SaveForReboot saveAll(const Inventory &inventory, ServerHandle server)
{
    SaveForReboot save{server, {}, {}, {}};
    const QList<SavedDifference> differences = inventory.server(server).saved.differences;
    for (const SavedDifference &difference : differences) {
        if (difference.portal)
            save.bindings.append({difference.endpoint, difference.portal});
        else if (difference.endpoint)
            save.endpoints.append(difference.endpoint);
        else
            save.nodes.append(difference.node);
    }
    return save;
}

Saving savingOf(const Inventory &base, const QList<Operation> &operations)
{
    const Inventory wanted = base.with(operations);
    Saving saving;
    for (const Operation &operation : savings(base, wanted, operations, {}, true)) {
        const SavedState saved = base.server(std::get<SaveForReboot>(operation).server).saved;
        saving.isPossible = saving.isPossible || saved.whyNot.isEmpty();
        saving.isUsual = saving.isUsual || (saved.whyNot.isEmpty() && saved.isUsual);
    }
    return saving;
}

} // namespace portalbind
