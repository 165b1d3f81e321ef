// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dropintent.h"
#include "widgets/workspace.h"

#include <QHash>
#include <QPoint>
#include <QPointer>
#include <QTimer>

#include <memory>

class QMimeData;

namespace portalbind {

/// The drag that is under way in this process, shared by all panes. The mime data hold only its token: what is dragged
/// is looked up here and judged again at every step and at the drop. Drags of other processes mean nothing.
class DragState : public QObject
{
    Q_OBJECT
public:
    explicit DragState(Workspace &workspace, QObject *parent = nullptr);
    ~DragState() override;

    [[nodiscard]] static QString mimeType();

    /// Starts a drag of \a items of \a session; refreshes wait until end(). Returns its mime data.
    [[nodiscard]] QMimeData *begin(Session *session, const QList<DragItem> &items);
    void end();
    [[nodiscard]] bool isActive() const { return !m_token.isEmpty() && m_session; }
    [[nodiscard]] bool owns(const QMimeData *data) const;
    [[nodiscard]] Session *session() const { return m_session; }
    [[nodiscard]] const QList<DragItem> &items() const { return m_items; }
    [[nodiscard]] bool hasBindings() const { return m_hasBindings; }

    /// What dropping on \a place of \a session would mean. Judges for a few milliseconds; when that is not enough the
    /// answer says so and judged() follows.
    [[nodiscard]] DropIntent judge(Session *session, const DropPlace &place, const DropModifiers &modifiers);
    /// The same, to its end: for the drop.
    [[nodiscard]] DropIntent judgeWhole(Session *session, const DropPlace &place, const DropModifiers &modifiers);

    enum class Takes : quint8 { Unknown, Yes, No };
    /// Whether a row would take anything. Unknown is being found out: judged() follows.
    [[nodiscard]] Takes takes(Session *session, const DropPlace &place);

signals:
    void started();
    void ended();
    void judged();
    /// What a drop here would do, or why it would not; the same words in the tip and in the status bar.
    /// \a globalPosition: of the pointer.
    void told(const QString &sentence, const QPoint &globalPosition = {});

private:
    struct Key
    {
        quint32 kind;
        quint32 handle;
        bool move;
        bool override;
        friend bool operator==(const Key &, const Key &) = default;
        friend size_t qHash(const Key &key, size_t seed = 0)
        {
            return qHashMulti(seed, key.kind, key.handle, key.move, key.override);
        }
    };
    [[nodiscard]] static Key keyOf(const DropPlace &place, const DropModifiers &modifiers);
    [[nodiscard]] DropJudge &judgeOf(const DropPlace &place, const DropModifiers &modifiers);
    [[nodiscard]] static DropIntent refusedElsewhere(const Session *from, const Session *to);
    void workSlice();
    void forgetVerdicts();

    Workspace &m_workspace;
    QPointer<Session> m_session;
    QList<DragItem> m_items;
    bool m_hasBindings = false;
    QByteArray m_token;
    QHash<Key, std::shared_ptr<DropJudge>> m_judges;
    QHash<Key, Takes> m_takes;
    QList<std::pair<Key, DropPlace>> m_queue;
    QList<Key> m_unfinished; // the place under the cursor, while its judging goes on
    QTimer m_slice;
};

} // namespace portalbind
