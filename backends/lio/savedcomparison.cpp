// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/savedcomparison.h"

#include "backends/lio/hostids.h"
#include "backends/lio/liotext.h"

#include <map>

namespace portalbind::lio {
namespace {

using Kind = SavedDifference::Kind;

/// One TPG, as it is or as it is saved.
struct Side
{
    bool enabled = false;
    std::map<QByteArray, Transport> portals; ///< by id
    bool isAmbiguous = false; ///< two directories have this tag
};
struct TargetSide
{
    QByteArray id;
    std::map<quint16, Side> tpgs;
    std::map<quint16, QByteArray> directories; ///< ids of the TPGs
};
using Configuration = std::map<QString, TargetSide>;

Configuration live(const HostState &state)
{
    Configuration all;
    for (qsizetype t = 0; t < state.targets.size(); ++t) {
        const HostTarget &target = state.targets.at(t);
        if (target.isOpaque || !target.owner.isEmpty())
            continue;
        TargetSide &to = all[target.name];
        to.id = nodeId(target, t);
        for (qsizetype i = 0; i < target.tpgs.size(); ++i) {
            const HostTpg &tpg = target.tpgs.at(i);
            Side &side = to.tpgs[tpg.tag];
            side.isAmbiguous = to.directories.contains(tpg.tag) || tpg.isOpaque;
            to.directories[tpg.tag] = endpointId(to.id, tpg, i);
            side.enabled = tpg.enabled;
            for (const HostPortal &portal : tpg.portals)
                side.portals[portalId(portal)] = {portal.iser, portal.offload};
        }
    }
    return all;
}

Configuration saved(const HostState &state)
{
    Configuration all;
    QStringList owned;
    for (const HostTarget &target : state.targets) {
        if (!target.owner.isEmpty())
            owned += target.name;
    }
    for (const SavedTarget &target : state.saved.targets) {
        if (owned.contains(target.name))
            continue;
        TargetSide &to = all[target.name];
        to.id = target.name.toUtf8();
        for (const SavedTpg &tpg : target.tpgs) {
            Side &side = to.tpgs[tpg.tag];
            to.directories[tpg.tag] = to.id + "/tpgt_" + QByteArray::number(tpg.tag);
            side.enabled = tpg.enabled;
            for (const SavedPortal &portal : tpg.portals) {
                HostPortal as;
                as.place = portal.place;
                as.directory = portal.place.text();
                side.portals[portalId(as)] = {portal.iser, portal.offload};
            }
        }
    }
    return all;
}

class Comparison
{
public:
    explicit Comparison(IdTable &ids)
        : m_ids(ids)
    {
    }

    QList<SavedDifference> compare(const Configuration &now, const Configuration &then)
    {
        for (const auto &[name, target] : now) {
            const auto at = then.find(name);
            if (at == then.end())
                add(Kind::NotSaved, target.id, {}, {}, Text::tr("%1 is not saved").arg(name));
            compare(name, target, at == then.end() ? TargetSide() : at->second);
        }
        for (const auto &[name, target] : then) {
            if (now.contains(name))
                continue;
            add(Kind::OnlySaved, target.id, {}, {}, Text::tr("%1 is saved and not there now").arg(name));
            TargetSide gone;
            gone.id = target.id;
            compare(name, gone, target);
        }
        return std::move(m_all);
    }

private:
    void compare(const QString &name, const TargetSide &now, const TargetSide &then)
    {
        for (const auto &[tag, tpg] : now.tpgs) {
            if (tpg.isAmbiguous)
                continue; // what is saved has a tag only
            const QByteArray &directory = now.directories.at(tag);
            const auto at = then.tpgs.find(tag);
            const QString of = Text::tr("TPG %1 of %2").arg(tag).arg(name);
            if (at == then.tpgs.end())
                add(Kind::NotSaved, now.id, directory, {}, Text::tr("%1 is not saved").arg(of));
            else if (at->second.enabled != tpg.enabled)
                add(Kind::Otherwise, now.id, directory, {},
                    tpg.enabled ? Text::tr("%1 is enabled, and saved as disabled").arg(of)
                                : Text::tr("%1 is disabled, and saved as enabled").arg(of));
            compare(of, now.id, directory, tpg, at == then.tpgs.end() ? Side() : at->second);
        }
        for (const auto &[tag, tpg] : then.tpgs) {
            if (now.tpgs.contains(tag))
                continue;
            const QString of = Text::tr("TPG %1 of %2").arg(tag).arg(name);
            const QByteArray &directory = then.directories.at(tag);
            add(Kind::OnlySaved, now.id, directory, {}, Text::tr("%1 is saved and not there now").arg(of));
            compare(of, now.id, directory, {}, tpg);
        }
    }

    void compare(const QString &of, const QByteArray &node, const QByteArray &endpoint, const Side &now,
                 const Side &then)
    {
        for (const auto &[portal, transport] : now.portals) {
            const auto at = then.portals.find(portal);
            const QString text = QString::fromUtf8(portal);
            if (at == then.portals.end())
                add(Kind::NotSaved, node, endpoint, portal, Text::tr("%1 at %2 is not saved").arg(text, of));
            else if (at->second != transport)
                add(Kind::Otherwise, node, endpoint, portal,
                    Text::tr("%1 at %2 is saved with another transport (iSER, offload)").arg(text, of));
        }
        for (const auto &[portal, transport] : then.portals) {
            if (!now.portals.contains(portal))
                add(Kind::OnlySaved, node, endpoint, portal,
                    Text::tr("%1 at %2 is saved and not there now").arg(QString::fromUtf8(portal), of));
        }
    }

    void add(Kind kind, const QByteArray &node, const QByteArray &endpoint, const QByteArray &portal,
             const QString &text)
    {
        SavedDifference difference;
        difference.kind = kind;
        difference.node = m_ids.intern<NodeHandle>(node);
        if (!endpoint.isEmpty())
            difference.endpoint = m_ids.intern<EndpointHandle>(endpoint);
        if (!portal.isEmpty())
            difference.portal = m_ids.intern<PortalHandle>(portal);
        difference.text = text;
        m_all.append(difference);
    }

    IdTable &m_ids;
    QList<SavedDifference> m_all;
};

QString warning(const SavedConfiguration &saved)
{
    if (saved.restoreUnit == QLatin1String("enabled"))
        return {};
    if (saved.unit.isEmpty() || saved.restoreUnit == QLatin1String("absent"))
        return Text::tr("Nothing restores %1 at boot: no unit for it is installed.").arg(saved.path);
    return Text::tr("What is saved is not restored at boot: %1 is not enabled (systemctl enable %1).").arg(saved.unit);
}

} // namespace

bool savesForReboot(const SavedConfiguration &saved)
{
    return !saved.path.isEmpty() && (saved.exists || saved.hasManager);
}

SavedState savedState(const HostState &state, const QString &owner, IdTable &ids)
{
    SavedState to;
    if (!savesForReboot(state.saved))
        return to;
    to.path = state.saved.path;
    to.isUsual = state.saved.hasManager;
    to.warning = warning(state.saved);
    if (!owner.isEmpty()) {
        to.whyNot = Text::tr("%1 owns the targets of this host and sets them up itself").arg(owner);
        return to;
    }
    if (!state.saved.error.isEmpty()) {
        to.whyNot = Text::tr("%1 cannot be used: %2").arg(state.saved.path, state.saved.error);
        return to;
    }
    to.differences = Comparison(ids).compare(live(state), saved(state));
    return to;
}

} // namespace portalbind::lio
