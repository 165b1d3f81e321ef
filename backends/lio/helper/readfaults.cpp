// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/readfaults.h"

#include <cerrno>

namespace portalbind::kernel {

namespace {

thread_local ReadFaults *innermost = nullptr;

} // namespace

ReadFaults::ReadFaults()
    : m_outer(innermost)
{
    innermost = this;
}

ReadFaults::~ReadFaults()
{
    innermost = m_outer;
}

bool ReadFaults::meansGone(int error)
{
    // ESRCH: a process in /proc. ELOOP, EXDEV: a link on the way, which is never followed.
    return error == ENOENT || error == ENOTDIR || error == ELOOP || error == EXDEV || error == ESRCH;
}

void ReadFaults::note(int error, std::string_view what)
{
    switch (error) {
    case 0:
    case EPERM: // not for this process to see: what the rights allow is all that is shown
    case EACCES:
    case EBADF: // below something that could not be opened, which was noted
    case EINVAL: // the kernel does not show this value; no link
    case ENODEV:
    case ENXIO:
    case EOPNOTSUPP:
    case EFBIG: // the caller's own limits
    case E2BIG:
        return;
    default:
        noteStrictly(error, what);
    }
}

void ReadFaults::noteStrictly(int error, std::string_view what)
{
    if (error != 0 && error != EBADF && !meansGone(error))
        keep(error, what);
}

void ReadFaults::keep(int error, std::string_view what)
{
    for (ReadFaults *each = innermost; each != nullptr; each = each->m_outer) {
        if (!each->m_first)
            each->m_first = systemFailure(error, printable(what) + " cannot be read");
    }
    errno = error;
}

} // namespace portalbind::kernel
