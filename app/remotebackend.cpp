// SPDX-License-Identifier: Apache-2.0
#include "app/remotebackend.h"

#include "app/oneshot.h"
#include "backends/wsman/wsmanconnection.h"

namespace portalbind {
namespace {

wsman::SignIn signInOf(ServerUrl::SignIn signIn)
{
    switch (signIn) {
    case ServerUrl::SignIn::Negotiate:
        return wsman::SignIn::Negotiate;
    case ServerUrl::SignIn::Kerberos:
        return wsman::SignIn::Kerberos;
    case ServerUrl::SignIn::Ntlm:
        return wsman::SignIn::Ntlm;
    case ServerUrl::SignIn::Basic:
        return wsman::SignIn::Basic;
    }
    return wsman::SignIn::Negotiate;
}

Task<wsman::CertificateAnswer> askPerson(RemoteSourcesPtr sources, QPointer<QObject> owner, bool hadOwner,
                                         wsman::CertificateQuestion question)
{
    if (hadOwner && !owner)
        co_return wsman::CertificateAnswer::Refuse;
    const Oneshot<wsman::CertificateAnswer> answer;
    sources->ask(question, owner, FinishingOneshot(answer, wsman::CertificateAnswer::Refuse));
    const wsman::CertificateAnswer given = co_await answer;
    co_return given;
}

Task<wsman::CertificateAnswer> askNobody()
{
    co_return wsman::CertificateAnswer::Refuse;
}

} // namespace

wsman::ServerProfile profileOf(const ServerUrl &server, const Secret &secret)
{
    wsman::ServerProfile profile;
    profile.host = server.host;
    profile.port = server.port;
    profile.tls = server.tls;
    profile.path = QUrl::toPercentEncoding(server.path, "/");
    profile.signIn = signInOf(server.signIn);
    profile.user = server.user;
    profile.password = secret;
    return profile;
}

wsman::ConnectionHooks hooksOf(const RemoteSourcesPtr &sources, QObject *owner)
{
    wsman::ConnectionHooks hooks;
    hooks.pins = sources->pins;
    if (sources->ask) {
        hooks.ask = [sources, owner = QPointer<QObject>(owner),
                     hadOwner = owner != nullptr](wsman::CertificateQuestion question) {
            return askPerson(sources, owner, hadOwner, std::move(question));
        };
    }
    return hooks;
}

RemoteBackend::RemoteBackend(ServerUrl server, RemoteSourcesPtr sources)
    : CimBackend(server.toUrl(), {})
    , m_server(std::move(server))
    , m_sources(std::move(sources))
{
}

Task<Result<SnapshotPtr>> RemoteBackend::load(Sink sink, std::stop_token stop)
{
    return loadWith(this, std::move(sink), std::move(stop));
}

Task<Result<SnapshotPtr>> RemoteBackend::loadWith(QPointer<RemoteBackend> self, Sink sink, std::stop_token stop)
{
    if (!self)
        co_return failure(Error::Kind::Cancelled, tr("Cancelled."));
    if (!self->m_isSetUp) {
        Result<Secret> secret = self->m_given;
        if (!self->m_hasGiven && !self->m_server.user.isEmpty()) {
            const RemoteSourcesPtr sources = self->m_sources;
            secret = co_await sources->secret(self->m_server, !self->m_server.needsSecret(), stop);
        }
        if (!self)
            co_return failure(Error::Kind::Cancelled, tr("Cancelled."));
        if (!secret)
            co_return tl::unexpected<Error>(secret.error());
        self->connectWith(*secret);
    }
    ++self->m_loads;
    self->m_refused.reset();
    Task<Result<SnapshotPtr>> base = self->CimBackend::load(std::move(sink), std::move(stop));
    Result<SnapshotPtr> result = co_await std::move(base);
    if (self && result && self->m_hasGiven && !self->m_isProven) {
        self->m_isProven = true;
        emit self->signedIn();
    }
    co_return result;
}

void RemoteBackend::connectWith(const Secret &secret)
{
    m_isSetUp = true;
    setConnection([self = QPointer<RemoteBackend>(this), secret]() -> std::unique_ptr<cim::CimConnection> {
        return self ? self->makeConnection(secret) : nullptr;
    });
}

Task<wsman::CertificateAnswer> RemoteBackend::askOnce(QPointer<RemoteBackend> self, wsman::CertificateAsk ask,
                                                      wsman::CertificateQuestion question)
{
    if (!self || (self->m_refused && self->m_refused->shown.sha256 == question.sha256))
        co_return wsman::CertificateAnswer::Refuse;
    const quint32 load = self->m_loads;
    const wsman::CertificateAnswer answer = co_await ask(question);
    // The question of a load that was cancelled is answered by its going away, and says nothing about the next one.
    if (self && self->m_loads == load && answer == wsman::CertificateAnswer::Refuse)
        self->m_refused = RefusedCertificate{question, {}};
    co_return answer;
}

std::unique_ptr<cim::CimConnection> RemoteBackend::makeConnection(const Secret &secret)
{
    const QPointer<RemoteBackend> self(this);
    wsman::ConnectionHooks hooks = hooksOf(m_sources, this);
    const auto refused = [self](const wsman::CertificateQuestion &shown, const QByteArray &pinned) {
        if (self)
            self->m_refused = RefusedCertificate{shown, pinned};
    };
    hooks.pinRefused = refused;
    if (hooks.ask) {
        // Once a load: several operations may want to connect, and all of them get the same answer.
        hooks.ask = [self, ask = hooks.ask](const wsman::CertificateQuestion &question) {
            return askOnce(self, ask, question);
        };
    }
    if (!hooks.ask) {
        // Nobody to ask: what was shown is kept, for whoever reads the error.
        hooks.ask = [refused](const wsman::CertificateQuestion &question) {
            refused(question, {});
            return askNobody();
        };
    }
    return std::make_unique<wsman::WsmanConnection>(profileOf(m_server, secret), std::move(hooks));
}

void RemoteBackend::signIn(const QString &user, const Secret &secret)
{
    if (!user.isEmpty())
        m_server.user = user;
    m_given = secret;
    m_hasGiven = true;
    m_isProven = false;
    m_isSetUp = false;
}

void RemoteBackend::reconnect()
{
    m_isSetUp = false;
}

} // namespace portalbind
