// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/workbook.h"

namespace portalbind {

/// A plan that every process carries out in the same way: node, endpoint with three portals, membership, again and
/// again, with a deletion now and then. Most steps write several rows, so that a half-done one would show.
class StepPlan
{
public:
    static constexpr int length = 200;

    /// The workbook that the plan starts from.
    static Result<> prepare(const QString &path);
    /// Step \a number, from 0, in the workbook as \a now shows it.
    [[nodiscard]] static Operation step(int number, const SnapshotPtr &now);
    /// Everything that \a snapshot shows, ids included, as text.
    [[nodiscard]] static QByteArray digest(const Snapshot &snapshot);
    /// The digests after 0, 1, … length steps, by doing them all in the new workbook \a path.
    [[nodiscard]] static Result<QList<QByteArray>> digests(const QString &path);
};

/// The portal at \a address (`10.0.1.5:3260`); a null handle when there is none.
[[nodiscard]] PortalHandle portalAt(const Snapshot &snapshot, const char *address);
/// The endpoint with this tag of the target whose name ends in \a node; a null handle when there is none.
[[nodiscard]] EndpointHandle endpointOf(const Snapshot &snapshot, const char *node, quint64 tag);

/// A folder for files that are flushed thousands of times: in memory where there is one.
[[nodiscard]] QString scratchTemplate();

} // namespace portalbind
