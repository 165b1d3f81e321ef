// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/exitcode.h"

#include <algorithm>

namespace portalbind {

ExitCode exitCodeOf(const Error &error, bool isArgument)
{
    switch (error.kind) {
    case Error::Kind::BadInput:
        return isArgument ? ExitCode::Usage : ExitCode::Failed;
    case Error::Kind::NoSuchObject:
    case Error::Kind::Ambiguous:
        return ExitCode::NoSuchObject;
    case Error::Kind::Cancelled:
    case Error::Kind::File:
    case Error::Kind::Server:
    case Error::Kind::NoService:
    case Error::Kind::Transport:
    case Error::Kind::Certificate:
    case Error::Kind::Timeout:
        return ExitCode::Failed;
    case Error::Kind::SignIn:
    case Error::Kind::Rights:
        return ExitCode::NotAllowed;
    case Error::Kind::OutcomeUnknown:
        return ExitCode::Unsettled;
    }
    return ExitCode::Failed;
}

ExitCode exitCodeOf(const PlanOutcome &outcome)
{
    if (outcome.isAllDone()) {
        if (!outcome.differences.isEmpty())
            return ExitCode::Differences;
        return outcome.verified ? ExitCode::Done : ExitCode::Unsettled;
    }
    if (outcome.doneCount() > 0 || outcome.hasUnknown())
        return ExitCode::Unsettled;
    // Nothing was changed: the first step that was tried tells why.
    const auto tried = std::find_if(outcome.results.begin(), outcome.results.end(), [](const StepResult &result) {
        return result.state != StepState::Skipped && result.state != StepState::RolledBack;
    });
    if (tried == outcome.results.end())
        return ExitCode::Failed;
    return tried->state == StepState::Refused ? ExitCode::Refused : exitCodeOf(tried->error, false);
}

QString errorWord(Error::Kind kind)
{
    switch (kind) {
    case Error::Kind::Cancelled:
        return QStringLiteral("cancelled");
    case Error::Kind::BadInput:
        return QStringLiteral("bad-input");
    case Error::Kind::NoSuchObject:
        return QStringLiteral("no-such-object");
    case Error::Kind::Ambiguous:
        return QStringLiteral("ambiguous");
    case Error::Kind::File:
        return QStringLiteral("file");
    case Error::Kind::Server:
        return QStringLiteral("server");
    case Error::Kind::NoService:
        return QStringLiteral("no-service");
    case Error::Kind::Transport:
        return QStringLiteral("transport");
    case Error::Kind::Certificate:
        return QStringLiteral("certificate");
    case Error::Kind::Timeout:
        return QStringLiteral("timeout");
    case Error::Kind::SignIn:
        return QStringLiteral("sign-in");
    case Error::Kind::Rights:
        return QStringLiteral("rights");
    case Error::Kind::OutcomeUnknown:
        return QStringLiteral("outcome-unknown");
    }
    return {};
}

QString stepWord(StepState state)
{
    switch (state) {
    case StepState::Waiting:
        return QStringLiteral("planned");
    case StepState::Running:
        return QStringLiteral("running");
    case StepState::Done:
        return QStringLiteral("done");
    case StepState::Refused:
        return QStringLiteral("refused");
    case StepState::Failed:
        return QStringLiteral("failed");
    case StepState::Unknown:
        return QStringLiteral("unknown");
    case StepState::Skipped:
        return QStringLiteral("skipped");
    case StepState::RolledBack:
        return QStringLiteral("rolled-back");
    }
    return {};
}

} // namespace portalbind
