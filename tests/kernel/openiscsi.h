// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/kernel/guestkernel.h"

/// The guest as an initiator: the real iscsid and iscsiadm (open-iscsi), under a name of its own.
class OpenIscsi
{
public:
    explicit OpenIscsi(const std::string &initiator);
    ~OpenIscsi(); ///< logs out, forgets all records, ends iscsid

    [[nodiscard]] guest::Outcome start() const; ///< iscsid, until it answers
    /// What discovery at \a portal brings: `192.0.2.10:3260,1 iqn…` a line.
    [[nodiscard]] static guest::Outcome discover(const QString &portal);
    /// iscsiadm with \a arguments, which are parted by blanks.
    [[nodiscard]] static guest::Outcome admin(const QString &arguments);
};
