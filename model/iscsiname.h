// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QString>

#include <optional>

namespace portalbind {

/// Checks an iSCSI name (RFC 7143 4.2.7, RFC 3721/3722): `iqn.yyyy-mm.reversed.domain[:rest]`, `eui.` + 16 hex digits
/// or `naa.` + 16 or 32 hex digits, at most 223 bytes, lower case after normalising. Returns the normalised name.
/// Error: BadInput, naming the first offending part.
[[nodiscard]] Result<QString> parseIscsiName(QStringView text);

/// The last part, for narrow places: `…:mail` for `iqn.2026-11.com.example:mail`.
[[nodiscard]] QString shortIscsiName(const QString &name);

/// The name of an iSCSI port (RFC 7143 9.1.3; CIM_iSCSIProtocolEndpoint.Name): `IQN,t,0x0001`, `IQN,i,0x00023d000001`.
struct EndpointName
{
    QString node; ///< the iSCSI name, as given
    std::optional<bool> initiator; ///< from `,i,` or `,t,`; empty in the short form `IQN,1`
    quint64 tag = 0; ///< TPGT (16 bit) of a target, ISID (48 bit) of an initiator

    /// Accepts the full form and `IQN,1` (decimal, or hex with 0x). Error: BadInput.
    [[nodiscard]] static Result<EndpointName> parse(QStringView text);
};

/// `IQN,t,0x0001` or `IQN,i,0x00023d000001`.
[[nodiscard]] QString endpointName(const QString &node, bool initiator, quint64 tag);

inline constexpr quint64 maximumTargetTag = 0xffff; ///< TPGT: RFC 7143 13.9
inline constexpr quint64 maximumInitiatorTag = 0xffff'ffff'ffffULL; ///< ISID: RFC 7143 11.12.5

} // namespace portalbind
