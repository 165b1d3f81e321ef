// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/saveconfig.h"

#include <algorithm>
#include <set>

namespace portalbind::kernel {

namespace {

using Refused = tl::unexpected<SaveRefusal>;

/// Where a target stands in the document; found anew for each object, because the ones before it have moved things.
struct Spot
{
    Json *target = nullptr;
    Json *tpg = nullptr;
    std::string targetPlace;
    std::string tpgPlace;
    std::size_t targetIndex = 0;
    std::size_t tpgIndex = 0;
};

bool isTarget(const Json &object, const std::string &name)
{
    const auto fabric = object.find("fabric");
    const auto wwn = object.find("wwn");
    return fabric != object.end() && *fabric == "iscsi" && wwn != object.end() && *wwn == name;
}

Spot findSpot(Json &document, const SaveObject &object)
{
    Spot spot;
    const auto targets = document.find("targets");
    if (targets == document.end())
        return spot;
    for (std::size_t i = 0; i < targets->size(); ++i) {
        if (!isTarget((*targets)[i], object.target))
            continue;
        spot.target = &(*targets)[i];
        spot.targetIndex = i;
        spot.targetPlace = "targets[" + std::to_string(i) + ']';
    }
    if (spot.target == nullptr || !object.tag)
        return spot;
    const auto tpgs = spot.target->find("tpgs");
    for (std::size_t i = 0; tpgs != spot.target->end() && i < tpgs->size(); ++i) {
        if ((*tpgs)[i].at("tag") != *object.tag) // its shape has been checked
            continue;
        spot.tpg = &(*tpgs)[i];
        spot.tpgIndex = i;
        spot.tpgPlace = spot.targetPlace + ".tpgs[" + std::to_string(i) + ']';
    }
    return spot;
}

/// The list \a key of \a object, made if it is not there.
Json &listOf(Json &object, const char *key)
{
    const auto found = object.find(key);
    if (found != object.end() && found->is_array())
        return *found;
    object[key] = Json::array();
    return object[key];
}

bool setMember(Json &object, const char *key, bool value)
{
    const auto found = object.find(key);
    if (found != object.end() && (*found == value || (found->is_number() && *found == (value ? 1 : 0))))
        return false;
    object[key] = value;
    return true;
}

/// What of \a object nobody may remove: a list that is not empty, a CHAP name or password. "" if nothing.
std::string precious(const Json &object, std::initializer_list<const char *> lists)
{
    for (const char *key : lists) {
        const auto found = object.find(key);
        if (found != object.end() && !found->is_null() && !found->empty())
            return key;
    }
    for (const auto &[key, value] : object.items()) {
        if (key.compare(0, 5, "chap_") == 0)
            return key;
    }
    return {};
}

Json portalObject(const SaveObject &object)
{
    const NetworkAddress &ip = object.portal->ip;
    const std::string address = ip.scope.empty() ? ip.text() : ip.text() + '%' + ip.scope;
    return {{"ip_address", ip.family == Family::IPv6 ? '[' + address + ']' : address},
            {"iser", object.iser},
            {"offload", object.offload},
            {"port", object.portal->port}};
}

class Patch
{
public:
    explicit Patch(Json &document)
        : m_document(document)
    {
    }

    tl::expected<void, SaveRefusal> apply(const SaveObject &object)
    {
        if (object.portal)
            return applyPortal(object);
        return object.tag ? applyTpg(object) : applyTarget(object);
    }

    [[nodiscard]] std::vector<std::string> takeChanged() { return std::move(m_changed); }

private:
    void changed(const std::string &place)
    {
        if (std::find(m_changed.begin(), m_changed.end(), place) == m_changed.end())
            m_changed.push_back(place);
    }

    tl::expected<void, SaveRefusal> applyTarget(const SaveObject &object)
    {
        const Spot spot = findSpot(m_document, object);
        if (object.isThere == (spot.target != nullptr))
            return {};
        Json &targets = listOf(m_document, "targets");
        if (object.isThere) {
            targets.push_back({{"fabric", "iscsi"},
                               {"parameters", object.parameters},
                               {"tpgs", Json::array()},
                               {"wwn", object.target}});
            changed("targets");
            return {};
        }
        if (const std::string key = precious(*spot.target, {"tpgs"}); !key.empty())
            return Refused(SaveRefusal{"saved-holds-more", spot.targetPlace + '.' + key,
                                       "the file has more in this target than was removed"});
        targets.erase(spot.targetIndex);
        changed("targets");
        return {};
    }

    tl::expected<void, SaveRefusal> applyTpg(const SaveObject &object)
    {
        const Spot spot = findSpot(m_document, object);
        if (spot.tpg != nullptr && object.isThere) {
            if (setMember(*spot.tpg, "enable", object.enabled))
                changed(spot.tpgPlace + ".enable");
            return {};
        }
        if (spot.tpg == nullptr && !object.isThere)
            return {};
        if (spot.target == nullptr)
            return Refused(SaveRefusal{"parent-not-saved", object.target, "the file does not have this target"});
        Json &tpgs = listOf(*spot.target, "tpgs");
        if (object.isThere) {
            tpgs.push_back({{"attributes", object.attributes},
                            {"enable", object.enabled},
                            {"luns", Json::array()},
                            {"node_acls", Json::array()},
                            {"parameters", object.parameters},
                            {"portals", Json::array()},
                            {"tag", *object.tag}});
        } else {
            if (const std::string key = precious(*spot.tpg, {"luns", "node_acls", "portals"}); !key.empty())
                return Refused(SaveRefusal{"saved-holds-more", spot.tpgPlace + '.' + key,
                                           "the file has more in this TPG than was removed"});
            tpgs.erase(spot.tpgIndex);
        }
        changed(spot.targetPlace + ".tpgs");
        return {};
    }

    tl::expected<void, SaveRefusal> applyPortal(const SaveObject &object)
    {
        const Spot spot = findSpot(m_document, object);
        if (spot.tpg == nullptr) {
            if (!object.isThere)
                return {};
            const std::string place = object.target
                    + (spot.target == nullptr ? "" : ", TPG " + std::to_string(*object.tag));
            return Refused(
                    SaveRefusal{"parent-not-saved", place, "the file does not have it, and it is not to be saved"});
        }
        Json &portals = listOf(*spot.tpg, "portals");
        const std::string place = spot.tpgPlace + ".portals";
        const auto found = std::find_if(portals.begin(), portals.end(), [&object](const Json &portal) {
            return savedAddress(portal) == object.portal;
        });
        if (found == portals.end()) {
            if (object.isThere) {
                portals.push_back(portalObject(object));
                changed(place);
            }
            return {};
        }
        const auto index = static_cast<std::size_t>(found - portals.begin());
        if (!object.isThere) {
            portals.erase(index);
            changed(place);
            return {};
        }
        const bool iser = setMember(portals[index], "iser", object.iser);
        const bool offload = setMember(portals[index], "offload", object.offload);
        if (iser || offload)
            changed(place + '[' + std::to_string(index) + ']');
        return {};
    }

    Json &m_document;
    std::vector<std::string> m_changed;
};

/// 0 to 5: new things from the outside in, then what changes, then what goes from the inside out.
int stage(const SaveObject &object)
{
    const int level = object.portal ? 2 : object.tag ? 1 : 0;
    return object.isThere ? level : 3 - level + 2;
}

/// rtslib restores the first of two equal portals of a target, and skips the other: refused in every target that was
/// changed.
tl::expected<void, SaveRefusal> checkTwice(const Json &document, const std::vector<SaveObject> &objects)
{
    const auto targets = readSavedTargets(document);
    if (!targets)
        return Refused(SaveRefusal{"unreadable", targets.error().place, targets.error().text});
    for (const SavedTarget &target : *targets) {
        const auto isIts = [&target](const SaveObject &object) { return object.target == target.name; };
        if (std::none_of(objects.begin(), objects.end(), isIts))
            continue;
        std::set<SocketAddress> seen;
        for (const SavedTpg &tpg : target.tpgs) {
            for (const SavedPortal &portal : tpg.portals) {
                if (portal.address && !seen.insert(*portal.address).second)
                    return Refused(SaveRefusal{"saved-twice",
                                               "targets[" + std::to_string(target.index) + "].tpgs["
                                                       + std::to_string(tpg.index) + "].portals["
                                                       + std::to_string(portal.index) + ']',
                                               "the file would have " + portal.text + " twice in this target"});
            }
        }
    }
    return {};
}

} // namespace

tl::expected<std::vector<std::string>, SaveRefusal> patchSaveconfig(Json &document,
                                                                    const std::vector<SaveObject> &objects)
{
    if (const auto shape = readSavedTargets(document); !shape)
        return Refused(SaveRefusal{"unreadable", shape.error().place, shape.error().text});
    std::vector<SaveObject> ordered = objects;
    std::stable_sort(ordered.begin(), ordered.end(),
                     [](const SaveObject &a, const SaveObject &b) { return stage(a) < stage(b); });
    Patch patch(document);
    for (const SaveObject &object : ordered) {
        if (const auto done = patch.apply(object); !done)
            return Refused(done.error());
    }
    std::vector<std::string> changed = patch.takeChanged();
    if (!changed.empty()) {
        if (const auto once = checkTwice(document, objects); !once)
            return Refused(once.error());
    }
    return changed;
}

} // namespace portalbind::kernel
