// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <optional>

namespace portalbind::cim {

/// When a server is to be read again, as nobody tells when it changes: every 10 to 30 s while somebody looks, the
/// longer a read takes the rarer; every 3 s for the next three times after a write; never for more than a third of the
/// time. It has no timer and no clock: \a now is milliseconds of a clock of the caller's that never goes back.
class PollPace
{
public:
    void setVisible(bool visible) { m_visible = visible; } ///< true at first
    void started() { ++m_underWay; } ///< a load or a write; nothing is due until all of them ended
    void loaded(qint64 now, qint64 took);
    /// Also a server that fell silent is looked for, every 30 s, then ever rarer, up to 8 min; but not one that refused
    /// the sign-in or the rights: asking again could lock the account.
    void failed(qint64 now, Error::Kind kind);
    void wrote(qint64 now);
    void told(qint64 now); ///< that it is due; also when nobody reads the server upon it, it is due again later

    /// When it is due, which may have passed already; nothing while nobody looks, before the first complete read, and
    /// while a load or write goes on.
    [[nodiscard]] std::optional<qint64> due() const;

private:
    [[nodiscard]] qint64 pause() const;

    bool m_visible = true;
    bool m_everLoaded = false;
    bool m_refused = false;
    int m_underWay = 0;
    int m_failures = 0; ///< in a row
    int m_eager = 0; ///< times left that come sooner
    qint64 m_took = 0; ///< the last complete read
    qint64 m_since = 0; ///< the pause counts from here
};

} // namespace portalbind::cim
