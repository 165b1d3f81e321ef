// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "memorybackend.h"
#include "reference.h"
#include "site.h"

#include "model/session.h"

#include <QTest>

namespace portalbind {

/// A session over a server in memory that shows a site.
struct Connected
{
    std::shared_ptr<MemoryBackend> backend = std::make_shared<MemoryBackend>();
    std::unique_ptr<Session> session = std::make_unique<Session>(backend);
    Site site;
    std::optional<PlanOutcome> outcome;
    QList<int> failedSteps;

    explicit Connected(const char *text)
        : site(QString::fromLatin1(text), backend->ids())
    {
        backend->adopt(*site.inventory().base());
        QObject::connect(session.get(), &Session::applyFinished, session.get(),
                         [this](const PlanOutcome &o) { outcome = o; });
        QObject::connect(session.get(), &Session::stepFailed, session.get(),
                         [this](int step) { failedSteps.append(step); });
        session->refresh();
    }
    Verdict stage(const char *operations, bool overridePolicy = false)
    {
        return session->stage(site.operations(QString::fromLatin1(operations)), QString::fromLatin1(operations),
                              overridePolicy);
    }
    void changeServer(const char *operations)
    {
        for (const Operation &operation : site.operations(QString::fromLatin1(operations)))
            backend->change(operation);
    }
    [[nodiscard]] QString onServer() const { return Reference(Inventory(backend->snapshot())).text(); }
    [[nodiscard]] QString shown() const { return Reference(session->inventory()).text(); }
    [[nodiscard]] QList<StepState> states() const
    {
        QList<StepState> all;
        for (const StepResult &result : outcome->results)
            all.append(result.state);
        return all;
    }
    /// Whether anything was sent more often than \a planned has it.
    [[nodiscard]] bool isSentTwice(const QList<Operation> &planned) const
    {
        return std::any_of(backend->sent.begin(), backend->sent.end(), [&](const Operation &operation) {
            return backend->sent.count(operation) > planned.count(operation);
        });
    }
    [[nodiscard]] bool isSentTwice() const { return isSentTwice(session->runningPlan().operations()); }
};

} // namespace portalbind

/// A connection to a site, read once.
// NOLINTBEGIN(bugprone-macro-parentheses): c is the name of what is declared
#define CONNECT(c, text) \
    Connected c(text); \
    QTRY_COMPARE(c.session->state(), State::Live)

#define APPLY(c, how) \
    c.outcome.reset(); \
    c.session->apply(how); \
    QTRY_VERIFY(c.outcome.has_value())
// NOLINTEND(bugprone-macro-parentheses)
