// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/console.h"
#include "backends/lio/helper/rights.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace {

/// Descriptors 0 to 2 are open, so that no file that is opened later is taken for one of them.
bool hasStandardStreams()
{
    struct stat status
    {
    };
    return fstat(STDIN_FILENO, &status) == 0 && fstat(STDOUT_FILENO, &status) == 0
            && fstat(STDERR_FILENO, &status) == 0;
}

} // namespace

int main(int count, char **arguments)
{
    using namespace portalbind::kernel;

    if (!hasStandardStreams())
        return 2;
    bool verbose = false;
    for (int i = 1; i < count; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--version" && count == 2) {
            const bool told = std::puts("portalbind-lio-helper " PORTALBIND_VERSION) >= 0 && std::fflush(stdout) == 0;
            return told ? 0 : 1;
        }
        if (argument != "--verbose") {
            std::fputs("usage: portalbind-lio-helper [--verbose | --version]; it is started by portalbind\n", stderr);
            return 2;
        }
        verbose = true;
    }
    // It is not made for that: only pkexec, sudo and sshd tell it who asks.
    if (geteuid() != getuid() || getegid() != getgid()) {
        std::fputs("portalbind-lio-helper is not to be installed setuid\n", stderr);
        return 2;
    }
    umask(S_IWGRP | S_IWOTH);
    if (chdir("/") != 0 || !dropRights()) {
        std::perror("portalbind-lio-helper");
        return 2;
    }
    const Journal journal(verbose);
    Service service(Places(), journal);
    return Console(service, STDIN_FILENO, STDOUT_FILENO).serve();
}
