// SPDX-License-Identifier: Apache-2.0
#include "app/gui/layertest.h"

#include "app/oneshot.h"
#include "backends/cim/discovery.h"
#include "backends/wsman/httperror.h"
#include "backends/wsman/wsmanconnection.h"

#include <QHostInfo>
#include <QNetworkProxy>
#include <QTcpSocket>
#include <QTimer>

namespace portalbind {
namespace {

using State = LayerOutcome::State;

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(LayerTest)
};

Error cancelled()
{
    return Error{Error::Kind::Cancelled, Text::tr("Cancelled."), {}, {}, {}};
}

/// One run. Shared by the coroutine and the hooks of its connection.
struct Run
{
    ConnectionRequest request;
    wsman::ServerProfile profile;
    std::function<void(LayerOutcome)> report;
    std::stop_token stop;
    wsman::Stage stage = wsman::Stage::Connecting;

    void tell(Layer layer, State state, const QString &text = {}) const { report({layer, state, text, {}, {}}); }
    tl::unexpected<Error> fail(Layer layer, const Error &error) const
    {
        if (error.kind == Error::Kind::Cancelled)
            tell(layer, State::Waiting);
        else
            report({layer, State::Failed, error.what, error.remedy, error.detail});
        return tl::unexpected(error);
    }
};

Task<Result<QString>> findName(std::shared_ptr<Run> run)
{
    const QString host = run->request.server.host;
    if (!QHostAddress(host).isNull())
        co_return Text::tr("%1 is an address.").arg(host);
    using Found = Result<QHostInfo>;
    const Oneshot<Found> done;
    const FinishOnStop<Found> onStop(run->stop, done, tl::unexpected(cancelled()));
    QHostInfo::lookupHost(host, QCoreApplication::instance(), [done](const QHostInfo &info) { done.finish(info); });
    const Found found = co_await done;
    if (!found)
        co_return tl::unexpected(found.error());
    if (found->error() != QHostInfo::NoError || found->addresses().isEmpty())
        co_return tl::unexpected(
                wsman::socketFailed(run->profile, QAbstractSocket::HostNotFoundError, found->errorString()));
    QStringList addresses;
    for (const QHostAddress &address : found->addresses().mid(0, 4))
        addresses += address.toString();
    co_return Text::tr("%1 is %2.").arg(host, addresses.join(QLatin1String(", ")));
}

/// A connection of its own, which is closed at once: what is sent later says nothing about TCP alone.
Task<Result<>> connectTcp(std::shared_ptr<Run> run)
{
    const Oneshot<Result<>> done;
    const FinishOnStop<Result<>> onStop(run->stop, done, tl::unexpected(cancelled()));
    const auto socket = std::make_shared<QTcpSocket>();
    QTimer deadline;
    deadline.setSingleShot(true);
    QObject::connect(&deadline, &QTimer::timeout, socket.get(),
                     [done, run] { done.finish(tl::unexpected(wsman::connectTimedOut(run->profile))); });
    QObject::connect(socket.get(), &QTcpSocket::connected, socket.get(), [done] { done.finish({}); });
    QObject::connect(socket.get(), &QTcpSocket::errorOccurred, socket.get(),
                     [done, run, raw = socket.get()](QAbstractSocket::SocketError error) {
                         done.finish(tl::unexpected(wsman::socketFailed(run->profile, error, raw->errorString())));
                     });
    deadline.start(run->profile.deadlines.connect);
    socket->setProxy(QNetworkProxy::NoProxy);
    socket->connectToHost(run->profile.host, run->profile.port);
    Result<> result = co_await done;
    socket->disconnect();
    socket->abort();
    co_return result;
}

/// Which layer an error of the connection belongs to, by how far it had come.
Layer layerOf(const Run &run, const Error &error)
{
    if (run.profile.tls && run.stage < wsman::Stage::Secured)
        return Layer::Tls;
    const bool isNegotiating = run.profile.signIn != wsman::SignIn::Basic && run.stage < wsman::Stage::SignedIn;
    if (error.kind == Error::Kind::SignIn || isNegotiating)
        return Layer::SignIn;
    return error.kind == Error::Kind::Rights ? Layer::Rights : Layer::Provider;
}

void passed(const Run &run, Layer upTo)
{
    const QString user = run.profile.user;
    if (upTo > Layer::Tls && run.profile.tls)
        run.tell(Layer::Tls, State::Passed, Text::tr("The connection is encrypted and the certificate is accepted."));
    if (upTo > Layer::SignIn)
        run.tell(Layer::SignIn, State::Passed,
                 user.isEmpty() ? Text::tr("The server knows who you are.")
                                : Text::tr("The server accepts %1.").arg(user));
    if (upTo > Layer::Rights)
        run.tell(Layer::Rights, State::Passed, Text::tr("What is there may be read."));
}

/// Reports what was reached and what was not.
tl::unexpected<Error> failAt(const Run &run, const Error &error)
{
    const Layer layer = layerOf(run, error);
    // A service that answers Basic with something strange has judged neither user nor rights.
    const bool isJudged = layer != Layer::Provider || run.stage > wsman::Stage::Answered;
    passed(run, isJudged ? layer : Layer::SignIn);
    return run.fail(layer, error);
}

Task<Result<>> speak(std::shared_ptr<Run> run, RemoteSourcesPtr sources)
{
    wsman::ConnectionHooks hooks = hooksOf(sources, nullptr);
    hooks.stage = [run](wsman::Stage stage) {
        if (stage <= run->stage || run->stop.stop_requested())
            return;
        run->stage = stage;
        if (stage == wsman::Stage::Secured) {
            passed(*run, Layer::SignIn);
            run->tell(Layer::SignIn, State::Running);
        }
    };
    const auto connection = std::make_shared<wsman::WsmanConnection>(run->profile, std::move(hooks));
    run->tell(run->profile.tls ? Layer::Tls : Layer::SignIn, State::Running);
    const Result<wsman::Identity> identity = co_await connection->identify(run->stop);
    if (!identity)
        co_return failAt(*run, identity.error());
    passed(*run, Layer::Rights);
    run->tell(Layer::Rights, State::Running);
    const auto form = co_await cim::discover(connection, run->request.server.nameSpace, run->profile.host, run->stop);
    if (!form) {
        const bool aboutRights = form.error().kind == Error::Kind::Rights;
        const Layer layer = form.error().kind == Error::Kind::SignIn ? Layer::SignIn
                : aboutRights                                        ? Layer::Rights
                                                                     : Layer::Provider;
        passed(*run, layer);
        co_return run->fail(layer, form.error());
    }
    passed(*run, Layer::Provider);
    QStringList found;
    if (!form->smisNamespace.isEmpty())
        found += Text::tr("The iSCSI model is in %1.").arg(form->smisNamespace);
    if (form->native)
        found += Text::tr("Windows' own classes are in root/wmi.");
    if (const QString server = connection->serverText(); !server.isEmpty())
        found += Text::tr("The server calls itself %1.").arg(server);
    run->tell(Layer::Provider, State::Passed, (found + form->notes).join(QLatin1Char(' ')));
    co_return Result<>();
}

} // namespace

Task<Result<>> testLayers(ConnectionRequest request, RemoteSourcesPtr sources, std::function<void(LayerOutcome)> report,
                          std::stop_token stop)
{
    const auto run = std::make_shared<Run>();
    run->request = std::move(request);
    run->profile = profileOf(run->request.server, run->request.secret);
    run->report = std::move(report);
    run->stop = stop;

    run->tell(Layer::Name, State::Running);
    const Result<QString> name = co_await findName(run);
    if (!name)
        co_return run->fail(Layer::Name, name.error());
    run->tell(Layer::Name, State::Passed, *name);

    run->tell(Layer::Tcp, State::Running);
    const Result<> connected = co_await connectTcp(run);
    if (!connected)
        co_return run->fail(Layer::Tcp, connected.error());
    run->tell(Layer::Tcp, State::Passed, Text::tr("Port %1 answers.").arg(run->profile.port));
    if (!run->profile.tls)
        run->tell(Layer::Tls, State::Skipped, Text::tr("Plain HTTP: the sign-in encrypts the messages."));

    const ServerUrl server = run->request.server;
    if (run->request.secret.isEmpty() && !server.user.isEmpty()) {
        const Result<Secret> kept = co_await sources->secret(server, !server.needsSecret(), stop);
        if (!kept)
            co_return run->fail(Layer::SignIn, kept.error());
        run->profile.password = *kept;
    }
    Result<> spoken = co_await speak(run, sources);
    co_return spoken;
}

} // namespace portalbind
