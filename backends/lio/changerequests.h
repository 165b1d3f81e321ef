// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperstream.h"
#include "model/snapshot.h"
#include "model/targetbackend.h"

namespace portalbind::lio {

/// What one operation becomes: requests, sent in order until one is refused. Only the first can be; those behind it
/// change the console's own file. Operations that take more (an endpoint with portals) are not for this.
struct Change
{
    QList<HelperRequest> requests;
    std::optional<Answer> refusal; ///< it cannot even be asked
};
/// \a shown tells what ids do not: tags, and which pools hold a portal. May be null. Pure.
[[nodiscard]] Change changeOf(const Operation &operation, const Snapshot *shown, const IdTable &ids);

/// What the helper's answer to \a request, the first one of \a operation, means in the method's own table. Pure.
[[nodiscard]] Answer answerTo(const Operation &operation, const HelperRequest &request, const HelperAnswer &answer,
                              const IdTable &ids);

/// What makes a new TPG complete, and what takes each of it back, in order: portals, then enabling. \a endpoint is its
/// id, which no handle may have before whoever asked gets to know it.
struct Completion
{
    HelperRequest request;
    std::optional<HelperRequest> back;
};
[[nodiscard]] QList<Completion> completionOf(const CreateEndpoint &operation, const QByteArray &endpoint,
                                             const IdTable &ids);
[[nodiscard]] HelperRequest removalOf(const QByteArray &endpoint); ///< of a TPG

/// Why something was refused, in the words of the helper: for Answer::detail.
[[nodiscard]] QString refusalText(const QJsonObject &refused);

} // namespace portalbind::lio
