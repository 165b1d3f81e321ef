// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/request.h"

#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/files.h"
#include "backends/lio/helper/portalpools.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace portalbind::kernel {

namespace {

struct VerbRow
{
    Verb verb;
    const char *word;
    bool change;
    const char *required; ///< keys between blanks
    const char *optional;
};

constexpr std::array<VerbRow, 20> verbRows = {{
        {Verb::Hello, "hello", false, "", "protocol"},
        {Verb::Read, "read", false, "", ""},
        {Verb::Watch, "watch", false, "", ""},
        {Verb::Unwatch, "unwatch", false, "", ""},
        {Verb::CheckPortal, "check-portal", false, "target tpg portal", "iser offload beyondPolicy without"},
        {Verb::MakePortal, "make-portal", true, "target tpg portal", "iser offload beyondPolicy"},
        {Verb::RemovePortal, "remove-portal", true, "target tpg", "portal dir"},
        {Verb::MakeTpg, "make-tpg", true, "target", "tpg"},
        {Verb::RemoveTpg, "remove-tpg", true, "target tpg", ""},
        {Verb::EnableTpg, "enable-tpg", true, "target tpg enabled", ""},
        {Verb::MakeTarget, "make-target", true, "target", ""},
        {Verb::RemoveTarget, "remove-target", true, "target", ""},
        {Verb::Save, "save", true, "objects", ""},
        {Verb::PoolMake, "pool-make", true, "name", "pool members"},
        {Verb::PoolRemove, "pool-remove", true, "pool", ""},
        {Verb::PoolRename, "pool-rename", true, "pool name", ""},
        {Verb::PoolAdd, "pool-add", true, "pool portals", ""},
        {Verb::PoolTake, "pool-take", true, "pool portals", ""},
        {Verb::CandidateKeep, "candidate-keep", true, "portals", ""},
        {Verb::CandidateDrop, "candidate-drop", true, "portals", ""},
}};

bool hasWord(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const auto blank = words.find(' ');
        if (words.substr(0, blank) == word)
            return true;
        words = blank == std::string_view::npos ? std::string_view() : words.substr(blank + 1);
    }
    return false;
}

/// Reads the values of one object; the first that does not fit is kept as the fault.
class Values
{
public:
    Values(const Json &object, std::string place)
        : m_object(object)
        , m_place(std::move(place))
    {
    }

    [[nodiscard]] const std::string &fault() const { return m_fault; }
    [[nodiscard]] const Json *find(const char *key) const
    {
        const auto found = m_object.find(key);
        return found == m_object.end() ? nullptr : &*found;
    }

    void checkKeys(std::string_view required, std::string_view optional)
    {
        for (const auto &[key, value] : m_object.items()) {
            if (!hasWord(required, key) && !hasWord(optional, key))
                wrong(printable(key), "is not known here");
        }
        while (!required.empty()) {
            const auto blank = required.find(' ');
            const std::string key(required.substr(0, blank));
            if (!m_object.contains(key))
                wrong(key, "is missing");
            required = blank == std::string_view::npos ? std::string_view() : required.substr(blank + 1);
        }
    }

    void truth(const char *key, bool &value)
    {
        const Json *found = find(key);
        if (found != nullptr && !found->is_boolean())
            wrong(key, "is neither true nor false");
        else if (found != nullptr)
            value = found->get<bool>();
    }

    void target(std::string &value)
    {
        const Json *found = find("target");
        if (found == nullptr)
            return;
        if (!found->is_string() || !isComponent(found->get_ref<const std::string &>())
            || found->get_ref<const std::string &>().size() > longestTargetName)
            wrong("target", "is no name of a directory of 1 to 223 bytes");
        else
            value = found->get<std::string>();
    }

    /// \a tagOnly: a number, as make-tpg and save want it.
    void tpg(TpgName &value, bool tagOnly)
    {
        const Json *found = find("tpg");
        if (found == nullptr)
            return;
        if (found->is_number_unsigned() && found->get<std::uint64_t>() <= 0xffff) {
            value = found->get<std::uint16_t>();
        } else if (!tagOnly && found->is_string() && isComponent(found->get_ref<const std::string &>())
                   && readTpgName(found->get_ref<const std::string &>())) {
            value = found->get<std::string>();
        } else {
            wrong("tpg",
                  tagOnly ? "is no tag from 0 to 65535" : "is neither a tag from 0 to 65535 nor a name like tpgt_1");
        }
    }

    void portal(std::optional<SocketAddress> &value)
    {
        const Json *found = find("portal");
        if (found == nullptr)
            return;
        value = found->is_string() ? parseSocketAddress(found->get_ref<const std::string &>()) : std::nullopt;
        if (!value)
            wrong("portal", "is no address and port like 10.0.0.5:3260 or [2001:db8::5]:3260");
    }

    void portalDirectory(std::string &value)
    {
        const Json *found = find("dir");
        if (found == nullptr)
            return;
        if (!found->is_string() || !isComponent(found->get_ref<const std::string &>())
            || found->get_ref<const std::string &>().size() > longestPortalName)
            wrong("dir", "is no name of a directory");
        else
            value = found->get<std::string>();
    }

    void portals(const char *key, std::vector<SocketAddress> &value)
    {
        const Json *found = find(key);
        if (found == nullptr)
            return;
        if (!found->is_array())
            return wrong(key, "is not a list");
        for (const Json &one : *found) {
            const auto address = one.is_string() ? parseSocketAddress(one.get_ref<const std::string &>())
                                                 : std::nullopt;
            if (!address)
                return wrong(key, "has something in it that is no address and port");
            value.push_back(*address);
        }
    }

    void uuid(const char *key, std::string &value)
    {
        const Json *found = find(key);
        if (found == nullptr)
            return;
        if (!found->is_string() || !isUuid(found->get_ref<const std::string &>()))
            wrong(key, "is no UUID in lower case");
        else
            value = found->get<std::string>();
    }

    void anyText(const char *key, std::string &value)
    {
        const Json *found = find(key);
        if (found != nullptr && !found->is_string())
            wrong(key, "is not a text");
        else if (found != nullptr)
            value = found->get<std::string>();
    }

    void wrong(const std::string &key, const std::string &what)
    {
        if (m_fault.empty())
            m_fault = m_place + key + ' ' + what;
    }

private:
    const Json &m_object;
    std::string m_place;
    std::string m_fault;
};

/// `objects` (a target, a TPG by its tag, or a portal) or `without` (portals).
std::string readObjects(const Json &list, const char *key, std::vector<ObjectName> &objects)
{
    if (!list.is_array() || list.size() > mostObjects)
        return std::string(key) + " is not a list of at most " + std::to_string(mostObjects);
    const bool portalsOnly = std::strcmp(key, "without") == 0;
    for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string place = std::string(key) + '[' + std::to_string(i) + ']';
        if (!list[i].is_object())
            return place + " is not an object";
        ObjectName object;
        Values values(list[i], place + '.');
        values.checkKeys(portalsOnly ? "target tpg portal" : "target", portalsOnly ? "" : "tpg portal");
        values.target(object.target);
        values.tpg(object.tpg, !portalsOnly);
        values.portal(object.portal);
        if (object.portal && object.tpg.index() == 0)
            values.wrong("tpg", "is missing");
        if (!values.fault().empty())
            return values.fault();
        objects.push_back(std::move(object));
    }
    return {};
}

void readProtocol(Values &values)
{
    const Json *protocol = values.find("protocol");
    if (protocol != nullptr && *protocol != protocolVersion)
        values.wrong("protocol",
                     "is not " + std::to_string(protocolVersion) + ", which is all that this program speaks");
}

std::optional<std::int64_t> readId(const Json &object)
{
    constexpr std::int64_t largest = std::int64_t(1) << 53;
    const auto id = object.is_object() ? object.find("id") : object.end();
    if (!object.is_object() || id == object.end() || !id->is_number_unsigned() || *id > largest)
        return std::nullopt;
    return id->get<std::int64_t>();
}

} // namespace

const char *verbWord(Verb verb)
{
    return std::find_if(verbRows.begin(), verbRows.end(), [verb](const VerbRow &row) { return row.verb == verb; })
            ->word;
}

bool isChange(Verb verb)
{
    return std::find_if(verbRows.begin(), verbRows.end(), [verb](const VerbRow &row) { return row.verb == verb; })
            ->change;
}

tl::expected<Request, RequestFault> parseRequest(std::string_view line)
{
    const auto document = parseBounded(line, requestLimits);
    if (!document)
        return tl::unexpected(RequestFault{std::nullopt, document.error().place + ": " + document.error().text});
    Request request;
    request.id = readId(*document);
    const auto fault = [&request](const std::string &text) { return tl::unexpected(RequestFault{request.id, text}); };
    if (!document->is_object())
        return fault("not an object");
    if (!request.id)
        return fault("id is missing, or no whole number from 0 to 2^53");
    const auto word = document->find("do");
    const auto row = std::find_if(verbRows.begin(), verbRows.end(), [&](const VerbRow &candidate) {
        return word != document->end() && word->is_string() && word->get_ref<const std::string &>() == candidate.word;
    });
    if (row == verbRows.end())
        return fault("do is missing, or no verb that this program knows");
    request.verb = row->verb;

    Values values(*document, "");
    values.checkKeys(row->required, std::string("id do ") + row->optional);
    readProtocol(values);
    values.target(request.target);
    values.tpg(request.tpg, request.verb == Verb::MakeTpg);
    values.portal(request.portal);
    values.portalDirectory(request.directory);
    values.truth("iser", request.iser);
    values.truth("offload", request.offload);
    values.truth("beyondPolicy", request.beyondPolicy);
    values.truth("enabled", request.enabled);
    values.portals("portals", request.portals);
    values.portals("members", request.portals);
    values.uuid("pool", request.pool);
    values.anyText("name", request.name);
    if (request.verb == Verb::RemovePortal && request.portal.has_value() == !request.directory.empty())
        values.wrong("portal", "or dir has to be there, and not both");
    if (!values.fault().empty())
        return fault(values.fault());
    for (const char *key : {"objects", "without"}) {
        const Json *list = values.find(key);
        if (list == nullptr)
            continue;
        if (const std::string text = readObjects(*list, key, request.objects); !text.empty())
            return fault(text);
    }
    return request;
}

} // namespace portalbind::kernel
