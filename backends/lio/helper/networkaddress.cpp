// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/networkaddress.h"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>

namespace portalbind::kernel {

namespace {

bool isInterfaceName(std::string_view text)
{
    return !text.empty() && text.size() < IFNAMSIZ && std::none_of(text.begin(), text.end(), [](char c) {
        return c <= ' ' || c == '/' || c == ':' || c == '%' || c == '[' || c == ']' || c == '\x7f';
    });
}

} // namespace

NetworkAddress NetworkAddress::fromIPv4(const std::array<std::uint8_t, 4> &bytes)
{
    NetworkAddress address;
    std::copy(bytes.begin(), bytes.end(), address.bytes.begin());
    return address;
}

bool NetworkAddress::isWildcard() const
{
    return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

bool NetworkAddress::isMapped() const
{
    return family == Family::IPv6 && bytes[10] == 0xff && bytes[11] == 0xff
            && std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
}

bool NetworkAddress::isLinkLocal() const
{
    return family == Family::IPv6 && bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
}

bool NetworkAddress::isMulticast() const
{
    if (family == Family::IPv6)
        return bytes[0] == 0xff || (isMapped() && unmapped().isMulticast());
    const bool broadcast = std::all_of(bytes.begin(), bytes.begin() + 4,
                                       [](std::uint8_t byte) { return byte == 0xff; });
    return (bytes[0] & 0xf0) == 0xe0 || broadcast;
}

NetworkAddress NetworkAddress::unmapped() const
{
    return isMapped() ? fromIPv4({bytes[12], bytes[13], bytes[14], bytes[15]}) : *this;
}

bool NetworkAddress::sameBytes(const NetworkAddress &other) const
{
    return family == other.family && bytes == other.bytes;
}

std::string NetworkAddress::text() const
{
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    inet_ntop(family == Family::IPv4 ? AF_INET : AF_INET6, bytes.data(), buffer.data(), buffer.size());
    return buffer.data();
}

std::string SocketAddress::text() const
{
    const std::string number = std::to_string(port);
    if (ip.family == Family::IPv4)
        return ip.text() + ':' + number;
    return '[' + ip.text() + (ip.scope.empty() ? std::string() : '%' + ip.scope) + "]:" + number;
}

std::optional<NetworkAddress> parseNetworkAddress(std::string_view text)
{
    NetworkAddress address;
    const auto percent = text.find('%');
    const std::string number(text.substr(0, percent));
    if (number.size() != std::min(percent, text.size()) || number.find('\0') != std::string::npos)
        return std::nullopt;
    if (percent == std::string_view::npos && inet_pton(AF_INET, number.c_str(), address.bytes.data()) == 1)
        return address;
    address.family = Family::IPv6;
    if (inet_pton(AF_INET6, number.c_str(), address.bytes.data()) != 1)
        return std::nullopt;
    if (percent != std::string_view::npos) {
        address.scope = text.substr(percent + 1);
        if (!address.isLinkLocal() || !isInterfaceName(address.scope))
            return std::nullopt;
    }
    return address;
}

std::optional<SocketAddress> parseSocketAddress(std::string_view text)
{
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const std::string_view number = text.substr(colon + 1);
    const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (bracketed)
        host = host.substr(1, host.size() - 2);

    SocketAddress address;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), address.port);
    if (error != std::errc() || end != number.data() + number.size() || (number.size() > 1 && number.front() == '0'))
        return std::nullopt;
    const auto ip = parseNetworkAddress(host);
    if (!ip || bracketed != (ip->family == Family::IPv6))
        return std::nullopt;
    address.ip = *ip;
    return address;
}

} // namespace portalbind::kernel
