// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/iscsiname.h"
#include "backends/lio/helper/kernelchange.h"
#include "backends/lio/helper/readfaults.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace portalbind::kernel {

namespace {

/// Attributes that can be set, by name; as numbers where they are some, if \a numbers. What rtslib saves.
Json attributesOf(int directory, const char *folderName, bool numbers)
{
    Json all = Json::object();
    const Descriptor folder = openBeneath(directory, folderName, O_RDONLY | O_DIRECTORY);
    for (const std::string &name : listDirectory(folder.number()).value_or(std::vector<std::string>())) {
        struct stat status
        {
        };
        if (fstatat(folder.number(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(status.st_mode)
            || (status.st_mode & S_IWUSR) == 0 || (status.st_mode & S_IRUSR) == 0)
            continue;
        const auto whole = readSmall(folder.number(), name);
        if (!whole)
            continue;
        const std::string text = withoutEnd(*whole);
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (numbers && !text.empty() && error == std::errc() && end == text.data() + text.size())
            all[name] = number;
        else
            all[name] = text;
    }
    return all;
}

tl::unexpected<Undone> fail(Failure failure)
{
    return tl::unexpected<Undone>(tl::unexpected(std::move(failure)));
}

} // namespace

Done KernelChange::makeTarget(const Request &request)
{
    const auto refuse = [](const std::string &why, const Json &more) {
        return tl::unexpected<Undone>(refusal(why, more));
    };
    if (const std::string text = iscsiNameFault(request.target); !text.empty())
        return refuse("bad-name", {{"text", text}});
    const auto names = m_tree.targets();
    if (!names)
        return fail(names.error());
    for (const std::string &name : *names) {
        if (name == request.target)
            return Json{{"already", true}};
        if (sameIscsiName(name, request.target))
            return refuse("name-taken", {{"by", name}});
    }
    m_log.forget();
    Descriptor fabric = m_tree.openFabric();
    if (!fabric.isOpen() && errno != ENOENT)
        return fail(systemFailure(errno, "target/iscsi cannot be opened"));
    if (!fabric.isOpen()) {
        if (const int error = m_tree.makeFabric())
            return kernelRefusal(error, "target/iscsi cannot be made");
        fabric = m_tree.openFabric();
    }
    if (mkdirat(fabric.number(), request.target.c_str(), 0755) == 0)
        return Json{{"already", false}};
    const int error = errno;
    if (error == EEXIST)
        return Json{{"already", true}};
    return kernelRefusal(error, "the target cannot be made");
}

Result<SaveObject> KernelChange::saveObject(const ObjectName &name) const
{
    const ReadFaults faults;
    auto object = lookUp(name);
    if (faults.first())
        return tl::unexpected(*faults.first());
    return object;
}

Result<SaveObject> KernelChange::lookUp(const ObjectName &name) const
{
    SaveObject object;
    object.target = name.target;
    object.portal = name.portal;
    if (const auto *tag = std::get_if<std::uint16_t>(&name.tpg))
        object.tag = *tag;
    if (const auto failure = ConfigfsTree::stateFailure(m_tree.state()))
        return tl::unexpected(*failure);
    const Descriptor target = m_tree.openTarget(name.target);
    if (!target.isOpen())
        return object;
    if (!object.tag) {
        object.isThere = true;
        object.parameters = attributesOf(target.number(), "param", false);
        return object;
    }
    const auto interfaces = object.portal && !object.portal->ip.scope.empty() ? readHostInterfaces()
                                                                              : Result<HostInterfaces>();
    for (const auto &[tag, directory] : m_tree.tpgs(target.number())) {
        if (tag != *object.tag)
            continue;
        const Descriptor tpg = m_tree.openTpg(name.target, directory);
        if (!object.portal) {
            object.isThere = tpg.isOpen();
            object.enabled = readFlag(tpg.number(), "enable");
            object.attributes = attributesOf(tpg.number(), "attrib", true);
            object.parameters = attributesOf(tpg.number(), "param", false);
            return object;
        }
        for (NetworkPortal &portal : ConfigfsTree::readPortals(tpg.number(), true)) {
            if (portal.address && interfaces)
                portal.address->ip.scope = interfaces->scopeName(portal.address->ip.scope);
            if (portal.address != object.portal)
                continue;
            object.isThere = true;
            object.iser = portal.iser;
            object.offload = portal.offload;
            return object;
        }
    }
    return object;
}

} // namespace portalbind::kernel
