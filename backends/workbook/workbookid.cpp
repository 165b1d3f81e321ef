// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/workbookid.h"

#include <array>

namespace portalbind {

namespace {

// In the order of Kind.
constexpr std::array kindWords{"server:", "node:", "endpoint:", "portal:", "group:", "session:"};

qint64 numberAfter(QByteArrayView text, const char *word)
{
    const QByteArrayView prefix(word);
    if (!text.startsWith(prefix))
        return 0;
    return text.sliced(prefix.size()).toByteArray().toLongLong();
}

} // namespace

QByteArray workbookServerId(qint64 server)
{
    return kindWords[size_t(Kind::Server)] + QByteArray::number(server);
}

QByteArray workbookId(Kind kind, qint64 server, qint64 row)
{
    return workbookServerId(server) + '/' + kindWords[size_t(kind)] + QByteArray::number(row);
}

qint64 workbookRow(Kind kind, QByteArrayView id)
{
    if (kind == Kind::Server)
        return numberAfter(id, kindWords[0]);
    const qsizetype slash = id.indexOf('/');
    return slash < 0 ? 0 : numberAfter(id.sliced(slash + 1), kindWords[size_t(kind)]);
}

} // namespace portalbind
