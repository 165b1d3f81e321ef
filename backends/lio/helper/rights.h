// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace portalbind::kernel {

/// Gives up, for this process and all it could start, every capability but those that the work needs:
/// CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH (files of other users: a cluster's configuration, /proc of other
/// processes), CAP_CHOWN and CAP_FOWNER (a saved file keeps its owner), CAP_NET_BIND_SERVICE (portals below port 1024),
/// CAP_SYS_ADMIN (the kernel shows whether a CHAP name is set to no one else), CAP_SYS_PTRACE (who has a socket open),
/// CAP_SYSLOG (why the kernel refused). No program run from here can gain any (PR_SET_NO_NEW_PRIVS). Without root
/// nothing happens. False: the kernel does not let go of them.
[[nodiscard]] bool dropRights();

} // namespace portalbind::kernel
