// SPDX-License-Identifier: Apache-2.0
#include "app/gui/remotewindowservices.h"

#include "app/certificatepins.h"
#include "app/gui/layertest.h"
#include "app/keyring.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(RemoteServices)
};

/// What the functions share: the window comes after them.
struct Shared
{
    std::shared_ptr<CertificatePins> pins;
    RemoteSourcesPtr sources;
    RemoteServices::Window window;

    void tell(const QString &sentence) const
    {
        if (window.tell)
            window.tell(sentence);
    }
};
using SharedPtr = std::shared_ptr<Shared>;

CertificateFacts factsOf(const wsman::CertificateQuestion &question, const QByteArray &pinned)
{
    const QString host = question.host.contains(u':') ? u'[' + question.host + u']' : question.host;
    return {host + u':' + QString::number(question.port),
            question.subject,
            question.issuer,
            question.from,
            question.until,
            question.names,
            question.sha256,
            question.reasons,
            pinned};
}

wsman::CertificateAnswer answerOf(Trust trust)
{
    switch (trust) {
    case Trust::Refuse:
        return wsman::CertificateAnswer::Refuse;
    case Trust::Once:
        return wsman::CertificateAnswer::Once;
    case Trust::Always:
        return wsman::CertificateAnswer::Pin;
    }
    return wsman::CertificateAnswer::Refuse;
}

Task<Result<Secret>> keptSecret(ServerUrl server, bool canDoWithout, std::stop_token stop)
{
    const auto kept = co_await Keyring::read(server.account(), stop);
    if (kept && *kept)
        co_return **kept;
    if (canDoWithout && (kept || kept.error().kind != Error::Kind::Cancelled))
        co_return Secret();
    if (!kept) {
        Error error = kept.error();
        if (error.kind != Error::Kind::Cancelled)
            error.what = Text::tr("%1 needs a password. %2").arg(server.account(), error.what);
        co_return tl::unexpected<Error>(std::move(error));
    }
    co_return failure(Error::Kind::SignIn,
                      Text::tr("%1 needs a password, and none is kept in the keyring.").arg(server.account()),
                      Text::tr("%1, sign-in").arg(server.address()), Text::tr("Sign in. Nothing was sent."));
}

Task<Result<bool>> isKept(ServerUrl server)
{
    const auto kept = co_await Keyring::read(server.account(), {});
    if (!kept)
        co_return tl::unexpected<Error>(kept.error());
    co_return kept->has_value();
}

void keep(const SharedPtr &shared, const ServerUrl &server, const Secret &secret)
{
    spawn<Result<>>(Keyring::write(server.account(), secret), [shared, server](const Result<> &kept) {
        shared->tell(kept ? Text::tr("The password of %1 is in the keyring").arg(server.account())
                          : Text::tr("The password of %1 was not kept: %2").arg(server.account(), kept.error().what));
    });
}

/// A secret is kept once it has proven right.
void useSecret(const SharedPtr &shared, RemoteBackend *backend, const ConnectionRequest &request)
{
    backend->signIn(request.server.user, request.secret);
    QObject::disconnect(backend, &RemoteBackend::signedIn, backend, nullptr); // one that was wrong is not kept later
    if (!request.keep || request.secret.isEmpty())
        return;
    ServerUrl account = backend->server();
    QObject::connect(
            backend, &RemoteBackend::signedIn, backend,
            [shared, account, secret = request.secret] { keep(shared, account, secret); }, Qt::SingleShotConnection);
}

RemoteSourcesPtr makeSources(const SharedPtr &shared)
{
    const std::weak_ptr<Shared> weak = shared; // which holds what is made here
    RemoteSources sources;
    sources.secret = keptSecret;
    sources.ask = [weak](const wsman::CertificateQuestion &question, QObject *owner,
                         const RemoteSources::Answer &answer) {
        if (const SharedPtr alive = weak.lock(); alive && alive->window.askCertificate)
            alive->window.askCertificate(factsOf(question, {}), owner,
                                         [answer](Trust trust) { answer(answerOf(trust)); });
    };
    sources.pins.find = [pins = shared->pins](const QString &address) { return pins->find(address); };
    sources.pins.keep = [weak, pins = shared->pins](const QString &address, const QByteArray &sha256) {
        spawn<Result<>>(pins->keep(address, sha256), [weak](const Result<> &kept) {
            if (const SharedPtr alive = weak.lock(); alive && !kept)
                alive->tell(kept.error().what + u' ' + kept.error().remedy);
        });
    };
    return std::make_shared<const RemoteSources>(std::move(sources));
}

const RemoteBackend *remote(const TargetBackend &backend)
{
    return qobject_cast<const RemoteBackend *>(&backend);
}

RemoteBackend *remote(TargetBackend &backend)
{
    return qobject_cast<RemoteBackend *>(&backend);
}

void addConnecting(const SharedPtr &shared, RemoteServices *to)
{
    to->open = [shared](const ConnectionRequest &request) {
        auto backend = std::make_unique<RemoteBackend>(request.server, shared->sources);
        if (!request.secret.isEmpty())
            useSecret(shared, backend.get(), request);
        return backend;
    };
    to->test = [shared](ConnectionRequest request, std::function<void(LayerOutcome)> report, std::stop_token stop) {
        return testLayers(std::move(request), shared->sources, std::move(report), std::move(stop));
    };
    to->isKept = isKept;
    to->forgetSecret = [](const ServerUrl &server) { return Keyring::forget(server.account()); };
    to->setWindow = [shared](RemoteServices::Window window) { shared->window = std::move(window); };
}

void addConnected(const SharedPtr &shared, RemoteServices *to)
{
    to->server = [](const TargetBackend &backend) -> std::optional<ServerUrl> {
        const RemoteBackend *one = remote(backend);
        return one ? std::optional(one->server()) : std::nullopt;
    };
    to->serverText = [](const TargetBackend &backend) {
        const RemoteBackend *one = remote(backend);
        return one ? one->serverText() : QString();
    };
    to->signIn = [shared](TargetBackend &backend, const ConnectionRequest &request) {
        if (RemoteBackend *one = remote(backend))
            useSecret(shared, one, request);
    };
    to->reconnect = [](TargetBackend &backend) {
        if (RemoteBackend *one = remote(backend))
            one->reconnect();
    };
    to->changedCertificate = [](const TargetBackend &backend) -> std::optional<CertificateFacts> {
        const RemoteBackend *one = remote(backend);
        if (!one || !one->refusedCertificate() || one->refusedCertificate()->pinned.isEmpty())
            return std::nullopt;
        return factsOf(one->refusedCertificate()->shown, one->refusedCertificate()->pinned);
    };
    to->trust = [pins = shared->pins](const QString &address, const QByteArray &sha256) {
        return pins->keep(address, sha256);
    };
}

} // namespace

RemoteServices remoteWindowServices(std::shared_ptr<CertificatePins> pins, RemoteSourcesPtr *sources)
{
    const auto shared = std::make_shared<Shared>();
    shared->pins = pins ? std::move(pins) : std::make_shared<CertificatePins>();
    shared->sources = makeSources(shared);
    *sources = shared->sources;
    RemoteServices services;
    addConnecting(shared, &services);
    addConnected(shared, &services);
    return services;
}

} // namespace portalbind
