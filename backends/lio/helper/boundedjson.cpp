// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/boundedjson.h"

#include <unordered_set>

namespace portalbind::kernel {

namespace {

/// Builds the value, and counts while it does; the library calls it, one function for each kind of token.
class Builder
{
public:
    using number_integer_t = Json::number_integer_t;
    using number_unsigned_t = Json::number_unsigned_t;
    using number_float_t = Json::number_float_t;
    using string_t = Json::string_t;
    using binary_t = Json::binary_t;

    explicit Builder(const JsonLimits &limits)
        : m_limits(limits)
    {
    }

    // The names are the library's.
    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(number_integer_t value) { return add(value); }
    bool number_unsigned(number_unsigned_t value) { return add(value); }
    bool number_float(number_float_t value, const string_t &text)
    {
        // A whole number beyond 64 bits arrives here, and would be written back as another one.
        if (text.find_first_of(".eE") == string_t::npos)
            return stop("a number too large to keep");
        return add(value);
    }
    bool string(string_t &value) { return add(std::move(value)); }
    bool binary(binary_t &) { return stop("binary"); }
    bool start_object(std::size_t) { return open(Json::object()); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool end_object() { return shut(); }
    bool end_array() { return shut(); }
    bool key(string_t &name)
    {
        Level &level = m_levels.back();
        level.key = name;
        return level.keys.insert(name).second || stop("this key is there twice");
    }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &)
    {
        m_fault = {"byte " + std::to_string(position), "not JSON"};
        return false;
    }

    [[nodiscard]] Json &root() { return m_root; }
    [[nodiscard]] const JsonFault &fault() const { return m_fault; }

private:
    struct Level
    {
        Json *value = nullptr;
        std::string key;
        std::unordered_set<std::string> keys;
    };

    bool stop(const char *text)
    {
        std::string place;
        for (const Level &level : m_levels) {
            // A list that is being filled further in has its last element already.
            const std::size_t begun = &level == &m_levels.back() ? 0 : 1;
            if (level.value->is_array())
                place += '[' + std::to_string(level.value->size() - begun) + ']';
            else
                place += (place.empty() ? "" : ".") + printable(level.key);
        }
        m_fault = {place, text};
        return false;
    }

    Json *put(Json value)
    {
        if (m_levels.empty()) {
            m_root = std::move(value);
            return &m_root;
        }
        Level &level = m_levels.back();
        if (level.value->is_array()) {
            level.value->push_back(std::move(value));
            return &level.value->back();
        }
        // Not through operator[], which looks for the key first: key() has made sure that it is new.
        auto &members = level.value->get_ref<Json::object_t &>();
        members.Json::object_t::Container::emplace_back(level.key, std::move(value));
        return &members.back().second;
    }

    bool add(Json value)
    {
        if (++m_values > m_limits.values)
            return stop("too many values");
        put(std::move(value));
        return true;
    }

    bool open(Json empty)
    {
        if (++m_values > m_limits.values)
            return stop("too many values");
        if (m_levels.size() == m_limits.depth)
            return stop("nested too deeply");
        m_levels.push_back({put(std::move(empty)), {}, {}});
        return true;
    }

    bool shut()
    {
        m_levels.pop_back();
        return true;
    }

    JsonLimits m_limits;
    std::size_t m_values = 0;
    std::vector<Level> m_levels;
    Json m_root;
    JsonFault m_fault;
};

} // namespace

tl::expected<Json, JsonFault> parseBounded(std::string_view text, const JsonLimits &limits)
{
    if (text.substr(0, 3) == "\xef\xbb\xbf") // which the library would skip
        return tl::unexpected(JsonFault{"byte 1", "not JSON"});
    if (const auto zero = text.find('\0'); zero != std::string_view::npos) // where it would stop reading
        return tl::unexpected(JsonFault{"byte " + std::to_string(zero + 1), "not JSON"});
    Builder builder(limits);
    if (Json::sax_parse(text, &builder))
        return std::move(builder.root());
    return tl::unexpected(builder.fault());
}

std::string compactText(const Json &value)
{
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace portalbind::kernel
