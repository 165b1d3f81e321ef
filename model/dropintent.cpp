// SPDX-License-Identifier: Apache-2.0
#include "model/dropintent.h"

#include <QSet>

namespace portalbind {

namespace {

bool sameNode(const Inventory &inventory, EndpointHandle a, EndpointHandle b)
{
    const NodeHandle node = inventory.endpoint(a).node;
    return node && node == inventory.endpoint(b).node;
}

} // namespace

QList<DragItem> takeApart(const Inventory &inventory, const QList<DragItem> &items)
{
    QList<DragItem> apart;
    QSet<quint64> seen;
    const auto add = [&](const DragItem &item) {
        const quint64 key = (quint64(item.boundTo.value) << 32) | item.portal.value;
        if (!seen.contains(key)) {
            seen.insert(key);
            apart.append(item);
        }
    };
    for (const DragItem &item : items) {
        if (!item.isGroup()) {
            add(item);
            continue;
        }
        if (!inventory.has(item.group))
            continue;
        for (const PortalHandle portal : inventory.portalsOf(item.group))
            add(DragItem{portal, {}, item.group});
    }
    return apart;
}

DropJudge::DropJudge(Inventory inventory, QList<DragItem> items, DropPlace place, DropModifiers modifiers)
    : m_inventory(std::move(inventory))
    , m_items(std::move(items))
    , m_place(place)
    , m_modifiers(modifiers)
{
    if (m_place.kind == DropPlace::Kind::Endpoint)
        prepareEndpoint();
}

DropJudge::Candidate DropJudge::endpointCandidate(const DragItem &item) const
{
    const EndpointHandle to = m_place.endpoint;
    if (!m_inventory.has(item.portal) || !m_inventory.has(to))
        return {Deed::Bind, {}, {}};
    // A binding that was unbound in the meantime is a portal like any other.
    if (item.isBinding() && item.boundTo != to && m_inventory.has(item.boundTo)
        && m_inventory.binds(item.boundTo, item.portal)) {
        const bool moves = m_modifiers.move || sameNode(m_inventory, item.boundTo, to);
        return {moves ? Deed::Move : Deed::Share, item.boundTo, {}};
    }
    if (m_modifiers.move && !item.isBinding() && !m_inventory.binds(to, item.portal)) {
        if (const NodeHandle node = m_inventory.endpoint(to).node) {
            if (const EndpointHandle from = m_inventory.otherBinder(node, item.portal, to))
                return {Deed::Move, from, {}};
        }
    }
    return {Deed::Bind, {}, {}};
}

void DropJudge::prepareEndpoint()
{
    QList<PortalHandle> portals;
    QList<Operation> leaving;
    portals.reserve(m_items.size());
    m_candidates.reserve(m_items.size());
    for (const DragItem &item : std::as_const(m_items)) {
        const Candidate candidate = endpointCandidate(item);
        if (candidate.deed == Deed::Move)
            leaving.append(Unbind{candidate.from, item.portal});
        m_candidates.append(candidate);
        portals.append(item.portal);
    }
    // What moves has left its endpoint when the other binds it.
    Inventory after = leaving.isEmpty() ? m_inventory
                                        : m_inventory.with(std::span(leaving.constData(), size_t(leaving.size())));
    m_bindAll.emplace(std::move(after), std::move(portals), m_place.endpoint);
}

Verdict DropJudge::judgeOne(qsizetype i)
{
    const DragItem &item = m_items.at(i);
    switch (m_place.kind) {
    case DropPlace::Kind::Endpoint: {
        const Verdict bind = m_bindAll->verdicts()[size_t(i)];
        if (m_candidates.at(i).deed != Deed::Move)
            return bind;
        Verdict leave = canUnbind(m_inventory, item.portal, m_candidates.at(i).from);
        if (leave.isRefused() || bind.isRefused())
            return leave.isRefused() ? leave : bind;
        Verdict both = bind;
        both.other = m_candidates.at(i).from;
        both.sessions = leave.sessions;
        both.lastPortal = leave.lastPortal;
        return both;
    }
    case DropPlace::Kind::Group:
        if (item.isBinding()) {
            if (m_inventory.has(m_place.group) && m_inventory.isMember(m_place.group, item.portal))
                return canUnbind(m_inventory, item.portal, item.boundTo);
            Verdict verdict;
            verdict.decision = Decision::Refused;
            verdict.method = Method::JoinGroup;
            verdict.reason = Reason::NotAMember;
            verdict.portal = item.portal;
            verdict.group = m_place.group;
            return verdict;
        }
        return canJoinGroup(m_inventory, item.portal, m_place.group);
    case DropPlace::Kind::UnbindZone:
        return canUnbind(m_inventory, item.portal, item.boundTo);
    case DropPlace::Kind::Nothing:
        break;
    }
    Verdict verdict;
    verdict.decision = Decision::Refused;
    verdict.portal = item.portal;
    return verdict;
}

void DropJudge::take(qsizetype i, const Candidate &candidate, const Verdict &verdict)
{
    const DragItem &item = m_items.at(i);
    switch (candidate.deed) {
    case Deed::Bind:
    case Deed::Share:
        m_operations.append(Bind{m_place.endpoint, item.portal});
        break;
    case Deed::Move:
        m_operations.append(Move{item.portal, candidate.from, m_place.endpoint});
        break;
    case Deed::Unbind:
        m_operations.append(Unbind{item.boundTo, item.portal});
        break;
    case Deed::Transfer: // joins first: a bound portal must never be without its common group on the way
        m_operations.append(JoinGroup{m_place.group, item.portal});
        m_operations.append(LeaveGroup{candidate.fromGroup, item.portal});
        break;
    case Deed::Join:
        m_operations.append(JoinGroup{m_place.group, item.portal});
        break;
    }
    if (!m_deeds.contains(candidate.deed))
        m_deeds.append(candidate.deed);
    if (m_taken++ == 0) {
        m_firstTaken = i;
        m_from = candidate.from;
    }
    if (candidate.deed == Deed::Move || candidate.deed == Deed::Unbind)
        m_sessions += verdict.sessions;
    m_overrides = m_overrides || verdict.isRefused();
}

bool DropJudge::judge(int most)
{
    const qsizetype end = std::min<qsizetype>(m_judged + most, m_items.size());
    if (m_bindAll)
        m_bindAll->judge(int(end - m_judged));
    for (; m_judged < end; ++m_judged) {
        const DragItem &item = m_items.at(m_judged);
        Verdict verdict = judgeOne(m_judged);
        Candidate candidate;
        if (m_bindAll) {
            candidate = m_candidates.at(m_judged);
        } else if (m_place.kind == DropPlace::Kind::UnbindZone || item.isBinding()) {
            candidate = {Deed::Unbind, item.boundTo, {}};
        } else {
            const bool transfers = m_modifiers.move && item.group && item.group != m_place.group
                    && m_inventory.has(item.group);
            candidate = {transfers ? Deed::Transfer : Deed::Join, {}, item.group};
            if (transfers && !verdict.isRefused()) {
                const Inventory joined = m_inventory.with(JoinGroup{m_place.group, item.portal});
                if (const Verdict leave = canLeaveGroup(joined, item.portal, item.group); leave.isRefused())
                    verdict = leave;
                else
                    verdict.changesNothing = false; // member already, but it leaves the other one
            }
        }
        if (!m_firstVerdict)
            m_firstVerdict = verdict;
        if (verdict.changesNothing) {
            ++m_already;
            if (!m_firstAlready)
                m_firstAlready = verdict;
            continue;
        }
        if (verdict.isRefused() && !(verdict.canOverride() && m_modifiers.override)) {
            ++m_refused;
            m_policy = m_policy || verdict.canOverride();
            if (verdict.reason == Reason::InUseInTarget && verdict.other && !m_modifiers.move)
                ++m_movable;
            if (!m_firstRefusal)
                m_firstRefusal = verdict;
            continue;
        }
        take(m_judged, candidate, verdict);
    }
    return isDone();
}

PortalHandle DropJudge::wantsOtherPort() const
{
    const bool isTaken = m_items.size() == 1 && m_taken == 0 && m_place.kind == DropPlace::Kind::Endpoint
            && m_firstRefusal && m_firstRefusal->reason == Reason::PortTaken && !m_firstRefusal->otherPortal;
    return isTaken && m_inventory.facts(m_firstRefusal->portal).isOffered ? m_firstRefusal->portal : PortalHandle();
}

DropIntent DropJudge::intent() const
{
    DropIntent intent;
    intent.isComplete = isDone();
    intent.operations = m_operations;
    intent.overrides = m_overrides;
    if (m_firstRefusal)
        intent.verdict = *m_firstRefusal;
    else if (m_firstAlready && m_taken == 0)
        intent.verdict = *m_firstAlready;
    else if (m_firstVerdict)
        intent.verdict = *m_firstVerdict;
    if (m_taken > 0) {
        const bool leaves = m_deeds.contains(Deed::Move) || m_deeds.contains(Deed::Unbind)
                || m_deeds.contains(Deed::Transfer);
        intent.action = leaves ? Qt::MoveAction : Qt::CopyAction;
    }
    intent.otherPort = wantsOtherPort();
    if (intent.otherPort)
        intent.action = Qt::CopyAction;
    if (m_place.kind == DropPlace::Kind::Nothing)
        intent.sentence = tr("Drop portals on an endpoint to bind them, or on a group to make them members");
    else if (m_items.isEmpty())
        intent.sentence = tr("There is no portal in this group");
    else if (!isDone())
        intent.sentence = tr("Checking %n portal(s)…", nullptr, int(m_items.size()));
    else
        intent.sentence = m_items.size() == 1 ? onlySentence() : manySentence();
    return intent;
}

DropIntent dropIntent(const Inventory &inventory, const QList<DragItem> &items, const DropPlace &place,
                      const DropModifiers &modifiers)
{
    const QList<DragItem> apart = takeApart(inventory, items);
    DropJudge judge(inventory, apart, place, modifiers);
    judge.judge(int(apart.size()));
    return judge.intent();
}

} // namespace portalbind
