// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QJsonObject>
#include <QStringList>

#include <chrono>
#include <optional>

namespace portalbind::lio {

/// One request, as docs/lio-helper.md describes them.
struct HelperRequest
{
    QString verb;
    QJsonObject fields;
    bool writes = false; ///< whether it may change something: then a lost answer leaves its outcome unknown
    std::chrono::milliseconds deadline{30'000}; ///< from when it is sent

    [[nodiscard]] QByteArray line(qint64 id) const; ///< with its end
};

/// One line of the helper, taken apart.
struct HelperLine
{
    enum class Kind : quint8 { Event, Ok, Refused, Failed };
    Kind kind = Kind::Event;
    std::optional<qint64> id; ///< of the request; none for an event, and where the helper could not read one
    QJsonObject body; ///< what stands behind `ok`, `refused` or `failed`
    QStringList changed; ///< of the event `changed`
};
inline constexpr qsizetype longestAnswer = 64 << 20; // bytes, docs/lio-helper.md
/// Bytes of an answer to anything but `read`: the members of the largest pools have 5 million.
inline constexpr qsizetype longestShortAnswer = qsizetype(8) << 20;
/// Values of one answer; each takes tens of bytes when it is taken apart.
inline constexpr qsizetype mostValues = 8'000'000;

/// Error: Server, when it is no line of the protocol. Pure, safe in any thread.
[[nodiscard]] Result<HelperLine> readHelperLine(const QByteArray &line);

/// What `failed` means. Kinds: Rights, Server; OutcomeUnknown where the helper says so.
[[nodiscard]] Error errorOfFailure(const QJsonObject &failed);

} // namespace portalbind::lio
