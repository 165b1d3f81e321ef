// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/workbook/workbook.h"
#include "model/verdict.h"

#include <QHash>
#include <QList>

#include <optional>

namespace portalbind {

/// How the servers of a workbook are to misbehave, from a file (docs/scenario.md): delays, faults, sessions.
class Scenario
{
public:
    /// A call that can be delayed or go wrong: reading, or a method.
    using Call = std::optional<Method>; ///< empty: load

    struct Fault
    {
        enum class Kind : quint8 {
            Code, ///< the server answers with `code`
            Timeout, ///< no answer: nobody knows, except that `applied` tells
            Disconnect, ///< as Timeout when `applied` is given, else nothing was sent; and no call works until a load
                        ///< does
        };
        Call call;
        QString object; ///< a name that the step must concern; empty: any
        int nth = 0; ///< the nth such call, from 1; 0: every one
        Kind kind = Kind::Code;
        quint16 code = 0;
        std::optional<bool> applied; ///< whether the server carries the step out all the same
        int failingLoads = 0; ///< of Disconnect: so many loads fail before one works again
    };

    Scenario() = default;
    /// Errors: File; BadInput with `where` as `file, /json/path` or `file, line:column`.
    [[nodiscard]] static Result<Scenario> read(const QString &path);
    [[nodiscard]] static Result<Scenario> parse(const QByteArray &json);

    [[nodiscard]] int delay(Call call) const; ///< milliseconds
    /// Counts a call that concerns \a objects, and gives the fault that it is to meet.
    [[nodiscard]] std::optional<Fault> next(Call call, const QStringList &objects);
    [[nodiscard]] const QList<InjectedSession> &sessions() const { return m_sessions; }

private:
    friend class ScenarioReader;
    QHash<int, int> m_delays; // milliseconds by call; see scenario.cpp
    int m_usualDelay = 0;
    QList<Fault> m_faults;
    QList<int> m_seen; // matching calls so far, by fault
    QList<InjectedSession> m_sessions;
};

} // namespace portalbind
