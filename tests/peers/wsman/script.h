// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/fault.h"

#include <QHash>
#include <QString>

namespace peer {

/// What a test has the server do to the nth message of an operation, told on standard input:
///   fault OPERATION NTH TROUBLE      a fault instead of carrying it out (names: troubleOf)
///   delay OPERATION NTH MILLISECONDS carried out at once, answered later
///   silence OPERATION NTH            not carried out, never answered
///   lose OPERATION NTH               carried out, the connection is closed instead of an answer
///   status OPERATION NTH CODE        an HTTP status without a body
///   clear-text OPERATION NTH         on a sealed connection: carried out, answered unencrypted
///   clear                            forgets all of the above
///   count OPERATION                  prints how many arrived
/// OPERATION: Identify, Enumerate, Pull, Release, Get, Put, Delete, Invoke, Invoke:METHOD, or * for any.
/// NTH counts from 1, from when the line was read; 0 means every one.
class Script
{
public:
    struct Step
    {
        enum class Kind { None, Fault, Delay, Silence, Lose, Status, ClearText } kind = Kind::None;
        Trouble trouble = Trouble::InternalError;
        int number = 0; ///< milliseconds, or a status
    };
    /// Takes one line; what is to be printed, starting with "error" when it cannot be understood.
    QByteArray command(const QByteArray &line);
    /// Counts a message that arrived, and tells what to do with it.
    Step arrived(const QString &operation);

private:
    struct Entry
    {
        QString operation;
        int nth = 0;
        int seen = 0;
        Step step;
    };
    QList<Entry> m_entries;
    QHash<QString, int> m_counts;
};

} // namespace peer
