// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/soapclient.h"

#include "backends/wsman/httperror.h"
#include "backends/wsman/retryafter.h"
#include "backends/wsman/soapnames.h"
#include "backends/wsman/timedstop.h"
#include "backends/wsman/xmlnames.h"

#include <QCoreApplication>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

using Parsed = tl::expected<DocumentPtr, QString>;

} // namespace

SoapFailure SoapClient::plainFailure(const HttpResponse &response) const
{
    SoapFailure failed;
    failed.error = httpStatus(profile(), response.status, response.body);
    failed.transient = response.status == 429 || response.status == 503;
    failed.retryAfter = retryAfter(response, QDateTime::currentDateTimeUtc());
    failed.mayHaveLeft = !isRefusedUnread(response.status);
    return failed;
}

SoapFailure SoapClient::damaged(const QString &detail) const
{
    SoapFailure failed;
    failed.mayHaveLeft = true;
    failed.error = Error{
            Error::Kind::Server, Text::tr("The answer of %1 is not one of WS-Management.").arg(profile().address()),
            Text::tr("%1, message").arg(profile().address()),
            Text::tr("Check that this is a WS-Management service; if it is, please report this with the details."),
            cleanText(detail)};
    return failed;
}

Task<SoapReply> SoapClient::once(Envelope envelope, std::chrono::milliseconds firstByte, QString subject,
                                 std::stop_token stop, Glimpse glimpse, Transport::Place place)
{
    const auto self = shared_from_this();
    auto exchange = co_await m_transport->send(std::move(envelope.xml), firstByte, place, stop);
    if (!exchange)
        co_return tl::unexpected(SoapFailure{exchange.error(), {}});
    const bool success = exchange->status / 100 == 2;
    if (success && exchange->body.empty())
        co_return DocumentPtr();
    if (!exchange->carriesXml())
        co_return tl::unexpected(plainFailure(*exchange));
    const auto body = std::make_shared<std::string>(std::move(exchange->body));
    if (success && glimpse)
        glimpse(*body);
    const Completion<Parsed> parsing = onParser<Parsed>(
            [body, limits = profile().limits] { return SoapDocument::parse(std::move(*body), limits); });
    Parsed parsed = co_await parsing;
    if (!parsed)
        co_return tl::unexpected(success || exchange->status == 500 ? damaged(parsed.error())
                                                                    : plainFailure(*exchange));
    const DocumentPtr document = *parsed;
    const bool related = document->relatesTo() == envelope.messageId;
    // Windows leaves RelatesTo out of faults.
    if (!related && !envelope.messageId.empty() && !(document->isFault() && document->relatesTo().empty())) {
        m_transport->closeIdle();
        co_return tl::unexpected(
                damaged(QStringLiteral("it answers another message: %1").arg(qt(document->relatesTo()))));
    }
    if (document->isFault()) {
        SoapFailure failed;
        failed.fault = readFault(document->content());
        failed.error = faultError(*failed.fault, profile(), subject);
        failed.transient = isTransient(failed.fault->trouble());
        failed.retryAfter = retryAfter(*exchange, QDateTime::currentDateTimeUtc());
        failed.mayHaveLeft = !failed.fault->isRefusal();
        if (failed.is(Trouble::Quota))
            m_operationLimit = std::max(1, m_operationLimit / 2);
        co_return tl::unexpected(std::move(failed));
    }
    if (!success)
        co_return tl::unexpected(plainFailure(*exchange));
    co_return document;
}

Task<SoapReply> SoapClient::read(Maker maker, Repeat repeat, QString subject, std::stop_token stop, Glimpse glimpse)
{
    const auto self = shared_from_this();
    std::chrono::milliseconds wait = profile().deadlines.backoff;
    bool lostContext = false;
    for (int attempt = 1;; ++attempt) {
        Result<Envelope> envelope = maker();
        if (!envelope)
            co_return tl::unexpected(SoapFailure{{envelope.error()}, {}});
        SoapReply reply = co_await once(std::move(*envelope), profile().deadlines.firstByte, subject, stop, glimpse);
        if (reply && !*reply)
            reply = tl::unexpected(damaged(QStringLiteral("it is empty")));
        if (reply || stop.stop_requested())
            co_return reply;
        const SoapFailure &failed = reply.error();
        const bool lost = failed.mayHaveLeft && !failed.fault;
        if (!failed.transient || attempt >= profile().limits.attempts || (lost && repeat == Repeat::Unanswered)
            || failed.retryAfter > profile().deadlines.patience || (failed.contextLost && lostContext))
            co_return reply;
        lostContext = lostContext || failed.contextLost;
        const bool passed = co_await pause(std::max(wait, failed.retryAfter), stop);
        if (!passed)
            co_return tl::unexpected(SoapFailure{{cancelled()}, {}});
        wait *= 2;
    }
}

Task<SoapReply> SoapClient::write(Envelope envelope, QString subject)
{
    const auto self = shared_from_this();
    SoapReply reply = co_await once(std::move(envelope), profile().deadlines.firstByte, subject, std::stop_token());
    if (!reply && reply.error().mayHaveLeft)
        reply.error().error = outcomeUnknown(profile(), reply.error().error);
    co_return reply;
}

Task<bool> SoapClient::release(Envelope envelope)
{
    const auto self = shared_from_this();
    const TimedStop timed({}, profile().deadlines.release);
    const SoapReply reply = co_await once(std::move(envelope), profile().deadlines.release, QString(), timed.token(),
                                          {}, Transport::Place::Aside);
    co_return reply.has_value();
}

Task<Result<Identity>> SoapClient::identify(std::stop_token stop)
{
    const auto self = shared_from_this();
    Maker maker = [] { return Result<Envelope>(EnvelopeWriter::identify()); };
    SoapReply reply = co_await read(std::move(maker), Repeat::Freely, Text::tr("Identify"), stop);
    if (!reply)
        co_return tl::unexpected(reply.error().error);
    // OMI puts the element into the namespace of SOAP.
    const pugi::xml_node answer = (*reply)->content();
    if (localName(answer) != "IdentifyResponse")
        co_return tl::unexpected(damaged(QStringLiteral("no IdentifyResponse")).error);
    const auto child = [&](std::string_view name) {
        return cleanText(qt(trimmedXml(textOf(childElement(answer, names::identity, name)))), 200);
    };
    Identity identity{child("ProductVendor"), child("ProductVersion"), child("ProtocolVersion")};
    m_isReached = true;
    if (!m_naming) {
        m_naming = Naming{profile().uriStyle, profile().vendorUris};
        // Only how names are spelt hangs on it: a wrong guess shows as objects not found.
        if (m_naming->style == UriStyle::Automatic)
            m_naming->style = identity.vendor.contains(QLatin1String("Microsoft"), Qt::CaseInsensitive)
                    ? UriStyle::Wmi
                    : UriStyle::Dmtf;
    }
    const std::lock_guard lock(m_mutex);
    m_serverText = (identity.vendor + QLatin1Char(' ') + identity.version).trimmed();
    co_return identity;
}

QString SoapClient::serverText() const
{
    const std::lock_guard lock(m_mutex);
    return m_serverText;
}

Task<Result<Naming>> SoapClient::naming(std::stop_token stop)
{
    const auto self = shared_from_this();
    if (!m_naming && profile().uriStyle != UriStyle::Automatic)
        m_naming = Naming{profile().uriStyle, profile().vendorUris};
    if (m_naming)
        co_return *m_naming;
    const Result<> reached = co_await reach(stop);
    if (!reached)
        co_return tl::unexpected(reached.error());
    co_return *m_naming;
}

Task<Result<>> SoapClient::reach(std::stop_token stop)
{
    const auto self = shared_from_this();
    const bool mine = co_await m_learning.enter(stop);
    if (!mine)
        co_return tl::unexpected(cancelled());
    Result<> reached;
    if (!m_isReached) {
        const Result<Identity> identity = co_await identify(stop);
        if (!identity)
            reached = tl::unexpected(identity.error());
    }
    m_learning.leave();
    co_return reached;
}

} // namespace portalbind::wsman
