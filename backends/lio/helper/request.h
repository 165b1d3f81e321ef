// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/boundedjson.h"
#include "backends/lio/helper/networkaddress.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace portalbind::kernel {

enum class Verb : std::uint8_t {
    Hello,
    Read,
    Watch,
    Unwatch,
    CheckPortal,
    MakePortal,
    RemovePortal,
    MakeTpg,
    RemoveTpg,
    EnableTpg,
    MakeTarget,
    RemoveTarget,
    Save,
    PoolMake,
    PoolRemove,
    PoolRename,
    PoolAdd,
    PoolTake,
    CandidateKeep,
    CandidateDrop,
};

/// A TPG by its tag, or by the name of its directory.
using TpgName = std::variant<std::monostate, std::uint16_t, std::string>;

/// A target, a TPG or a portal, in `objects` and `without`.
struct ObjectName
{
    std::string target;
    TpgName tpg;
    std::optional<SocketAddress> portal;
};

/// One line of a console: every value is of the right type and in its bounds. What it names need not exist.
struct Request
{
    std::optional<std::int64_t> id;
    Verb verb = Verb::Hello;
    std::string target;
    TpgName tpg;
    std::optional<SocketAddress> portal;
    std::string directory; ///< of a portal, verbatim
    bool iser = false;
    bool offload = false;
    bool beyondPolicy = false;
    bool enabled = false;
    std::vector<ObjectName> objects; ///< `objects` or `without`
    std::string pool; ///< UUID
    std::string name; ///< of a pool
    std::vector<SocketAddress> portals; ///< `portals` or `members`
};

struct RequestFault
{
    std::optional<std::int64_t> id; ///< as far as it could be found
    std::string text; ///< what is wrong, and with which key
};

inline constexpr std::size_t longestRequest = std::size_t(1024) * 1024; ///< bytes, with the line feed
inline constexpr JsonLimits requestLimits{8, 50'000};
inline constexpr std::size_t mostObjects = 20'000; ///< in `objects` or `without`
inline constexpr int protocolVersion = 1;

/// \a line without its line feed.
[[nodiscard]] tl::expected<Request, RequestFault> parseRequest(std::string_view line);

/// `make-portal`
[[nodiscard]] const char *verbWord(Verb verb);
/// Whether the verb changes the kernel or a file: it is written to the journal.
[[nodiscard]] bool isChange(Verb verb);

} // namespace portalbind::kernel
