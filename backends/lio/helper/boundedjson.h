// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"

namespace portalbind::kernel {

struct JsonLimits
{
    std::size_t depth = 8; ///< objects and lists inside one another
    std::size_t values = 50'000;
};

struct JsonFault
{
    std::string place; ///< `targets[1].tpgs[0].tag`, or `byte 17` where the text is no JSON
    std::string text;
};

/// Reads \a text, which somebody else wrote: UTF-8 without a byte order mark, one value, no key twice in an object, no
/// number that a 64-bit one or a double cannot hold as it is written, within \a limits.
[[nodiscard]] tl::expected<Json, JsonFault> parseBounded(std::string_view text, const JsonLimits &limits);

/// One line, without a line feed; bytes that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string compactText(const Json &value);

} // namespace portalbind::kernel
