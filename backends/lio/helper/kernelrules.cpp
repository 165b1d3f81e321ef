// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/kernelrules.h"

#include <algorithm>

namespace portalbind::kernel {

namespace {

struct ReasonRow
{
    const char *word;
    Reason reason;
    bool policy;
};

constexpr ReasonRow reasonRows[] = {
        {"port-zero", Reason::PortZero, true},
        {"mapped", Reason::Mapped, true},
        {"multicast", Reason::Multicast, true},
        {"no-scope", Reason::NoScope, false},
        {"in-use-same-target", Reason::InUseSameTarget, false},
        {"wildcard-match", Reason::WildcardMatch, false},
        {"wildcard-in-the-way", Reason::WildcardInTheWay, false},
        {"port-taken", Reason::PortTaken, false},
        {"not-on-host", Reason::NotOnHost, true},
        {"wildcard", Reason::Wildcard, true},
        {"no-iser", Reason::NoIser, false},
        {"no-offload", Reason::NoOffload, false},
        {"ghost", Reason::Ghost, false},
        {"kernel", Reason::Kernel, false},
};

const ReasonRow &rowOf(Reason reason)
{
    return *std::find_if(std::begin(reasonRows), std::end(reasonRows),
                         [reason](const ReasonRow &row) { return row.reason == reason; });
}

std::string phrase(const BoundPortal &portal, const std::string &target)
{
    const std::string tpg = "TPG " + std::to_string(portal.tag);
    return portal.target == target ? tpg : portal.target + ", " + tpg + ": " + portal.address.text();
}

std::string phrase(const Listener &listener)
{
    return listener.process.empty() ? std::string() : listener.process + " (" + std::to_string(listener.pid) + ')';
}

Judgement refusedBy(Reason reason, const BoundPortal &portal, const std::string &target)
{
    return {Obstacle{reason, phrase(portal, target), portal, std::nullopt}, std::nullopt};
}

Judgement refused(Reason reason)
{
    return {Obstacle{reason, {}, std::nullopt, std::nullopt}, std::nullopt};
}

/// What the kernel accepts and nobody can use, or not as meant.
std::optional<Reason> unwise(const SocketAddress &asked)
{
    if (asked.port == 0)
        return Reason::PortZero;
    if (asked.ip.isMapped())
        return Reason::Mapped;
    if (asked.ip.isMulticast())
        return Reason::Multicast;
    return std::nullopt;
}

/// Whether \a portal is a ghost that may hang on a listener of LIO's at \a address: a wildcard that does not listen
/// hangs on one of the other family, on which one cannot be seen.
bool mayHangOn(const Scene &scene, const BoundPortal &portal, const SocketAddress &address)
{
    return portal.address.port == address.port && portal.address.ip.isWildcard()
            && portal.address.ip.family != address.ip.family && !listensAt(scene.listeners, portal.address);
}

/// Compared by the kernel's own rule, in its own order: the portals of the target, then those of all targets.
std::optional<Judgement> takenByPortal(const Scene &scene, const std::string &target, const std::string &tpgDirectory,
                                       const SocketAddress &asked, Stance stance)
{
    for (const BoundPortal &portal : scene.bound) {
        if (portal.target == target && portal.tpgDirectory == tpgDirectory && portal.address == asked)
            return Judgement{std::nullopt, portal};
    }
    const BoundPortal *elsewhere = nullptr;
    bool matched = false;
    for (const BoundPortal &portal : scene.bound) {
        if (stance == Stance::AfterRefusal && portal.target == target && mayHangOn(scene, portal, asked)
            && listensAt(scene.listeners, asked))
            return refusedBy(Reason::WildcardMatch, portal, target);
        if (!kernelMatches(asked, portal.address))
            continue;
        if (portal.target == target) {
            const bool same = portal.address.ip.sameBytes(asked.ip);
            return refusedBy(same ? Reason::InUseSameTarget : Reason::WildcardMatch, portal, target);
        }
        matched = true;
        if (portal.address != asked)
            elsewhere = &portal;
    }
    // A socket that listens at just this address comes first in the kernel's list: one that it could be mistaken for
    // would have been shared instead of this one being opened.
    if (matched && listensAt(scene.listeners, asked))
        return Judgement{};
    if (elsewhere != nullptr)
        return refusedBy(Reason::WildcardMatch, *elsewhere, target);
    return std::nullopt;
}

/// What only the kernel knows: whether another program's IPv6 wildcard takes IPv4 too; whether a socket that no program
/// has is one that LIO kept for a ghost portal, and would share.
bool isUncertain(const SocketAddress &asked, const Listener &listener)
{
    const bool dual = listener.address.ip.family == Family::IPv6 && listener.address.ip.isWildcard();
    const bool same = listener.process.empty() && listener.address.ip.sameBytes(asked.ip);
    return same || (dual && asked.ip.unmapped().family == Family::IPv4);
}

/// The portal that a listener without a process is there for; the end if it is none of LIO's.
std::vector<BoundPortal>::const_iterator holderOf(const Scene &scene, const Listener &listener)
{
    const auto end = scene.bound.end();
    if (!listener.process.empty())
        return end;
    const auto own = std::find_if(scene.bound.begin(), end, [&listener](const BoundPortal &portal) {
        return portal.address.port == listener.address.port && portal.address.ip.sameBytes(listener.address.ip);
    });
    return own != end ? own : std::find_if(scene.bound.begin(), end, [&](const BoundPortal &portal) {
        return mayHangOn(scene, portal, listener.address);
    });
}

std::optional<Judgement> takenBySocket(const Scene &scene, const std::string &target, const SocketAddress &asked,
                                       Stance stance)
{
    std::optional<Judgement> taken;
    for (const Listener &listener : scene.listeners) {
        const bool uncertain = stance != Stance::AfterRefusal && isUncertain(asked, listener);
        const auto holder = holderOf(scene, listener);
        const bool isLio = holder != scene.bound.end() && !(uncertain && listener.address.ip.sameBytes(asked.ip));
        // The kernel looks through its listeners before it binds.
        if (isLio && kernelMatches(asked, listener.address))
            return refusedBy(Reason::WildcardMatch, *holder, target);
        if (taken || !bindsCollide(asked, listener.address))
            continue;
        if (isLio)
            taken = refusedBy(Reason::WildcardInTheWay, *holder, target);
        else if (!uncertain)
            taken = Judgement{Obstacle{Reason::PortTaken, phrase(listener), std::nullopt, listener}, std::nullopt};
    }
    return taken;
}

bool isOnHost(const Scene &scene, const NetworkAddress &ip)
{
    return std::any_of(scene.addresses.begin(), scene.addresses.end(), [&ip](const HostAddress &address) {
        // The whole of 127.0.0.0/8 is the host's own.
        const bool loopback = ip.family == Family::IPv4 && address.ip.family == Family::IPv4 && ip.bytes[0] == 127
                && address.ip.bytes[0] == 127 && address.prefix == 8;
        return address.ip == ip || loopback;
    });
}

} // namespace

const char *reasonWord(Reason reason)
{
    return rowOf(reason).word;
}

bool isPolicy(Reason reason)
{
    return rowOf(reason).policy;
}

bool kernelMatches(const SocketAddress &asked, const SocketAddress &existing)
{
    if (asked.port != existing.port)
        return false;
    return asked.ip.family == existing.ip.family ? asked.ip.bytes == existing.ip.bytes : asked.ip.isWildcard();
}

bool bindsCollide(const SocketAddress &asked, const SocketAddress &existing)
{
    if (asked.port != existing.port || asked.port == 0)
        return false;
    const auto isDual = [](const NetworkAddress &ip) { return ip.family == Family::IPv6 && ip.isWildcard(); };
    if (isDual(asked.ip) || isDual(existing.ip))
        return true;
    const NetworkAddress one = asked.ip.unmapped();
    const NetworkAddress other = existing.ip.unmapped();
    if (one.family != other.family)
        return false;
    if (one.isWildcard() || other.isWildcard())
        return true;
    return one.bytes == other.bytes && (one.scope == other.scope || one.scope.empty() || other.scope.empty());
}

bool listensAt(const std::vector<Listener> &listeners, const SocketAddress &address)
{
    return std::any_of(listeners.begin(), listeners.end(), [&address](const Listener &listener) {
        return listener.process.empty() && listener.address.port == address.port
                && listener.address.ip.sameBytes(address.ip);
    });
}

Judgement judgePortal(const Scene &scene, const std::string &target, const std::string &tpgDirectory,
                      const SocketAddress &asked, Stance stance)
{
    const auto folly = unwise(asked);
    // An IPv4 multicast address can be bound, an IPv6 one cannot.
    const bool impossible = folly == Reason::Multicast && asked.ip.unmapped().family == Family::IPv6;
    if (folly && (stance == Stance::Policy || impossible))
        return refused(*folly);
    if (asked.ip.isLinkLocal()) {
        const auto &names = scene.interfaces;
        if (asked.ip.scope.empty() || std::find(names.begin(), names.end(), asked.ip.scope) == names.end())
            return refused(Reason::NoScope);
    }
    if (const auto taken = takenByPortal(scene, target, tpgDirectory, asked, stance)) {
        if (taken->obstacle || taken->already)
            return *taken;
    } else if (const auto collision = takenBySocket(scene, target, asked, stance)) {
        return *collision;
    }
    if (stance != Stance::Policy)
        return {};
    if (asked.ip.isWildcard())
        return refused(Reason::Wildcard);
    return isOnHost(scene, asked.ip) ? Judgement{} : refused(Reason::NotOnHost);
}

Scene without(Scene scene, std::span<const BoundPortal> gone)
{
    const auto isGone = [gone](const BoundPortal &portal) {
        return std::any_of(gone.begin(), gone.end(), [&portal](const BoundPortal &other) {
            return other.target == portal.target && other.tpgDirectory == portal.tpgDirectory
                    && other.directory == portal.directory;
        });
    };
    std::vector<SocketAddress> freed;
    for (const BoundPortal &portal : scene.bound) {
        if (isGone(portal))
            freed.push_back(portal.address);
    }
    std::erase_if(scene.bound, isGone);
    std::erase_if(freed, [&scene](const SocketAddress &address) {
        return std::any_of(scene.bound.begin(), scene.bound.end(),
                           [&address](const BoundPortal &portal) { return portal.address == address; });
    });
    std::erase_if(scene.listeners, [&freed](const Listener &listener) {
        return listener.process.empty()
                && std::any_of(freed.begin(), freed.end(), [&listener](const SocketAddress &address) {
                       return address.port == listener.address.port && address.ip.sameBytes(listener.address.ip);
                   });
    });
    return scene;
}

} // namespace portalbind::kernel
