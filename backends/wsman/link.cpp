// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/link.h"

#include "backends/wsman/farewell.h"
#include "backends/wsman/httperror.h"
#include "backends/wsman/overwrite.h"
#include "backends/wsman/retryafter.h"

#include <QCoreApplication>
#include <QDateTime>

#include <thread>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

const QByteArray soapType = "application/soap+xml;charset=UTF-8";

using Exchange = tl::expected<HttpResponse, HttpFailure>;

QByteArray basicAuthorization(const ServerProfile &profile)
{
    QByteArray password = profile.password.text().toUtf8();
    QByteArray pair = profile.user.toUtf8() + ':';
    pair.reserve(pair.size() + password.size());
    pair += password;
    QByteArray encoded = pair.toBase64();
    QByteArray value = "Basic ";
    value.reserve(value.size() + encoded.size());
    value += encoded;
    for (QByteArray *part : {&password, &pair, &encoded})
        overwrite(*part);
    return value;
}

} // namespace

LinkState::~LinkState()
{
    forsakeGss();
}

void LinkState::forsakeGss()
{
    if (worker) // which waits for its job when it dies
        std::thread([hung = std::move(worker), last = std::move(credential), told = farewell()]() mutable {
            hung.reset();
            last.reset();
        }).detach();
    worker.reset();
    credential.reset();
}

Worker &LinkState::gss()
{
    if (!worker)
        worker = std::make_shared<Worker>(QStringLiteral("portalbind-gss"));
    return *worker;
}

void LinkState::reached(Stage stage) const
{
    if (hooks.stage)
        QMetaObject::invokeMethod(
                QCoreApplication::instance(), [tell = hooks.stage, stage] { tell(stage); }, Qt::QueuedConnection);
}

void LinkState::refusedPin(const CertificateQuestion &shown) const
{
    if (hooks.pinRefused)
        QMetaObject::invokeMethod(
                QCoreApplication::instance(), [tell = hooks.pinRefused, shown, pinned = pin] { tell(shown, pinned); },
                Qt::QueuedConnection);
}

std::shared_ptr<Link> Link::make(std::shared_ptr<LinkState> state)
{
    // Sockets die in their own thread.
    return std::shared_ptr<Link>(new Link(std::move(state)), [](Link *link) {
        if (IoThread::instance().isCurrent())
            delete link;
        else
            IoThread::instance().post([link] { delete link; });
    });
}

Link::Link(std::shared_ptr<LinkState> state)
    : m_state(std::move(state))
    , m_channel(m_state->profile)
{
}

Task<Result<>> Link::establish(std::stop_token stop)
{
    const auto self = shared_from_this();
    m_context.reset();
    m_sealing = false;
    m_hasSentProof = false;
    m_state->reached(Stage::Connecting);
    Result<> opened = co_await m_channel.open(stop);
    if (!opened)
        co_return opened;
    m_state->reached(Stage::Connected);
    if (m_state->profile.tls) {
        Result<> trusted = co_await trust(stop);
        if (!trusted) {
            m_channel.close();
            co_return trusted;
        }
        m_state->reached(Stage::Secured);
    }
    if (m_state->profile.signIn != SignIn::Basic) {
        Result<> signedIn = co_await negotiate(stop);
        if (!signedIn) {
            m_channel.close();
            co_return signedIn;
        }
        m_state->reached(Stage::SignedIn);
    } else if (!m_state->profile.tls) {
        m_channel.close();
        co_return failure(
                Error::Kind::BadInput,
                Text::tr("Basic sign-in over plain HTTP would show the password of %1 to everybody on the way.")
                        .arg(m_state->profile.user),
                m_state->profile.address(), Text::tr("Use HTTPS, or Kerberos or NTLM, which encrypt the messages."));
    }
    co_return Result<>();
}

Task<Result<>> Link::trust(std::stop_token stop)
{
    const ServerProfile &profile = m_state->profile;
    Result<> looked = co_await findPin(stop);
    if (!looked)
        co_return looked;
    // A person may take minutes; the server need not wait for that.
    for (int round = 0; round < 2; ++round) {
        const CertificateQuestion question = certificateQuestion(profile.host, profile.port, m_channel.certificate(),
                                                                 m_channel.tlsErrors());
        if (!m_state->pin.isEmpty()) {
            if (question.sha256 == m_state->pin)
                co_return Result<>();
            m_state->refusedPin(question);
            co_return tl::unexpected(pinChanged(question, m_state->pin));
        }
        if (m_channel.tlsErrors().isEmpty() || question.sha256 == m_state->accepted)
            co_return Result<>();
        if (!m_state->hooks.ask || round > 0)
            co_return tl::unexpected(notTrusted(question));
        const CertificateAnswer answer = co_await ask(question, stop);
        co_await pause(std::chrono::milliseconds(0), stop); // sees what has come of the connection meanwhile
        if (stop.stop_requested())
            co_return tl::unexpected(cancelled());
        if (answer == CertificateAnswer::Refuse)
            co_return tl::unexpected(notTrusted(question));
        m_state->accepted = question.sha256;
        if (answer == CertificateAnswer::Pin)
            m_state->pin = question.sha256;
        if (m_channel.isUsable())
            co_return Result<>();
        Result<> again = co_await m_channel.open(stop);
        if (!again)
            co_return again;
    }
    co_return tl::unexpected(cancelled()); // not reached
}

Task<Result<>> Link::findPin(std::stop_token stop)
{
    if (m_state->hasLookedForPin || !m_state->hooks.pins.find)
        co_return Result<>();
    using Found = Result<std::optional<QByteArray>>;
    const Completion<Found> done;
    const OnStop hook(stop, [done] { done.finish(tl::unexpected(cancelled())); });
    QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [done, address = m_state->profile.address(), find = m_state->hooks.pins.find] {
                spawn<Found>(find(address), [done](Found found) { done.finish(std::move(found)); });
            },
            Qt::QueuedConnection);
    const Found found = co_await done;
    if (!found)
        co_return tl::unexpected(found.error());
    m_state->hasLookedForPin = true;
    if (m_state->pin.isEmpty())
        m_state->pin = found->value_or(QByteArray());
    co_return Result<>();
}

Task<CertificateAnswer> Link::ask(CertificateQuestion question, std::stop_token stop)
{
    const Completion<CertificateAnswer> done;
    const OnStop hook(stop, [done] { done.finish(CertificateAnswer::Refuse); });
    const QString address = m_state->profile.address();
    QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [done, question, address, hooks = m_state->hooks] {
                spawn<CertificateAnswer>(hooks.ask(question),
                                         [done, question, address, hooks](CertificateAnswer answer) {
                                             if (answer == CertificateAnswer::Pin && hooks.pins.keep)
                                                 hooks.pins.keep(address, question.sha256);
                                             done.finish(answer);
                                         });
            },
            Qt::QueuedConnection);
    co_return co_await done;
}

Task<Exchange> Link::send(QByteArray envelope, std::chrono::milliseconds firstByte, std::stop_token stop)
{
    const auto self = shared_from_this();
    HttpRequest request;
    request.contentType = soapType;
    if (m_state->profile.signIn == SignIn::Basic)
        request.authorization = basicAuthorization(m_state->profile);
    if (m_sealing) {
        const QByteArray protocol = sealingProtocol(m_state->profile.kerberosScheme);
        std::function<Result<SealedMessage>(std::stop_token)> seal =
                [context = m_context, envelope](const std::stop_token &) { return context->wrap(envelope); };
        Result<SealedMessage> sealed = co_await m_state->gss().run<SealedMessage>(stop, std::move(seal));
        if (!sealed) {
            m_channel.close();
            co_return tl::unexpected(HttpFailure{sealed.error(), false});
        }
        request.contentType = encryptedContentType(protocol);
        request.body = writeEncryptedBody(protocol, *sealed);
    } else {
        request.body = std::move(envelope);
    }
    Exchange exchange = co_await m_channel.post(std::move(request), firstByte, stop);
    if (!exchange)
        co_return exchange;
    m_state->reached(Stage::Answered);
    // openwsman says "not this object" so, with a fault; that is for who reads faults.
    const bool aboutRights = !m_sealing && m_state->proven && exchange->carriesXml();
    if (exchange->status == 401 && !aboutRights) {
        HttpFailure failed = unauthorized(*exchange);
        m_channel.close();
        co_return tl::unexpected(std::move(failed));
    }
    if (!m_sealing) {
        // Not so the page of a proxy, or of what is no such service.
        m_state->proven = m_state->proven || exchange->carriesXml()
                || (exchange->status / 100 == 2 && exchange->body.empty());
        m_state->doubted = false;
        co_return exchange;
    }
    HttpResponse response = std::move(*exchange);
    Exchange clear = co_await unseal(std::move(response), stop);
    co_return clear;
}

/// A 401 to a request that went with a sign-in.
HttpFailure Link::unauthorized(const HttpResponse &response)
{
    const ServerProfile &profile = m_state->profile;
    if (m_context) {
        // Both sides have proven themselves on this connection: the password is not what is wrong. HTTP.sys says so
        // when it has lost the context, before it reads the request; in clear it may be anybody's word.
        HttpFailure lost{Error{Error::Kind::Transport,
                               Text::tr("%1 does not know the sign-in of this connection any more (HTTP 401).")
                                       .arg(profile.address()),
                               Text::tr("%1, sign-in").arg(profile.address()),
                               Text::tr("Try again; a proxy between that shares connections must not be there."),
                               {}},
                         true, true};
        lost.contextLost = true;
        return lost;
    }
    if (m_state->proven && !m_state->doubted) {
        // A password that was changed meanwhile shows at the next request.
        m_state->doubted = true;
        return {Error{Error::Kind::Rights,
                      Text::tr("%1 refused this request of %2, whose sign-in it had accepted (HTTP 401).")
                              .arg(profile.address(), profile.user),
                      Text::tr("%1, HTTP").arg(profile.address()),
                      Text::tr("Check what the user may do there, and whether the password was changed meanwhile."),
                      {}}};
    }
    return {refusal(response)};
}

/// An answer in clear where it has to be encrypted. Whoever sent it, it tells nothing about what became of the request:
/// neither its text nor its status is believed.
HttpFailure Link::inClear(const HttpResponse &response) const
{
    const ServerProfile &profile = m_state->profile;
    const int status = response.status;
    const QString where = Text::tr("%1, encryption").arg(profile.address());
    if (status / 100 == 2 || status == 500 || status == 400) {
        return {Error{Error::Kind::Transport,
                      Text::tr("%1 answered without encryption; the answer was refused.").arg(profile.address()),
                      where,
                      Text::tr("Somebody may be altering the messages. Use HTTPS."),
                      {}},
                true};
    }
    // HTTP.sys says so when the service does not answer, and so do proxies.
    HttpFailure failed{Error{Error::Kind::Transport,
                             Text::tr("In place of an encrypted answer of %1 came HTTP %2 without encryption.")
                                     .arg(profile.address())
                                     .arg(status),
                             where,
                             Text::tr("Try again in a moment: the service may be busy or starting. If it stays so, use "
                                      "HTTPS; somebody may be altering the messages."),
                             {}},
                       true, status == 429 || (status >= 502 && status <= 504)};
    failed.retryAfter = retryAfter(response, QDateTime::currentDateTimeUtc());
    return failed;
}

Task<Exchange> Link::unseal(HttpResponse response, std::stop_token stop)
{
    const ServerProfile &profile = m_state->profile;
    const std::string type(response.value("Content-Type"));
    if (!isEncryptedType(type)) {
        m_channel.close();
        co_return tl::unexpected(inClear(response));
    }
    const auto body = std::make_shared<std::string>(std::move(response.body));
    std::function<Result<std::string>(std::stop_token)> open = [context = m_context, body, type,
                                                                profile](const std::stop_token &) {
        const auto parts = readEncryptedBody(type, *body);
        if (!parts) {
            return Result<std::string>(failure(Error::Kind::Transport,
                                               Text::tr("An encrypted answer of %1 is damaged.").arg(profile.address()),
                                               Text::tr("%1, encryption").arg(profile.address()),
                                               Text::tr("Connect again; if it stays so, use HTTPS."), parts.error()));
        }
        return context->unwrap(*parts);
    };
    Result<std::string> plain = co_await m_state->gss().run<std::string>(stop, std::move(open));
    if (!plain) {
        m_channel.close();
        co_return tl::unexpected(HttpFailure{plain.error(), true});
    }
    response.body = std::move(*plain);
    for (auto &[name, value] : response.fields) {
        if (QByteArrayView(name).compare("content-type", Qt::CaseInsensitive) == 0)
            value = soapType.toStdString();
    }
    co_return response;
}

} // namespace portalbind::wsman
