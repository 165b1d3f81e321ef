// SPDX-License-Identifier: Apache-2.0
#include "model/address.h"

#include <QCoreApplication>
#include <QHostAddress>

#include <algorithm>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Address", text);
}

/// Why a text is no address: to be translated.
using Why = const char *;

tl::unexpected<Error> bad(QStringView text, Why why)
{
    // Hostile input may be huge; the message names its beginning only.
    const QString shown = text.size() > 80 ? text.left(80).toString() + QStringLiteral("…") : text.toString();
    return failure(Error::Kind::BadInput, tr("“%1” is not an address: %2.").arg(shown, tr(why)), {},
                   tr("Write it like 10.0.1.5:3260 or [2001:db8::5]:3260."));
}

/// Decimal without sign, spaces or leading zeros, at most \a most; -1 otherwise.
int plainNumber(QStringView text, int most)
{
    if (text.isEmpty() || text.size() > 5 || (text.size() > 1 && text.front() == u'0'))
        return -1;
    int value = 0;
    for (const QChar c : text) {
        if (c < u'0' || c > u'9')
            return -1;
        value = value * 10 + (c.unicode() - u'0');
    }
    return value <= most ? value : -1;
}

tl::expected<IpAddress, Why> parseIPv4(QStringView text)
{
    static constexpr Why wrong = QT_TRANSLATE_NOOP("Address",
                                                   "IPv4 has four decimal parts from 0 to 255, without leading zeros");
    quint32 value = 0;
    int parts = 0;
    for (const QStringView part : text.tokenize(u'.')) {
        const int byte = plainNumber(part, 255);
        if (byte < 0 || ++parts > 4)
            return tl::unexpected(wrong);
        value = (value << 8) | quint32(byte);
    }
    if (parts != 4)
        return tl::unexpected(wrong);
    return IpAddress(QHostAddress(value));
}

constexpr Why neitherFamily = QT_TRANSLATE_NOOP("Address", "it is neither IPv4 nor IPv6");
constexpr Why bracketsMissing = QT_TRANSLATE_NOOP("Address", "an IPv6 address before a port stands in brackets");

tl::expected<IpAddress, Why> parseIPv6(QStringView text)
{
    const qsizetype percent = text.indexOf(u'%');
    const QStringView digits = percent < 0 ? text : text.left(percent);
    const QStringView scope = percent < 0 ? QStringView() : text.mid(percent + 1);
    const bool plain = digits.size() <= 45 && std::all_of(digits.begin(), digits.end(), [](QChar c) {
                           return c == u':' || c == u'.' || (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f')
                                   || (c >= u'A' && c <= u'F');
                       });
    QHostAddress address;
    if (!plain || !address.setAddress(digits.toString()) || address.protocol() != QAbstractSocket::IPv6Protocol)
        return tl::unexpected(neitherFamily);
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    static constexpr quint8 mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::equal(std::begin(mapped), std::end(mapped), bytes.c))
        return tl::unexpected(
                Why(QT_TRANSLATE_NOOP("Address", "an IPv4 address is written as IPv4, not mapped into IPv6")));
    if (percent >= 0) {
        const bool word = !scope.isEmpty() && scope.size() <= 64
                && std::all_of(scope.begin(), scope.end(), [](QChar c) {
                       return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9')
                               || c == u'.' || c == u'-' || c == u'_';
                   });
        if (!word || !address.isLinkLocal())
            return tl::unexpected(Why(
                    QT_TRANSLATE_NOOP("Address", "only a link-local address has a scope, the name of an interface")));
        address.setScopeId(scope.toString());
    }
    return IpAddress(address);
}

tl::expected<IpAddress, Why> parseIp(QStringView text)
{
    if (text.startsWith(u'[')) {
        if (!text.endsWith(u']'))
            return tl::unexpected(Why(QT_TRANSLATE_NOOP("Address", "the bracket is not closed")));
        text = text.mid(1, text.size() - 2);
        if (!text.contains(u':'))
            return tl::unexpected(Why(QT_TRANSLATE_NOOP("Address", "brackets are for IPv6")));
    }
    if (text.isEmpty())
        return tl::unexpected(Why(QT_TRANSLATE_NOOP("Address", "it is empty")));
    return text.contains(u':') ? parseIPv6(text) : parseIPv4(text);
}

} // namespace

IpAddress::IpAddress(const QHostAddress &address)
{
    if (address.protocol() == QAbstractSocket::IPv4Protocol)
        m_family = Family::IPv4;
    else if (address.protocol() == QAbstractSocket::IPv6Protocol)
        m_family = Family::IPv6;
    else
        return;
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    std::copy(std::begin(bytes.c), std::end(bytes.c), m_bytes.begin());
    m_scope = address.scopeId();
}

Result<IpAddress> IpAddress::parse(QStringView text)
{
    const auto ip = parseIp(text);
    if (!ip)
        return bad(text, ip.error());
    return *ip;
}

bool IpAddress::isWildcard() const
{
    if (m_family == Family::IPv4)
        return std::all_of(m_bytes.begin() + 12, m_bytes.end(), [](quint8 b) { return b == 0; });
    return m_family == Family::IPv6 && std::all_of(m_bytes.begin(), m_bytes.end(), [](quint8 b) { return b == 0; });
}

bool IpAddress::isLinkLocal() const
{
    if (m_family == Family::IPv4)
        return m_bytes[12] == 169 && m_bytes[13] == 254;
    return m_family == Family::IPv6 && m_bytes[0] == 0xfe && (m_bytes[1] & 0xc0) == 0x80;
}

bool IpAddress::isLoopback() const
{
    return m_family == Family::IPv4 ? m_bytes[12] == 127 : toHostAddress() == QHostAddress(QHostAddress::LocalHostIPv6);
}

bool IpAddress::isForPortals() const
{
    if (m_family == Family::IPv4) {
        const bool isMulticast = (m_bytes[12] & 0xf0) == 0xe0;
        const bool isBroadcast = std::all_of(m_bytes.begin() + 12, m_bytes.end(),
                                             [](quint8 byte) { return byte == 0xff; });
        return !isMulticast && !isBroadcast;
    }
    return m_family == Family::IPv6 && m_bytes[0] != 0xff;
}

QHostAddress IpAddress::toHostAddress() const
{
    if (m_family == Family::None)
        return {};
    if (m_family == Family::IPv4)
        return QHostAddress((quint32(m_bytes[12]) << 24) | (quint32(m_bytes[13]) << 16) | (quint32(m_bytes[14]) << 8)
                            | m_bytes[15]);
    QHostAddress address(m_bytes.data());
    address.setScopeId(m_scope);
    return address;
}

QString IpAddress::toString() const
{
    if (m_family == Family::IPv4) {
        // QHostAddress takes a detour through its own parser's data; a report writes many of these.
        char text[16];
        char *out = text;
        for (size_t i = 12; i < 16; ++i) {
            const unsigned byte = m_bytes[i];
            if (byte >= 100)
                *out++ = char('0' + byte / 100);
            if (byte >= 10)
                *out++ = char('0' + byte / 10 % 10);
            *out++ = char('0' + byte % 10);
            *out++ = '.';
        }
        return QString::fromLatin1(text, out - text - 1);
    }
    return toHostAddress().toString();
}

QString IpAddress::subnet() const
{
    if (isNull())
        return {};
    IpAddress net = *this;
    net.m_scope.clear();
    if (m_family == Family::IPv4) {
        net.m_bytes[15] = 0;
        return net.toString() + QStringLiteral("/24");
    }
    std::fill(net.m_bytes.begin() + 8, net.m_bytes.end(), quint8(0));
    return net.toString() + QStringLiteral("/64");
}

std::strong_ordering operator<=>(const IpAddress &a, const IpAddress &b)
{
    if (a.m_family != b.m_family)
        return a.m_family <=> b.m_family;
    if (a.m_bytes != b.m_bytes)
        return a.m_bytes <=> b.m_bytes;
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    return a.m_scope.compare(b.m_scope) <=> 0;
}

Result<PortalAddress> PortalAddress::parse(QStringView text)
{
    const qsizetype bracket = text.lastIndexOf(u']');
    const qsizetype colon = text.lastIndexOf(u':');
    const bool bareIPv6 = bracket < 0 && text.count(u':') > 1;
    if (bareIPv6 || colon < bracket || colon < 0) {
        const auto ip = parseIp(text);
        if (ip)
            return PortalAddress{*ip, 0};
        // `fe80::1%eth1:3260`: the last part is a port, and no part of the scope.
        const bool hasPort = bareIPv6 && plainNumber(text.mid(colon + 1), 65535) > 0 && parseIPv6(text.left(colon));
        return bad(text, hasPort ? bracketsMissing : ip.error());
    }
    const auto ip = parseIp(text.left(colon));
    if (!ip) // in brackets it is meant as an address, and why it is none helps
        return bad(text,
                   bracket >= 0 ? ip.error()
                                : QT_TRANSLATE_NOOP("Address", "the part before the port is no IP address"));
    if (ip->family() == IpAddress::Family::IPv6 && bracket != colon - 1)
        return bad(text, bracketsMissing);
    const int port = plainNumber(text.mid(colon + 1), 65535);
    if (port < 1)
        return bad(text, QT_TRANSLATE_NOOP("Address", "a port is a decimal number from 1 to 65535"));
    return PortalAddress{*ip, quint16(port)};
}

QString PortalAddress::toString() const
{
    if (port == 0 || ip.isNull())
        return ip.toString();
    const QString host = ip.toString();
    const QString number = QString::number(port);
    return ip.family() == IpAddress::Family::IPv6 ? u'[' + host + QLatin1String("]:") + number : host + u':' + number;
}

} // namespace portalbind
