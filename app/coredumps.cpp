// SPDX-License-Identifier: Apache-2.0
#include "app/coredumps.h"

#include <QtGlobal>

#ifdef Q_OS_UNIX
#include <sys/resource.h>
#endif

namespace portalbind {

void leaveNoCoreDump()
{
#ifdef Q_OS_UNIX
    rlimit limit = {};
    if (::getrlimit(RLIMIT_CORE, &limit) == 0) {
        limit.rlim_cur = 0; // a person who debugs it may raise it again
        ::setrlimit(RLIMIT_CORE, &limit);
    }
#endif
}

} // namespace portalbind
