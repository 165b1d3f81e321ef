// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

#include <QList>
#include <QString>

#include <stop_token>
#include <variant>

namespace portalbind {

/// Something that a person should know about a configuration, without having asked.
struct Finding
{
    enum class Severity : quint8 { Note, Warning, Error };
    enum class Rule : quint8 {
        AddressGone, ///< a portal stands on an address that the server does not have: what it serves is out of reach
                     ///< (R5)
        NoPortal, ///< an enabled endpoint binds no portal: nothing can connect to it (U4)
        GroupConflict, ///< the portals of an endpoint share no portal group (R7)
        SharedTwice, ///< two endpoints of one target bind the same portal (R6)
        OneInterface, ///< all portals of an endpoint stand on one network interface: a single failure cuts it off
        NotListening, ///< the server has a binding that nobody listens at (a ghost portal of Linux)
        Dangling, ///< the server names an object that it does not have
    };
    Severity severity = Severity::Note;
    Rule rule = Rule::AddressGone;
    std::variant<std::monostate, PortalHandle, EndpointHandle> object;
    QString text; ///< one sentence with the names of the objects
    QString remedy; ///< one sentence; may be empty

    friend bool operator==(const Finding &, const Finding &) = default;
};

struct Findings
{
    QList<Finding> all; ///< worst first, at most `findingsShown`
    int errors = 0, warnings = 0, notes = 0; ///< all there are, shown or not
    [[nodiscard]] int count() const { return errors + warnings + notes; }
};
inline constexpr int findingsShown = 2000;

/// O(size of the inventory). Safe in any thread; ends early, with what it has, when \a stop is requested.
[[nodiscard]] Findings findings(const Inventory &inventory, std::stop_token stop = {});

} // namespace portalbind
