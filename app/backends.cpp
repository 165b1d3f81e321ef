// SPDX-License-Identifier: Apache-2.0
#include "app/backends.h"

#include "app/remotebackend.h"
#include "backends/lio/liobackend.h"
#include "backends/workbook/workbookbackend.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("Backends", text);
}

using Opened = Result<std::unique_ptr<TargetBackend>>;

Opened openWorkbook(const QUrl &url, const RemoteSourcesPtr &)
{
    return std::make_unique<WorkbookBackend>(url);
}

Task<Result<Secret>> noSecret(ServerUrl server, bool canDoWithout, std::stop_token)
{
    if (canDoWithout)
        co_return Secret();
    co_return failure(Error::Kind::SignIn, tr("There is no password for %1.").arg(server.account()));
}

Opened openServer(const QUrl &url, const RemoteSourcesPtr &remote)
{
    const auto server = ServerUrl::parse(url.toString(QUrl::FullyEncoded));
    if (!server)
        return tl::unexpected(server.error());
    if (remote)
        return std::make_unique<RemoteBackend>(*server, remote);
    RemoteSources none;
    none.secret = noSecret;
    return std::make_unique<RemoteBackend>(*server, std::make_shared<const RemoteSources>(std::move(none)));
}

Opened openHost(const QUrl &url, const RemoteSourcesPtr &)
{
    const auto host = lio::HostUrl::parse(url.toString(QUrl::FullyEncoded));
    if (!host)
        return tl::unexpected(host.error());
    return std::make_unique<LioBackend>(*host);
}

/// `PATH` or `PATH?scenario=FILE`, both as they stand. A path holds what a URL would have to escape.
QUrl workbookUrl(const QString &text)
{
    const QString marker = QStringLiteral("?scenario=");
    const qsizetype query = text.lastIndexOf(marker);
    QUrl url;
    url.setScheme(QStringLiteral("workbook"));
    url.setPath(QFileInfo(query < 0 ? text : text.left(query)).absoluteFilePath(), QUrl::DecodedMode);
    if (query >= 0) {
        const QString scenario = QFileInfo(text.mid(query + marker.size())).absoluteFilePath();
        url.setQuery(QLatin1String("scenario=") + QString::fromLatin1(QUrl::toPercentEncoding(scenario, "/")));
    }
    return url;
}

tl::unexpected<Error> unknown(const QString &what)
{
    QStringList examples;
    for (const BackendScheme &known : backendSchemes())
        examples += QString::fromLatin1(known.example);
    return failure(Error::Kind::BadInput, what, {}, tr("Known are: %1.").arg(examples.join(QStringLiteral(", "))));
}

} // namespace

std::span<const BackendScheme> backendSchemes()
{
    static constexpr BackendScheme schemes[] = {
            {"workbook", "workbook:PATH", openWorkbook},  {"lio", "lio:", openHost},
            {"lio+ssh", "lio+ssh://user@host", openHost}, {"wsmans", "wsmans://user@host", openServer},
            {"wsman", "wsman://user@host", openServer},
    };
    return schemes;
}

QString typedAddress(const QString &text)
{
    const bool isAddress = text.startsWith(QLatin1String("workbook:"), Qt::CaseInsensitive)
            || ServerUrl::hasScheme(text);
    return !isAddress && QFileInfo(text).isFile() ? QLatin1String("workbook:") + text : text;
}

Result<QUrl> backendUrl(const QString &text)
{
    if (text.isEmpty())
        return unknown(tr("An empty text names no server."));
    const qsizetype colon = text.indexOf(u':');
    const QString scheme = text.left(std::max<qsizetype>(colon, 0)).toLower();
    if (scheme == QLatin1String("workbook")) {
        const QString path = text.mid(colon + 1);
        if (path.isEmpty() || path.startsWith(u'?'))
            return unknown(tr("“%1” names no file.").arg(text));
        if (path.startsWith(QLatin1String("//"))) // meant as a URL, escapes and all
            return QUrl(text);
        return workbookUrl(path);
    }
    if (lio::HostUrl::hasScheme(text)) {
        const auto host = lio::HostUrl::parse(text);
        if (!host)
            return tl::unexpected(host.error());
        return host->toUrl();
    }
    if (ServerUrl::hasScheme(text)) {
        const auto server = ServerUrl::parse(text);
        if (!server)
            return tl::unexpected(server.error());
        return server->toUrl();
    }
    // One letter before a colon is a drive, not a scheme.
    return colon > 1 ? unknown(tr("There is no kind of connection called “%1”.").arg(scheme))
                     : unknown(tr("“%1” is neither a URL nor an existing file.").arg(text));
}

QString workbookPath(const QUrl &url)
{
    return url.scheme() == QLatin1String("workbook") ? WorkbookBackend::pathOf(url) : QString();
}

Result<std::unique_ptr<TargetBackend>> openBackend(const QUrl &url, const RemoteSourcesPtr &remote)
{
    for (const BackendScheme &known : backendSchemes()) {
        if (url.scheme() == QLatin1String(known.scheme))
            return known.open(url, remote);
    }
    return unknown(tr("There is no kind of connection called “%1”.").arg(url.scheme()));
}

Result<std::unique_ptr<TargetBackend>> openBackend(const QString &text, const RemoteSourcesPtr &remote)
{
    const auto url = backendUrl(text);
    if (!url)
        return tl::unexpected(url.error());
    return openBackend(*url, remote);
}

} // namespace portalbind
