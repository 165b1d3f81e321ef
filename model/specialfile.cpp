// SPDX-License-Identifier: Apache-2.0
#include "model/specialfile.h"

#include <QCoreApplication>
#include <QFileInfo>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#endif

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("SpecialFile", text);
}

} // namespace

bool isSpecialFile(const QString &path)
{
    const QFileInfo there(path);
    return there.exists() && !there.isFile() && !there.isDir();
}

#ifdef Q_OS_UNIX
Result<QByteArray> readSpecialFile(const QString &path, qint64 most, const std::stop_token &stop)
{
    constexpr int pollMilliseconds = 100;
    const auto failed = [&path] {
        return failure(Error::Kind::File, tr("%1 cannot be read: %2.").arg(path, qt_error_string(errno)), path);
    };
    // Not blocking: opening a pipe would wait for somebody to write, and nothing could end that.
    const int descriptor = ::open(QFile::encodeName(path).constData(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return failed();
    QFile file; // closes it
    if (!file.open(descriptor, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return failed();
    }
    QByteArray all, piece(64 << 10, Qt::Uninitialized);
    while (all.size() < most) {
        if (stop.stop_requested())
            return failure(Error::Kind::Cancelled, tr("Cancelled."));
        pollfd ready{descriptor, POLLIN, 0};
        if (::poll(&ready, 1, pollMilliseconds) == 0)
            continue;
        const auto n = ::read(descriptor, piece.data(), size_t(std::min<qint64>(piece.size(), most - all.size())));
        if (n == 0)
            break;
        if (n > 0)
            all.append(piece.constData(), n);
        else if (errno != EAGAIN && errno != EINTR)
            return failed();
    }
    return all;
}

tl::expected<void, QString> openSpecialFile(QFile &file)
{
    const int descriptor = ::open(QFile::encodeName(file.fileName()).constData(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0)
        return tl::unexpected(errno == ENXIO ? tr("it is a pipe, and nobody reads from it") : qt_error_string(errno));
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
    if (!file.open(descriptor, QIODevice::WriteOnly | QIODevice::Unbuffered, QFileDevice::AutoCloseHandle)) {
        ::close(descriptor);
        return tl::unexpected(file.errorString());
    }
    return {};
}
#else
Result<QByteArray> readSpecialFile(const QString &path, qint64 most, const std::stop_token &)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(Error::Kind::File, tr("%1 cannot be read: %2.").arg(path, file.errorString()), path);
    return file.read(most);
}

tl::expected<void, QString> openSpecialFile(QFile &file)
{
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        return tl::unexpected(file.errorString());
    return {};
}
#endif

} // namespace portalbind
