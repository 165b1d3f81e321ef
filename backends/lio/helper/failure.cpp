// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/failure.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace portalbind::kernel {

Failure systemFailure(int error, const std::string &what)
{
    const char *why = "io";
    if (error == EPERM || error == EACCES)
        why = "rights";
    else if (error == EROFS)
        why = "read-only";
    return {why, what + ": " + std::strerror(error), error, false};
}

Failure fileFailure(int error, const std::string &what)
{
    Failure failure = systemFailure(error, what);
    if (failure.why != "rights" || geteuid() == 0)
        failure.why = "io";
    return failure;
}

Refusal refusal(const std::string &why, const Json &more)
{
    Json content = Json::object();
    content["why"] = why;
    content.update(more);
    return {std::move(content)};
}

namespace {

/// The length of the UTF-8 character that \a text begins with (RFC 3629: no overlong forms, no surrogates); 0 if it is
/// none.
std::size_t characterLength(std::string_view text)
{
    const auto byte = [text](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    const unsigned lead = byte(0);
    if (lead < 0x80)
        return 1;
    std::size_t length = 0;
    unsigned lowest = 0x80;
    unsigned highest = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
        length = 2;
    } else if ((lead & 0xf0) == 0xe0) {
        length = 3;
        lowest = lead == 0xe0 ? 0xa0 : 0x80;
        highest = lead == 0xed ? 0x9f : 0xbf;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
        length = 4;
        lowest = lead == 0xf0 ? 0x90 : 0x80;
        highest = lead == 0xf4 ? 0x8f : 0xbf;
    }
    if (length == 0 || byte(1) < lowest || byte(1) > highest)
        return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if ((byte(i) & 0xc0) != 0x80)
            return 0;
    }
    return length;
}

/// C1 controls (U+0080 to U+009F), line and paragraph separators, and what turns the direction (UAX 9).
bool isHidden(std::string_view character)
{
    const auto byte = [character](std::size_t i) { return static_cast<unsigned char>(character[i]); };
    if (character.size() == 2)
        return (byte(0) == 0xc2 && byte(1) < 0xa0) || (byte(0) == 0xd8 && byte(1) == 0x9c);
    if (character.size() != 3 || byte(0) != 0xe2)
        return false;
    return (byte(1) == 0x80 && (byte(2) == 0x8e || byte(2) == 0x8f || (byte(2) >= 0xa8 && byte(2) <= 0xae)))
            || (byte(1) == 0x81 && byte(2) >= 0xa6 && byte(2) <= 0xa9);
}

} // namespace

bool isUtf8(std::string_view text)
{
    while (!text.empty()) {
        const std::size_t length = characterLength(text);
        if (length == 0)
            return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string printable(std::string_view text, std::size_t longest)
{
    std::string shown;
    while (!text.empty() && shown.size() < longest) {
        const std::size_t length = characterLength(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (length == 0 || first < ' ' || first == 0x7f || text.front() == '\\' || isHidden(text.substr(0, length))) {
            std::array<char, 5> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\x%02x", static_cast<unsigned>(first));
            shown += escaped.data();
            text.remove_prefix(1);
        } else {
            shown += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return text.empty() ? shown : shown + "…";
}

} // namespace portalbind::kernel
