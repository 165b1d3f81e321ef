// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/portalpools.h"

#include "backends/lio/helper/files.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <iterator>

namespace portalbind::kernel {

namespace {

constexpr const char *fileName = "portal-pools.json";
constexpr const char *previousName = "portal-pools.json.1";
constexpr const char *lockName = "portal-pools.lock";
constexpr JsonLimits fileLimits{6, 1'000'000};
constexpr std::size_t longestFile = std::size_t(64) * 1024 * 1024; // bytes

tl::unexpected<PortalPools::Undone> refuse(const std::string &why, const Json &more = Json::object())
{
    return tl::unexpected<PortalPools::Undone>(refusal(why, more));
}

tl::unexpected<PortalPools::Undone> fail(int error, const std::string &what)
{
    return tl::unexpected<PortalPools::Undone>(tl::unexpected(fileFailure(error, what)));
}

/// A random one (RFC 9562, version 4); empty if the system has no randomness to give.
std::string newUuid()
{
    std::array<std::uint8_t, 16> bytes{};
    if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        return {};
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | 0x40);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::array<char, 3> digits{};
        std::snprintf(digits.data(), digits.size(), "%02x", static_cast<unsigned>(bytes[i]));
        text += digits.data();
        if (i == 3 || i == 5 || i == 7 || i == 9)
            text += '-';
    }
    return text;
}

bool isName(std::string_view name)
{
    return !name.empty() && name.size() <= PortalPools::longestName && isUtf8(name)
            && std::none_of(name.begin(), name.end(),
                            [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

void tidy(std::vector<SocketAddress> &addresses)
{
    std::sort(addresses.begin(), addresses.end());
    addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
}

Json texts(const std::vector<SocketAddress> &addresses)
{
    Json list = Json::array();
    for (const SocketAddress &address : addresses)
        list.push_back(address.text());
    return list;
}

/// Adds what is not in \a list; returns what was added.
Json addTo(std::vector<SocketAddress> &list, std::vector<SocketAddress> more)
{
    tidy(more);
    std::vector<SocketAddress> added;
    std::set_difference(more.begin(), more.end(), list.begin(), list.end(), std::back_inserter(added));
    list.insert(list.end(), added.begin(), added.end());
    tidy(list);
    return {{"added", texts(added)}};
}

Json takeFrom(std::vector<SocketAddress> &list, std::vector<SocketAddress> less)
{
    tidy(less);
    std::vector<SocketAddress> taken;
    std::vector<SocketAddress> left;
    std::set_intersection(list.begin(), list.end(), less.begin(), less.end(), std::back_inserter(taken));
    std::set_difference(list.begin(), list.end(), less.begin(), less.end(), std::back_inserter(left));
    list = std::move(left);
    return {{"taken", texts(taken)}};
}

std::vector<PortalPool>::iterator findPool(PoolContent &content, const std::string &id)
{
    return std::find_if(content.pools.begin(), content.pools.end(),
                        [&id](const PortalPool &pool) { return pool.id == id; });
}

bool hasName(const PoolContent &content, const std::string &name)
{
    return std::any_of(content.pools.begin(), content.pools.end(),
                       [&name](const PortalPool &pool) { return pool.name == name; });
}

std::size_t entries(const PoolContent &content)
{
    std::size_t count = content.candidates.size();
    for (const PortalPool &pool : content.pools)
        count += pool.members.size();
    return count;
}

tl::expected<std::vector<SocketAddress>, JsonFault> readAddresses(const Json &object, const char *key,
                                                                  const std::string &place)
{
    std::vector<SocketAddress> addresses;
    const auto list = object.find(key);
    if (list == object.end() || !list->is_array())
        return tl::unexpected(JsonFault{place + key, "not a list"});
    for (std::size_t i = 0; i < list->size(); ++i) {
        const auto address = (*list)[i].is_string() ? parseSocketAddress((*list)[i].get_ref<const std::string &>())
                                                    : std::nullopt;
        if (!address)
            return tl::unexpected(JsonFault{place + key + '[' + std::to_string(i) + ']', "not an address and port"});
        addresses.push_back(*address);
    }
    tidy(addresses);
    return addresses;
}

tl::expected<PortalPool, JsonFault> readPool(const Json &object, const PoolContent &before, const std::string &place)
{
    PortalPool pool;
    for (const auto &[key, value] : {std::pair<const char *, std::string *>("id", &pool.id), {"name", &pool.name}}) {
        if (!object.is_object() || !object.contains(key) || !object[key].is_string())
            return tl::unexpected(JsonFault{place + key, "not a text"});
        *value = object[key].get<std::string>();
    }
    if (!isUuid(pool.id))
        return tl::unexpected(JsonFault{place + "id", "not a UUID"});
    if (!isName(pool.name) || hasName(before, pool.name))
        return tl::unexpected(JsonFault{place + "name", "not a name, or there twice"});
    auto members = readAddresses(object, "members", place);
    if (!members)
        return tl::unexpected(members.error());
    pool.members = std::move(*members);
    return pool;
}

} // namespace

bool isUuid(std::string_view text)
{
    if (text.size() != 36)
        return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (dash ? text[i] != '-' : !digit)
            return false;
    }
    return true;
}

tl::expected<PoolContent, JsonFault> PortalPools::parse(std::string_view text)
{
    const auto document = parseBounded(text, fileLimits);
    if (!document)
        return tl::unexpected(document.error());
    const auto version = document->is_object() ? document->find("schema") : document->end();
    if (!document->is_object() || version == document->end() || !version->is_number_unsigned())
        return tl::unexpected(JsonFault{"schema", "not a whole number"});
    if (*version > schema)
        return tl::unexpected(JsonFault{"schema", "newer-schema"});
    PoolContent content;
    const auto pools = document->find("pools");
    if (pools == document->end() || !pools->is_array())
        return tl::unexpected(JsonFault{"pools", "not a list"});
    for (std::size_t i = 0; i < pools->size(); ++i) {
        auto pool = readPool((*pools)[i], content, "pools[" + std::to_string(i) + "].");
        if (!pool)
            return tl::unexpected(pool.error());
        if (findPool(content, pool->id) != content.pools.end())
            return tl::unexpected(JsonFault{"pools[" + std::to_string(i) + "].id", "there twice"});
        content.pools.push_back(std::move(*pool));
    }
    auto candidates = readAddresses(*document, "candidates", "");
    if (!candidates)
        return tl::unexpected(candidates.error());
    content.candidates = std::move(*candidates);
    std::sort(content.pools.begin(), content.pools.end(),
              [](const PortalPool &a, const PortalPool &b) { return a.name < b.name; });
    return content;
}

std::string PortalPools::text(const PoolContent &content)
{
    Json document = {{"schema", schema}, {"pools", Json::array()}, {"candidates", texts(content.candidates)}};
    for (const PortalPool &pool : content.pools)
        document["pools"].push_back({{"id", pool.id}, {"name", pool.name}, {"members", texts(pool.members)}});
    return document.dump(2) + '\n';
}

Json PortalPools::describe() const
{
    Json described = {{"schema", schema}, {"error", ""}, {"pools", Json::array()}, {"candidates", Json::array()}};
    const Descriptor folder = openAbsolute(m_places.state, O_RDONLY | O_DIRECTORY);
    const Descriptor file = folder.isOpen() ? openBeneath(folder.number(), fileName, O_RDONLY | O_NONBLOCK)
                                            : Descriptor();
    if (!file.isOpen()) {
        if (errno != ENOENT)
            described["error"] = path() + ": " + std::strerror(errno);
        return described;
    }
    const auto text = readAll(file.number(), longestFile);
    const auto content = text ? parse(*text) : tl::unexpected(JsonFault{"", std::strerror(errno)});
    if (!content) {
        described["error"] = content.error().text == "newer-schema"
                ? "newer-schema"
                : placeOf(content.error()) + ": " + content.error().text;
        return described;
    }
    for (const PortalPool &pool : content->pools)
        described["pools"].push_back({{"id", pool.id}, {"name", pool.name}, {"members", texts(pool.members)}});
    described["candidates"] = texts(content->candidates);
    return described;
}

std::string PortalPools::placeOf(const JsonFault &fault) const
{
    return fault.place.empty() ? path() : path() + ", " + fault.place;
}

PortalPools::Answer PortalPools::change(const Change &change) const
{
    const auto slash = m_places.state.rfind('/');
    const Descriptor above = openAbsolute(m_places.state.substr(0, slash), O_RDONLY | O_DIRECTORY);
    const std::string last = m_places.state.substr(slash + 1);
    if (!above.isOpen() || (mkdirat(above.number(), last.c_str(), 0755) != 0 && errno != EEXIST))
        return fail(errno, m_places.state + " cannot be made");
    const Descriptor folder = openBeneath(above.number(), last, O_RDONLY | O_DIRECTORY);
    if (!folder.isOpen())
        return fail(errno, m_places.state + " cannot be opened");
    const Descriptor lock = lockFile(folder.number(), lockName, 0600, lockMilliseconds);
    if (!lock.isOpen())
        return errno == EWOULDBLOCK ? refuse("locked") : fail(errno, path() + " cannot be locked");

    PoolContent content;
    std::string before;
    const Descriptor file = openBeneath(folder.number(), fileName, O_RDONLY | O_NONBLOCK);
    if (!file.isOpen() && errno == ELOOP)
        return refuse("unreadable", {{"place", path()}, {"text", "is a symbolic link"}});
    if (!file.isOpen() && errno != ENOENT)
        return fail(errno, path() + " cannot be opened");
    if (file.isOpen()) {
        auto text = readAll(file.number(), longestFile);
        if (!text)
            return fail(errno, path() + " cannot be read");
        auto parsed = parse(*text);
        if (!parsed && parsed.error().text == "newer-schema")
            return refuse("newer-schema");
        if (!parsed)
            return refuse("unreadable", {{"place", placeOf(parsed.error())}, {"text", parsed.error().text}});
        before = std::move(*text);
        content = std::move(*parsed);
    }
    auto answer = change(content);
    if (!answer)
        return answer;
    if (content.pools.size() > mostPools || entries(content) > mostEntries)
        return refuse("full");
    std::sort(content.pools.begin(), content.pools.end(),
              [](const PortalPool &a, const PortalPool &b) { return a.name < b.name; });
    const std::string after = text(content);
    if (after == before)
        return answer;
    const auto always = [] { return true; };
    if (!before.empty()) {
        const Replacement kept = replaceFile(folder.number(), previousName, before, 0644, always);
        if (kept.error != 0)
            return fail(kept.error, path() + ".1 cannot be written");
    }
    const Replacement replaced = replaceFile(folder.number(), fileName, after, 0644, always);
    if (replaced.error == 0)
        return answer;
    Failure failure = fileFailure(
            replaced.error,
            path() + (replaced.isInPlace ? " is written, and may not survive a power cut" : " cannot be written"));
    failure.unknownOutcome = replaced.isInPlace;
    return tl::unexpected<Undone>(tl::unexpected(std::move(failure)));
}

PortalPools::Answer PortalPools::make(const std::string &name, const std::string &id,
                                      const std::vector<SocketAddress> &members) const
{
    if (!isName(name))
        return refuse("bad-name");
    const std::string given = id.empty() ? newUuid() : id;
    if (given.empty())
        return fail(EIO, "no random number");
    return change([&](PoolContent &content) -> Answer {
        if (hasName(content, name))
            return refuse("name-taken");
        if (findPool(content, given) != content.pools.end())
            return refuse("pool-taken");
        PortalPool pool{given, name, members};
        tidy(pool.members);
        content.pools.push_back(std::move(pool));
        return Json{{"pool", given}};
    });
}

PortalPools::Answer PortalPools::remove(const std::string &id) const
{
    return change([&id](PoolContent &content) -> Answer {
        const auto pool = findPool(content, id);
        if (pool == content.pools.end())
            return refuse("no-pool");
        Json had = {{"name", pool->name}, {"members", texts(pool->members)}};
        content.pools.erase(pool);
        return had;
    });
}

PortalPools::Answer PortalPools::rename(const std::string &id, const std::string &name) const
{
    if (!isName(name))
        return refuse("bad-name");
    return change([&](PoolContent &content) -> Answer {
        const auto pool = findPool(content, id);
        if (pool == content.pools.end())
            return refuse("no-pool");
        if (pool->name != name && hasName(content, name))
            return refuse("name-taken");
        Json was = {{"was", pool->name}};
        pool->name = name;
        return was;
    });
}

PortalPools::Answer PortalPools::add(const std::string &id, const std::vector<SocketAddress> &portals) const
{
    return change([&](PoolContent &content) -> Answer {
        const auto pool = findPool(content, id);
        return pool == content.pools.end() ? Answer(refuse("no-pool")) : Answer(addTo(pool->members, portals));
    });
}

PortalPools::Answer PortalPools::take(const std::string &id, const std::vector<SocketAddress> &portals) const
{
    return change([&](PoolContent &content) -> Answer {
        const auto pool = findPool(content, id);
        return pool == content.pools.end() ? Answer(refuse("no-pool")) : Answer(takeFrom(pool->members, portals));
    });
}

PortalPools::Answer PortalPools::keepCandidates(const std::vector<SocketAddress> &portals) const
{
    return change([&portals](PoolContent &content) -> Answer { return addTo(content.candidates, portals); });
}

PortalPools::Answer PortalPools::dropCandidates(const std::vector<SocketAddress> &portals) const
{
    return change([&portals](PoolContent &content) -> Answer { return takeFrom(content.candidates, portals); });
}

} // namespace portalbind::kernel
