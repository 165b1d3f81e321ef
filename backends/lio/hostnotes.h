// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hoststate.h"

namespace portalbind::lio {

/// What a person should know about a host beside its rows, in whole sentences.
[[nodiscard]] QStringList hostNotes(const HostState &state, const Greeting &greeting);

/// What else manages targets of the host: `Pacemaker`, `ceph-iscsi`; empty when nothing is known to.
[[nodiscard]] QString ownerOf(const HostState &state, const Greeting &greeting);
/// The same, where it has all of them.
[[nodiscard]] QString ownerOfAll(const HostState &state, const Greeting &greeting);

} // namespace portalbind::lio
