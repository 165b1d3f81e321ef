// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/networkaddress.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace portalbind::kernel {

/// The longest name of a portal's directory that the kernel takes (MAX_PORTAL_LEN), in bytes.
inline constexpr std::size_t longestPortalName = 61;
/// The longest name of a target's directory (ISCSI_IQN_LEN less its terminator), in bytes.
inline constexpr std::size_t longestTargetName = 223;

/// What the kernel reads from the name of a directory in np/. It is laxer than any other reader: the port is a number
/// of any base (`03260` is 1712, `0xCBC` 3260) and may have a plus sign, what stands before `[` and between `]` and `:`
/// is ignored, parts of an IPv4 address may have leading zeros (they are decimal all the same), and brackets may hold
/// an IPv4 address. A scope is kept as it is written, name or index, and only behind a link-local address, where the
/// kernel looks at it. Empty: the kernel refuses such a name ("malformed ip/port passed").
[[nodiscard]] std::optional<SocketAddress> readPortalName(std::string_view name);

/// The tag in the name of a TPG's directory: a number of any base up to 65535 behind `tpgt_`. Empty: the kernel refuses
/// it.
[[nodiscard]] std::optional<std::uint16_t> readTpgName(std::string_view name);

/// A number as the kernel reads it with base 0: `0x` is hexadecimal, another leading zero octal, one plus sign and one
/// line feed at the end are allowed.
[[nodiscard]] std::optional<std::uint32_t> readKernelNumber(std::string_view text, std::uint32_t largest);

} // namespace portalbind::kernel
