// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/encryptedbody.h"

#include <QtEndian>

#include <algorithm>
#include <charconv>
#include <optional>

namespace portalbind::wsman {
namespace {

constexpr quint32 maxSecurityHeader = 1024;
constexpr quint64 maxPlainLength = quint64(64) * 1024 * 1024; // far above what the body limit lets through
constexpr int maxPartHeaders = 16;

bool startsWithNoCase(std::string_view text, std::string_view start)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
    return text.size() >= start.size() && std::equal(start.begin(), start.end(), text.begin(), [&](char a, char b) {
               return lower(a) == lower(b);
           });
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

/// The value of `name=value` or `name="value"` among parameters separated by semicolons.
std::string_view parameter(std::string_view text, std::string_view name)
{
    while (!text.empty()) {
        size_t end = 0;
        bool quoted = false;
        while (end < text.size() && (quoted || text[end] != ';')) {
            if (text[end] == '"')
                quoted = !quoted;
            ++end;
        }
        std::string_view item = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!startsWithNoCase(item, name))
            continue;
        item = trimmed(item.substr(name.size()));
        if (item.empty() || item.front() != '=')
            continue;
        item = trimmed(item.substr(1));
        if (item.size() >= 2 && item.front() == '"' && item.back() == '"')
            item = item.substr(1, item.size() - 2);
        return item;
    }
    return {};
}

/// Takes one line with its CRLF off the front; none when there is no end of line.
std::optional<std::string_view> takeLine(std::string_view *rest)
{
    const size_t end = rest->find("\r\n");
    if (end == std::string_view::npos)
        return {};
    const std::string_view line = rest->substr(0, end);
    rest->remove_prefix(end + 2);
    return line;
}

bool isBoundary(std::string_view line, std::string_view boundary)
{
    line = trimmed(line);
    return startsWithNoCase(line, "--") && trimmed(line.substr(2)) == boundary;
}

/// Takes `--boundary--` and what white space is around it off the end.
bool cutClosing(std::string_view *data, std::string_view boundary)
{
    std::string_view rest = *data;
    while (!rest.empty() && (rest.back() == '\r' || rest.back() == '\n' || rest.back() == ' ' || rest.back() == '\t'))
        rest.remove_suffix(1);
    const auto cut = [&rest](std::string_view end) {
        if (rest.size() < end.size() || rest.substr(rest.size() - end.size()) != end)
            return false;
        rest.remove_suffix(end.size());
        return true;
    };
    if (!cut("--") || !cut(boundary))
        return false;
    if (!cut("-- ") && !cut("--"))
        return false;
    *data = rest;
    return true;
}

std::optional<quint64> plainLength(std::string_view originalContent)
{
    const std::string_view text = parameter(originalContent, "Length");
    quint64 length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error != std::errc() || end != text.data() + text.size() || length > maxPlainLength)
        return {};
    return length;
}

tl::unexpected<QString> bad(const char *what)
{
    return tl::unexpected(QString::fromLatin1(what));
}

} // namespace

QByteArray sealingProtocol(bool kerberosScheme)
{
    return kerberosScheme ? "application/HTTP-Kerberos-session-encrypted" : "application/HTTP-SPNEGO-session-encrypted";
}

QByteArray encryptedContentType(const QByteArray &protocol)
{
    return "multipart/encrypted;protocol=\"" + protocol + "\";boundary=\"Encrypted Boundary\"";
}

QByteArray writeEncryptedBody(const QByteArray &protocol, const SealedMessage &message)
{
    QByteArray headerLength(4, '\0');
    qToLittleEndian(quint32(message.header.size()), headerLength.data());
    return "--Encrypted Boundary\r\n"
           "\tContent-Type: "
            + protocol
            + "\r\n"
              "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
            + QByteArray::number(message.plainLength)
            + "\r\n--Encrypted Boundary\r\n"
              "\tContent-Type: application/octet-stream\r\n"
            + headerLength + message.header + message.data + "--Encrypted Boundary--\r\n";
}

bool isEncryptedType(std::string_view contentType)
{
    return startsWithNoCase(trimmed(contentType), "multipart/encrypted");
}

tl::expected<EncryptedBody, QString> readEncryptedBody(std::string_view contentType, std::string_view body)
{
    const std::string_view boundary = parameter(contentType, "boundary");
    if (boundary.empty() || boundary.size() > 70) // RFC 2046 section 5.1.1
        return bad("no boundary is named");
    std::string_view rest = body;
    EncryptedBody found;
    bool haveLength = false, haveData = false;
    int boundaries = 0;
    for (int lines = 0; !haveData; ++lines) {
        const auto line = takeLine(&rest);
        if (!line || lines > maxPartHeaders)
            return bad("the parts have no headers that can be read");
        const std::string_view text = trimmed(*line);
        constexpr std::string_view original = "OriginalContent:", type = "Content-Type:";
        if (isBoundary(text, boundary)) {
            ++boundaries;
        } else if (boundaries == 1 && startsWithNoCase(text, original)) {
            const auto length = plainLength(text.substr(original.size()));
            if (!length || haveLength)
                return bad("the length of the plain message cannot be read");
            found.plainLength = *length;
            haveLength = true;
        } else if (boundaries == 2 && startsWithNoCase(text, type)) {
            haveData = startsWithNoCase(trimmed(text.substr(type.size())), "application/octet-stream");
        }
    }
    if (!haveLength)
        return bad("the length of the plain message is missing");
    if (!cutClosing(&rest, boundary))
        return bad("the closing boundary is missing");
    if (rest.size() < 4)
        return bad("the encrypted part is too short");
    const quint32 headerLength = qFromLittleEndian<quint32>(rest.data());
    rest.remove_prefix(4);
    if (headerLength > maxSecurityHeader || headerLength > rest.size())
        return bad("the length of the security header is wrong");
    found.header = rest.substr(0, headerLength);
    found.data = rest.substr(headerLength);
    return found;
}

} // namespace portalbind::wsman
