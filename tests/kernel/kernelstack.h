// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/liobackend.h"
#include "model/inventorytreemodel.h"
#include "model/session.h"

#include <optional>
#include <set>
#include <string>

namespace portalbind {

using Texts = std::set<std::string>;

/// `IQN`, `IQN/tpgt_1 on`, `IQN/tpgt_1/127.0.0.1:3260` of everything in configfs.
[[nodiscard]] Texts inConfigfs();

[[nodiscard]] QString words(const Texts &texts); ///< for messages

/// The whole program above the window on the guest's kernel: a session over the real helper, with the tree that shows
/// it. Begins to read at once.
class KernelStack
{
public:
    KernelStack();

    std::shared_ptr<LioBackend> backend;
    std::unique_ptr<Session> session;
    InventoryTreeModel tree;
    std::optional<PlanOutcome> outcome; ///< of the last apply

    [[nodiscard]] bool isLive() const { return session->state() == Session::State::Live; }

    /// What the tree shows, in the words of inConfigfs(). Asks for every row.
    [[nodiscard]] Texts shown(const QModelIndex &parent = {}) const;
    [[nodiscard]] Texts shownAddresses() const; ///< of the bindings
};

} // namespace portalbind
