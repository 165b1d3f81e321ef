// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/address.h"
#include "model/entities.h"

#include <QDateTime>

#include <optional>
#include <string_view>

/// What the text of a property means, its CIM type known. Servers are liberal in what they send; each function takes
/// every form that was seen and gives nothing for the rest. A null view (NULL) gives nothing.
namespace portalbind::cim {

[[nodiscard]] std::string_view trimmed(std::string_view text);

/// boolean: `true`, `TRUE`, `1` and their opposites.
[[nodiscard]] std::optional<bool> toBoolean(std::string_view text);

/// uint8 … uint64: decimal, or hexadecimal after `0x`.
[[nodiscard]] std::optional<quint64> toUnsigned(std::string_view text);

/// iSCSIProtocolEndpoint.Identifier: hexadecimal digits with or without `0x`, 12 by the schema, 16 by the text of
/// Name, four in the wild.
[[nodiscard]] std::optional<quint64> toTag(std::string_view text);

/// The tag at the end of iSCSIProtocolEndpoint.Name: `…,t,0x0001`, `…,i,0x00023d000001`, also `…t,0x0001`, which
/// documentation prints, and `…,1`.
[[nodiscard]] std::optional<quint64> tagOfName(std::string_view name);
/// The iSCSI name in it: what stands before the first comma.
[[nodiscard]] std::string_view nodeOfName(std::string_view name);
/// Target or Initiator by the letter before the tag.
[[nodiscard]] std::optional<Role> roleOfName(std::string_view name);

/// SCSIProtocolEndpoint.Role; NULL and what the schema does not list are Unknown.
[[nodiscard]] Role toRole(std::string_view text);

/// datetime: `yyyymmddhhmmss.mmmmmm±utc` (DSP0004 5.2.4; utc in minutes) or `yyyy-mm-ddThh:mm:ssZ`. Intervals and
/// asterisks give nothing.
[[nodiscard]] std::optional<QDateTime> toDateTime(std::string_view text);

/// An address of an IP endpoint. Nothing for NULL, for an IPv4 address put into IPv6 form with a prefix of zeros (some
/// arrays fill unused fields so) and for what is no address. `0.0.0.0` and `::` stand for "all addresses".
[[nodiscard]] std::optional<IpAddress> toAddress(std::string_view text);

[[nodiscard]] QString toText(std::string_view utf8);
[[nodiscard]] bool equalNames(std::string_view a, std::string_view b); ///< in ASCII, whatever the case

} // namespace portalbind::cim
