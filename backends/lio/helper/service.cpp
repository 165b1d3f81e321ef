// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/service.h"

#include "backends/lio/helper/configfstree.h"
#include "backends/lio/helper/readfaults.h"
#include "backends/lio/helper/saveconfigfile.h"

#include <sys/utsname.h>

#include <new>

namespace portalbind::kernel {

namespace {

tl::unexpected<Undone> fail(Failure failure)
{
    return tl::unexpected<Undone>(tl::unexpected(std::move(failure)));
}

} // namespace

Service::Service(const Places &places, const Journal &journal)
    : m_places(places)
    , m_journal(journal)
    , m_owners(places.proc)
    , m_change(places, m_owners)
    , m_pools(places)
{
}

std::string Service::answer(std::string_view line)
{
    const auto request = parseRequest(line);
    if (!request) {
        m_journal.write("refused a request: " + printable(request.error().text));
        return failedLine(request.error().id, {"protocol", request.error().text, 0, false});
    }
    const std::int64_t id = request->id.value_or(0);
    if (request->verb == Verb::Read) {
        if (m_watch)
            m_watch->beforeRead();
        const ReadFaults faults;
        auto all = read(id);
        if (all && faults.first())
            return failedLine(id, *faults.first());
        if (all && all->size() <= longestAnswer)
            return std::move(*all);
        return failedLine(id,
                          all ? Failure{"too-large", "the answer would be longer than 64 MiB", 0, false} : all.error());
    }
    const Done done = carryOut(*request);
    if (isChange(request->verb))
        log(*request, line, done);
    if (done)
        return okLine(id, *done);
    const Undone &undone = done.error();
    return undone ? refusedLine(id, *undone) : failedLine(id, undone.error());
}

Done Service::carryOut(const Request &request)
{
    switch (request.verb) {
    case Verb::Hello:
        return hello();
    case Verb::Watch:
        if (!m_watch)
            m_watch = std::make_unique<ChangeWatch>(m_places);
        return Json{{"complete", m_watch->isComplete()}};
    case Verb::Unwatch:
        m_watch.reset();
        return Json::object();
    case Verb::CheckPortal:
        return m_change.checkPortal(request);
    case Verb::MakePortal:
        return m_change.makePortal(request);
    case Verb::RemovePortal:
        return m_change.removePortal(request);
    case Verb::MakeTpg:
        return m_change.makeTpg(request);
    case Verb::RemoveTpg:
        return m_change.removeTpg(request);
    case Verb::EnableTpg:
        return m_change.enableTpg(request);
    case Verb::MakeTarget:
        return m_change.makeTarget(request);
    case Verb::RemoveTarget:
        return m_change.removeTarget(request);
    case Verb::Save:
        return save(request);
    case Verb::PoolMake:
        return m_pools.make(request.name, request.pool, request.portals);
    case Verb::PoolRemove:
        return m_pools.remove(request.pool);
    case Verb::PoolRename:
        return m_pools.rename(request.pool, request.name);
    case Verb::PoolAdd:
        return m_pools.add(request.pool, request.portals);
    case Verb::PoolTake:
        return m_pools.take(request.pool, request.portals);
    case Verb::CandidateKeep:
        return m_pools.keepCandidates(request.portals);
    case Verb::CandidateDrop:
        return m_pools.dropCandidates(request.portals);
    case Verb::Read:
        break; // which answer() does
    }
    return fail({"protocol", "not a change", 0, false});
}

Done Service::hello() const
{
    const ReadFaults faults;
    utsname names{};
    uname(&names);
    const ConfigfsTree tree(m_places);
    Json all = {{"protocol", protocolVersion},
                {"version", PORTALBIND_VERSION},
                {"host", names.nodename},
                {"kernel", names.release},
                {"state", ConfigfsTree::stateWord(tree.state())},
                {"writable", tree.isWritable()},
                {"lio", tree.version()},
                {"saved", SaveconfigFile(m_places).describe(false)},
                {"owner", readOwnership(m_places).host},
                {"pools", m_pools.path()}};
    if (faults.first())
        return fail(*faults.first());
    return all;
}

Done Service::save(const Request &request) const
{
    const ReadFaults faults;
    const Ownership ownership = readOwnership(m_places);
    const SaveconfigFile file(m_places);
    if (faults.first())
        return fail(*faults.first());
    std::vector<SaveObject> objects;
    for (const ObjectName &name : request.objects) {
        if (const std::string owner = ownership.ownerOf(name.target); !owner.empty())
            return tl::unexpected<Undone>(refusal("owned", {{"by", owner}, {"target", name.target}}));
        auto object = m_change.saveObject(name);
        if (!object)
            return fail(object.error());
        objects.push_back(std::move(*object));
    }
    const auto outcome = file.save(objects);
    if (!outcome)
        return tl::unexpected<Undone>(outcome.error());
    Json done = {{"changed", outcome->changed}};
    if (!outcome->backup.empty())
        done["backup"] = outcome->backup;
    return done;
}

/// The request is repeated as it was understood, in as many lines as it takes: it holds names and addresses, and no
/// secret can be in it.
void Service::log(const Request &request, std::string_view line, const Done &done) const
{
    std::string outcome = "done";
    if (!done && done.error())
        outcome = "refused, " + done.error()->content["why"].get<std::string>();
    else if (!done)
        outcome = "failed, " + printable(done.error().error().text);
    std::string prefix = std::string(verbWord(request.verb)) + ": " + outcome;
    prefix += request.beyondPolicy ? ", beyond policy: " : ": ";
    const auto asked = parseBounded(line, requestLimits);
    for (const std::string &text : requestTexts(asked ? *asked : Json::object()))
        m_journal.write(prefix + text);
}

} // namespace portalbind::kernel
