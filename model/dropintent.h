// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/rules.h"

#include <QCoreApplication>
#include <QList>
#include <QString>

#include <optional>

namespace portalbind {

/// One row that is dragged, cut, copied or bound from a menu: handles only, looked up again whenever it is judged.
struct DragItem
{
    PortalHandle portal; ///< null for a whole group
    EndpointHandle boundTo; ///< the endpoint, when the row is a binding
    GroupHandle group; ///< the group itself, or the one that a portal's row hangs under

    [[nodiscard]] bool isBinding() const { return !boundTo.isNull(); }
    [[nodiscard]] bool isGroup() const { return portal.isNull(); }
    friend bool operator==(const DragItem &, const DragItem &) = default;
};

/// The row (or zone) that something is dropped on.
struct DropPlace
{
    enum class Kind : quint8 { Nothing, Endpoint, Group, UnbindZone };
    Kind kind = Kind::Nothing;
    EndpointHandle endpoint;
    GroupHandle group;

    [[nodiscard]] static DropPlace on(EndpointHandle h) { return {Kind::Endpoint, h, {}}; }
    [[nodiscard]] static DropPlace on(GroupHandle h) { return {Kind::Group, {}, h}; }
    [[nodiscard]] static DropPlace unbindZone() { return {Kind::UnbindZone, {}, {}}; }
    friend bool operator==(const DropPlace &, const DropPlace &) = default;
};

struct DropModifiers
{
    bool move = false; ///< Shift, or cut: move where a plain drop would share
    bool override = false; ///< Alt: go against what only policy refuses
    friend bool operator==(const DropModifiers &, const DropModifiers &) = default;
};

/// What a drop means. Nothing is done yet.
struct DropIntent
{
    QList<Operation> operations; ///< empty: nothing would be done
    QString sentence; ///< what would happen, or why not; the same in the tip, the status bar and a picker
    Qt::DropAction action = Qt::IgnoreAction; ///< Move when a binding leaves an endpoint, else Copy; never Link
    Verdict verdict; ///< of the first item that is refused or changes nothing; else of the first one
    bool overrides = false; ///< some operations go against policy
    bool isComplete = true; ///< all items are judged
    /// An offered portal whose port somebody else has: dropped, another port is asked for. Nothing is done by itself.
    PortalHandle otherPort;

    [[nodiscard]] bool doesSomething() const { return !operations.isEmpty(); }
    /// The place takes the drop: something is done, or asked.
    [[nodiscard]] bool isTaken() const { return doesSomething() || otherPort; }
};

/// The items of a drag with groups taken apart into their portals, each portal (or binding) once.
[[nodiscard]] QList<DragItem> takeApart(const Inventory &inventory, const QList<DragItem> &items);

/// Judges one drop, in slices, so that a huge selection never holds up the window:
/// a portal onto an endpoint binds; a binding onto an endpoint of the same target moves (R6 forbids both), onto one of
/// another target it is shared, or moved with DropModifiers::move; a binding onto the unbind zone, or onto a group that
/// its portal belongs to, is unbound; a portal onto a group joins it, and with `move` leaves the group it came from.
class DropJudge
{
    Q_DECLARE_TR_FUNCTIONS(DropJudge)
public:
    /// \a items as takeApart() gives them.
    DropJudge(Inventory inventory, QList<DragItem> items, DropPlace place, DropModifiers modifiers);

    /// Judges up to \a most items more; returns true when all are judged.
    bool judge(int most);
    [[nodiscard]] bool isDone() const { return m_judged == m_items.size(); }
    /// At least one of the items judged so far would do something: such a row is not dimmed.
    [[nodiscard]] bool takesSome() const { return !m_operations.isEmpty() || wantsOtherPort(); }
    /// What the drop means, as far as it is judged.
    [[nodiscard]] DropIntent intent() const;

    [[nodiscard]] const DropPlace &place() const { return m_place; }
    [[nodiscard]] const DropModifiers &modifiers() const { return m_modifiers; }

private:
    enum class Deed : quint8 { Bind, Move, Share, Unbind, Join, Transfer };
    struct Candidate
    {
        Deed deed;
        EndpointHandle from; ///< Move, Share, Unbind
        GroupHandle fromGroup; ///< Transfer
    };
    void prepareEndpoint();
    [[nodiscard]] Candidate endpointCandidate(const DragItem &item) const;
    [[nodiscard]] Verdict judgeOne(qsizetype i);
    void take(qsizetype i, const Candidate &candidate, const Verdict &verdict);
    [[nodiscard]] QString onlySentence() const;
    [[nodiscard]] QString manySentence() const;
    [[nodiscard]] QString deedSentence(int taken, int all) const;
    [[nodiscard]] QString refusalSentence(const Verdict &verdict) const;
    [[nodiscard]] QString hints() const;
    [[nodiscard]] PortalHandle wantsOtherPort() const;

    Inventory m_inventory;
    QList<DragItem> m_items;
    DropPlace m_place;
    DropModifiers m_modifiers;
    std::optional<BindAll> m_bindAll;
    QList<Candidate> m_candidates;
    qsizetype m_judged = 0;

    QList<Operation> m_operations;
    QList<Deed> m_deeds; // of those taken, each kind once
    int m_taken = 0;
    int m_already = 0;
    int m_refused = 0;
    int m_movable = 0; // refused, but Shift would move them
    bool m_overrides = false;
    bool m_policy = false;
    quint32 m_sessions = 0;
    EndpointHandle m_from; // of the first one that moves
    qsizetype m_firstTaken = -1;
    std::optional<Verdict> m_firstVerdict, m_firstRefusal, m_firstAlready;
};

/// Judges everything at once: for a drop itself, a paste, a menu.
[[nodiscard]] DropIntent dropIntent(const Inventory &inventory, const QList<DragItem> &items, const DropPlace &place,
                                    const DropModifiers &modifiers = {});

} // namespace portalbind
