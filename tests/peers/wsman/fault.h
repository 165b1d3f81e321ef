// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/dialect.h"

namespace peer {

/// What is wrong with a request, or with carrying it out.
enum class Trouble {
    InvalidContext,
    UnknownClass,
    UnknownNamespace,
    NotFound,
    MissingSelectors,
    UnexpectedSelectors,
    NoSelectors,
    NoResourceUri,
    BadResourceUri,
    AllClassesNeedFilter,
    UnknownAction,
    NoAction,
    EnvelopeTooSmall,
    AnswerTooBig,
    NotUnderstood,
    Malformed,
    EmptyBody,
    NotUtf8,
    TimedOut,
    BadTimeout,
    UnknownDialect,
    BadFilter,
    PolymorphismUnsupported,
    PutUnsupported,
    CreateUnsupported,
    DeleteUnsupported,
    HeaderRequired,
    NoTo,
    UnknownMethod,
    MethodUnsupported,
    AddressingMode,
    LocaleMustUnderstand,
    NamespaceMismatch,
    NotADmtfClass,
    PullNotAsEnumerate,
    InvalidParameter,
    AccessDenied,
    QuotaLimit,
    Concurrency,
    Unavailable,
    InternalError,
};

struct Fault
{
    int status = 500;
    QByteArray code = "Sender";
    QByteArray subcode = {}; ///< prefix:Name with the prefixes wsa, wsman, wsen, wst; empty without one
    QByteArray reason = {};
    QByteArray detail = {}; ///< name of a fault detail URI; empty without one
    quint32 windowsCode = 0; ///< of a WSManFault
    int cimStatus = 0; ///< of an OMI_Error or MSFT_WmiError; 0 without one
    QByteArray cimMessage = {}; ///< of an OMI_Error; the reason when empty
    bool noBody = false; ///< the HTTP status alone
    bool noRelatesTo = false;
    bool bareHeader = false; ///< MessageID is the only header
    QByteArray notUnderstood = {}; ///< name of a header
};

[[nodiscard]] Fault faultOf(const Dialect &dialect, Trouble trouble);
/// By name, for the command line: AccessDenied, QuotaLimit …; empty when there is none of that name.
[[nodiscard]] std::optional<Trouble> troubleOf(const QByteArray &name);
/// Adds the <Fault> to \a writing.
void writeFault(const Dialect &dialect, const Fault &fault, Writing &writing);
/// The action URI of an answer with that fault.
[[nodiscard]] QByteArray faultAction(const Fault &fault);

} // namespace peer
