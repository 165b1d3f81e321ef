// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portalbind::kernel {

enum class Family : std::uint8_t { IPv4, IPv6 };

/// An IP address by value, as a socket has it.
struct NetworkAddress
{
    Family family = Family::IPv4;
    std::array<std::uint8_t, 16> bytes{}; ///< in network order; of an IPv4 address the first four, the rest is zero
    std::string scope; ///< interface of a link-local IPv6 address; empty: none is given

    [[nodiscard]] static NetworkAddress fromIPv4(const std::array<std::uint8_t, 4> &bytes);
    [[nodiscard]] bool isWildcard() const; ///< 0.0.0.0 or ::
    [[nodiscard]] bool isMapped() const; ///< ::ffff:0:0/96: an IPv4 address in an IPv6 socket
    [[nodiscard]] bool isLinkLocal() const; ///< fe80::/10
    /// 224.0.0.0/4, 255.255.255.255, ff00::/8: no TCP connection can be made to it (RFC 9293 3.9.2.3).
    [[nodiscard]] bool isMulticast() const;
    /// The IPv4 address behind a mapped one; itself otherwise.
    [[nodiscard]] NetworkAddress unmapped() const;
    [[nodiscard]] bool sameBytes(const NetworkAddress &other) const; ///< as ==, whatever the scopes are
    /// Canonical (RFC 5952), without brackets and without the scope.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const NetworkAddress &, const NetworkAddress &) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend auto operator<=>(const NetworkAddress &, const NetworkAddress &) = default;
};

/// Where a target listens.
struct SocketAddress
{
    NetworkAddress ip;
    std::uint16_t port = 0;

    /// `10.0.0.5:3260`, `[2001:db8::5]:3260`, `[fe80::1%eth0]:3260`: the directory name that the console gives a
    /// portal.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const SocketAddress &, const SocketAddress &) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend auto operator<=>(const SocketAddress &, const SocketAddress &) = default;
};

/// Exactly what inet_pton(3) takes, with `%interface` behind a link-local IPv6 address if \a text has one.
[[nodiscard]] std::optional<NetworkAddress> parseNetworkAddress(std::string_view text);

/// As SocketAddress::text() writes it; any letter case and any shortening of an IPv6 address. Decimal, no leading
/// zeros.
[[nodiscard]] std::optional<SocketAddress> parseSocketAddress(std::string_view text);

} // namespace portalbind::kernel
