// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/hoststate.h"

#include <QJsonObject>

namespace portalbind::lio {

/// The answers of the helper to `read` and `hello`, every field checked. Pure, safe in any thread.
/// Error: Server; `detail` names the field.
[[nodiscard]] Result<HostState> readHostState(const QJsonObject &answer);
[[nodiscard]] Result<Greeting> readGreeting(const QJsonObject &answer);

} // namespace portalbind::lio
