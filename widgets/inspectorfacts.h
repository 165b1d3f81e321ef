// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/session.h"
#include "model/treekey.h"

#include <variant>

namespace portalbind {

/// One line of the inspector.
struct Fact
{
    QString label;
    QString value;
    bool isFixed = false; ///< an address or a name that other tools take: shown in the fixed font
};

/// An object that the inspected one has to do with; its line is made when it is shown.
using Related = std::variant<EndpointHandle, PortalHandle, NodeHandle, SessionHandle>;

/// What there is to say about one row.
struct Facts
{
    QString title; ///< kind and name
    QList<Fact> facts;
    QString relatedTitle; ///< "Serves 2 endpoints"; empty: nothing is listed
    QList<Related> related;
    QString raw; ///< everything that is known, with the server's own ids, one a line
};
[[nodiscard]] Facts factsOf(const Session &session, const TreeKey &row);
[[nodiscard]] Fact relatedFact(const Inventory &inventory, const Related &related);

} // namespace portalbind
