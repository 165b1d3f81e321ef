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

tl::unexpected<Undone> refuse(Reason reason, const Json &more = Json::object())
{
    return tl::unexpected<Undone>(refusal(reasonWord(reason), more));
}

tl::unexpected<Undone> refuse(const Obstacle &obstacle, const std::string &kernelText)
{
    Json more = Json::object();
    if (!obstacle.by.empty())
        more["by"] = obstacle.by;
    if (obstacle.portal) {
        more["target"] = obstacle.portal->target;
        more["tpg"] = obstacle.portal->tag;
        more["portal"] = obstacle.portal->address.text();
    }
    if (obstacle.listener && !obstacle.listener->process.empty()) {
        more["process"] = obstacle.listener->process;
        more["pid"] = obstacle.listener->pid;
    }
    if (!kernelText.empty())
        more["text"] = kernelText;
    return refuse(obstacle.reason, more);
}

/// `iser` or `cxgbit` of a portal; 0 or an errno. The kernel reads 0 afterwards where it has no driver.
int setFlag(int portal, const char *name)
{
    const Descriptor file(openat(portal, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file.isOpen() || !writeAll(file.number(), "1\n"))
        return errno;
    return readFlag(portal, name) ? 0 : EINVAL;
}

} // namespace

Done KernelChange::checkPortal(const Request &request) const
{
    const auto tpg = findTpg(request.target, request.tpg);
    if (!tpg)
        return tl::unexpected(tpg.error());
    auto now = scene(request.portal->port);
    if (!now)
        return fail(now.error());
    std::vector<BoundPortal> gone;
    for (const BoundPortal &bound : now->bound) {
        const bool named = std::any_of(
                request.objects.begin(), request.objects.end(), [&bound](const ObjectName &object) {
                    const auto *tag = std::get_if<std::uint16_t>(&object.tpg);
                    const auto *directory = std::get_if<std::string>(&object.tpg);
                    return object.target == bound.target && object.portal == bound.address
                            && (tag != nullptr ? *tag == bound.tag
                                               : directory != nullptr && *directory == bound.tpgDirectory);
                });
        if (named)
            gone.push_back(bound);
    }
    const Stance stance = request.beyondPolicy ? Stance::BeyondPolicy : Stance::Policy;
    const Judgement judgement = judgePortal(without(std::move(*now), gone), request.target, tpg->name, *request.portal,
                                            stance);
    if (judgement.obstacle)
        return refuse(*judgement.obstacle, {});
    return Json{{"already", judgement.already.has_value()}};
}

Done KernelChange::makePortal(const Request &request)
{
    const auto tpg = findTpg(request.target, request.tpg);
    if (!tpg)
        return tl::unexpected(tpg.error());
    const auto now = scene(request.portal->port);
    if (!now)
        return fail(now.error());
    const Stance stance = request.beyondPolicy ? Stance::BeyondPolicy : Stance::Policy;
    const Judgement judgement = judgePortal(*now, request.target, tpg->name, *request.portal, stance);
    if (judgement.obstacle)
        return refuse(*judgement.obstacle, {});
    if (!judgement.already)
        return bind(*tpg, request);
    const ReadFaults faults;
    const std::string folder = "np/" + judgement.already->directory;
    const Descriptor portal = openBeneath(tpg->directory.number(), folder, O_RDONLY | O_DIRECTORY);
    Json answer = {{"dir", judgement.already->directory},
                   {"already", true},
                   {"listening", listensAt(now->listeners, *request.portal)},
                   {"iser", readFlag(portal.number(), "iser")},
                   {"offload", readFlag(portal.number(), "cxgbit")}};
    if (faults.first())
        return fail(*faults.first());
    return answer;
}

Done KernelChange::bind(const FoundTpg &tpg, const Request &request)
{
    const Descriptor folder = openBeneath(tpg.directory.number(), "np", O_RDONLY | O_DIRECTORY);
    const std::string name = request.portal->text();
    m_log.forget();
    if (!folder.isOpen() || mkdirat(folder.number(), name.c_str(), 0755) != 0)
        return refuseBind(tpg, request, errno);

    const auto takeBack = [&folder, &name] { return unlinkat(folder.number(), name.c_str(), AT_REMOVEDIR) == 0; };
    const auto sockets = readTcpSockets(m_places, {});
    const bool listening = sockets && listensAt(sockets->listeners, *request.portal);
    // On port 0 it listens somewhere else, and nobody can tell where.
    if (sockets && !listening && request.portal->port != 0 && takeBack())
        return refuse(Reason::Ghost);

    const Descriptor portal = openBeneath(folder.number(), name, O_RDONLY | O_DIRECTORY);
    for (const auto &[wanted, file, reason] :
         {std::tuple(request.iser, "iser", Reason::NoIser), {request.offload, "cxgbit", Reason::NoOffload}}) {
        const int error = wanted ? setFlag(portal.number(), file) : 0;
        if (error == 0)
            continue;
        const std::string text = m_log.news();
        if (takeBack())
            return refuse(reason, {{"errno", error}, {"text", text}});
        Failure failure = systemFailure(errno, name + " was made without " + file + " and cannot be removed again");
        failure.unknownOutcome = true;
        return fail(std::move(failure));
    }
    return Json{{"dir", name},
                {"already", false},
                {"listening", listening},
                {"iser", request.iser},
                {"offload", request.offload}};
}

/// The kernel answers EINVAL to everything: what is there now tells why.
Done KernelChange::refuseBind(const FoundTpg &tpg, const Request &request, int error)
{
    const std::string text = m_log.news();
    const Failure failure = systemFailure(error, request.portal->text() + " cannot be made");
    if (failure.why != "io")
        return fail(failure);
    if (const auto again = findTpg(request.target, request.tpg); !again)
        return tl::unexpected(again.error());
    const auto now = scene(request.portal->port);
    if (!now)
        return fail(now.error());
    const Judgement judgement = judgePortal(*now, request.target, tpg.name, *request.portal, Stance::AfterRefusal);
    if (judgement.obstacle)
        return refuse(*judgement.obstacle, text);
    if (judgement.already)
        return Json{{"dir", judgement.already->directory},
                    {"already", true},
                    {"listening", listensAt(now->listeners, *request.portal)}};
    return refuse(Reason::Kernel, {{"errno", error}, {"text", text}});
}

Done KernelChange::removePortal(const Request &request)
{
    const auto tpg = findTpg(request.target, request.tpg);
    if (!tpg)
        return tl::unexpected(tpg.error());
    const auto interfaces = readHostInterfaces();
    if (!interfaces)
        return fail(interfaces.error());
    const ReadFaults faults;
    auto portals = ConfigfsTree::readPortals(tpg->directory.number(), true);
    if (faults.first())
        return fail(*faults.first());
    const auto found = std::find_if(portals.begin(), portals.end(), [&](NetworkPortal &portal) {
        if (portal.address)
            portal.address->ip.scope = interfaces->scopeName(portal.address->ip.scope);
        return request.portal ? portal.address == request.portal : portal.directory == request.directory;
    });
    if (found == portals.end())
        return Json{{"was", false}};
    const Descriptor folder = openBeneath(tpg->directory.number(), "np", O_RDONLY | O_DIRECTORY);
    m_log.forget();
    if (unlinkat(folder.number(), found->directory.c_str(), AT_REMOVEDIR) != 0) {
        const int error = errno;
        return error == ENOENT ? Done(Json{{"was", false}})
                               : kernelRefusal(error, found->directory + " cannot be removed");
    }
    return Json{{"was", true}, {"dir", found->directory}, {"iser", found->iser}, {"offload", found->offload}};
}

} // namespace portalbind::kernel
