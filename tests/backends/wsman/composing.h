// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "model/error.h"

#include <QByteArray>
#include <QStringList>

#include <optional>

// What requests and answers of the tests are made of.

[[nodiscard]] portalbind::cim::CimConnection::Enumeration all(const char *className,
                                                              std::vector<std::string> properties = {"Name"});

/// A portal of the recorded rig.
[[nodiscard]] portalbind::cim::ObjectPath portalPath();

/// Body of an answer to Enumerate or Pull (\a kind), with instances and a context; an empty one is the end.
[[nodiscard]] QByteArray page(const char *kind, const QByteArray &items, const QByteArray &context);
/// Instances of CIM_X called n0, n1, ….
[[nodiscard]] QByteArray items(int from, int count);
[[nodiscard]] QByteArray fault(const QByteArray &subcode);

/// Collects the first property of what an enumeration brings.
struct Names
{
    QStringList seen;
    [[nodiscard]] portalbind::cim::CimConnection::BatchHandler handler();
};

/// The error of an awaited result; one of its own when there is no result, or success.
template <class T>
portalbind::Error errorOf(const std::optional<portalbind::Result<T>> &result)
{
    using portalbind::Error;
    if (!result)
        return Error{Error::Kind::BadInput, QStringLiteral("no result in time"), {}, {}, {}};
    return *result ? Error{Error::Kind::BadInput, QStringLiteral("success"), {}, {}, {}} : result->error();
}
