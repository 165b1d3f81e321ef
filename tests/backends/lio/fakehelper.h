// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperlaunch.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QTemporaryDir>

namespace portalbind {

/// A stand-in for portalbind-lio-helper: a process that speaks its protocol over a host that it makes up, and fails
/// where a test says so. The host lives in a file, so that it outlives the process; every request that was read is kept
/// in another. The test's own executable plays it: its main() calls isWanted() and run() first.
class FakeHelper
{
public:
    /// What it does to the next request with that verb, once each, in order.
    struct Fault
    {
        QString verb;
        /// `die-before` and `die-after` doing it, `hang`, `garbage`, `wrong-id`, `twice`, `leave` (ends soon after it
        /// has answered), `flood` (events without an end), `huge`, `refuse`, `fail`
        QString what;
        QJsonObject body; ///< of `refuse` and `fail`
    };

    FakeHelper();

    [[nodiscard]] lio::Launch launch() const;
    /// Environment for another program that is to start it: `NAME=value`.
    [[nodiscard]] QStringList environment() const;
    /// The same, with what makes portalbindctl start it for `lio:`.
    [[nodiscard]] QStringList programEnvironment() const;

    /// One target `mail` with TPG 1 (10.0.1.5:3260) and TPG 2 (nothing), both enabled; another one, `db`, with TPG 1
    /// (10.0.1.7:3260). Addresses 10.0.1.5 to .7 on eth0, 10.0.2.5 on eth1, 127.0.0.1 on lo.
    [[nodiscard]] static QJsonObject site();
    void setHost(const QJsonObject &read); ///< what `read` answers
    [[nodiscard]] QJsonObject host() const;
    void setGreeting(const QJsonObject &hello);
    void setFaults(const QList<Fault> &faults);
    /// Lets those that watch be told of a change.
    void poke(const QStringList &what = {QStringLiteral("targets")});
    /// All requests that were read, in order.
    [[nodiscard]] QList<QJsonObject> requests() const;
    [[nodiscard]] QStringList verbs() const;
    [[nodiscard]] int starts() const; ///< how many processes there were

    /// For main().
    [[nodiscard]] static bool isWanted();
    static int run();

private:
    [[nodiscard]] QString path(const char *name) const { return m_folder.filePath(QLatin1String(name)); }
    QTemporaryDir m_folder;
};

// What tests change in a host.
[[nodiscard]] QJsonObject hostPortal(const QString &ip, int port, bool iser = false);
[[nodiscard]] QJsonObject hostTpg(int tag, const QJsonArray &portals, bool enabled = true);
[[nodiscard]] QJsonObject hostTarget(const QString &name, const QJsonArray &tpgs);
[[nodiscard]] QJsonObject hostAddress(const QString &ip, const QString &interface);

} // namespace portalbind
