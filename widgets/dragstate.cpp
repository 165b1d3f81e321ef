// SPDX-License-Identifier: Apache-2.0
#include "widgets/dragstate.h"

#include <QMimeData>
#include <QUuid>

namespace portalbind {

namespace {

constexpr qint64 sliceMilliseconds = 4; // a quarter of a frame
constexpr int itemsAtATime = 64;
constexpr int keptJudges = 16; // each may hold verdicts on a hundred thousand portals

} // namespace

DragState::DragState(Workspace &workspace, QObject *parent)
    : QObject(parent)
    , m_workspace(workspace)
{
    m_slice.setInterval(0);
    connect(&m_slice, &QTimer::timeout, this, &DragState::workSlice);
    connect(&workspace, &Workspace::inventoryChanged, this, [this](Session *session) {
        if (session == m_session)
            forgetVerdicts();
    });
}

DragState::~DragState() = default;

QString DragState::mimeType()
{
    return QStringLiteral("application/x-portalbind-drag");
}

QMimeData *DragState::begin(Session *session, const QList<DragItem> &items)
{
    m_session = session;
    m_items = takeApart(session->inventory(), items);
    m_hasBindings = std::any_of(items.begin(), items.end(), [](const DragItem &item) { return item.isBinding(); });
    m_token = QUuid::createUuid().toByteArray();
    forgetVerdicts();
    m_workspace.holdRefresh(true);
    auto *data = new QMimeData;
    data->setData(mimeType(), m_token);
    emit started();
    return data;
}

void DragState::end()
{
    if (m_token.isEmpty())
        return;
    m_token.clear();
    m_session = nullptr;
    m_items.clear();
    m_hasBindings = false;
    forgetVerdicts();
    m_workspace.holdRefresh(false);
    emit ended();
}

bool DragState::owns(const QMimeData *data) const
{
    return isActive() && data && data->data(mimeType()) == m_token;
}

void DragState::forgetVerdicts()
{
    m_slice.stop();
    m_judges.clear();
    m_takes.clear();
    m_queue.clear();
    m_unfinished.clear();
}

DragState::Key DragState::keyOf(const DropPlace &place, const DropModifiers &modifiers)
{
    const quint32 handle = place.kind == DropPlace::Kind::Group ? place.group.value : place.endpoint.value;
    return {quint32(place.kind), handle, modifiers.move, modifiers.override};
}

DropJudge &DragState::judgeOf(const DropPlace &place, const DropModifiers &modifiers)
{
    const Key key = keyOf(place, modifiers);
    auto found = m_judges.find(key);
    if (found == m_judges.end()) {
        if (m_judges.size() >= keptJudges)
            m_judges.clear();
        found = m_judges.insert(key, std::make_shared<DropJudge>(m_session->inventory(), m_items, place, modifiers));
    }
    return **found;
}

DropIntent DragState::refusedElsewhere(const Session *from, const Session *to)
{
    DropIntent intent;
    intent.verdict.decision = Decision::Refused;
    intent.verdict.reason = Reason::OtherServer;
    intent.sentence = tr("A portal serves endpoints of its own server only: it is from %1, this is %2")
                              .arg(from->title(), to->title());
    return intent;
}

DropIntent DragState::judge(Session *session, const DropPlace &place, const DropModifiers &modifiers)
{
    if (session && session != m_session)
        return refusedElsewhere(m_session, session);
    DropJudge &judge = judgeOf(place, modifiers);
    QElapsedTimer clock;
    clock.start();
    while (!judge.isDone() && clock.elapsed() < sliceMilliseconds)
        judge.judge(itemsAtATime);
    m_unfinished.clear();
    if (!judge.isDone()) {
        m_unfinished.append(keyOf(place, modifiers));
        m_slice.start();
    }
    return judge.intent();
}

DropIntent DragState::judgeWhole(Session *session, const DropPlace &place, const DropModifiers &modifiers)
{
    if (session && session != m_session)
        return refusedElsewhere(m_session, session);
    // What was judged while hovering still holds: verdicts are forgotten whenever the inventory changes.
    DropJudge &judge = judgeOf(place, modifiers);
    judge.judge(int(m_items.size()));
    return judge.intent();
}

DragState::Takes DragState::takes(Session *session, const DropPlace &place)
{
    if (!isActive())
        return Takes::Yes;
    if (session != m_session)
        return Takes::No;
    const Key key = keyOf(place, {});
    if (const auto known = m_takes.constFind(key); known != m_takes.constEnd())
        return *known;
    m_takes.insert(key, Takes::Unknown);
    m_queue.append({key, place});
    m_slice.start();
    return Takes::Unknown;
}

void DragState::workSlice()
{
    QElapsedTimer clock;
    clock.start();
    bool changed = false;
    // The row under the cursor first: a person waits for its sentence.
    for (const Key &key : std::as_const(m_unfinished)) {
        const auto found = m_judges.constFind(key);
        if (found == m_judges.constEnd())
            continue;
        while (!(*found)->isDone() && clock.elapsed() < sliceMilliseconds)
            (*found)->judge(itemsAtATime);
        if ((*found)->isDone())
            changed = true;
    }
    if (changed)
        m_unfinished.clear();
    while (!m_queue.isEmpty() && clock.elapsed() < sliceMilliseconds) {
        const auto &[key, place] = m_queue.first();
        DropJudge &judge = judgeOf(place, {});
        while (!judge.isDone() && !judge.takesSome() && clock.elapsed() < sliceMilliseconds)
            judge.judge(itemsAtATime);
        if (!judge.isDone() && !judge.takesSome())
            break;
        m_takes.insert(key, judge.takesSome() ? Takes::Yes : Takes::No);
        m_queue.removeFirst();
        changed = true;
    }
    if (m_queue.isEmpty() && m_unfinished.isEmpty())
        m_slice.stop();
    if (changed)
        emit judged();
}

} // namespace portalbind
