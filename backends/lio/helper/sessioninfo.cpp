// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/sessioninfo.h"

#include "backends/lio/helper/networkaddress.h"

#include <algorithm>
#include <charconv>

namespace portalbind::kernel {

namespace {

/// What stands behind \a label in \a line up to two blanks or the end; empty where the label is not there.
std::string_view after(std::string_view line, std::string_view label)
{
    const auto place = line.find(label);
    if (place == std::string_view::npos)
        return {};
    std::string_view value = line.substr(place + label.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    value = value.substr(0, value.find("  "));
    while (!value.empty() && value.back() == ' ')
        value.remove_suffix(1);
    return value;
}

unsigned number(std::string_view text)
{
    unsigned value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string stateWord(std::string_view state)
{
    for (const std::string_view prefix : {"TARG_SESS_STATE_", "TARG_SESS_", "TARG_CONN_STATE_", "TARG_CONN_"}) {
        if (state.substr(0, prefix.size()) == prefix)
            return std::string(state.substr(prefix.size()));
    }
    return std::string(state);
}

/// `10.0.0.9 TCP  StatSN: …`, `[2001:db8::9] TCP`, with a port behind it on some kernels.
std::string peerAddress(std::string_view text)
{
    text = text.substr(0, text.find(' '));
    if (!text.empty() && text.front() == '[')
        text = text.substr(1, text.find(']') - 1);
    if (const auto ip = parseNetworkAddress(text))
        return ip->unmapped().text();
    if (const auto socket = parseSocketAddress(text))
        return socket->ip.unmapped().text();
    return std::string(text);
}

void readLine(std::string_view line, SessionInfo &session)
{
    if (const auto initiator = after(line, "InitiatorName:"); !initiator.empty())
        session.initiator = initiator;
    if (const auto sid = after(line, "LIO Session ID:"); !sid.empty()) {
        session.sid = number(sid);
        session.isid = after(line, "ISID:");
        session.type = after(line, "SessionType:");
        if (session.isid.find(' ') != std::string::npos) { // its bytes apart, as the kernel prints them
            std::erase(session.isid, ' ');
        }
        if (!session.isid.empty() && session.isid.compare(0, 2, "0x") != 0)
            session.isid.insert(0, "0x");
    }
    if (const auto state = after(line, "Session State:"); !state.empty())
        session.state = stateWord(state);
    if (const auto cid = after(line, "CID:"); !cid.empty())
        session.connections.push_back({number(cid), stateWord(after(line, "Connection State:")), {}});
    if (const auto peer = after(line, "Address "); !peer.empty() && !session.connections.empty())
        session.connections.back().peer = peerAddress(peer);
}

} // namespace

std::optional<SessionInfo> readSessionInfo(std::string_view text)
{
    if (text.find("LIO Session ID:") == std::string_view::npos)
        return std::nullopt;
    SessionInfo session;
    while (!text.empty()) {
        const auto feed = text.find('\n');
        readLine(text.substr(0, feed), session);
        text = feed == std::string_view::npos ? std::string_view() : text.substr(feed + 1);
    }
    return session;
}

std::vector<std::string> readDynamicSessions(std::string_view text)
{
    std::vector<std::string> names;
    while (!text.empty()) {
        const auto end = text.find_first_of(std::string_view("\n\0", 2));
        if (end != 0)
            names.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    std::sort(names.begin(), names.end());
    return names;
}

} // namespace portalbind::kernel
