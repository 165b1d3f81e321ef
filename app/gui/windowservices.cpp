// SPDX-License-Identifier: Apache-2.0
#include "app/gui/windowservices.h"

#include "app/backends.h"
#include "app/gui/remotewindowservices.h"
#include "app/importfile.h"
#include "backends/lio/thishost.h"
#include "backends/workbook/import.h"
#include "backends/workbook/sample.h"
#include "backends/workbook/workbook.h"
#include "model/worker.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace portalbind {

namespace {

using Job = std::function<Result<QString>()>;

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(WindowServices)
};

Task<Result<QString>> onWorker(std::shared_ptr<Worker> worker, Job job)
{
    // Not cancelled: a file that is being made is seen to its end.
    // Named first: GCC 12 destroys a closure that is made inside the awaited expression twice.
    std::function<Result<QString>(std::stop_token)> work = [job = std::move(job)](const std::stop_token &) {
        return job();
    };
    co_return co_await worker->run<QString>({}, std::move(work));
}

Task<QString> meant(std::shared_ptr<Worker> worker, QString text)
{
    Job look = [text] { return Result<QString>(typedAddress(text)); };
    const Result<QString> address = co_await onWorker(worker, std::move(look));
    co_return address.value_or(text);
}

/// A workbook's address as backendUrl() reads it: the path stands as it is, whatever characters it holds.
QString addressOf(const QString &path)
{
    return QStringLiteral("workbook:") + path;
}

Result<QString> made(const QString &path, const std::function<Result<>(const QString &)> &make)
{
    if (const Result<> result = make(path); !result)
        return tl::unexpected(result.error());
    return addressOf(path);
}

Result<QString> madeSample()
{
    const QString path = samplePath();
    if (QFileInfo::exists(path))
        return addressOf(path);
    const QDir folder = QFileInfo(path).absoluteDir();
    if (!folder.mkpath(QStringLiteral(".")))
        return failure(Error::Kind::File, Words::tr("The folder for the sample workbook cannot be made."),
                       folder.path(), Words::tr("Make it, or let it be written to."));
    return made(path, writeSample);
}

Result<QString> imported(const QString &source, const QString &path)
{
    const Result<ImportFile> file = readImportFile(source);
    if (!file)
        return tl::unexpected(file.error());
    return made(path, [&file](const QString &at) { return createWorkbook(at, *file->content); });
}

} // namespace

QString samplePath()
{
    return QDir(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation))
            .filePath(QStringLiteral("portalbind/sample.pbw"));
}

Services windowServices(std::shared_ptr<CertificatePins> pins)
{
    const auto worker = std::make_shared<Worker>(QStringLiteral("files"));
    Services services;
    RemoteSourcesPtr sources;
    services.remote = remoteWindowServices(std::move(pins), &sources);
    services.open = [sources](const QString &url) { return openBackend(url, sources); };
    services.address = [worker](const QString &text) { return meant(worker, text); };
    services.newWorkbook = [worker](const QString &path) {
        return onWorker(worker, [path] { return made(path, [](const QString &at) { return createWorkbook(at); }); });
    };
    services.sample = [worker] { return onWorker(worker, madeSample); };
    services.import = [worker](const QString &source, const QString &path) {
        return onWorker(worker, [source, path] { return imported(source, path); });
    };
    services.thisHost = [worker] {
        return onWorker(worker, [] { return lio::thisHost(lio::LaunchSituation::now()); });
    };
    for (const BackendScheme &scheme : backendSchemes())
        services.addressExamples += QString::fromLatin1(scheme.example);
    return services;
}

} // namespace portalbind
