// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <tl/expected.hpp>

#include <string>

namespace portalbind::kernel {

/// Keys keep their order: answers read as they are documented, and a file that is patched keeps its own.
using Json = nlohmann::ordered_json;

/// Why a request was not carried out: `failed` of the protocol.
struct Failure
{
    std::string why; ///< `protocol`, `rights`, `no-lio`, `no-module`, `read-only`, `too-large`, `io`
    std::string text; ///< for a person and the log
    int error = 0; ///< errno, or 0
    bool unknownOutcome = false; ///< something may have been changed
};

/// A rule, the kernel or a file says no, and nothing was changed: `refused` of the protocol.
struct Refusal
{
    Json content; ///< with `why` as its first key
};

template <class T>
using Result = tl::expected<T, Failure>;

/// The Failure that \a error (errno) stands for: EPERM and EACCES are `rights`, EROFS `read-only`, all else `io`.
[[nodiscard]] Failure systemFailure(int error, const std::string &what);

/// The same about a file of the system's, not the kernel's: `rights` where this does not run as root, else `io`. Root
/// meets EPERM, EACCES and EROFS too (chattr +i, SELinux, NFS, a /etc that is read-only), and mending that is another
/// matter.
[[nodiscard]] Failure fileFailure(int error, const std::string &what);

inline tl::unexpected<Failure> failed(int error, const std::string &what)
{
    return tl::unexpected<Failure>(systemFailure(error, what));
}

[[nodiscard]] Refusal refusal(const std::string &why, const Json &more = Json::object());

/// \a text for one line of a log: control characters, those that turn the direction of writing, and bytes that are no
/// UTF-8 are escaped; cut at \a longest bytes.
[[nodiscard]] std::string printable(std::string_view text, std::size_t longest = 300);

[[nodiscard]] bool isUtf8(std::string_view text);

} // namespace portalbind::kernel
