// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/envelope.h"
#include "backends/wsman/fault.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/transport.h"

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

namespace portalbind::wsman {

using DocumentPtr = std::shared_ptr<const SoapDocument>;

struct SoapFailure : HttpFailure
{
    std::optional<Fault> fault; ///< when the server answered with one

    [[nodiscard]] bool is(Trouble trouble) const { return fault && fault->trouble() == trouble; }
};

using SoapReply = tl::expected<DocumentPtr, SoapFailure>;

/// What the server has told about itself.
struct Identity
{
    QString vendor, version, protocol;
};

/// Requests and answers of WS-Management: what is sent once, what again, and whether an answer belongs to its request.
/// Lives in the I/O thread.
class SoapClient : public std::enable_shared_from_this<SoapClient>
{
public:
    explicit SoapClient(std::shared_ptr<Transport> transport)
        : m_transport(std::move(transport))
    {
    }

    /// Makes an envelope for each attempt: every message has an id of its own.
    using Maker = std::function<Result<Envelope>()>;
    enum class Repeat {
        Freely, ///< whatever happened to the answer
        Unanswered, ///< only what the server has surely not begun: a Pull moves on by being answered
    };

    /// Sees the text of an answer before it is parsed and judged: nothing in it is to be believed yet.
    using Glimpse = std::function<void(std::string_view body)>;

    /// A read, tried again where that is sensible. \a subject names what is read, for sentences.
    [[nodiscard]] Task<SoapReply> read(Maker maker, Repeat repeat, QString subject, std::stop_token stop,
                                       Glimpse glimpse = {});
    /// Sent once. A failure whose outcome nobody knows has the kind OutcomeUnknown. The document is null for an answer
    /// without a body.
    [[nodiscard]] Task<SoapReply> write(Envelope envelope, QString subject);
    /// Sent once, with little patience, and forgotten.
    [[nodiscard]] Task<bool> release(Envelope envelope);

    /// Class names as this server wants them; asks it at first.
    [[nodiscard]] Task<Result<Naming>> naming(std::stop_token stop);
    /// Makes sure once that it is a service of WS-Management that answers.
    [[nodiscard]] Task<Result<>> reach(std::stop_token stop);
    [[nodiscard]] Task<Result<Identity>> identify(std::stop_token stop);

    [[nodiscard]] const ServerProfile &profile() const { return m_transport->profile(); }
    [[nodiscard]] int operationLimit() const { return m_operationLimit; } ///< any thread
    [[nodiscard]] QString serverText() const; ///< of the last Identify; any thread

private:
    [[nodiscard]] Task<SoapReply> once(Envelope envelope, std::chrono::milliseconds firstByte, QString subject,
                                       std::stop_token stop, Glimpse glimpse = {},
                                       Transport::Place place = Transport::Place::InLine);
    [[nodiscard]] SoapFailure plainFailure(const HttpResponse &response) const;
    [[nodiscard]] SoapFailure damaged(const QString &detail) const;

    std::shared_ptr<Transport> m_transport;
    std::atomic<int> m_operationLimit{m_transport->profile().limits.operations};
    std::optional<Naming> m_naming;
    bool m_isReached = false; ///< it has answered Identify
    WaitingLine m_learning{1};
    mutable std::mutex m_mutex;
    QString m_serverText;
};

} // namespace portalbind::wsman
