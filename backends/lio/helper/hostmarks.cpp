// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/hostmarks.h"

#include "backends/lio/helper/files.h"
#include "backends/lio/helper/readfaults.h"

#include <pugixml.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace portalbind::kernel {

namespace {

constexpr std::size_t longestConfiguration = std::size_t(64) * 1024 * 1024;

std::optional<std::string> readConfiguration(const std::string &path)
{
    const Descriptor file = openAbsolute(path, O_RDONLY | O_NONBLOCK);
    return file.isOpen() ? readAll(file.number(), longestConfiguration) : std::nullopt;
}

bool endsWith(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Whether some TARGET.wants or TARGET.requires in the folder has a link to the unit.
bool isWanted(int folder, const std::string &unit)
{
    for (const std::string &name : listFolders(folder).value_or(std::vector<std::string>())) {
        if (!endsWith(name, ".wants") && !endsWith(name, ".requires"))
            continue;
        struct stat status
        {
        };
        if (fstatat(folder, std::string(name).append(1, '/').append(unit).c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
            return true;
    }
    return false;
}

void addRoaming(Ownership &ownership, std::string text, const char *by)
{
    text = text.substr(0, text.find('/')); // the length of the prefix
    const auto ip = parseNetworkAddress(text);
    const auto same = [&ip](const RoamingAddress &other) { return other.ip == *ip; };
    if (ip && std::none_of(ownership.roaming.begin(), ownership.roaming.end(), same))
        ownership.roaming.push_back({*ip, by});
}

/// The words of a configuration of keepalived: comments begin with `!` or `#`, braces stand alone.
std::vector<std::string> keepalivedWords(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    const auto finish = [&words, &word] {
        if (!word.empty())
            words.push_back(std::exchange(word, {}));
    };
    bool comment = false;
    for (const char c : text) {
        comment = c != '\n' && (comment || c == '!' || c == '#');
        if (comment || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            finish();
            if (c == '\n')
                words.emplace_back("\n");
        } else if (c == '{' || c == '}') {
            finish();
            words.emplace_back(1, c);
        } else {
            word += c;
        }
    }
    finish();
    return words;
}

} // namespace

std::string unitState(const std::vector<std::string> &unitFolders, const std::string &unit)
{
    bool present = false;
    bool wanted = false;
    for (const std::string &path : unitFolders) {
        const Descriptor folder = openAbsolute(path, O_RDONLY | O_DIRECTORY);
        if (!folder.isOpen())
            continue;
        struct stat status
        {
        };
        if (fstatat(folder.number(), unit.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) {
            // The first folder counts: what is masked there is masked.
            if (!present && readLink(folder.number(), unit) == "/dev/null")
                return "masked";
            present = true;
        }
        wanted = wanted || isWanted(folder.number(), unit);
    }
    if (!present)
        return "absent";
    return wanted ? "enabled" : "disabled";
}

SaveFile findSaveFile(const Places &places)
{
    SaveFile best;
    int bestRank = -1;
    for (const SavePlace &place : places.saves) {
        const Descriptor folder = openAbsolute(place.folder, O_PATH | O_DIRECTORY);
        const int openError = errno;
        const std::string unit = unitState(places.unitFolders, place.unit);
        // A link is never followed, and not passed over either: what reads or saves it says what is wrong.
        const bool isLink = !folder.isOpen() && openError == ELOOP;
        if (!folder.isOpen() && !isLink)
            continue;
        struct stat status
        {
        };
        const bool exists = isLink || fstatat(folder.number(), "saveconfig.json", &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (!exists)
            ReadFaults::note(errno, place.folder + "/saveconfig.json");
        const int rank = (unit == "absent" ? 0 : 2) + (exists ? 1 : 0);
        if (rank > bestRank) {
            bestRank = rank;
            best = {place.folder, place.folder + "/saveconfig.json", place.unit, exists, unit};
        }
    }
    if (bestRank < 0 && !places.saves.empty()) {
        best.unit = places.saves.front().unit;
        best.restoreUnit = unitState(places.unitFolders, best.unit);
    }
    return best;
}

std::string Ownership::ownerOf(const std::string &target) const
{
    if (!host.empty())
        return host;
    return std::binary_search(pacemakerTargets.begin(), pacemakerTargets.end(), target) ? "pacemaker" : std::string();
}

std::string Ownership::roamingBy(const NetworkAddress &ip) const
{
    const auto found = std::find_if(roaming.begin(), roaming.end(),
                                    [&ip](const RoamingAddress &address) { return address.ip.sameBytes(ip); });
    return found == roaming.end() ? std::string() : found->by;
}

void parsePacemaker(const std::string &xml, Ownership &ownership)
{
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size()))
        return;
    const auto value = [](const pugi::xml_node &primitive, const char *name) {
        return primitive.child("instance_attributes")
                .find_child_by_attribute("nvpair", "name", name)
                .attribute("value")
                .as_string();
    };
    for (const auto &found : document.select_nodes("//primitive[@type='iSCSITarget']")) {
        const std::string name = value(found.node(), "iqn");
        if (!name.empty())
            ownership.pacemakerTargets.push_back(name);
    }
    for (const auto &found : document.select_nodes("//primitive[@type='IPaddr2' or @type='IPaddr']"))
        addRoaming(ownership, value(found.node(), "ip"), "pacemaker");
    std::sort(ownership.pacemakerTargets.begin(), ownership.pacemakerTargets.end());
}

void parseKeepalived(std::string_view text, Ownership &ownership)
{
    int depth = 0;
    int blockDepth = 0; // of the virtual_ipaddress that we are in; 0: in none
    bool lineStart = true;
    std::string last;
    for (const std::string &word : keepalivedWords(text)) {
        if (word == "{") {
            ++depth;
            if (blockDepth == 0 && (last == "virtual_ipaddress" || last == "virtual_ipaddress_excluded"))
                blockDepth = depth;
            lineStart = true;
            continue;
        }
        if (word == "}") {
            blockDepth = blockDepth == depth ? 0 : blockDepth;
            --depth;
        } else if (word == "\n") {
            lineStart = true;
            continue;
        } else if (blockDepth != 0 && lineStart) {
            addRoaming(ownership, word, "keepalived"); // its first word; interface and label follow
        }
        lineStart = false;
        last = word;
    }
}

Ownership readOwnership(const Places &places)
{
    Ownership ownership;
    if (const auto xml = readConfiguration(places.pacemaker))
        parsePacemaker(*xml, ownership);
    if (const auto text = readConfiguration(places.keepalived))
        parseKeepalived(*text, ownership);
    const Descriptor ceph = openAbsolute(places.cephGateway, O_PATH);
    const bool gateway = unitState(places.unitFolders, "rbd-target-gw.service") == "enabled"
            || unitState(places.unitFolders, "rbd-target-api.service") == "enabled";
    if (ceph.isOpen() && gateway)
        ownership.host = "ceph-iscsi";
    std::sort(ownership.roaming.begin(), ownership.roaming.end(),
              [](const RoamingAddress &a, const RoamingAddress &b) { return a.ip < b.ip; });
    return ownership;
}

} // namespace portalbind::kernel
