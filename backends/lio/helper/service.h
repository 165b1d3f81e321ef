// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/answer.h"
#include "backends/lio/helper/changewatch.h"
#include "backends/lio/helper/journal.h"
#include "backends/lio/helper/kernelchange.h"
#include "backends/lio/helper/places.h"
#include "backends/lio/helper/portalpools.h"
#include "backends/lio/helper/request.h"

#include <memory>
#include <string>

namespace portalbind::kernel {

/// Answers requests, one line each.
class Service
{
public:
    Service(const Places &places, const Journal &journal);

    /// The answer to \a line (without its line feed), with a line feed at the end.
    [[nodiscard]] std::string answer(std::string_view line);
    /// The watch that was asked for; none before.
    [[nodiscard]] ChangeWatch *watch() { return m_watch.get(); }

private:
    [[nodiscard]] Done carryOut(const Request &request);
    [[nodiscard]] Done hello() const;
    [[nodiscard]] tl::expected<std::string, Failure> read(std::int64_t id);
    [[nodiscard]] Done save(const Request &request) const;
    void log(const Request &request, std::string_view line, const Done &done) const;

    Places m_places;
    const Journal &m_journal;
    SocketOwners m_owners;
    KernelChange m_change;
    PortalPools m_pools;
    std::unique_ptr<ChangeWatch> m_watch;
};

} // namespace portalbind::kernel
