// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>

#include <string_view>
#include <utility>
#include <vector>

namespace portalbind::wsman {

/// One challenge of WWW-Authenticate (RFC 9110 section 11.6.1): a scheme with a token, or with parameters, or alone.
struct AuthChallenge
{
    QByteArray scheme; ///< as it came
    QByteArray token; ///< base64 as it came; empty when there is none
    std::vector<std::pair<QByteArray, QByteArray>> parameters; ///< names in lower case, values unquoted

    [[nodiscard]] bool is(std::string_view name) const; ///< schemes are compared without regard to case
};

/// The challenges of all WWW-Authenticate fields of a response: several fields, and several in one, separated by
/// commas, which quoted values may contain as well. What cannot be understood is passed over up to the next comma.
[[nodiscard]] std::vector<AuthChallenge> parseChallenges(const std::vector<std::string_view> &fields);

/// The first challenge of this scheme; null when there is none.
[[nodiscard]] const AuthChallenge *findChallenge(const std::vector<AuthChallenge> &all, std::string_view scheme);

} // namespace portalbind::wsman
