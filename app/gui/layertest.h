// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/remotebackend.h"
#include "widgets/remoteservices.h"

namespace portalbind {

/// *Test connection*: name, TCP, TLS with the certificate, sign-in, rights, provider. Each is reported as it comes; the
/// first that fails ends the test and is its error. Nothing is changed on the server.
[[nodiscard]] Task<Result<>> testLayers(ConnectionRequest request, RemoteSourcesPtr sources,
                                        std::function<void(LayerOutcome)> report, std::stop_token stop);

} // namespace portalbind
