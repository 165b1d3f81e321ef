// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/remoteaccess.h"

#include "app/ctl/passwords.h"
#include "app/keyring.h"

#include <QJsonArray>

namespace portalbind {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(RemoteAccess)
};

/// The pinned certificate that made \a error, if it was one.
const RefusedCertificate *causeOf(const Error &error, const TargetBackend &backend)
{
    const auto *remote = qobject_cast<const RemoteBackend *>(&backend);
    if (!remote || !remote->refusedCertificate() || error.kind != Error::Kind::Certificate)
        return nullptr;
    return &*remote->refusedCertificate();
}

Task<Result<Secret>> secretFor(QString passwordFile, ServerUrl server, bool canDoWithout, std::stop_token stop)
{
    if (!passwordFile.isEmpty()) {
        Result<Secret> given = co_await passwordFromFile(passwordFile, stop);
        co_return given;
    }
    const auto kept = co_await Keyring::read(server.account(), stop);
    if (stop.stop_requested())
        co_return failure(Error::Kind::Cancelled, Text::tr("Cancelled."));
    if (kept && *kept)
        co_return **kept;
    if (canDoWithout) // a keyring that is not there keeps nobody from using a ticket
        co_return Secret();
    Result<Secret> typed = co_await passwordFromTerminal(Text::tr("Password of %1: ").arg(server.account()), stop);
    co_return typed;
}

QString date(const QDateTime &time)
{
    return time.toUTC().toString(Qt::ISODate);
}

} // namespace

Result<RemoteSourcesPtr> remoteSources(const Request &request)
{
    RemoteSources sources;
    if (!request.pin.isEmpty()) {
        const auto pin = CertificatePins::parse(request.pin);
        if (!pin)
            return tl::unexpected(pin.error());
        const auto server = ServerUrl::parse(request.connect);
        if (server && !server->tls)
            return failure(Error::Kind::BadInput, Text::tr("A certificate is pinned, but plain HTTP shows none."),
                           request.connect, Text::tr("Connect to wsmans://%1, or leave --pin out.").arg(server->host));
        sources.pins = wsman::onlyPin(*pin);
    } else {
        const auto pins = std::make_shared<CertificatePins>();
        sources.pins.find = [pins](const QString &address) { return pins->find(address); };
    }
    sources.secret = [file = request.passwordFile](ServerUrl server, bool canDoWithout, std::stop_token stop) {
        return secretFor(file, std::move(server), canDoWithout, std::move(stop));
    };
    if (!request.passwordFile.isEmpty() && ServerUrl::hasScheme(request.connect)) {
        const auto server = ServerUrl::parse(request.connect);
        if (server && server->user.isEmpty())
            return failure(Error::Kind::BadInput, Text::tr("A password is given, but no user."), request.connect,
                           Text::tr("Name the user in the URL: wsmans://user@%1.").arg(server->host));
    }
    return std::make_shared<const RemoteSources>(std::move(sources));
}

Error withCertificate(const Error &error, const TargetBackend &backend)
{
    const RefusedCertificate *cause = causeOf(error, backend);
    if (!cause)
        return error;
    const wsman::CertificateQuestion &shown = cause->shown;
    Error explained = error;
    explained.remedy = Text::tr("It is that of “%1”, issued by “%2”, valid from %3 until %4.")
                               .arg(shown.subject, shown.issuer, date(shown.from), date(shown.until));
    if (!shown.reasons.isEmpty())
        explained.remedy += u' ' + shown.reasons.join(u' ');
    explained.remedy += QLatin1String("\n  ") + Text::tr("SHA-256 %1").arg(shown.fingerprint());
    if (!cause->pinned.isEmpty())
        explained.remedy += QLatin1String("\n  ") + Text::tr("trusted %1").arg(CertificatePins::text(cause->pinned));
    explained.remedy += QLatin1String("\n  ")
            + (cause->pinned.isEmpty()
                       ? Text::tr("Compare it with what the server itself shows. If it is the same: --pin with that "
                                  "fingerprint, or trust it in the window, for both programs.")
                       : Text::tr(
                               "If the server's certificate was renewed, compare it with what the server itself shows: "
                               "--pin with that fingerprint, or replace it in the window. Else somebody stands "
                               "between."));
    return explained;
}

QJsonObject certificateObject(const Error &error, const TargetBackend &backend)
{
    const RefusedCertificate *cause = causeOf(error, backend);
    if (!cause)
        return {};
    const wsman::CertificateQuestion &shown = cause->shown;
    return {{QStringLiteral("subject"), shown.subject},
            {QStringLiteral("issuer"), shown.issuer},
            {QStringLiteral("from"), date(shown.from)},
            {QStringLiteral("until"), date(shown.until)},
            {QStringLiteral("names"), QJsonArray::fromStringList(shown.names)},
            {QStringLiteral("sha256"), shown.fingerprint()},
            {QStringLiteral("pinned"), cause->pinned.isEmpty() ? QJsonValue() : CertificatePins::text(cause->pinned)}};
}

} // namespace portalbind
