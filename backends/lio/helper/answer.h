// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"
#include "backends/lio/helper/hostmarks.h"
#include "backends/lio/helper/hostnetwork.h"
#include "backends/lio/helper/inventory.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace portalbind::kernel {

inline constexpr std::size_t longestAnswer = std::size_t(64) * 1024 * 1024; ///< bytes, with the line feed

/// Lines of the protocol, each with its line feed.
[[nodiscard]] std::string okLine(std::int64_t id, const Json &content);
[[nodiscard]] std::string refusedLine(std::int64_t id, const Refusal &refusal);
/// \a id is empty for a line in which none was found.
[[nodiscard]] std::string failedLine(std::optional<std::int64_t> id, const Failure &failure);

/// Whether a socket of the kernel's listens at an address.
using IsListening = std::function<bool(const SocketAddress &)>;

/// Parts of the answer to `read` (docs/lio-helper.md).
[[nodiscard]] Json describeTarget(const Target &target, const std::string &owner, const IsListening &isListening);
[[nodiscard]] Json describeAddresses(const HostInterfaces &interfaces, const Ownership &ownership);
[[nodiscard]] Json describeAbsentRoaming(const HostInterfaces &interfaces, const Ownership &ownership);
[[nodiscard]] Json describeListener(const Listener &listener);
[[nodiscard]] Json describeConnection(const EstablishedConnection &connection);

/// Content of an answer that is put together piece by piece, so that no second copy of a large inventory is held.
class LongObject
{
public:
    void add(const char *name, const Json &value);
    void beginList(const char *name);
    void addElement(const Json &value);
    void endList();
    [[nodiscard]] std::size_t size() const { return m_text.size(); }
    /// `{"id":…,"ok":{…}}`; nothing may be added afterwards.
    [[nodiscard]] std::string finish(std::int64_t id);

private:
    void key(const char *name);

    std::string m_text;
    bool m_first = true;
    bool m_firstElement = true;
};

} // namespace portalbind::kernel
