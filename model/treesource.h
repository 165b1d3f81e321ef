// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/search.h"
#include "model/session.h"
#include "model/treeinventory.h"

#include <QDateTime>
#include <QPointer>

#include <array>
#include <memory>
#include <vector>

namespace portalbind {

/// How fresh the rows of a connection are.
enum class Freshness : quint8 {
    Unknown, ///< not told: values without a connection
    Loading,
    Live,
    Refreshing,
    Applying,
    Stale, ///< the last read failed; faded, with its age
    Failed, ///< nothing could be read yet
};

/// State of a connection, as its server rows tell it.
struct SourceState
{
    Freshness freshness = Freshness::Unknown;
    QDateTime readAt; ///< UTC; invalid before the first read
    QString problem; ///< one sentence; empty when there is none
    QString trouble; ///< the same in a word or two; may be empty
    bool isRemote = false; ///< it takes a connection to be read

    friend bool operator==(const SourceState &, const SourceState &) = default;
};

/// One connection within a tree.
struct TreeSource
{
    SourceKey key = 0;
    QPointer<Session> session; ///< null: values were given
    QString title; ///< shown while there is no server; may be empty
    TreeInventory shown;
    SourceState state;
    std::shared_ptr<const Conflicts> conflicts;
    std::shared_ptr<const SearchHits> hits; ///< null: not filtered
    /// The item that shows an object, by kind and handle, for what is shown once only. 0: none yet.
    std::array<std::vector<quint32>, rowKindCount> items;

    [[nodiscard]] quint32 itemOf(RowKind kind, quint32 handle) const
    {
        const std::vector<quint32> &known = items[size_t(kind)];
        return handle < known.size() ? known[handle] : 0;
    }
    void setItem(RowKind kind, quint32 handle, quint32 item)
    {
        std::vector<quint32> &known = items[size_t(kind)];
        if (handle >= known.size()) {
            if (item == 0)
                return;
            known.resize(std::max(size_t(handle) + 1, known.size() + known.size() / 2));
        }
        known[handle] = item;
    }
};

} // namespace portalbind
