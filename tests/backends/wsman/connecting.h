// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/wsmanconnection.h"

/// A profile for a server of a test on loopback, with Basic sign-in over TLS and little patience.
[[nodiscard]] portalbind::wsman::ServerProfile profileFor(quint16 port);

/// Hooks that take any certificate, once.
[[nodiscard]] portalbind::wsman::ConnectionHooks trusting();
