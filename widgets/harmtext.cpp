// SPDX-License-Identifier: Apache-2.0
#include "widgets/harmtext.h"

#include "model/sessionloss.h"

#include <QCoreApplication>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(HarmText)
};

constexpr qsizetype mostInitiators = 12;

/// Sessions that may run over what \a operation takes away: their server does not tell their portal.
int possibleSessions(const Operation &operation, const Inventory &inventory)
{
    const auto *unbind = std::get_if<Unbind>(&operation);
    const auto *move = std::get_if<Move>(&operation);
    if (!unbind && !move)
        return 0;
    return int(inventory.sessionsOver(unbind ? unbind->endpoint : move->from, PortalHandle()).size());
}

} // namespace

QString harmText(const PendingChange &change, const Inventory &inventory)
{
    const Verdict &verdict = change.verdict;
    if (change.isConflict())
        return Words::tr("in conflict: %1").arg(explain(verdict, inventory).reason);
    QStringList parts;
    if (verdict.sessions > 0)
        parts += sessionLossText(verdict.sessions, sessionsOutlive(change.operation, inventory));
    const int possibly = verdict.lastPortal ? 0 : possibleSessions(change.operation, inventory); // else they are sure
    if (possibly > 0)
        parts += Words::tr("%n session(s) possibly", nullptr, possibly);
    if (verdict.lastPortal)
        parts += Words::tr("last portal of its endpoint");
    if (change.overridden)
        parts += Words::tr("against policy");
    if (verdict.decision == Decision::ServerDecides)
        parts += Words::tr("the server decides");
    return parts.isEmpty() ? Words::tr("harmless") : parts.join(QLatin1String("; "));
}

QString harmText(const Step &step, const Inventory &inventory)
{
    const Harm &harm = step.harm;
    if (harm.isHarmless())
        return Words::tr("harmless");
    QStringList parts;
    if (!harm.sessions.isEmpty())
        parts += sessionLossText(harm.sessions.size(), sessionsOutlive(step.operation, inventory));
    if (!harm.possibly.isEmpty())
        parts += Words::tr("%n session(s) possibly", nullptr, int(harm.possibly.size()));
    if (harm.lastPortal)
        parts += Words::tr("last path: the endpoint is left without a portal");
    return parts.join(QLatin1String("; "));
}

QString harmDetail(const Harm &harm, const Inventory &inventory)
{
    const QList<SessionHandle> known = inventory.sessions();
    QStringList lines;
    const auto add = [&](const QList<SessionHandle> &sessions, const char *pattern) {
        for (const SessionHandle handle : sessions) {
            if (lines.size() >= mostInitiators) {
                lines += Words::tr("…");
                return;
            }
            if (!std::binary_search(known.begin(), known.end(), handle))
                continue;
            const LoginSession session = inventory.session(handle);
            lines += Words::tr(pattern).arg(session.initiator);
        }
    };
    add(harm.sessions, QT_TRANSLATE_NOOP("HarmText", "Session of %1"));
    add(harm.possibly,
        QT_TRANSLATE_NOOP("HarmText", "Possibly the session of %1: the server does not tell its portal"));
    return lines.join(QLatin1Char('\n'));
}

QString decisionText(const Verdict &verdict, const Inventory &inventory)
{
    switch (verdict.decision) {
    case Decision::Allowed:
        return Words::tr("allowed");
    case Decision::ServerDecides:
        return Words::tr("the server decides: %1").arg(explain(verdict, inventory).reason);
    case Decision::Refused:
        break;
    }
    const QString reason = explain(verdict, inventory).reason;
    return verdict.canOverride() ? Words::tr("against policy: %1").arg(reason)
                                 : Words::tr("would be refused: %1").arg(reason);
}

QString changeText(const Session &session, qsizetype pending)
{
    const QList<PendingChange> &changes = session.pending();
    const Operation &operation = changes.at(pending).operation;
    if (serverOf(operation, session.inventory()))
        return describe(operation, session.inventory());
    Inventory inventory(session.base());
    if (!serverOf(operation, inventory)) {
        // Made by one pending change and taken away by a later one.
        QList<Operation> before = session.pendingOperations().mid(0, pending + 1);
        inventory = Inventory(session.base()).with(std::span(before.constData(), size_t(before.size())));
        if (!serverOf(operation, inventory))
            inventory = Inventory(session.base()).with(std::span(before.constData(), size_t(pending)));
    }
    return describe(operation, inventory);
}

} // namespace portalbind
