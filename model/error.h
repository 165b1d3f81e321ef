// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMetaType>
#include <QString>

#include <tl/expected.hpp>

namespace portalbind {

/// What went wrong, to which object, and what a person can do about it. Errors are values; nothing throws across
/// layers.
struct Error
{
    enum class Kind {
        Cancelled, ///< a person or a closing connection stopped the work; never shown as a failure
        BadInput, ///< a file, a name or an argument is malformed; `where` names the place
        NoSuchObject, ///< a named or referenced object does not exist
        Ambiguous, ///< a name fits several objects; `detail` lists them, one a line
        File, ///< a file cannot be read, written or locked
        Server, ///< the server answered, but not what was needed
        NoService, ///< what answers there is no such service, or one that is too busy: nobody judged the request
        Transport, ///< the server could not be reached, or the connection broke before the request was sent
        Certificate, ///< the server shows a certificate that is not trusted; nothing was sent
        Timeout, ///< a deadline passed before the request was sent
        SignIn, ///< the server does not accept who we say we are
        Rights, ///< the server knows us and does not allow it
        OutcomeUnknown, ///< a write may have reached the server; only reading it tells
    };

    Kind kind = Kind::Server;
    QString what; ///< one whole sentence: what happened, to which object
    QString where; ///< file, line, JSON path or object; may be empty
    QString remedy; ///< one whole sentence: what to do; may be empty
    QString detail; ///< raw text of the server or library, shown on demand; never a secret

    /// All parts as one text for a terminal or a log, one a line.
    [[nodiscard]] QString text() const
    {
        QString all = what;
        if (!where.isEmpty())
            all += QLatin1String("\n  at ") + where;
        if (!remedy.isEmpty())
            all += QLatin1String("\n  ") + remedy;
        return all;
    }
};

template <class T = void>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Error::Kind kind, QString what, QString where = {}, QString remedy = {},
                                     QString detail = {})
{
    return tl::unexpected<Error>(Error{kind, std::move(what), std::move(where), std::move(remedy), std::move(detail)});
}

} // namespace portalbind

Q_DECLARE_METATYPE(portalbind::Error)
