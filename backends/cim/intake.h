// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "backends/cim/tables.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace portalbind::cim {

/// Paths of the objects that may be written: the server's own where they hold more than class and keys, else remade
/// from the canonical key after the first path of the same class.
class Paths
{
public:
    /// Nothing when \a key was never seen.
    [[nodiscard]] std::optional<ObjectPath> path(std::string_view key) const;

    [[nodiscard]] bool knowsClassOf(std::string_view key) const;
    void keepModel(std::string_view key, ObjectPath path);
    void keepWhole(std::string key, ObjectPath path);

private:
    std::map<std::string, ObjectPath, std::less<>> m_models; // by class as in the key
    std::map<std::string, ObjectPath, std::less<>> m_whole; // by key
};

/// What may be held of one server. A million portals take about half of it.
struct IntakeLimits
{
    size_t key = 4096; ///< bytes of the name of one object
    quint64 bytes = quint64(1) << 30; ///< of all rows, names and texts
};

/// Takes the answers of enumerations, in parser threads, several enumerations at once, and makes rows of them.
class Intake : public std::enable_shared_from_this<Intake>
{
public:
    /// \a grown is called after each answer, in its parser thread, without the lock.
    void setGrown(std::function<void()> grown) { m_grown = std::move(grown); }

    /// \a exceeded is called once, in a parser thread, when a limit is passed; what comes later is not taken.
    void setLimits(const IntakeLimits &limits, std::function<void()> exceeded);
    /// What is too much, as a sentence about \a host; empty when nothing is.
    [[nodiscard]] QString excess(const QString &host) const;

    /// For CimConnection::enumerate(). It keeps this object: an answer may still be parsed when the enumeration has
    /// been cancelled.
    [[nodiscard]] CimConnection::BatchHandler handler(Source source);

    /// One instance of an association, by the canonical keys of its ends, in the order of Edge.
    void addEdge(Source source, std::string_view from, std::string_view to);

    /// Calls \a look while no row is added.
    template <class F>
    auto locked(F look) const
    {
        const std::lock_guard lock(m_mutex);
        return look(m_tables, m_paths);
    }

    /// When all enumerations have ended.
    [[nodiscard]] Paths takePaths()
    {
        const std::lock_guard lock(m_mutex);
        return std::move(m_paths);
    }

private:
    template <class R>
    void add(const InstanceBatch &batch, RowsOf<R> &table, Source source, R (*make)(const InstanceBatch &, size_t),
             bool (*wanted)(const InstanceBatch &, size_t) = nullptr);
    void addEdges(const InstanceBatch &batch, Source source);
    void take(const InstanceBatch &batch, Source source);

    [[nodiscard]] bool isTooMuch(std::string_view key);
    void judgeSize();

    enum class Excess { None, Key, Bytes };

    std::function<void()> m_grown, m_exceeded;
    IntakeLimits m_limits;
    mutable std::mutex m_mutex;
    Excess m_excess = Excess::None;
    quint64 m_held = 0; ///< bytes of rows, texts and edges; names apart
    Tables m_tables;
    Paths m_paths;
};

} // namespace portalbind::cim
