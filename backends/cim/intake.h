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

/// Takes the answers of enumerations, in parser threads, several enumerations at once, and makes rows of them.
class Intake : public std::enable_shared_from_this<Intake>
{
public:
    /// \a grown is called after each answer, in its parser thread, without the lock.
    void setGrown(std::function<void()> grown) { m_grown = std::move(grown); }

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

    std::function<void()> m_grown;
    mutable std::mutex m_mutex;
    Tables m_tables;
    Paths m_paths;
};

} // namespace portalbind::cim
