// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QString>

#include <functional>
#include <stop_token>

namespace portalbind {

/// How big a generated workbook is. Its states obey the rules: the portals of an endpoint are of one group, no two
/// endpoints of a target share one.
struct GeneratedShape
{
    qint64 portals = 0;
    qint64 portalsPerGroup = 8;
    qint64 targets = 0;
    qint64 endpointsPerTarget = 2;
    qint64 portalsPerTarget = 7; ///< bound, shared out among its endpoints; the rest of the group is free

    /// \a portals portals, and the rest in proportion: groups of 8, of which 7 serve a target; as many bindings as
    /// portals.
    [[nodiscard]] static GeneratedShape ofSize(qint64 portals);
    /// 64 portals in one group × 4,000 targets of one endpoint, all bound: 256,000 bindings.
    [[nodiscard]] static GeneratedShape wide();
    /// ofSize(100,000).
    [[nodiscard]] static GeneratedShape deep();
};

inline constexpr qint64 maximumGeneratedPortals = 10'000'000;

/// Gets how many rows of how many are written, some hundred times at most.
using GenerateProgress = std::function<void(qint64 done, qint64 of)>;

/// Writes a new workbook of one server. Errors: File; BadInput when the shape cannot be; Cancelled. Nothing is left
/// behind but a finished file.
Result<> writeGenerated(const QString &path, const GeneratedShape &shape, const GenerateProgress &progress = {},
                        const std::stop_token &stop = {});
Result<> writeGenerated(const QString &path, qint64 portals, const GenerateProgress &progress = {},
                        const std::stop_token &stop = {});

} // namespace portalbind
