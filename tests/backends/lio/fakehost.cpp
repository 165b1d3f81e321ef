// SPDX-License-Identifier: Apache-2.0
#include "fakehost.h"

#include <QStringList>

namespace portalbind {

namespace {

QString word(const char *text)
{
    return QString::fromLatin1(text);
}

FakeHost::Reply refused(const char *why, QJsonObject more = {})
{
    more.insert(word("why"), word(why));
    return {true, more};
}

FakeHost::Reply done(const QJsonObject &body = {})
{
    return {false, body};
}

/// `10.0.0.5` and 3260 of `10.0.0.5:3260`.
std::pair<QString, int> place(const QString &portal)
{
    const qsizetype colon = portal.lastIndexOf(u':');
    QString ip = portal.left(colon);
    if (ip.startsWith(u'['))
        ip = ip.mid(1, ip.size() - 2);
    return {ip, portal.mid(colon + 1).toInt()};
}

bool isAt(const QJsonObject &portal, const QString &text)
{
    const auto [ip, port] = place(text);
    return portal.value(word("ip")).toString() == ip && portal.value(word("port")).toInt() == port;
}

bool isWildcard(const QString &ip)
{
    return ip == word("0.0.0.0") || ip == word("::");
}

/// Index of the object whose \a key is \a value; -1: none.
qsizetype find(const QJsonArray &array, const char *key, const QJsonValue &value)
{
    for (qsizetype i = 0; i < array.size(); ++i) {
        if (array.at(i).toObject().value(QLatin1String(key)) == value)
            return i;
    }
    return -1;
}

QJsonArray list(const QJsonObject &object, const char *key)
{
    return object.value(QLatin1String(key)).toArray();
}

} // namespace

FakeHost::Reply FakeHost::perform(const QString &verb, const QJsonObject &request)
{
    if (verb == word("read"))
        return done(m_state);
    if (verb == word("make-portal"))
        return makePortal(request);
    if (verb == word("remove-portal"))
        return removePortal(request);
    if (verb == word("make-tpg"))
        return makeTpg(request);
    if (verb == word("remove-tpg"))
        return removeTpg(request);
    if (verb == word("make-target"))
        return makeTarget(request);
    if (verb == word("remove-target"))
        return removeTarget(request);
    if (verb == word("enable-tpg"))
        return onTpg(request, [&](QJsonObject &tpg) {
            const bool was = tpg.value(word("enabled")).toBool();
            tpg.insert(word("enabled"), request.value(word("enabled")));
            return done({{word("was"), was}});
        });
    if (verb == word("save"))
        return save(request);
    return onPools(verb, request);
}

FakeHost::Reply FakeHost::onTarget(const QJsonObject &request, const Edit &edit)
{
    QJsonArray targets = list(m_state, "targets");
    const qsizetype at = find(targets, "name", request.value(word("target")));
    if (at < 0)
        return refused("no-target");
    QJsonObject target = targets.at(at).toObject();
    Reply reply = edit(target);
    targets.replace(at, target);
    m_state.insert(word("targets"), targets);
    return reply;
}

FakeHost::Reply FakeHost::onTpg(const QJsonObject &request, const Edit &edit)
{
    return onTarget(request, [&](QJsonObject &target) {
        QJsonArray tpgs = list(target, "tpgs");
        const QJsonValue wanted = request.value(word("tpg"));
        const qsizetype at = find(tpgs, wanted.isString() ? "dir" : "tag", wanted);
        if (at < 0)
            return refused("no-tpg");
        QJsonObject tpg = tpgs.at(at).toObject();
        Reply reply = edit(tpg);
        tpgs.replace(at, tpg);
        target.insert(word("tpgs"), tpgs);
        return reply;
    });
}

QJsonObject FakeHost::objection(const QJsonObject &request) const
{
    const QString portal = request.value(word("portal")).toString();
    const auto [ip, port] = place(portal);
    QString inTheWay;
    for (const QJsonValue targetValue : list(m_state, "targets")) {
        const QJsonObject target = targetValue.toObject();
        for (const QJsonValue tpgValue : list(target, "tpgs")) {
            const QJsonObject tpg = tpgValue.toObject();
            for (const QJsonValue other : list(tpg, "portals")) {
                const QString otherIp = other.toObject().value(word("ip")).toString();
                const bool samePort = other.toObject().value(word("port")).toInt() == port;
                const bool isSame = isAt(other.toObject(), portal);
                if (isSame && target.value(word("name")) == request.value(word("target")))
                    return {{word("why"), word("in-use-same-target")},
                            {word("by"), QStringLiteral("TPG %1").arg(tpg.value(word("tag")).toInt())}};
                if (samePort && !isSame && (isWildcard(ip) || isWildcard(otherIp)))
                    inTheWay = target.value(word("name")).toString() + word(", TPG 1: ") + otherIp;
                if (isSame)
                    return {}; // the socket is shared
            }
        }
    }
    if (!inTheWay.isEmpty())
        return {{word("why"), word("wildcard-in-the-way")}, {word("by"), inTheWay}, {word("target"), word("other")}};
    for (const QJsonValue listener : list(m_state, "listeners")) {
        if (isAt(listener.toObject(), portal))
            return {{word("why"), word("port-taken")}, {word("by"), word("nginx (71)")}};
    }
    const bool isThere = isWildcard(ip) || find(list(m_state, "addresses"), "ip", ip) >= 0;
    if (!isThere && !request.value(word("beyondPolicy")).toBool())
        return {{word("why"), word("not-on-host")}};
    return {};
}

FakeHost::Reply FakeHost::makePortal(const QJsonObject &request)
{
    const QString portal = request.value(word("portal")).toString();
    return onTpg(request, [&](QJsonObject &tpg) {
        QJsonArray portals = list(tpg, "portals");
        for (const QJsonValue one : portals) {
            if (isAt(one.toObject(), portal))
                return done({{word("already"), true}});
        }
        const QJsonObject no = objection(request);
        if (!no.isEmpty())
            return Reply{true, no};
        const auto [ip, port] = place(portal);
        portals += QJsonObject{{word("dir"), portal},
                               {word("ip"), ip},
                               {word("scope"), QString()},
                               {word("port"), port},
                               {word("iser"), request.value(word("iser"))},
                               {word("offload"), request.value(word("offload"))},
                               {word("listening"), true}};
        tpg.insert(word("portals"), portals);
        return done({{word("dir"), portal}, {word("already"), false}, {word("listening"), true}});
    });
}

FakeHost::Reply FakeHost::removePortal(const QJsonObject &request)
{
    return onTpg(request, [&](QJsonObject &tpg) {
        QJsonArray portals = list(tpg, "portals");
        for (qsizetype i = 0; i < portals.size(); ++i) {
            const QJsonObject one = portals.at(i).toObject();
            const bool isIt = request.contains(word("dir")) ? one.value(word("dir")) == request.value(word("dir"))
                                                            : isAt(one, request.value(word("portal")).toString());
            if (!isIt)
                continue;
            portals.removeAt(i);
            tpg.insert(word("portals"), portals);
            return done({{word("was"), true}, {word("iser"), one.value(word("iser"))}});
        }
        return done({{word("was"), false}});
    });
}

FakeHost::Reply FakeHost::makeTpg(const QJsonObject &request)
{
    return onTarget(request, [&](QJsonObject &target) {
        QJsonArray tpgs = list(target, "tpgs");
        int tag = request.value(word("tpg")).toInt(-1);
        for (int next = 1; tag < 0; ++next) {
            if (find(tpgs, "tag", next) < 0)
                tag = next;
        }
        const QString directory = QStringLiteral("tpgt_%1").arg(tag);
        if (find(tpgs, "tag", tag) >= 0)
            return refused("tpg-exists", {{word("dir"), directory}});
        tpgs += QJsonObject{{word("dir"), directory},
                            {word("tag"), tag},
                            {word("enabled"), false},
                            {word("authentication"), true},
                            {word("demoDiscovery"), true}};
        target.insert(word("tpgs"), tpgs);
        return done({{word("dir"), directory}, {word("tag"), tag}});
    });
}

FakeHost::Reply FakeHost::removeTpg(const QJsonObject &request)
{
    return onTarget(request, [&](QJsonObject &target) {
        QJsonArray tpgs = list(target, "tpgs");
        const qsizetype at = find(tpgs, "dir", request.value(word("tpg")));
        if (at < 0)
            return done({{word("was"), false}});
        const QJsonObject tpg = tpgs.at(at).toObject();
        QJsonObject holds;
        for (const char *key : {"portals", "luns", "acls"}) {
            if (!list(tpg, key).isEmpty())
                holds.insert(word(key), list(tpg, key).size());
        }
        if (!holds.isEmpty())
            return refused("not-empty", {{word("holds"), holds}});
        tpgs.removeAt(at);
        target.insert(word("tpgs"), tpgs);
        return done({{word("was"), true}});
    });
}

FakeHost::Reply FakeHost::makeTarget(const QJsonObject &request)
{
    QJsonArray targets = list(m_state, "targets");
    const bool already = find(targets, "name", request.value(word("target"))) >= 0;
    if (!already)
        targets += QJsonObject{{word("name"), request.value(word("target"))}};
    m_state.insert(word("targets"), targets);
    return done({{word("already"), already}});
}

FakeHost::Reply FakeHost::removeTarget(const QJsonObject &request)
{
    QJsonArray targets = list(m_state, "targets");
    const qsizetype at = find(targets, "name", request.value(word("target")));
    if (at < 0)
        return done({{word("was"), false}});
    const auto tpgs = list(targets.at(at).toObject(), "tpgs").size();
    if (tpgs > 0)
        return refused("not-empty", {{word("holds"), QJsonObject{{word("tpgs"), tpgs}}}});
    targets.removeAt(at);
    m_state.insert(word("targets"), targets);
    return done({{word("was"), true}});
}

FakeHost::Reply FakeHost::onPools(const QString &verb, const QJsonObject &request)
{
    QJsonObject file = m_state.value(word("pools")).toObject();
    QJsonArray pools = list(file, "pools");
    const qsizetype at = find(pools, "id", request.value(word("pool")));
    const auto finish = [&](const Reply &reply) {
        file.insert(word("pools"), pools);
        m_state.insert(word("pools"), file);
        return reply;
    };
    const auto change = [&](const char *key, QJsonObject &in, bool adds) {
        QJsonArray members = list(in, key);
        QJsonArray changed;
        for (const QJsonValue portal : list(request, "portals")) {
            qsizetype known = -1;
            for (qsizetype i = 0; i < members.size(); ++i)
                known = members.at(i) == portal ? i : known;
            if (adds == (known >= 0))
                continue;
            if (adds)
                members += portal;
            else
                members.removeAt(known);
            changed += portal;
        }
        in.insert(word(key), members);
        return QJsonObject{{adds ? word("added") : word("taken"), changed}};
    };
    if (verb.startsWith(word("candidate-")))
        return finish(done(change("candidates", file, verb.endsWith(word("keep")))));
    if (verb == word("pool-make")) {
        if (find(pools, "name", request.value(word("name"))) >= 0)
            return refused("name-taken");
        const QString id = request.value(word("id")).toString(QStringLiteral("made-%1").arg(pools.size()));
        pools += QJsonObject{{word("id"), id}, {word("name"), request.value(word("name"))}};
        return finish(done({{word("id"), id}}));
    }
    if (at < 0)
        return refused("no-pool");
    QJsonObject pool = pools.at(at).toObject();
    if (verb == word("pool-remove")) {
        pools.removeAt(at);
        return finish(done({{word("name"), pool.value(word("name"))}}));
    }
    QJsonObject body;
    if (verb == word("pool-rename")) {
        body.insert(word("was"), pool.value(word("name")));
        pool.insert(word("name"), request.value(word("name")));
    } else {
        body = change("members", pool, verb == word("pool-add"));
    }
    pools.replace(at, pool);
    return finish(done(body));
}

/// As coarse as can be: everything that is there is in the file then.
FakeHost::Reply FakeHost::save(const QJsonObject &request)
{
    QJsonObject saved = m_state.value(word("saved")).toObject();
    saved.insert(word("targets"), m_state.value(word("targets")));
    m_state.insert(word("saved"), saved);
    return done({{word("changed"), list(request, "objects").isEmpty() ? QJsonArray() : QJsonArray{word("targets")}}});
}

} // namespace portalbind
