// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/networkaddress.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace portalbind::kernel {

/// A portal that a TPG has: one directory below np/.
struct BoundPortal
{
    std::string target; ///< directory name
    std::string tpgDirectory; ///< `tpgt_1`
    std::uint16_t tag = 0;
    std::string directory; ///< verbatim
    SocketAddress address; ///< what the kernel reads from it
};

/// A listening TCP socket of this network namespace.
struct Listener
{
    SocketAddress address; ///< the system does not tell the interface of a link-local one: the scope is empty
    std::uint64_t inode = 0;
    std::string process; ///< of one process that has it open; empty: nobody, so it is the kernel's own
    int pid = 0;
};

/// An address that an interface has.
struct HostAddress
{
    NetworkAddress ip; ///< scope: the interface, of a link-local one
    int prefix = 0; ///< length, in bits
    std::string interface;
    bool up = false; ///< the interface is up and has a carrier
};

/// What decides about a new portal: everything that is there now.
struct Scene
{
    std::vector<BoundPortal> bound;
    std::vector<Listener> listeners;
    std::vector<HostAddress> addresses;
    std::vector<std::string> interfaces; ///< also those without an address
};

/// Why a portal cannot be made, or should not. The words of the protocol (docs/lio-helper.md).
enum class Reason {
    PortZero,
    Mapped,
    Multicast,
    NoScope,
    InUseSameTarget,
    WildcardMatch,
    WildcardInTheWay,
    PortTaken,
    NotOnHost,
    Wildcard,
    NoIser,
    NoOffload,
    Ghost,
    Kernel,
};

[[nodiscard]] const char *reasonWord(Reason reason);
/// Whether the kernel would do it all the same, and `beyondPolicy` therefore lets it through.
[[nodiscard]] bool isPolicy(Reason reason);

struct Obstacle
{
    Reason reason = Reason::Kernel;
    std::string by; ///< a phrase for a person: `TPG 2`, `iqn…, TPG 1: 0.0.0.0:3260`, `nginx (71)`; may be empty
    std::optional<BoundPortal> portal; ///< that stands in the way
    std::optional<Listener> listener; ///< likewise
};

struct Judgement
{
    std::optional<Obstacle> obstacle;
    std::optional<BoundPortal> already; ///< this TPG has this portal
};

/// Whether the kernel, asked for \a asked, takes its listener at \a existing for it. It compares addresses without
/// their families and without scopes: `0.0.0.0` matches every IPv6 address, `::` every IPv4 one, on the same port; not
/// the other way round.
[[nodiscard]] bool kernelMatches(const SocketAddress &asked, const SocketAddress &existing);

/// Whether a socket cannot be bound to \a asked while one listens at \a existing. Both as LIO opens them: an IPv6
/// wildcard takes IPv4 too, addresses that the host does not have are no obstacle, a portal of a link-local address
/// with its interface excludes only its like.
[[nodiscard]] bool bindsCollide(const SocketAddress &asked, const SocketAddress &existing);

/// Whether a listener is at \a address. The scope of a listener is not known, and not compared.
[[nodiscard]] bool listensAt(const std::vector<Listener> &listeners, const SocketAddress &address);

enum class Stance : std::uint8_t {
    Policy, ///< also what the kernel would accept and nobody should want
    BeyondPolicy, ///< what the kernel would refuse, and what it would accept without listening
    /// The kernel has refused: what it would refuse, and what cannot be known beforehand, as whether another program's
    /// IPv6 wildcard takes IPv4 too.
    AfterRefusal,
};

/// What stands against a portal at \a asked in the TPG \a tpgDirectory of \a target, in the order of the protocol's
/// table.
[[nodiscard]] Judgement judgePortal(const Scene &scene, const std::string &target, const std::string &tpgDirectory,
                                    const SocketAddress &asked, Stance stance);

/// \a scene as it would be once \a gone were removed; a socket goes with the last portal that uses it.
[[nodiscard]] Scene without(Scene scene, std::span<const BoundPortal> gone);

} // namespace portalbind::kernel
