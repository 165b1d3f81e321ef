// SPDX-License-Identifier: Apache-2.0
#include "app/keyring.h"

#include "app/oneshot.h"

#include <qt6keychain/keychain.h>

#include <QTimer>

namespace portalbind {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Keyring)
};

QString service()
{
    return QStringLiteral("Portalbind");
}

Error cancelled()
{
    return Error{Error::Kind::Cancelled, Text::tr("Cancelled."), {}, {}, {}};
}

Error errorOf(const QKeychain::Job &job)
{
    const QString name = job.key();
    const QString said = job.errorString();
    switch (job.error()) {
    case QKeychain::AccessDenied:
    case QKeychain::AccessDeniedByUser:
        return Error{Error::Kind::SignIn, Text::tr("The keyring did not give the secret of %1.").arg(name),
                     Text::tr("keyring"), Text::tr("Unlock it, or type the password."), said};
    default:
        return Error{Error::Kind::SignIn, Text::tr("There is no keyring to be had here."), Text::tr("keyring"),
                     Text::tr("Type the password each time, or start a keyring (GNOME Keyring, KWallet)."), said};
    }
}

/// Starts \a job, which deletes itself, and tells when it is done.
template <class Job, class T>
void start(Job *job, Oneshot<Result<T>> done, Result<T> (*value)(const Job &))
{
    job->setInsecureFallback(false); // never into a file
    QObject::connect(job, &QKeychain::Job::finished, job, [done, job, value] { done.finish(value(*job)); });
    job->start();
}

Result<std::optional<Secret>> readValue(const QKeychain::ReadPasswordJob &job)
{
    if (job.error() == QKeychain::EntryNotFound)
        return std::optional<Secret>();
    if (job.error() != QKeychain::NoError)
        return tl::unexpected(errorOf(job));
    return std::optional<Secret>(Secret(job.textData()));
}

template <class Job>
Result<> doneValue(const Job &job)
{
    if (job.error() == QKeychain::NoError || job.error() == QKeychain::EntryNotFound)
        return {};
    return tl::unexpected(errorOf(job));
}

} // namespace

Task<Result<std::optional<Secret>>> Keyring::read(QString account, std::stop_token stop)
{
    using Read = Result<std::optional<Secret>>;
    const Oneshot<Read> done;
    const FinishOnStop<Read> onStop(stop, done, tl::unexpected(cancelled()));
    auto *job = new QKeychain::ReadPasswordJob(service());
    job->setKey(account);
    start(job, done, readValue);
    Read result = co_await done;
    co_return result;
}

Task<Result<>> Keyring::write(QString account, Secret secret)
{
    const Oneshot<Result<>> done;
    auto *job = new QKeychain::WritePasswordJob(service());
    job->setKey(account);
    job->setTextData(secret.text());
    start(job, done, doneValue<QKeychain::WritePasswordJob>);
    Result<> result = co_await done;
    co_return result;
}

Task<Result<>> Keyring::forget(QString account)
{
    const Oneshot<Result<>> done;
    auto *job = new QKeychain::DeletePasswordJob(service());
    job->setKey(account);
    start(job, done, doneValue<QKeychain::DeletePasswordJob>);
    Result<> result = co_await done;
    co_return result;
}

} // namespace portalbind
