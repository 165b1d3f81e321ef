// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/boundedjson.h"
#include "backends/lio/helper/networkaddress.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace portalbind::kernel {

/// What rtslib has written: the targets of the fabric iscsi, and where they stand in the file. Nothing else of the file
/// is understood, and no key that may hold a secret (chap_…) is looked into.
struct SavedPortal
{
    std::size_t index = 0; ///< in the list `portals`
    std::optional<SocketAddress> address; ///< empty: it cannot be read
    std::string text; ///< ip_address and port as they stand there
    bool iser = false;
    bool offload = false;
};

struct SavedTpg
{
    std::size_t index = 0; ///< in the list `tpgs`
    std::uint16_t tag = 0;
    bool enabled = false;
    std::vector<SavedPortal> portals;
};

struct SavedTarget
{
    std::size_t index = 0; ///< in the list `targets`
    std::string name;
    std::vector<SavedTpg> tpgs;
};

/// Depth and size of any configuration that rtslib writes, with much room.
inline constexpr JsonLimits saveconfigLimits{32, 20'000'000};
inline constexpr std::size_t longestSaveconfig = std::size_t(256) * 1024 * 1024; ///< bytes

/// Checks the shape of \a document: `targets` a list of objects, each with its keys of the right type, no target and no
/// tag twice. \a document may lack `targets`.
[[nodiscard]] tl::expected<std::vector<SavedTarget>, JsonFault> readSavedTargets(const Json &document);

/// Address and port of one member of `portals`; rtslib writes IPv6 addresses with brackets, older ones without.
[[nodiscard]] std::optional<SocketAddress> savedAddress(const Json &portal);

/// What the file shall say of one object that a plan touched.
struct SaveObject
{
    std::string target;
    std::optional<std::uint16_t> tag; ///< a TPG, or what is in it
    std::optional<SocketAddress> portal;

    bool isThere = false; ///< in the kernel, now
    bool enabled = false; ///< of a TPG
    bool iser = false; ///< of a portal
    bool offload = false;
    Json attributes = Json::object(); ///< of a TPG that has to be added
    Json parameters = Json::object(); ///< of a TPG or target that has to be added
};

struct SaveRefusal
{
    std::string why; ///< `parent-not-saved`, `saved-holds-more`, `saved-twice`, `unreadable`
    std::string place; ///< in the file
    std::string text;
};

/// Changes \a document so that each of \a objects is there as it says, and nothing else. Returns the places that
/// changed. After a refusal \a document is of no use.
[[nodiscard]] tl::expected<std::vector<std::string>, SaveRefusal>
patchSaveconfig(Json &document, const std::vector<SaveObject> &objects);

/// As rtslib writes a file: two blanks a level, ASCII, one line feed at the end.
[[nodiscard]] std::string saveconfigText(const Json &document);

/// What an answer tells of the file (docs/lio-helper.md): `targets`, with LUNs and ACLs.
[[nodiscard]] Json describeSavedTargets(const Json &document, const std::vector<SavedTarget> &targets);

} // namespace portalbind::kernel
