// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/kernelchange.h"

#include "backends/lio/helper/readfaults.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

namespace portalbind::kernel {

namespace {

tl::unexpected<Undone> fail(Failure failure)
{
    return tl::unexpected<Undone>(tl::unexpected(std::move(failure)));
}

tl::unexpected<Undone> refuse(const std::string &why, const Json &more = Json::object())
{
    return tl::unexpected<Undone>(refusal(why, more));
}

} // namespace

KernelChange::KernelChange(const Places &places, SocketOwners &owners)
    : m_tree(places)
    , m_places(places)
    , m_owners(owners)
    , m_log(places.kernelLog)
{
}

Result<Scene> KernelChange::scene(std::uint16_t port) const
{
    auto interfaces = readHostInterfaces();
    if (!interfaces)
        return tl::unexpected(interfaces.error());
    auto bound = m_tree.boundPortals(port);
    if (!bound)
        return tl::unexpected(bound.error());
    auto sockets = readTcpSockets(m_places, {});
    if (!sockets)
        return tl::unexpected(sockets.error());
    Scene scene;
    for (BoundPortal &portal : *bound)
        portal.address.ip.scope = interfaces->scopeName(portal.address.ip.scope);
    std::erase_if(sockets->listeners, [port](const Listener &listener) { return listener.address.port != port; });
    const ReadFaults faults;
    m_owners.name(sockets->listeners);
    if (faults.first())
        return tl::unexpected(*faults.first());
    scene.bound = std::move(*bound);
    scene.listeners = std::move(sockets->listeners);
    scene.addresses = std::move(interfaces->addresses);
    for (auto &[index, name] : interfaces->names)
        scene.interfaces.push_back(name);
    return scene;
}

tl::expected<Descriptor, Undone> KernelChange::findTarget(const std::string &target) const
{
    const ReadFaults faults;
    const auto failure = ConfigfsTree::stateFailure(m_tree.state());
    if (faults.first())
        return fail(*faults.first());
    if (failure)
        return fail(*failure);
    Descriptor directory = m_tree.openTarget(target);
    if (directory.isOpen())
        return directory;
    if (ReadFaults::meansGone(errno))
        return refuse("no-target");
    return fail(systemFailure(errno, "the target cannot be opened"));
}

tl::expected<KernelChange::FoundTpg, Undone> KernelChange::findTpg(const std::string &target, const TpgName &name) const
{
    const ReadFaults faults;
    const auto folder = findTarget(target);
    if (!folder)
        return tl::unexpected(folder.error());
    FoundTpg found;
    for (const auto &[tag, directory] : m_tree.tpgs(folder->number())) {
        const auto *wantedTag = std::get_if<std::uint16_t>(&name);
        const auto *wantedName = std::get_if<std::string>(&name);
        if ((wantedTag == nullptr || *wantedTag != tag) && (wantedName == nullptr || *wantedName != directory))
            continue;
        if (!found.name.empty())
            return refuse("ambiguous", {{"by", found.name + ", " + directory}});
        found.tag = tag;
        found.name = directory;
    }
    if (faults.first())
        return fail(*faults.first());
    if (found.name.empty())
        return refuse("no-tpg");
    found.directory = m_tree.openTpg(target, found.name);
    if (!found.directory.isOpen())
        return ReadFaults::meansGone(errno) ? refuse("no-tpg")
                                            : fail(systemFailure(errno, found.name + " cannot be opened"));
    return found;
}

Done KernelChange::kernelRefusal(int error, const std::string &what)
{
    const Failure failure = systemFailure(error, what);
    if (failure.why != "io")
        return fail(failure);
    return refuse("kernel", {{"errno", error}, {"text", m_log.news()}});
}

Done KernelChange::makeTpg(const Request &request)
{
    const auto target = findTarget(request.target);
    if (!target)
        return tl::unexpected(target.error());
    const ReadFaults faults;
    const auto tpgs = m_tree.tpgs(target->number());
    if (faults.first())
        return fail(*faults.first());
    const auto taken = [&tpgs](std::uint16_t tag) {
        return std::find_if(tpgs.begin(), tpgs.end(), [tag](const auto &tpg) { return tpg.first == tag; });
    };
    std::uint16_t tag = 1;
    if (const auto *wanted = std::get_if<std::uint16_t>(&request.tpg)) {
        tag = *wanted;
        if (const auto other = taken(tag); other != tpgs.end())
            return refuse("tpg-exists", {{"dir", other->second}});
    } else {
        while (taken(tag) != tpgs.end()) {
            if (tag == 0xffff)
                return refuse("no-free-tag");
            ++tag;
        }
    }
    const std::string directory = "tpgt_" + std::to_string(tag);
    m_log.forget();
    if (mkdirat(target->number(), directory.c_str(), 0755) != 0) {
        const int error = errno;
        return error == EEXIST ? refuse("tpg-exists", {{"dir", directory}})
                               : kernelRefusal(error, directory + " cannot be made");
    }
    return Json{{"dir", directory}, {"tag", tag}};
}

Done KernelChange::removeTpg(const Request &request)
{
    const auto found = findTpg(request.target, request.tpg);
    if (!found)
        return tl::unexpected(found.error());
    const ReadFaults faults;
    const Tpg tpg = m_tree.readTpg(found->directory.number(), found->tag, found->name);
    if (faults.first())
        return fail(*faults.first());
    const auto withSession = std::count_if(tpg.acls.begin(), tpg.acls.end(),
                                           [](const Acl &acl) { return acl.session.has_value(); });
    const std::size_t sessions = tpg.dynamicSessions.size() + static_cast<std::size_t>(withSession);
    const Json holds = {{"portals", tpg.portals.size()},
                        {"luns", tpg.luns.size()},
                        {"acls", tpg.acls.size()},
                        {"sessions", sessions}};
    if (tpg.portals.size() + tpg.luns.size() + tpg.acls.size() + sessions > 0)
        return refuse("not-empty", {{"holds", holds}});
    const Descriptor target = m_tree.openTarget(request.target);
    m_log.forget();
    if (unlinkat(target.number(), found->name.c_str(), AT_REMOVEDIR) != 0) {
        const int error = errno;
        return error == ENOTEMPTY ? refuse("not-empty", {{"holds", holds}})
                                  : kernelRefusal(error, found->name + " cannot be removed");
    }
    return Json{{"was", true}};
}

Done KernelChange::enableTpg(const Request &request)
{
    const auto found = findTpg(request.target, request.tpg);
    if (!found)
        return tl::unexpected(found.error());
    const ReadFaults faults;
    const bool was = readFlag(found->directory.number(), "enable");
    if (faults.first())
        return fail(*faults.first());
    if (was == request.enabled)
        return Json{{"was", was}};
    m_log.forget();
    const Descriptor file(openat(found->directory.number(), "enable", O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.isOpen() || !writeAll(file.number(), request.enabled ? "1\n" : "0\n"))
        return kernelRefusal(errno, found->name + " cannot be switched");
    return Json{{"was", was}};
}

Done KernelChange::removeTarget(const Request &request)
{
    const auto target = findTarget(request.target);
    if (!target)
        return tl::unexpected(target.error());
    const ReadFaults faults;
    const std::size_t tpgs = m_tree.tpgs(target->number()).size();
    if (faults.first())
        return fail(*faults.first());
    if (tpgs > 0)
        return refuse("not-empty", {{"holds", {{"tpgs", tpgs}}}});
    const Descriptor fabric = m_tree.openFabric();
    m_log.forget();
    if (unlinkat(fabric.number(), request.target.c_str(), AT_REMOVEDIR) != 0) {
        const int error = errno;
        return error == ENOTEMPTY ? refuse("not-empty", {{"holds", {{"tpgs", 1}}}})
                                  : kernelRefusal(error, "the target cannot be removed");
    }
    return Json{{"was", true}};
}

} // namespace portalbind::kernel
