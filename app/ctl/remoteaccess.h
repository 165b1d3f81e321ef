// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/request.h"
#include "app/remotebackend.h"

#include <QJsonObject>

namespace portalbind {

/// How a call gets into a server: the password out of `--password-file`, the keyring, or the terminal, in that order;
/// certificates by `--pin`, or the pins that the window keeps. Error: BadInput, of the options.
[[nodiscard]] Result<RemoteSourcesPtr> remoteSources(const Request &request);

/// The error with the certificate that caused it, and how to accept it; else as it is.
[[nodiscard]] Error withCertificate(const Error &error, const TargetBackend &backend);
/// The key `certificate` of an error object: `subject`, `issuer`, `from`, `until`, `names`, `sha256`, `pinned`. Empty:
/// it was not the certificate.
[[nodiscard]] QJsonObject certificateObject(const Error &error, const TargetBackend &backend);

} // namespace portalbind
