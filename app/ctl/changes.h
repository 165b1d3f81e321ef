// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/request.h"
#include "model/objectname.h"
#include "model/operation.h"
#include "model/verdict.h"

namespace portalbind {

/// Whether a command changes a server through operations.
[[nodiscard]] bool isChange(Command command);

/// The operations that \a request asks for, with the objects it names found in \a names. Objects to be created get
/// provisional handles of \a ids. Errors: BadInput (an argument), NoSuchObject, Ambiguous.
[[nodiscard]] Result<QList<Operation>> operationsFor(const Request &request, const ObjectNames &names, IdTable &ids);

/// The operations judged one after another, each as if those before it were done, with nobody there to be asked: what
/// would cut off sessions is refused by policy. Ends with the first one that is refused and not overridden by \a force.
struct Judgement
{
    QList<Verdict> verdicts; ///< one for each operation, up to the refused one
    bool isRefused = false; ///< the last verdict is a refusal that stands
    Inventory before; ///< as the last verdict saw it
    [[nodiscard]] bool changesNothing() const;
};
[[nodiscard]] Judgement judgeUnattended(const Inventory &inventory, const QList<Operation> &operations, bool force);

} // namespace portalbind
