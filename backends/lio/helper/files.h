// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace portalbind::kernel {

// What of these opens, lists or reads tells ReadFaults where it fails for another reason than that nothing is there.

/// A file descriptor that closes itself.
class Descriptor
{
public:
    Descriptor() = default;
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    Descriptor(Descriptor &&other) noexcept
        : m_number(other.release())
    {
    }
    Descriptor &operator=(Descriptor &&other) noexcept;
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor();

    [[nodiscard]] int number() const { return m_number; }
    [[nodiscard]] bool isOpen() const { return m_number >= 0; }
    int release();

private:
    int m_number = -1;
};

/// Whether \a name is one component of a path: not empty, not `.` or `..`, without a slash or a NUL, at most 255 bytes.
[[nodiscard]] bool isComponent(std::string_view name);

/// Opens \a path, which is relative to \a directory and never leaves it, without following any symbolic link on the
/// way: openat2(2) with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS, on kernels before 5.6 one openat(2) with O_NOFOLLOW
/// for each component. \a flags as of open(2); O_CLOEXEC is added, and \a mode counts with O_CREAT. Empty: errno says
/// why.
[[nodiscard]] Descriptor openBeneath(int directory, std::string_view path, int flags, mode_t mode = 0);
/// The folder or file \a name in \a directory, which is one component and no link.
[[nodiscard]] Descriptor openChild(int directory, const std::string &name, int flags);
/// openBeneath() for an absolute path.
[[nodiscard]] Descriptor openAbsolute(std::string_view path, int flags, mode_t mode = 0);

/// Names in the folder that \a directory stands for, sorted; without `.` and `..`. Empty with errno set on failure; at
/// most \a most names, then errno is E2BIG.
[[nodiscard]] std::optional<std::vector<std::string>> listDirectory(int directory, std::size_t most = 2'000'000);
/// The same, folders alone.
[[nodiscard]] std::optional<std::vector<std::string>> listFolders(int directory, std::size_t most = 2'000'000);

/// The same of a folder that was opened a moment ago, of which nothing was read yet. Half of the system calls: where
/// there are thousands of folders.
[[nodiscard]] std::optional<std::vector<std::string>> foldersOfFresh(int directory, std::size_t most = 2'000'000);

/// What is in \a descriptor from its start, at most \a most bytes (errno EFBIG beyond).
[[nodiscard]] std::optional<std::string> readAll(int descriptor, std::size_t most);
/// The content of a small file in a folder (an attribute of configfs holds at most 4,096 bytes). Empty: errno says why.
[[nodiscard]] std::optional<std::string> readSmall(int directory, const std::string &name);
/// \a text without white space and NULs at its end.
[[nodiscard]] std::string withoutEnd(std::string text);
/// readSmall() without them; "" where it cannot be read (see ReadFaults).
[[nodiscard]] std::string readTrimmed(int directory, const std::string &name);

/// Whether a file of the kernel's holds 1. That it cannot be read, but that it is gone, is a ReadFault.
[[nodiscard]] bool readFlag(int directory, const std::string &name);

/// Writes all of \a text. False: errno says why.
[[nodiscard]] bool writeAll(int descriptor, std::string_view text);

/// What of \a link in \a directory points to. Empty: it is none, or errno says why.
[[nodiscard]] std::optional<std::string> readLink(int directory, const std::string &name);

/// What came of replacing a file.
struct Replacement
{
    int error = 0; ///< errno, or 0; ECANCELED: it was not to be replaced after all
    /// The new content is in place. With an error: the folder could not be synced, and nobody knows what is there after
    /// a power cut. False: the old file is as it was.
    bool isInPlace = false;
};

/// Replaces \a name in the folder \a directory by a file with \a content: a new file beside it (O_EXCL, under the name
/// with
/// `.portalbind` behind it; one that a crash has left is removed), with mode, owner and group of the old one if that is
/// a regular file, or \a mode, written, synced, renamed over the old one, and the folder synced. \a mayReplace is asked
/// just before the rename.
template <class MayReplace>
[[nodiscard]] Replacement replaceFile(int directory, const std::string &name, std::string_view content, mode_t mode,
                                      MayReplace mayReplace);

[[nodiscard]] int prepareReplacement(int directory, const std::string &name, std::string_view content, mode_t mode);
[[nodiscard]] Replacement finishReplacement(int directory, const std::string &name);
void dropReplacement(int directory, const std::string &name);

template <class MayReplace>
Replacement replaceFile(int directory, const std::string &name, std::string_view content, mode_t mode,
                        MayReplace mayReplace)
{
    if (const int error = prepareReplacement(directory, name, content, mode))
        return {error, false};
    if (!mayReplace()) {
        dropReplacement(directory, name);
        return {ECANCELED, false};
    }
    return finishReplacement(directory, name);
}

/// An flock(2) on a file, tried for up to \a milliseconds. Not open: errno is EWOULDBLOCK, or says why it cannot be
/// opened.
[[nodiscard]] Descriptor lockFile(int directory, const std::string &name, mode_t mode, int milliseconds);
/// Which process holds an flock on \a descriptor's file, from \a locks (the content of /proc/locks); 0: it does not
/// say.
[[nodiscard]] int lockHolder(int descriptor, std::string_view locks);

} // namespace portalbind::kernel
