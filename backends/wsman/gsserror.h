// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/serverprofile.h"
#include "model/error.h"

#include <gssapi/gssapi.h>

namespace portalbind::wsman {

/// What GSSAPI says, in words a person can act on; its own text is the detail.
[[nodiscard]] Error gssError(const ServerProfile &profile, OM_uint32 major, OM_uint32 minor, gss_OID mechanism);

} // namespace portalbind::wsman
