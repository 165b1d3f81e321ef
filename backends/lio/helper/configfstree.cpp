// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/configfstree.h"

#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/readfaults.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace portalbind::kernel {

namespace {

constexpr long configfsMagic = 0x62656570; // CONFIGFS_MAGIC
constexpr const char *fabricPath = "target/iscsi";
constexpr const char *notTarget = "discovery_auth"; // the one folder in it that the kernel makes itself

Descriptor openFolder(int directory, const std::string &name)
{
    if (!isComponent(name)) {
        errno = EINVAL;
        return {};
    }
    return openChild(directory, name, O_RDONLY | O_DIRECTORY);
}

/// Whether an auth/userid is set. What it is is not kept.
bool hasText(int directory, const char *name)
{
    return !readTrimmed(directory, name).empty();
}

/// INDEX of `lun_INDEX`.
std::optional<unsigned> lunIndex(std::string_view name)
{
    constexpr std::string_view prefix = "lun_";
    if (name.substr(0, prefix.size()) != prefix)
        return std::nullopt;
    return readKernelNumber(name.substr(prefix.size()), 0xffffffff);
}

/// The last \a count components of what the link in \a directory points to; "" if there is none.
std::string linkEnd(int directory, int count)
{
    for (const std::string &name : listDirectory(directory).value_or(std::vector<std::string>())) {
        const auto target = readLink(directory, name);
        if (!target)
            continue;
        std::size_t start = target->size();
        for (int i = 0; i < count && start != 0 && start != std::string::npos; ++i)
            start = target->rfind('/', start - 1);
        return start == std::string::npos ? *target : target->substr(start + 1);
    }
    return {};
}

std::vector<Lun> readLuns(int tpg)
{
    std::vector<Lun> luns;
    const Descriptor folder = openFolder(tpg, "lun");
    for (const std::string &name : listFolders(folder.number()).value_or(std::vector<std::string>())) {
        const auto index = lunIndex(name);
        const Descriptor lun = index ? openFolder(folder.number(), name) : Descriptor();
        if (lun.isOpen())
            luns.push_back({*index, linkEnd(lun.number(), 2)});
    }
    std::sort(luns.begin(), luns.end(), [](const Lun &a, const Lun &b) { return a.index < b.index; });
    return luns;
}

std::vector<MappedLun> readMappedLuns(int acl)
{
    std::vector<MappedLun> luns;
    for (const std::string &name : listFolders(acl).value_or(std::vector<std::string>())) {
        const auto index = lunIndex(name);
        const Descriptor lun = index ? openFolder(acl, name) : Descriptor();
        if (lun.isOpen())
            luns.push_back({*index, lunIndex(linkEnd(lun.number(), 1)), readFlag(lun.number(), "write_protect")});
    }
    std::sort(luns.begin(), luns.end(), [](const MappedLun &a, const MappedLun &b) { return a.index < b.index; });
    return luns;
}

Acl readAcl(int directory, const std::string &name)
{
    Acl acl;
    acl.initiator = name;
    if (const Descriptor attributes = openFolder(directory, "attrib"); attributes.isOpen()) {
        const std::string text = readTrimmed(attributes.number(), "authentication");
        std::from_chars(text.data(), text.data() + text.size(), acl.authentication);
    }
    if (const Descriptor secrets = openFolder(directory, "auth"); secrets.isOpen()) {
        acl.chap = hasText(secrets.number(), "userid");
        acl.mutualChap = hasText(secrets.number(), "userid_mutual");
    }
    acl.luns = readMappedLuns(directory);
    acl.session = readSessionInfo(readSmall(directory, "info").value_or(std::string()));
    return acl;
}

std::vector<Acl> readAcls(int tpg)
{
    std::vector<Acl> acls;
    const Descriptor folder = openFolder(tpg, "acls");
    for (const std::string &name : listFolders(folder.number()).value_or(std::vector<std::string>())) {
        const Descriptor acl = openFolder(folder.number(), name);
        if (acl.isOpen())
            acls.push_back(readAcl(acl.number(), name));
    }
    return acls;
}

/// The TPGs among the folders of a target, by tag.
std::vector<std::pair<std::uint16_t, std::string>> tagged(std::optional<std::vector<std::string>> folders)
{
    std::vector<std::pair<std::uint16_t, std::string>> found;
    if (!folders)
        return found;
    for (std::string &name : *folders) {
        if (const auto tag = readTpgName(name))
            found.emplace_back(*tag, std::move(name));
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool portalBefore(const NetworkPortal &a, const NetworkPortal &b)
{
    if (a.address.has_value() != b.address.has_value())
        return a.address.has_value();
    if (a.address != b.address)
        return *a.address < *b.address;
    return a.directory < b.directory;
}

} // namespace

ConfigfsTree::ConfigfsTree(const Places &places)
    : m_places(places)
{
}

Descriptor ConfigfsTree::openRoot() const
{
    return openAbsolute(m_places.configfs, O_RDONLY | O_DIRECTORY);
}

ConfigfsTree::State ConfigfsTree::state() const
{
    const Descriptor root = openRoot();
    if (!root.isOpen()) {
        ReadFaults::noteStrictly(errno, m_places.configfs);
        return State::NoLio;
    }
    if (!openBeneath(root.number(), "target", O_PATH | O_DIRECTORY).isOpen()) {
        ReadFaults::noteStrictly(errno, m_places.configfs + "/target");
        struct statfs status
        {
        };
        const bool mounted = fstatfs(root.number(), &status) == 0 && status.f_type == configfsMagic;
        return mounted ? State::NoModule : State::NoLio;
    }
    if (openFabric().isOpen())
        return State::Ready;
    ReadFaults::noteStrictly(errno, m_places.configfs + "/target/iscsi");
    return State::NoIscsi;
}

const char *ConfigfsTree::stateWord(State state)
{
    switch (state) {
    case State::Ready:
        return "ready";
    case State::NoIscsi:
        return "no-iscsi";
    case State::NoModule:
        return "no-module";
    case State::NoLio:
        break;
    }
    return "no-lio";
}

std::optional<Failure> ConfigfsTree::stateFailure(State state)
{
    if (state == State::NoModule)
        return Failure{"no-module", "configfs has no folder target: the module target_core_mod is not loaded", 0,
                       false};
    if (state == State::NoLio)
        return Failure{"no-lio", "no configfs is mounted at /sys/kernel/config", 0, false};
    return std::nullopt;
}

bool ConfigfsTree::isWritable() const
{
    const Descriptor root = openRoot();
    return root.isOpen()
            && (faccessat(root.number(), fabricPath, W_OK, AT_EACCESS) == 0
                || (errno == ENOENT && faccessat(root.number(), "target", W_OK, AT_EACCESS) == 0));
}

std::string ConfigfsTree::version() const
{
    const Descriptor fabric = openFabric();
    return fabric.isOpen() ? readTrimmed(fabric.number(), "lio_version") : std::string();
}

Descriptor ConfigfsTree::openFabric() const
{
    const Descriptor root = openRoot();
    return root.isOpen() ? openBeneath(root.number(), fabricPath, O_RDONLY | O_DIRECTORY) : Descriptor();
}

Descriptor ConfigfsTree::openTarget(const std::string &target) const
{
    if (target == notTarget) {
        errno = ENOENT;
        return {};
    }
    const Descriptor fabric = openFabric();
    return fabric.isOpen() ? openFolder(fabric.number(), target) : Descriptor();
}

Descriptor ConfigfsTree::openTpg(const std::string &target, const std::string &directory) const
{
    const Descriptor folder = openTarget(target);
    return folder.isOpen() ? openFolder(folder.number(), directory) : Descriptor();
}

int ConfigfsTree::makeFabric() const
{
    const Descriptor root = openRoot();
    const Descriptor core = root.isOpen() ? openBeneath(root.number(), "target", O_RDONLY | O_DIRECTORY) : Descriptor();
    if (!core.isOpen())
        return errno;
    return mkdirat(core.number(), "iscsi", 0755) == 0 || errno == EEXIST ? 0 : errno;
}

Result<std::vector<std::string>> ConfigfsTree::targets() const
{
    const ReadFaults faults;
    const State now = state();
    if (faults.first())
        return tl::unexpected(*faults.first());
    if (const auto failure = stateFailure(now))
        return tl::unexpected(*failure);
    if (now == State::NoIscsi)
        return std::vector<std::string>();
    const Descriptor fabric = openFabric();
    auto names = fabric.isOpen() ? listFolders(fabric.number(), mostObjects) : std::nullopt;
    if (!names)
        return failed(errno, "target/iscsi cannot be listed");
    std::erase(*names, notTarget);
    return *names;
}

std::vector<std::pair<std::uint16_t, std::string>> ConfigfsTree::tpgs(int target) const
{
    return tagged(listFolders(target));
}

std::optional<Target> ConfigfsTree::readTarget(const std::string &name) const
{
    const Descriptor folder = openTarget(name);
    if (!folder.isOpen())
        return std::nullopt;
    Target target;
    target.name = name;
    for (const auto &[tag, directory] : tpgs(folder.number())) {
        const Descriptor tpg = openFolder(folder.number(), directory);
        if (tpg.isOpen())
            target.tpgs.push_back(readTpg(tpg.number(), tag, directory));
    }
    return target;
}

Tpg ConfigfsTree::readTpg(int directory, std::uint16_t tag, const std::string &name) const
{
    Tpg tpg;
    tpg.directory = name;
    tpg.tag = tag;
    tpg.enabled = readFlag(directory, "enable");
    if (const Descriptor parameters = openFolder(directory, "param"); parameters.isOpen())
        tpg.alias = readTrimmed(parameters.number(), "TargetAlias");
    if (const Descriptor attributes = openFolder(directory, "attrib"); attributes.isOpen()) {
        tpg.authentication = readFlag(attributes.number(), "authentication");
        tpg.generateAcls = readFlag(attributes.number(), "generate_node_acls");
        tpg.demoDiscovery = readFlag(attributes.number(), "demo_mode_discovery");
        tpg.demoWriteProtect = readFlag(attributes.number(), "demo_mode_write_protect");
    }
    if (const Descriptor secrets = openFolder(directory, "auth"); secrets.isOpen()) {
        tpg.chap = hasText(secrets.number(), "userid");
        tpg.mutualChap = hasText(secrets.number(), "userid_mutual");
    }
    tpg.luns = readLuns(directory);
    tpg.acls = readAcls(directory);
    tpg.dynamicSessions = readDynamicSessions(readSmall(directory, "dynamic_sessions").value_or(std::string()));
    tpg.portals = readPortals(directory, true);
    return tpg;
}

std::vector<NetworkPortal> ConfigfsTree::readPortals(int tpg, bool withFlags)
{
    std::vector<NetworkPortal> portals;
    const Descriptor folder = openFolder(tpg, "np");
    for (std::string &name : listFolders(folder.number()).value_or(std::vector<std::string>())) {
        NetworkPortal portal;
        portal.address = readPortalName(name);
        const Descriptor np = withFlags ? openFolder(folder.number(), name) : Descriptor();
        if (np.isOpen()) {
            portal.iser = readFlag(np.number(), "iser");
            portal.offload = readFlag(np.number(), "cxgbit");
        }
        portal.directory = std::move(name);
        portals.push_back(std::move(portal));
    }
    std::sort(portals.begin(), portals.end(), portalBefore);
    return portals;
}

/// This is looked at before each portal that is made, on hosts with thousands of targets: eight system calls for a
/// target with one TPG, and nothing is kept of what is not asked for.
Result<std::vector<BoundPortal>> ConfigfsTree::boundPortals(std::optional<std::uint16_t> port) const
{
    const ReadFaults faults;
    const auto names = targets();
    if (!names)
        return tl::unexpected(names.error());
    const Descriptor fabric = openFabric();
    std::vector<BoundPortal> bound;
    for (const std::string &name : *names) {
        const Descriptor target = openFolder(fabric.number(), name);
        if (!target.isOpen())
            continue;
        for (const auto &[tag, directory] : tagged(foldersOfFresh(target.number()))) {
            const Descriptor folder = openBeneath(target.number(), directory + "/np", O_RDONLY | O_DIRECTORY);
            if (!folder.isOpen())
                continue;
            std::vector<NetworkPortal> portals;
            for (std::string &portal : foldersOfFresh(folder.number()).value_or(std::vector<std::string>())) {
                const auto address = readPortalName(portal);
                if (address && (!port || address->port == *port))
                    portals.push_back({std::move(portal), address});
            }
            std::sort(portals.begin(), portals.end(), portalBefore);
            for (NetworkPortal &portal : portals)
                bound.push_back({name, directory, tag, std::move(portal.directory), *portal.address});
        }
        if (bound.size() > mostObjects)
            return tl::unexpected(Failure{"too-large", "more portals than this program reads", 0, false});
    }
    if (faults.first())
        return tl::unexpected(*faults.first());
    return bound;
}

} // namespace portalbind::kernel
