// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/request.h"

namespace peer {

/// What an enumeration is to give.
struct Selection
{
    std::vector<Object> objects;
    QList<QByteArray> only; ///< properties of a projection; empty for all
    bool none = false; ///< PolymorphismMode None of openwsman found nothing: such an enumeration never ends
    const CimClass *shownAs = nullptr; ///< when subclasses' properties are excluded
};

/// The objects that an Enumerate asks for, whatever its filter.
tl::expected<Selection, Trouble> select(const Dialect &dialect, const Provider &provider, const Resource &resource,
                                        const Element &enumerate);

} // namespace peer
