// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/saveconfig.h"

#include <algorithm>
#include <set>

namespace portalbind::kernel {

namespace {

using Unexpected = tl::unexpected<JsonFault>;

std::string at(const std::string &place, const char *key, std::size_t index)
{
    return place + (place.empty() ? "" : ".") + key + '[' + std::to_string(index) + ']';
}

/// The member \a key of \a object if it is there and of that kind; a fault if it is of another one.
template <class IsKind>
tl::expected<const Json *, JsonFault> member(const Json &object, const std::string &place, const char *key,
                                             IsKind isKind, const char *kind)
{
    const auto found = object.find(key);
    if (found == object.end() || found->is_null())
        return nullptr;
    if (!isKind(*found))
        return Unexpected(JsonFault{place + (place.empty() ? "" : ".") + key, std::string("not ") + kind});
    return &*found;
}

tl::expected<const Json *, JsonFault> list(const Json &object, const std::string &place, const char *key)
{
    auto found = member(
            object, place, key, [](const Json &value) { return value.is_array(); }, "a list");
    if (!found || *found == nullptr)
        return found;
    for (std::size_t i = 0; i < (*found)->size(); ++i) {
        if (!(**found)[i].is_object())
            return Unexpected(JsonFault{at(place, key, i), "not an object"});
    }
    return found;
}

tl::expected<std::string, JsonFault> text(const Json &object, const std::string &place, const char *key)
{
    const auto found = member(
            object, place, key, [](const Json &value) { return value.is_string(); }, "a text");
    if (!found)
        return Unexpected(found.error());
    return *found == nullptr ? std::string() : (*found)->get<std::string>();
}

tl::expected<bool, JsonFault> truth(const Json &object, const std::string &place, const char *key)
{
    const auto isTruth = [](const Json &value) { return value.is_boolean() || value == 0 || value == 1; };
    const auto found = member(object, place, key, isTruth, "true or false");
    if (!found)
        return Unexpected(found.error());
    if (*found == nullptr)
        return false;
    return (*found)->is_boolean() ? (*found)->get<bool>() : **found == 1;
}

tl::expected<std::uint16_t, JsonFault> number16(const Json &object, const std::string &place, const char *key)
{
    const auto fits = [](const Json &value) {
        return value.is_number_unsigned() && value.get<std::uint64_t>() <= 0xffff;
    };
    const auto found = member(object, place, key, fits, "a whole number up to 65535");
    if (!found)
        return Unexpected(found.error());
    if (*found == nullptr)
        return Unexpected(JsonFault{place + '.' + key, "is missing"});
    return (*found)->get<std::uint16_t>();
}

tl::expected<SavedPortal, JsonFault> readPortal(const Json &object, const std::string &place, std::size_t index)
{
    SavedPortal portal;
    portal.index = index;
    const auto ip = text(object, place, "ip_address");
    const auto port = number16(object, place, "port");
    const auto iser = truth(object, place, "iser");
    const auto offload = truth(object, place, "offload");
    if (!ip)
        return Unexpected(ip.error());
    if (!port)
        return Unexpected(port.error());
    if (!iser)
        return Unexpected(iser.error());
    if (!offload)
        return Unexpected(offload.error());
    portal.text = *ip + ':' + std::to_string(*port);
    portal.address = savedAddress(object);
    portal.iser = *iser;
    portal.offload = *offload;
    return portal;
}

tl::expected<SavedTpg, JsonFault> readTpg(const Json &object, const std::string &place, std::size_t index)
{
    SavedTpg tpg;
    tpg.index = index;
    const auto tag = number16(object, place, "tag");
    if (!tag)
        return Unexpected(tag.error());
    tpg.tag = *tag;
    const auto enabled = truth(object, place, "enable");
    if (!enabled)
        return Unexpected(enabled.error());
    tpg.enabled = *enabled;
    for (const char *key : {"luns", "node_acls"}) {
        if (const auto checked = list(object, place, key); !checked)
            return Unexpected(checked.error());
    }
    const auto portals = list(object, place, "portals");
    if (!portals)
        return Unexpected(portals.error());
    for (std::size_t i = 0; *portals != nullptr && i < (*portals)->size(); ++i) {
        auto portal = readPortal((**portals)[i], at(place, "portals", i), i);
        if (!portal)
            return Unexpected(portal.error());
        tpg.portals.push_back(std::move(*portal));
    }
    return tpg;
}

tl::expected<SavedTarget, JsonFault> readTarget(const Json &object, const std::string &place, std::size_t index)
{
    SavedTarget target;
    target.index = index;
    const auto name = text(object, place, "wwn");
    if (!name)
        return Unexpected(name.error());
    if (name->empty())
        return Unexpected(JsonFault{place + ".wwn", "is missing"});
    target.name = *name;
    const auto tpgs = list(object, place, "tpgs");
    if (!tpgs)
        return Unexpected(tpgs.error());
    std::set<std::uint16_t> tags;
    for (std::size_t i = 0; *tpgs != nullptr && i < (*tpgs)->size(); ++i) {
        auto tpg = readTpg((**tpgs)[i], at(place, "tpgs", i), i);
        if (!tpg)
            return Unexpected(tpg.error());
        if (!tags.insert(tpg->tag).second)
            return Unexpected(JsonFault{at(place, "tpgs", i) + ".tag", "this tag is there twice"});
        target.tpgs.push_back(std::move(*tpg));
    }
    return target;
}

Json describeLuns(const Json &tpg)
{
    Json luns = Json::array();
    for (const Json &lun : tpg.value("luns", Json::array()))
        luns.push_back({{"index", lun.value("index", Json())}, {"backstore", lun.value("storage_object", Json())}});
    return luns;
}

Json describeAcls(const Json &tpg)
{
    Json acls = Json::array();
    for (const Json &acl : tpg.value("node_acls", Json::array())) {
        Json luns = Json::array();
        const Json mapped = acl.value("mapped_luns", Json::array());
        for (std::size_t i = 0; mapped.is_array() && i < mapped.size(); ++i) {
            if (mapped[i].is_object())
                luns.push_back({{"index", mapped[i].value("index", Json())},
                                {"lun", mapped[i].value("tpg_lun", Json())},
                                {"writeProtect", mapped[i].value("write_protect", Json())}});
        }
        acls.push_back({{"initiator", acl.value("node_wwn", Json())}, {"luns", std::move(luns)}});
    }
    return acls;
}

Json describePortals(const SavedTpg &tpg)
{
    std::vector<const SavedPortal *> sorted;
    for (const SavedPortal &portal : tpg.portals)
        sorted.push_back(&portal);
    std::sort(sorted.begin(), sorted.end(), [](const SavedPortal *a, const SavedPortal *b) {
        return a->address != b->address ? a->address < b->address : a->text < b->text;
    });
    Json portals = Json::array();
    for (const SavedPortal *portal : sorted) {
        Json one = {{"ip", portal->address ? portal->address->ip.text() : std::string()},
                    {"scope", portal->address ? portal->address->ip.scope : std::string()},
                    {"port", portal->address ? portal->address->port : 0},
                    {"iser", portal->iser},
                    {"offload", portal->offload}};
        if (!portal->address)
            one["text"] = portal->text;
        portals.push_back(std::move(one));
    }
    return portals;
}

} // namespace

std::optional<SocketAddress> savedAddress(const Json &portal)
{
    const auto ip = portal.find("ip_address");
    const auto port = portal.find("port");
    if (ip == portal.end() || !ip->is_string() || port == portal.end() || !port->is_number_unsigned() || *port > 0xffff)
        return std::nullopt;
    std::string host = ip->get<std::string>();
    if (host.find(':') != std::string::npos && host.front() != '[')
        host = '[' + host + ']';
    return parseSocketAddress(host + ':' + std::to_string(port->get<unsigned>()));
}

tl::expected<std::vector<SavedTarget>, JsonFault> readSavedTargets(const Json &document)
{
    if (!document.is_object())
        return Unexpected(JsonFault{"", "not an object, as rtslib writes it"});
    const auto targets = list(document, "", "targets");
    if (!targets)
        return Unexpected(targets.error());
    std::vector<SavedTarget> found;
    std::set<std::string> names;
    for (std::size_t i = 0; *targets != nullptr && i < (*targets)->size(); ++i) {
        const Json &object = (**targets)[i];
        const std::string place = at("", "targets", i);
        const auto fabric = text(object, place, "fabric");
        if (!fabric)
            return Unexpected(fabric.error());
        if (*fabric != "iscsi")
            continue; // rtslib skips what has none
        auto target = readTarget(object, place, i);
        if (!target)
            return Unexpected(target.error());
        if (!names.insert(target->name).second)
            return Unexpected(JsonFault{place + ".wwn", "this target is there twice"});
        found.push_back(std::move(*target));
    }
    return found;
}

Json describeSavedTargets(const Json &document, const std::vector<SavedTarget> &targets)
{
    std::vector<const SavedTarget *> sorted;
    sorted.reserve(targets.size());
    for (const SavedTarget &target : targets)
        sorted.push_back(&target);
    std::sort(sorted.begin(), sorted.end(),
              [](const SavedTarget *a, const SavedTarget *b) { return a->name < b->name; });
    Json all = Json::array();
    for (const SavedTarget *target : sorted) {
        std::vector<const SavedTpg *> tpgs;
        for (const SavedTpg &tpg : target->tpgs)
            tpgs.push_back(&tpg);
        std::sort(tpgs.begin(), tpgs.end(), [](const SavedTpg *a, const SavedTpg *b) { return a->tag < b->tag; });
        Json one = {{"name", target->name}, {"tpgs", Json::array()}};
        for (const SavedTpg *tpg : tpgs) {
            const Json &object = document["targets"][target->index]["tpgs"][tpg->index];
            one["tpgs"].push_back({{"tag", tpg->tag},
                                   {"enabled", tpg->enabled},
                                   {"luns", describeLuns(object)},
                                   {"acls", describeAcls(object)},
                                   {"portals", describePortals(*tpg)}});
        }
        all.push_back(std::move(one));
    }
    return all;
}

std::string saveconfigText(const Json &document)
{
    return document.dump(2, ' ', true, Json::error_handler_t::replace) + '\n';
}

} // namespace portalbind::kernel
