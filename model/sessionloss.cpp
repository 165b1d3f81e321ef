// SPDX-License-Identifier: Apache-2.0
#include "model/sessionloss.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(SessionLoss)
};

} // namespace

bool sessionsOutlive(const Operation &operation, const Inventory &inventory)
{
    if (!std::holds_alternative<Unbind>(operation) && !std::holds_alternative<Move>(operation))
        return false;
    const ServerHandle server = serverOf(operation, inventory);
    return server && inventory.has(server) && inventory.server(server).dialect == Dialect::Lio;
}

QString sessionLossText(qsizetype sessions, bool outlive)
{
    return outlive ? Words::tr("%n session(s) stay until the next reconnect", nullptr, int(sessions))
                   : Words::tr("%n session(s) will have to reconnect", nullptr, int(sessions));
}

} // namespace portalbind
