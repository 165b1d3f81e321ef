// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/search.h"

#include <QStringList>

namespace portalbind {

/// Two servers, one of them empty; a portal in two groups, others in none; targets, one with an alias.
[[nodiscard]] inline QString searchSite()
{
    return QStringLiteral("server san; server far;"
                          "server san;"
                          "group fabric-a: p1 p2; group fabric-b: p1;"
                          "portal p4 at=[2001:db8::5]:3260; portal p5 gone at=10.0.9.9:3260; portal p6 at=0.0.0.0:3260;"
                          "node mail alias=Postbox;"
                          "endpoint mail1 mail tag=1: p1 p6; endpoint mail2 mail tag=12 disabled;"
                          "endpoint db1 db tag=255: p1 p5");
}

/// Rows that say all of \a words, without a chip.
[[nodiscard]] inline SearchQuery query(const char *words)
{
    return {QString::fromUtf8(words), false, false, false};
}

[[nodiscard]] inline QStringList lines(const char *text)
{
    const QString all = QString::fromUtf8(text);
    return all.isEmpty() ? QStringList() : all.split(QLatin1Char('\n'));
}

} // namespace portalbind
