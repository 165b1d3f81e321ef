// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/boundedjson.h"
#include "backends/lio/helper/networkaddress.h"
#include "backends/lio/helper/places.h"

#include <functional>
#include <string>
#include <vector>

namespace portalbind::kernel {

struct PortalPool
{
    std::string id; ///< UUID, lower case
    std::string name;
    std::vector<SocketAddress> members; ///< sorted, each once
};

struct PoolContent
{
    std::vector<PortalPool> pools; ///< by name
    std::vector<SocketAddress> candidates; ///< sorted, each once
};

/// The console's own groups of portals: portal-pools.json in the state folder. What the kernel has bound never follows
/// from it.
class PortalPools
{
public:
    static constexpr int schema = 1;
    static constexpr std::size_t mostPools = 4096;
    static constexpr std::size_t mostEntries = 100'000; ///< members and candidates together
    static constexpr std::size_t longestName = 255; ///< bytes
    static constexpr int lockMilliseconds = 2000;

    using Undone = tl::expected<Refusal, Failure>;
    using Answer = tl::expected<Json, Undone>; ///< what `ok` holds

    explicit PortalPools(const Places &places)
        : m_places(places)
    {
    }

    [[nodiscard]] std::string path() const { return m_places.state + "/portal-pools.json"; }
    /// For an answer: schema, error, pools, candidates.
    [[nodiscard]] Json describe() const;

    /// Each changes the file as a whole, or leaves it: docs/lio-helper.md, Portal pools.
    [[nodiscard]] Answer make(const std::string &name, const std::string &id,
                              const std::vector<SocketAddress> &members) const;
    [[nodiscard]] Answer remove(const std::string &id) const;
    [[nodiscard]] Answer rename(const std::string &id, const std::string &name) const;
    [[nodiscard]] Answer add(const std::string &id, const std::vector<SocketAddress> &portals) const;
    [[nodiscard]] Answer take(const std::string &id, const std::vector<SocketAddress> &portals) const;
    [[nodiscard]] Answer keepCandidates(const std::vector<SocketAddress> &portals) const;
    [[nodiscard]] Answer dropCandidates(const std::vector<SocketAddress> &portals) const;

    /// Reads the text of such a file. The fault's text is `newer-schema` where a newer program wrote it.
    [[nodiscard]] static tl::expected<PoolContent, JsonFault> parse(std::string_view text);
    [[nodiscard]] static std::string text(const PoolContent &content);

private:
    using Change = std::function<Answer(PoolContent &)>;
    [[nodiscard]] Answer change(const Change &change) const;
    [[nodiscard]] std::string placeOf(const JsonFault &fault) const; ///< with the name of the file

    Places m_places;
};

/// 8-4-4-4-12 hexadecimal digits, lower case.
[[nodiscard]] bool isUuid(std::string_view text);

} // namespace portalbind::kernel
