// SPDX-License-Identifier: Apache-2.0
#include "model/findings.h"

#include "model/wording.h"

#include <QCoreApplication>
#include <QSet>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(Findings)
};

class Collector
{
public:
    Collector(const Inventory &inventory, std::stop_token stop)
        : m_inventory(inventory)
        , m_stop(std::move(stop))
    {
    }

    Findings collect()
    {
        for (const PortalHandle portal : m_inventory.portals()) {
            if (m_stop.stop_requested())
                break;
            judge(portal);
        }
        for (const EndpointHandle endpoint : m_inventory.endpoints()) {
            if (m_stop.stop_requested())
                break;
            judge(endpoint);
        }
        if (const SnapshotPtr &base = m_inventory.base()) {
            for (const QString &edge : base->danglingEdges())
                add(Finding::Severity::Note, Finding::Rule::Dangling, {}, edge,
                    Words::tr("The relation is left out. Refresh; if it stays, the server contradicts itself."));
        }
        std::stable_sort(m_findings.all.begin(), m_findings.all.end(),
                         [](const Finding &a, const Finding &b) { return a.severity > b.severity; });
        return std::move(m_findings);
    }

private:
    using Object = decltype(Finding::object);

    void add(Finding::Severity severity, Finding::Rule rule, Object object, const QString &text, const QString &remedy)
    {
        int &count = severity == Finding::Severity::Error ? m_findings.errors
                : severity == Finding::Severity::Warning  ? m_findings.warnings
                                                          : m_findings.notes;
        ++count;
        if (m_findings.all.size() >= findingsShown)
            return;
        QString sentence = text;
        sentence[0] = sentence.at(0).toUpper(); // it may start with what an endpoint is called
        m_findings.all.append({severity, rule, object, sentence, remedy});
    }

    void judge(PortalHandle handle)
    {
        const Portal portal = m_inventory.portal(handle);
        if (portal.kind == PortalKind::Tcp && !portal.addressPresent) {
            const int served = m_inventory.endpointCount(handle);
            const QString address = portal.address.ip.toString();
            if (served > 0 && !portal.movedBy.isEmpty()) {
                add(Finding::Severity::Note, Finding::Rule::AddressGone, handle,
                    Words::tr("%1 is on no interface of %2 now: %3 moves it between hosts")
                            .arg(portal.address.toString(), serverText(m_inventory, portal.server), portal.movedBy),
                    Words::tr("That is as it should be while it is on another host."));
            } else if (served > 0) {
                add(Finding::Severity::Error, Finding::Rule::AddressGone, handle,
                    Words::tr("%1 is on no interface of %2, but %n endpoint(s) are served from it", nullptr, served)
                            .arg(portal.address.toString(), serverText(m_inventory, portal.server)),
                    Words::tr("Bring %1 up again, or serve them from another portal.").arg(address));
            } else {
                add(Finding::Severity::Note, Finding::Rule::AddressGone, handle,
                    Words::tr("%1 is on no interface of %2")
                            .arg(portal.address.toString(), serverText(m_inventory, portal.server)),
                    Words::tr("Bring %1 up before you bind it, or delete the portal.").arg(address));
            }
        }
        if (m_inventory.endpointCount(handle) > 1)
            judgeSharing(handle, portal);
    }

    void judgeSharing(PortalHandle handle, const Portal &portal)
    {
        QSet<NodeHandle> seen;
        for (const EndpointHandle endpoint : m_inventory.endpointsBinding(handle)) {
            const Endpoint value = m_inventory.endpoint(endpoint);
            if (!value.node || value.role != Role::Target || !m_inventory.has(value.node))
                continue;
            if (seen.contains(value.node)) {
                add(Finding::Severity::Warning, Finding::Rule::SharedTwice, handle,
                    Words::tr("%1 serves several endpoints of %2; a portal can serve only one of each target (4098)")
                            .arg(portal.address.toString(), m_inventory.node(value.node).name),
                    Words::tr("Unbind it from all but one of them."));
                return;
            }
            seen.insert(value.node);
        }
    }

    void judge(EndpointHandle handle)
    {
        const Endpoint endpoint = m_inventory.endpoint(handle);
        const QString name = endpointText(m_inventory, handle);
        const int portals = m_inventory.portalCount(handle);
        if (portals == 0) {
            if (endpoint.enabled && endpoint.scope == BindingScope::Endpoint && endpoint.role == Role::Target) {
                add(Finding::Severity::Warning, Finding::Rule::NoPortal, handle,
                    Words::tr("%1 on %2 has no portal: nothing can connect to it")
                            .arg(name, serverText(m_inventory, endpoint.server)),
                    Words::tr("Bind a portal to it, or disable it."));
            }
            return;
        }
        judgeListening(handle, endpoint, name);
        std::vector<GroupHandle> scratch;
        const Inventory::Common common = m_inventory.common(handle, scratch);
        if (common.anyGrouped && common.groups.empty()) {
            const bool isRule = !m_inventory.has(endpoint.server)
                    || m_inventory.capabilities(endpoint.server).groupRule == Enforcement::Target;
            add(isRule ? Finding::Severity::Error : Finding::Severity::Warning, Finding::Rule::GroupConflict, handle,
                Words::tr("The portals of %1 on %2 share no portal group (4099)")
                        .arg(name, serverText(m_inventory, endpoint.server)),
                Words::tr("Unbind those of all groups but one."));
        }
        if (portals > 1)
            judgeInterfaces(handle, endpoint, name);
    }

    void judgeListening(EndpointHandle handle, const Endpoint &endpoint, const QString &name)
    {
        const EndpointAccess *access = m_inventory.access(handle);
        if (!access)
            return;
        for (const EndpointAccess::OddBinding &odd : access->bindings) {
            if (!odd.listens && m_inventory.binds(handle, odd.portal))
                add(Finding::Severity::Error, Finding::Rule::NotListening, handle,
                    Words::tr("%1 is bound to %2 on %3, but nobody listens there")
                            .arg(portalText(m_inventory, odd.portal), name, serverText(m_inventory, endpoint.server)),
                    Words::tr(
                            "Unbind it and bind it again; a wildcard beside portals of the other family stays deaf."));
        }
    }

    void judgeInterfaces(EndpointHandle handle, const Endpoint &endpoint, const QString &name)
    {
        QString only;
        const QList<PortalHandle> bound = m_inventory.portalsBoundBy(handle);
        for (const PortalHandle portal : bound) {
            const QString nic = m_inventory.portal(portal).nic;
            if (nic.isEmpty() || (!only.isEmpty() && nic != only))
                return;
            only = nic;
        }
        add(Finding::Severity::Note, Finding::Rule::OneInterface, handle,
            Words::tr("All %n portal(s) of %1 on %2 stand on %3", nullptr, int(bound.size()))
                    .arg(name, serverText(m_inventory, endpoint.server), only),
            Words::tr("Bind one on another interface, so that one failure does not cut it off."));
    }

    const Inventory &m_inventory;
    std::stop_token m_stop;
    Findings m_findings;
    std::vector<GroupHandle> m_groups;
};

} // namespace

Findings findings(const Inventory &inventory, std::stop_token stop)
{
    return Collector(inventory, std::move(stop)).collect();
}

} // namespace portalbind
