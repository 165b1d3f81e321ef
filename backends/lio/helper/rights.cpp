// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/rights.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace portalbind::kernel {

namespace {

constexpr std::array<unsigned, 8> kept = {CAP_DAC_OVERRIDE,     CAP_DAC_READ_SEARCH, CAP_CHOWN,      CAP_FOWNER,
                                          CAP_NET_BIND_SERVICE, CAP_SYS_ADMIN,       CAP_SYS_PTRACE, CAP_SYSLOG};

} // namespace

bool dropRights()
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    if (geteuid() != 0)
        return true;
    std::uint64_t mask = 0;
    for (const unsigned capability : kept)
        mask |= std::uint64_t(1) << capability;
    // Ends with EINVAL at the first number that this kernel does not know.
    for (unsigned capability = 0; capability < 64; ++capability) {
        if ((mask >> capability & 1) == 0 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) {
            if (errno == EINVAL)
                break;
            if (errno != EPERM) // a container has taken CAP_SETPCAP: what it left is all there is
                return false;
        }
    }
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, 2> now{};
    if (syscall(SYS_capget, &header, now.data()) != 0)
        return false;
    std::uint64_t rest = mask;
    for (__user_cap_data_struct &half : now) {
        half.permitted &= static_cast<std::uint32_t>(rest);
        half.effective = half.permitted;
        half.inheritable = 0;
        rest >>= 32;
    }
    return syscall(SYS_capset, &header, now.data()) == 0;
}

} // namespace portalbind::kernel
