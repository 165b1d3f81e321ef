// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "model/secret.h"
#include "model/task.h"

#include <QString>

#include <optional>
#include <stop_token>

namespace portalbind {

/// The keyring of the desktop (Secret Service, KWallet), where secrets are kept under the name of an account:
/// `user@host:port`. Secrets are never kept anywhere else: where there is no keyring, nothing is kept. All of it is
/// awaited in the GUI thread; a locked keyring may ask the person, for as long as they take.
class Keyring
{
public:
    /// Nothing: there is no secret of that account. Errors: SignIn, when there is no keyring, or it stays locked;
    /// Cancelled.
    [[nodiscard]] static Task<Result<std::optional<Secret>>> read(QString account, std::stop_token stop);
    /// Errors as of read(). Seen to its end.
    [[nodiscard]] static Task<Result<>> write(QString account, Secret secret);
    /// Error as of read(); forgetting what is not there is none.
    [[nodiscard]] static Task<Result<>> forget(QString account);
};

} // namespace portalbind
