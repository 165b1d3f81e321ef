// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/hostnotes.h"

#include "backends/lio/liotext.h"
#include "backends/lio/savedcomparison.h"

#include <algorithm>

namespace portalbind::lio {
namespace {

constexpr qsizetype mostNamed = 5;

/// The names of the tools as their makers write them.
QString properName(const QString &owner)
{
    if (owner == QLatin1String("pacemaker"))
        return QStringLiteral("Pacemaker");
    return owner;
}

QString listed(QStringList names)
{
    const auto more = int(names.size() - mostNamed);
    names = names.mid(0, mostNamed);
    const QString all = names.join(QStringLiteral(", "));
    return more > 0 ? Text::tr("%1 and %n more", nullptr, more).arg(all) : all;
}

void addOwners(const HostState &state, const Greeting &greeting, QStringList &notes)
{
    if (!greeting.owner.isEmpty()) {
        notes += Text::tr("%1 owns the targets of this host: what is changed here lasts until it sets them up again.")
                         .arg(properName(greeting.owner));
        return;
    }
    QMap<QString, QStringList> owned;
    for (const HostTarget &target : state.targets) {
        if (!target.owner.isEmpty())
            owned[properName(target.owner)] += target.name;
    }
    for (auto at = owned.constBegin(); at != owned.constEnd(); ++at)
        notes += Text::tr("%1 owns %2: what is changed there lasts until it sets them up again.")
                         .arg(at.key(), listed(at.value()));
}

void addUnnameable(const HostState &state, QStringList &notes)
{
    QStringList portals;
    QStringList others;
    for (const HostTarget &target : state.targets) {
        if (target.isOpaque)
            others += target.name;
        for (const HostTpg &tpg : target.tpgs) {
            if (tpg.isOpaque)
                others += tpg.directory;
            for (const HostPortal &portal : tpg.portals) {
                if (!portal.place.address)
                    portals += portal.directory;
            }
        }
    }
    if (!portals.isEmpty())
        notes += Text::tr("The kernel has portals with addresses that the console gives to none, and shows without an "
                          "address: %1.")
                         .arg(listed(portals));
    if (!others.isEmpty())
        notes += Text::tr("Some names are no UTF-8 text; such objects are shown and cannot be changed here: %1.")
                         .arg(listed(others));
}

} // namespace

QString ownerOf(const HostState &state, const Greeting &greeting)
{
    if (!greeting.owner.isEmpty())
        return properName(greeting.owner);
    QStringList all;
    for (const HostTarget &target : state.targets) {
        const QString owner = properName(target.owner);
        if (!owner.isEmpty() && !all.contains(owner))
            all += owner;
    }
    return all.join(QStringLiteral(", "));
}

QString ownerOfAll(const HostState &state, const Greeting &greeting)
{
    const bool areOwned = !state.targets.isEmpty()
            && std::none_of(state.targets.begin(), state.targets.end(),
                            [](const HostTarget &target) { return target.owner.isEmpty(); });
    return areOwned || !greeting.owner.isEmpty() ? ownerOf(state, greeting) : QString();
}

QStringList hostNotes(const HostState &state, const Greeting &greeting)
{
    QStringList notes;
    if (!greeting.writable)
        notes += Text::tr("Nothing can be changed here: the kernel's configuration is mounted read-only, or the helper "
                          "has no rights.");
    if (state.state == QLatin1String("no-iscsi"))
        notes += Text::tr("The iSCSI part of the kernel's target is not loaded; making the first target loads it.");
    addOwners(state, greeting, notes);
    addUnnameable(state, notes);
    if (!state.pools.error.isEmpty())
        notes += Text::tr("The file of the portal pools cannot be used: %1. No pool is shown until it is mended.")
                         .arg(state.pools.error);
    if (!state.saved.error.isEmpty())
        notes += Text::tr("Nothing can be saved for reboot: %1: %2.").arg(state.saved.path, state.saved.error);
    if (state.isTruncated)
        notes += Text::tr("There are more connections or listening sockets than are told: which portal a session runs "
                          "over is not known.");
    return notes;
}

} // namespace portalbind::lio
