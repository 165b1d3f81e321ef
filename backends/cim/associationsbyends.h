// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/intake.h"
#include "backends/cim/queries.h"

namespace portalbind::cim {

/// Whether \a source can be read by asking about its ends, where a server refuses to enumerate it.
[[nodiscard]] bool canReadByEnds(Source source);

/// Reads the association \a source by asking about each object that is its end and was read, as many at a time as the
/// connection takes. Errors: Server when there are more than 2,000 of them or the server does not answer such
/// questions; those of the connection.
[[nodiscard]] Task<Result<>> readByEnds(std::shared_ptr<CimConnection> connection, std::shared_ptr<Intake> intake,
                                        Source source, Family family, std::stop_token stop);

} // namespace portalbind::cim
