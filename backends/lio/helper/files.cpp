// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/files.h"

#include "backends/lio/helper/readfaults.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>

namespace portalbind::kernel {

namespace {

constexpr std::size_t smallFile = std::size_t(64) * 1024;
constexpr const char *replacementSuffix = ".portalbind";

/// One component after the other, for kernels without openat2.
Descriptor openStepwise(int directory, std::string_view path, int flags, mode_t mode)
{
    Descriptor here;
    while (true) {
        const auto slash = path.find('/');
        const std::string name(path.substr(0, slash));
        if (!isComponent(name)) {
            errno = EXDEV;
            return {};
        }
        const int from = here.isOpen() ? here.number() : directory;
        if (slash == std::string_view::npos)
            return Descriptor(openat(from, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode));
        Descriptor next(openat(from, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!next.isOpen())
            return {};
        here = std::move(next);
        path = path.substr(slash + 1);
    }
}

bool isFolder(int directory, const dirent64 &entry)
{
    if (entry.d_type != DT_UNKNOWN)
        return entry.d_type == DT_DIR;
    struct stat status
    {
    };
    const bool known = fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (!known)
        ReadFaults::note(errno, entry.d_name);
    return known && S_ISDIR(status.st_mode);
}

/// From where \a directory stands to its end.
std::optional<std::vector<std::string>> remainingNames(int directory, std::size_t most, bool foldersOnly)
{
    std::vector<std::string> names;
    alignas(dirent64) std::array<char, smallFile / 2> part;
    while (true) {
        const ssize_t got = getdents64(directory, part.data(), part.size());
        if (got < 0) {
            ReadFaults::note(errno, "a folder");
            return std::nullopt;
        }
        if (got == 0)
            break;
        for (ssize_t place = 0; place < got;) {
            const auto *entry = reinterpret_cast<const dirent64 *>(part.data() + place);
            place += entry->d_reclen;
            const std::string_view name(entry->d_name);
            if (name == "." || name == ".." || (foldersOnly && !isFolder(directory, *entry)))
                continue;
            if (names.size() == most) {
                errno = E2BIG;
                return std::nullopt;
            }
            names.emplace_back(name);
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::optional<std::vector<std::string>> listNames(int directory, std::size_t most, bool foldersOnly)
{
    // A descriptor of its own: reading moves its position.
    const Descriptor own = openChild(directory, ".", O_RDONLY | O_DIRECTORY);
    return own.isOpen() ? remainingNames(own.number(), most, foldersOnly) : std::nullopt;
}

} // namespace

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept
{
    if (this != &other) {
        if (m_number >= 0)
            close(m_number);
        m_number = other.release();
    }
    return *this;
}

Descriptor::~Descriptor()
{
    if (m_number >= 0) {
        const int error = errno;
        close(m_number);
        errno = error;
    }
}

int Descriptor::release()
{
    return std::exchange(m_number, -1);
}

bool isComponent(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && name != "." && name != ".."
            && name.find('/') == std::string_view::npos && name.find('\0') == std::string_view::npos;
}

Descriptor openBeneath(int directory, std::string_view path, int flags, mode_t mode)
{
    if (path.find('\0') != std::string_view::npos) {
        errno = EINVAL;
        return {};
    }
    const std::string terminated(path);
    const auto opened = [path](Descriptor descriptor) {
        if (!descriptor.isOpen())
            ReadFaults::note(errno, path);
        return descriptor;
    };
    open_how how{};
    how.flags = static_cast<unsigned>(flags) | O_CLOEXEC;
    how.mode = (flags & O_CREAT) != 0 ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    const long number = syscall(SYS_openat2, directory, terminated.c_str(), &how, sizeof how);
    if (number >= 0)
        return Descriptor(static_cast<int>(number));
    // EPERM: a sandbox that does not know the call.
    if (errno != ENOSYS && errno != EPERM)
        return opened({});
    return opened(openStepwise(directory, path, flags, mode));
}

Descriptor openChild(int directory, const std::string &name, int flags)
{
    Descriptor child(openat(directory, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC));
    if (!child.isOpen())
        ReadFaults::note(errno, name);
    return child;
}

Descriptor openAbsolute(std::string_view path, int flags, mode_t mode)
{
    const Descriptor root(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.isOpen())
        ReadFaults::note(errno, path);
    if (!root.isOpen() || path.empty() || path.front() != '/') {
        errno = root.isOpen() ? EINVAL : errno;
        return {};
    }
    return openBeneath(root.number(), path.substr(1), flags, mode);
}

std::optional<std::vector<std::string>> listDirectory(int directory, std::size_t most)
{
    return listNames(directory, most, false);
}

std::optional<std::vector<std::string>> listFolders(int directory, std::size_t most)
{
    return listNames(directory, most, true);
}

std::optional<std::vector<std::string>> foldersOfFresh(int directory, std::size_t most)
{
    return remainingNames(directory, most, true);
}

std::optional<std::string> readAll(int descriptor, std::size_t most)
{
    std::string text;
    std::vector<char> part(smallFile); // not on the stack, which may be small
    while (true) {
        const ssize_t got = read(descriptor, part.data(), part.size());
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            ReadFaults::note(errno, "a file");
            return std::nullopt;
        }
        if (got == 0)
            return text;
        if (text.size() + static_cast<std::size_t>(got) > most) {
            errno = EFBIG;
            return std::nullopt;
        }
        text.append(part.data(), static_cast<std::size_t>(got));
    }
}

std::optional<std::string> readSmall(int directory, const std::string &name)
{
    const Descriptor file = openChild(directory, name, O_RDONLY | O_NONBLOCK);
    return file.isOpen() ? readAll(file.number(), smallFile) : std::nullopt;
}

std::string withoutEnd(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '\0'))
        text.pop_back();
    return text;
}

std::string readTrimmed(int directory, const std::string &name)
{
    return withoutEnd(readSmall(directory, name).value_or(std::string()));
}

bool readFlag(int directory, const std::string &name)
{
    const auto text = readSmall(directory, name);
    if (!text)
        ReadFaults::noteStrictly(errno, name);
    return text && withoutEnd(*text) == "1";
}

bool writeAll(int descriptor, std::string_view text)
{
    while (!text.empty()) {
        const ssize_t put = write(descriptor, text.data(), text.size());
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(put));
    }
    return true;
}

std::optional<std::string> readLink(int directory, const std::string &name)
{
    std::array<char, 4096> buffer{};
    const ssize_t length = readlinkat(directory, name.c_str(), buffer.data(), buffer.size());
    if (length < 0) {
        ReadFaults::note(errno, name);
        return std::nullopt;
    }
    return std::string(buffer.data(), static_cast<std::size_t>(length));
}

int prepareReplacement(int directory, const std::string &name, std::string_view content, mode_t mode)
{
    const std::string newName = name + replacementSuffix;
    if (unlinkat(directory, newName.c_str(), 0) != 0 && errno != ENOENT)
        return errno;
    struct stat old
    {
    };
    // Of a link it would be the link's own mode, 0777.
    const bool isThere = fstatat(directory, name.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(old.st_mode);
    const Descriptor file(openat(directory, newName.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                 S_IRUSR | S_IWUSR));
    if (!file.isOpen())
        return errno;
    const bool written = (!isThere || fchown(file.number(), old.st_uid, old.st_gid) == 0)
            && fchmod(file.number(), isThere ? old.st_mode & 0666U : mode) == 0 && writeAll(file.number(), content)
            && fsync(file.number()) == 0;
    if (written)
        return 0;
    const int error = errno;
    dropReplacement(directory, name);
    return error;
}

Replacement finishReplacement(int directory, const std::string &name)
{
    const std::string newName = name + replacementSuffix;
    if (renameat(directory, newName.c_str(), directory, name.c_str()) != 0) {
        const int error = errno;
        dropReplacement(directory, name);
        return {error, false};
    }
    const Descriptor folder(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return {folder.isOpen() && fsync(folder.number()) == 0 ? 0 : errno, true};
}

void dropReplacement(int directory, const std::string &name)
{
    unlinkat(directory, (name + replacementSuffix).c_str(), 0);
}

Descriptor lockFile(int directory, const std::string &name, mode_t mode, int milliseconds)
{
    Descriptor file(openat(directory, name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode));
    if (!file.isOpen())
        return {};
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
    while (flock(file.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return {};
        if (std::chrono::steady_clock::now() >= end) {
            errno = EWOULDBLOCK;
            // The caller asks who holds it; a lock that is not ours goes with no descriptor of ours.
            return {};
        }
        poll(nullptr, 0, 20);
    }
    return file;
}

int lockHolder(int descriptor, std::string_view locks)
{
    struct stat status
    {
    };
    if (fstat(descriptor, &status) != 0)
        return 0;
    // `1: FLOCK  ADVISORY  WRITE 4711 00:19:1234 0 EOF`: process, device in hexadecimal, inode.
    std::array<char, 64> wanted{};
    std::snprintf(wanted.data(), wanted.size(), " %02x:%02x:%lu ", major(status.st_dev), minor(status.st_dev),
                  static_cast<unsigned long>(status.st_ino));
    while (!locks.empty()) {
        const auto feed = locks.find('\n');
        const std::string_view line = locks.substr(0, feed);
        locks = feed == std::string_view::npos ? std::string_view() : locks.substr(feed + 1);
        const auto place = line.find(wanted.data());
        if (place == std::string_view::npos || line.find("FLOCK") == std::string_view::npos
            || line.find("->") != std::string_view::npos)
            continue;
        const auto blank = line.rfind(' ', place - 1);
        int process = 0;
        std::from_chars(line.data() + blank + 1, line.data() + place, process);
        return process;
    }
    return 0;
}

} // namespace portalbind::kernel
