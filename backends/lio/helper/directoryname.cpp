// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/directoryname.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

namespace portalbind::kernel {

namespace {

constexpr std::size_t longestIPv4 = 16; // INET_ADDRSTRLEN
constexpr std::size_t longestIPv6 = 48; // the kernel's INET6_ADDRSTRLEN

std::optional<std::uint32_t> digits(std::string_view text, int base, std::uint32_t largest)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || value > largest)
        return std::nullopt;
    return static_cast<std::uint32_t>(value);
}

/// Four decimal parts. What follows the fourth behind one of \a ends is ignored.
std::optional<std::array<std::uint8_t, 4>> readIPv4(std::string_view text, std::string_view ends)
{
    text = text.substr(0, text.find_first_of(ends));
    std::array<std::uint8_t, 4> bytes{};
    for (std::size_t part = 0; part < 4; ++part) {
        const auto dot = text.find('.');
        if ((dot == std::string_view::npos) != (part == 3))
            return std::nullopt;
        const auto value = digits(text.substr(0, dot), 10, 255);
        if (!value)
            return std::nullopt;
        bytes[part] = static_cast<std::uint8_t>(*value);
        text = part == 3 ? std::string_view() : text.substr(dot + 1);
    }
    return bytes;
}

using Bytes = std::vector<std::uint8_t>;

/// Groups of an IPv6 address between single colons, with an IPv4 address as the last where \a mayEndInIPv4. No groups
/// at all for an empty text.
bool readGroups(std::string_view text, bool mayEndInIPv4, Bytes &bytes)
{
    while (!text.empty()) {
        const auto colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        if (mayEndInIPv4 && group.find('.') != std::string_view::npos) {
            const auto tail = readIPv4(text, ":");
            if (!tail)
                return false;
            bytes.insert(bytes.end(), tail->begin(), tail->end());
            return true;
        }
        const auto value = digits(group, 16, 0xffff);
        if (!value)
            return false;
        bytes.push_back(static_cast<std::uint8_t>(*value >> 8));
        bytes.push_back(static_cast<std::uint8_t>(*value & 0xff));
        if (colon == std::string_view::npos)
            return true;
        text = text.substr(colon + 1);
        if (text.empty())
            return false;
    }
    return true;
}

std::optional<NetworkAddress> readIPv6(std::string_view text)
{
    if (text.size() > longestIPv6)
        return std::nullopt;
    const auto percent = text.find('%');
    const std::string_view number = text.substr(0, percent);
    const auto gap = number.find("::");
    Bytes before;
    Bytes after;
    if (!readGroups(number.substr(0, gap), gap == std::string_view::npos, before))
        return std::nullopt;
    if (gap != std::string_view::npos && !readGroups(number.substr(gap + 2), true, after))
        return std::nullopt;
    // A gap stands for at least one group of zeros.
    const std::size_t given = before.size() + after.size();
    if (gap == std::string_view::npos ? given != 16 : given > 14)
        return std::nullopt;

    NetworkAddress address;
    address.family = Family::IPv6;
    std::copy(before.begin(), before.end(), address.bytes.begin());
    std::copy_backward(after.begin(), after.end(), address.bytes.end());
    if (percent != std::string_view::npos && percent + 1 < text.size() && address.isLinkLocal())
        address.scope = text.substr(percent + 1, 15);
    return address;
}

} // namespace

std::optional<std::uint32_t> readKernelNumber(std::string_view text, std::uint32_t largest)
{
    if (!text.empty() && text.front() == '+')
        text.remove_prefix(1);
    if (!text.empty() && text.back() == '\n')
        text.remove_suffix(1);
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
        return digits(text.substr(2), 16, largest);
    return digits(text, text.size() > 1 && text.front() == '0' ? 8 : 10, largest);
}

std::optional<SocketAddress> readPortalName(std::string_view name)
{
    if (name.size() > longestPortalName)
        return std::nullopt;
    std::string_view host = name;
    std::string_view rest = name;
    if (const auto open = name.find('['); open != std::string_view::npos) {
        const auto close = name.find(']', open);
        if (close == std::string_view::npos)
            return std::nullopt;
        host = name.substr(open + 1, close - open - 1);
        rest = name.substr(close + 1);
    }
    const auto colon = rest.find(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    if (rest.size() == name.size())
        host = rest.substr(0, colon);

    const auto port = readKernelNumber(rest.substr(colon + 1), 0xffff);
    if (!port)
        return std::nullopt;
    SocketAddress address;
    address.port = static_cast<std::uint16_t>(*port);
    if (const auto bytes = readIPv4(host, "\n:"); bytes && host.size() <= longestIPv4) {
        address.ip = NetworkAddress::fromIPv4(*bytes);
        return address;
    }
    const auto ip = readIPv6(host);
    if (!ip)
        return std::nullopt;
    address.ip = *ip;
    return address;
}

std::optional<std::uint16_t> readTpgName(std::string_view name)
{
    constexpr std::string_view prefix = "tpgt_";
    const auto start = name.find(prefix);
    if (start == std::string_view::npos)
        return std::nullopt;
    const auto tag = readKernelNumber(name.substr(start + prefix.size()), 0xffff);
    return tag ? std::optional(static_cast<std::uint16_t>(*tag)) : std::nullopt;
}

} // namespace portalbind::kernel
