// SPDX-License-Identifier: Apache-2.0
#include "model/dropintent.h"
#include "model/refusal.h"
#include "model/sessionloss.h"
#include "model/wording.h"

namespace portalbind {

namespace {

/// `…:mail`, or what the endpoint is called when it belongs to no node.
QString nodeLabel(const Inventory &inventory, EndpointHandle endpoint)
{
    const NodeHandle node = inventory.has(endpoint) ? inventory.endpoint(endpoint).node : NodeHandle{};
    return node ? nodeText(inventory, node) : endpointText(inventory, endpoint);
}

QString joined(const QString &sentence, const QString &addition)
{
    if (addition.isEmpty())
        return sentence;
    if (sentence.isEmpty())
        return addition;
    const bool closed = sentence.endsWith(QLatin1Char('.'));
    return sentence + (closed ? QLatin1String(" ") : QLatin1String(". ")) + addition;
}

/// Why one portal among several stays behind, short enough to stand after a semicolon.
QString shortReason(const Inventory &inventory, const Verdict &verdict)
{
    const QString portal = portalText(inventory, verdict.portal);
    switch (verdict.reason) {
    case Reason::OtherGroup:
        return DropJudge::tr("%1 belongs to another portal group").arg(portal);
    case Reason::InUseInTarget:
        return DropJudge::tr("%1 serves another endpoint of the same target").arg(portal);
    case Reason::AddressGone:
        return DropJudge::tr("the address of %1 is on no interface").arg(portal);
    case Reason::NoSuchPortal:
        return DropJudge::tr("%1 no longer exists").arg(portal);
    case Reason::Already:
        return DropJudge::tr("%1 is bound here already").arg(portal);
    case Reason::NeedsPortal:
        return DropJudge::tr("%1 is an address, not a portal").arg(portal);
    case Reason::NeedsAddress:
        return DropJudge::tr("%1 is a portal, not an address").arg(portal);
    case Reason::OtherServer:
        return DropJudge::tr("%1 belongs to another server").arg(portal);
    default: {
        QString reason = explain(verdict, inventory).reason;
        while (reason.endsWith(QLatin1Char('.')))
            reason.chop(1);
        return reason;
    }
    }
}

/// A drop concerns one server, so that one of its operations tells for all.
bool outlive(const QList<Operation> &operations, const Inventory &inventory)
{
    return std::any_of(operations.begin(), operations.end(),
                       [&](const Operation &one) { return sessionsOutlive(one, inventory); });
}

} // namespace

QString DropJudge::hints() const
{
    QString hint;
    if (m_policy && !m_modifiers.override)
        hint = tr("Drop with Alt to do it all the same");
    if (m_movable > 0)
        hint = joined(hint, tr("Drop with Shift to move it"));
    return hint;
}

QString DropJudge::refusalSentence(const Verdict &verdict) const
{
    const bool unbinding = m_place.kind == DropPlace::Kind::UnbindZone;
    const DragItem &item = m_items.first();
    if (unbinding && !item.isBinding()) {
        return tr("%1 is a portal, not a binding. Drag the row that hangs under an endpoint to unbind it there")
                .arg(portalText(m_inventory, item.portal));
    }
    if (m_place.kind == DropPlace::Kind::Group && item.isBinding() && verdict.reason == Reason::NotAMember) {
        return tr("%1 is a binding and no member of %2. Drop it on the unbind strip to unbind it, or drag the portal "
                  "itself to make it a member")
                .arg(portalText(m_inventory, item.portal), groupText(m_inventory, m_place.group));
    }
    return joined(refusalText(verdict, m_inventory), hints());
}

QString DropJudge::deedSentence(int taken, int all) const
{
    const DragItem &first = m_items.at(m_firstTaken);
    const QString portal = portalText(m_inventory, first.portal);
    const QString to = m_place.kind == DropPlace::Kind::Group ? groupText(m_inventory, m_place.group)
                                                              : endpointText(m_inventory, m_place.endpoint);
    const bool one = all == 1;
    const auto some = [&](const char *whole, const char *part) {
        return taken == all ? tr(whole, nullptr, taken) : tr(part, nullptr, all).arg(taken);
    };
    if (m_deeds.size() > 1)
        return some(QT_TR_N_NOOP("Bind or move %n portal(s) to %1"),
                    QT_TR_N_NOOP("Bind or move %1 of %n portal(s) to %2"))
                .arg(to);
    switch (m_deeds.first()) {
    case Deed::Bind:
        return one
                ? tr("Bind %1 to %2").arg(portal, to)
                : some(QT_TR_N_NOOP("Bind %n portal(s) to %1"), QT_TR_N_NOOP("Bind %1 of %n portal(s) to %2")).arg(to);
    case Deed::Move: {
        const bool near = m_inventory.endpoint(m_from).node == m_inventory.endpoint(m_place.endpoint).node;
        const QString from = near ? endpointInNodeText(m_inventory, m_from) : endpointText(m_inventory, m_from);
        return one
                ? tr("Move %1 from %2 to %3").arg(portal, from, to)
                : some(QT_TR_N_NOOP("Move %n portal(s) to %1"), QT_TR_N_NOOP("Move %1 of %n portal(s) to %2")).arg(to);
    }
    case Deed::Share:
        return one ? tr("Also serve %1 on %2 (%3 keeps it)")
                             .arg(nodeLabel(m_inventory, m_place.endpoint), portal, nodeLabel(m_inventory, m_from))
                   : some(QT_TR_N_NOOP("Also serve %1 on %n portal(s), which keep what they serve"),
                          QT_TR_N_NOOP("Also serve %2 on %1 of %n portal(s), which keep what they serve"))
                             .arg(nodeLabel(m_inventory, m_place.endpoint));
    case Deed::Unbind:
        return one ? tr("Unbind %1 from %2").arg(portal, endpointText(m_inventory, first.boundTo))
                   : some(QT_TR_N_NOOP("Unbind %n portal(s)"), QT_TR_N_NOOP("Unbind %1 of %n portal(s)"));
    case Deed::Join:
        return one ? tr("Make %1 a member of %2").arg(portal, to)
                   : some(QT_TR_N_NOOP("Make %n portal(s) members of %1"),
                          QT_TR_N_NOOP("Make %1 of %n portal(s) members of %2"))
                             .arg(to);
    case Deed::Transfer:
        return one
                ? tr("Move %1 from %2 to %3").arg(portal, groupText(m_inventory, first.group), to)
                : some(QT_TR_N_NOOP("Move %n portal(s) to %1"), QT_TR_N_NOOP("Move %1 of %n portal(s) to %2")).arg(to);
    }
    return {};
}

QString DropJudge::onlySentence() const
{
    if (const PortalHandle taken = wantsOtherPort())
        return tr("%1 is in use by %2: drop it to bind the address on another port")
                .arg(portalText(m_inventory, taken), m_inventory.portal(taken).takenBy);
    if (m_taken == 0)
        return refusalSentence(m_firstRefusal ? *m_firstRefusal : *m_firstAlready);
    QString sentence = deedSentence(1, 1);
    const Verdict &verdict = *m_firstVerdict;
    if (m_sessions > 0)
        sentence += tr(" (%1)").arg(sessionLossText(m_sessions, outlive(m_operations, m_inventory)));
    if (verdict.lastPortal && (m_deeds.contains(Deed::Unbind) || m_deeds.contains(Deed::Move))) {
        const EndpointHandle from = m_deeds.contains(Deed::Unbind) ? m_items.first().boundTo : m_from;
        sentence += tr("; nothing will serve %1 then").arg(endpointText(m_inventory, from));
    }
    if (verdict.decision == Decision::ServerDecides)
        sentence = joined(sentence, explain(verdict, m_inventory).reason);
    if (m_overrides)
        sentence = joined(sentence, tr("Against the policy: %1").arg(explain(verdict, m_inventory).reason));
    return sentence;
}

QString DropJudge::manySentence() const
{
    const int all = int(m_items.size());
    if (m_taken == 0) {
        if (m_refused == 0)
            return tr("All %n portal(s) are there already", nullptr, all);
        const QString why = refusalSentence(*m_firstRefusal);
        return m_refused == 1 ? why : tr("None of %n portal(s) can be taken. %1", nullptr, all).arg(why);
    }
    QString sentence = deedSentence(m_taken, all);
    if (m_sessions > 0)
        sentence += tr(" (%1)").arg(sessionLossText(m_sessions, outlive(m_operations, m_inventory)));
    const auto &first = m_firstRefusal ? m_firstRefusal : m_firstAlready;
    if (first) {
        sentence += QLatin1String("; ") + shortReason(m_inventory, *first);
        if (const int more = m_refused + m_already - 1; more > 0)
            sentence += tr(", %n more likewise not", nullptr, more);
    } else if (m_firstVerdict->decision == Decision::ServerDecides) {
        sentence = joined(sentence, explain(*m_firstVerdict, m_inventory).reason);
    }
    return joined(sentence, m_refused > 0 ? hints() : QString());
}

} // namespace portalbind
