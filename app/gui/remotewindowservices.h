// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/remotebackend.h"
#include "widgets/remoteservices.h"

namespace portalbind {

class CertificatePins;

/// Where connections of the window get their secrets (the keyring), pins and a person's word. \a pins: null for the
/// person's own.
[[nodiscard]] RemoteServices remoteWindowServices(std::shared_ptr<CertificatePins> pins,
                                                  RemoteSourcesPtr *sources);

} // namespace portalbind
