// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fakecim.h"

#include "backends/cim/cimbackend.h"

#include "model/inventory.h"

#include <QtTest>

namespace portalbind::cim {

/// A snapshot as sorted lines, by names instead of ids:
///
///     server array Smis bind=yes unbind=yes groups=read-only
///     node iqn.… target array "Alias"
///     endpoint iqn.…,t,1 target on array
///     portal 10.0.0.1:3260 tcp present array nic=eth0
///     bind iqn.…,t,1 10.0.0.1:3260
///     group fabric-A array: 10.0.0.1:3260
///     session iqn.…:host iqn.…,t,1 10.0.0.1:3260 from=…
///     dangling …
[[nodiscard]] QStringList shown(const SnapshotPtr &snapshot);
/// Those lines of shown() that begin with \a kind, without it.
[[nodiscard]] QStringList shown(const SnapshotPtr &snapshot, const char *kind);

/// By the names that shown() gives; null when there is none.
[[nodiscard]] EndpointHandle endpointIn(const SnapshotPtr &snapshot, const QString &wanted);
[[nodiscard]] PortalHandle portalIn(const SnapshotPtr &snapshot, const QString &wanted);

/// Runs a task to its end in this event loop.
template <class T>
std::optional<T> finished(Task<T> task, int milliseconds = 10'000)
{
    const auto result = std::make_shared<std::optional<T>>();
    spawn<T>(std::move(task), [result](T value) { result->emplace(std::move(value)); });
    if (!QTest::qWaitFor([&result] { return result->has_value(); }, milliseconds))
        return std::nullopt;
    return std::move(**result);
}

/// A fake server with a backend on it.
struct Rig
{
    explicit Rig(const QString &text, const QUrl &url = QUrl(QStringLiteral("wsmans://array")));

    std::shared_ptr<FakeCim> server;
    CimBackend backend;

    /// Reads it; null and a failed test when that fails.
    SnapshotPtr load();
    Result<SnapshotPtr> tryLoad();
    Result<Answer> execute(const Operation &operation);

    // By the names that shown() gives, in the last snapshot.
    [[nodiscard]] EndpointHandle endpoint(const QString &name) const { return endpointIn(snapshot, name); }
    [[nodiscard]] PortalHandle portal(const QString &address) const { return portalIn(snapshot, address); }
    [[nodiscard]] NodeHandle node(const QString &wanted) const;
    SnapshotPtr snapshot;
};

/// An SMI-S array: two targets, three endpoints, four portals of which one has lost its address, two groups.
[[nodiscard]] QString arrayText();
/// Windows Server with both models and, in \a native, WT_* alone.
[[nodiscard]] QString windowsText();
[[nodiscard]] QString nativeText();

} // namespace portalbind::cim
