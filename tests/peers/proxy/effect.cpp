// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/proxy/effect.h"

#include <QHash>

#include <algorithm>

namespace {

qsizetype headLength(const QByteArray &message)
{
    const qsizetype end = message.indexOf("\r\n\r\n");
    return end < 0 ? -1 : end + 4;
}

} // namespace

std::optional<Effect> Effect::parse(const QByteArrayList &words)
{
    static const QHash<QByteArray, Kind> kinds{
            {"reset", Kind::Reset},     {"close", Kind::Close},         {"stall", Kind::Stall},  {"drip", Kind::Drip},
            {"garbage", Kind::Garbage}, {"duplicate", Kind::Duplicate}, {"length", Kind::Length}};
    static const QHash<QByteArray, Place> places{{"line", Place::Line},
                                                 {"headers", Place::Headers},
                                                 {"body", Place::Body},
                                                 {"end", Place::End},
                                                 {"byte", Place::Byte}};
    Effect effect;
    bool ok = false;
    effect.nth = words.value(1).toInt(&ok);
    qsizetype at = 2;
    effect.ofRequest = words.value(at) == "request";
    at += effect.ofRequest ? 1 : 0;
    if (!ok || words.value(0) != "on" || !kinds.contains(words.value(at)))
        return {};
    effect.kind = kinds.value(words.value(at++));
    if (effect.kind == Kind::Drip || effect.kind == Kind::Garbage || effect.kind == Kind::Length) {
        effect.number = words.value(at++).toInt(&ok);
        if (!ok)
            return {};
    }
    if (at == words.size())
        return effect;
    if (words.value(at++) != "at" || !places.contains(words.value(at)))
        return {};
    effect.place = places.value(words.value(at++));
    if (at < words.size()) {
        effect.offset = words.value(at++).toLongLong(&ok);
        if (!ok)
            return {};
    }
    return at == words.size() ? std::optional(effect) : std::nullopt;
}

qint64 Effect::position(const QByteArray &message) const
{
    const qint64 line = message.indexOf("\r\n") + 2;
    const qint64 head = headLength(message);
    qint64 start = 0;
    switch (place) {
    case Place::Line:
    case Place::Byte:
        break;
    case Place::Headers:
        start = line;
        break;
    case Place::Body:
        start = head;
        break;
    case Place::End:
        start = message.size();
        break;
    }
    return std::clamp<qint64>(start + offset, 0, message.size());
}

QByteArray Splitter::next()
{
    const qsizetype head = headLength(m_buffer);
    if (head < 0)
        return {};
    const QByteArray lower = m_buffer.left(head).toLower();
    const qsizetype field = lower.indexOf("\r\ncontent-length:");
    qint64 length = 0;
    if (field >= 0) {
        const qsizetype value = field + qsizetype(qstrlen("\r\ncontent-length:"));
        length = lower.mid(value, lower.indexOf("\r\n", value) - value).trimmed().toLongLong();
    }
    if (m_buffer.size() < head + length)
        return {};
    QByteArray message = m_buffer.left(head + length);
    m_buffer.remove(0, head + length);
    return message;
}
