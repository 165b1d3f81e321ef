// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/associationsbyends.h"

#include "backends/cim/cimtypes.h"
#include "backends/cim/pathkey.h"
#include "backends/cim/together.h"

namespace portalbind::cim {
namespace {

constexpr size_t most = 2'000;

/// Paths of the objects that may stand at the first end of \a source.
std::vector<ObjectPath> ends(const Intake &intake, Source source)
{
    return intake.locked([source](const Tables &tables, const Paths &paths) {
        std::vector<ObjectPath> found;
        const auto add = [&](const std::vector<quint32> &keys) {
            for (const quint32 key : keys) {
                if (auto path = paths.path(tables.keys.key(key)); path && found.size() <= most)
                    found.push_back(*std::move(path));
            }
        };
        add(tables.tcps.keys);
        add(source == Source::BindsTo ? tables.endpoints.keys : tables.ips.keys);
        return found;
    });
}

struct Asking
{
    std::shared_ptr<CimConnection> connection;
    std::shared_ptr<Intake> intake;
    Source source;
    CimConnection::Enumeration what;
    std::stop_token stop;
    std::optional<Error> failed;
};

Task<bool> ask(std::shared_ptr<Asking> asking, ObjectPath end)
{
    if (asking->failed)
        co_return false;
    const QString role = toText(asking->what.properties[0]), other = toText(asking->what.properties[1]);
    const auto found = co_await asking->connection->references(end, asking->what.className, role, asking->stop);
    if (!found && found.error().kind != Error::Kind::NoSuchObject) // gone meanwhile
        asking->failed = found.error();
    if (!found)
        co_return false;
    const std::string key = end.key();
    for (const Instance &instance : *found) {
        const ObjectPath *from = instance.property(role).reference(), *to = instance.property(other).reference();
        if (from && to && looseKey(from->key()) == looseKey(key))
            asking->intake->addEdge(asking->source, key, to->key());
    }
    co_return true;
}

} // namespace

bool canReadByEnds(Source source)
{
    return source == Source::BindsTo || source == Source::Member;
}

Task<Result<>> readByEnds(std::shared_ptr<CimConnection> connection, std::shared_ptr<Intake> intake, Source source,
                          Family family, std::stop_token stop)
{
    const auto paths = ends(*intake, source);
    if (paths.size() > most)
        co_return failure(Error::Kind::Server, {});
    const auto asking = std::make_shared<Asking>(
            Asking{std::move(connection), std::move(intake), source, query(source, family, {}), std::move(stop), {}});
    std::vector<Together::Start> starts;
    starts.reserve(paths.size());
    for (const ObjectPath &path : paths)
        starts.emplace_back([asking, path] { return ask(asking, path); });
    std::function<int()> limit = [asking] { return asking->connection->operationLimit(); };
    Together all(std::move(starts), std::move(limit));
    co_await all;
    if (asking->failed)
        co_return tl::unexpected<Error>(*asking->failed);
    co_return Result<>();
}

} // namespace portalbind::cim
