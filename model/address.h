// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QString>

#include <array>
#include <compare>

class QHostAddress;

namespace portalbind {

/// An IP address by value: 16 bytes (an IPv4 one in its IPv4-mapped form), family, and the scope of a link-local IPv6
/// address. Equality is on the parsed value: `2001:DB8::0:5` equals `2001:db8::5`.
class IpAddress
{
public:
    enum class Family : quint8 { None, IPv4, IPv6 };

    IpAddress() = default;
    explicit IpAddress(const QHostAddress &address);

    /// Accepts dotted IPv4 with four decimal parts (no leading zeros: `010.0.0.1` is octal to some readers and decimal
    /// to others) and RFC 4291 IPv6, with or without brackets, with an optional `%scope`. IPv4-mapped IPv6 is refused:
    /// the kernel lists it apart from the IPv4 address it stands for. Error: BadInput.
    [[nodiscard]] static Result<IpAddress> parse(QStringView text);

    [[nodiscard]] Family family() const { return m_family; }
    [[nodiscard]] bool isNull() const { return m_family == Family::None; }
    [[nodiscard]] bool isWildcard() const; ///< 0.0.0.0 or ::
    [[nodiscard]] bool isLinkLocal() const;
    [[nodiscard]] bool isLoopback() const;
    /// An address that one host alone has, or the wildcard: neither multicast (224.0.0.0/4, ff00::/8) nor
    /// 255.255.255.255. Only such a one can be a portal's: TCP runs between two hosts (RFC 9293 3.9.2.3).
    [[nodiscard]] bool isForPortals() const;
    [[nodiscard]] const std::array<quint8, 16> &bytes() const { return m_bytes; }
    [[nodiscard]] const QString &scope() const { return m_scope; }
    [[nodiscard]] QHostAddress toHostAddress() const;
    /// Canonical text (RFC 5952), scope kept, without brackets; empty when null.
    [[nodiscard]] QString toString() const;
    /// `10.0.1.0/24` or `2001:db8:0:1::/64`: the usual size of a storage subnet, for grouping rows only.
    [[nodiscard]] QString subnet() const;

    friend bool operator==(const IpAddress &, const IpAddress &) = default;
    /// IPv4 before IPv6, then by number, then by scope.
    friend std::strong_ordering operator<=>(const IpAddress &a, const IpAddress &b);

private:
    std::array<quint8, 16> m_bytes{};
    Family m_family = Family::None;
    QString m_scope;
};

/// An address and a TCP port (1–65535), or an address alone (port 0) for the portals of initiator endpoints.
struct PortalAddress
{
    IpAddress ip;
    quint16 port = 0;

    /// `10.0.1.5:3260`, `[2001:db8::5]:3260`, or an address alone. Error: BadInput, naming what is wrong.
    [[nodiscard]] static Result<PortalAddress> parse(QStringView text);
    [[nodiscard]] QString toString() const;

    friend bool operator==(const PortalAddress &, const PortalAddress &) = default;
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend std::strong_ordering operator<=>(const PortalAddress &a, const PortalAddress &b) = default;
};

} // namespace portalbind
