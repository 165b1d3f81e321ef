// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"

namespace portalbind {

// Objects in the words of a sentence. An object that does not exist is called what it is ("a portal").

[[nodiscard]] QString portalText(const Inventory &inventory, PortalHandle portal); ///< `10.0.1.5:3260`
[[nodiscard]] QString endpointText(const Inventory &inventory, EndpointHandle endpoint); ///< `endpoint 1 of …:mail`
/// `endpoint 1`, `TPG 1` on Linux, `ISID 0x00023d000001` of an initiator, `all targets on san-w` for the server's
/// switch.
[[nodiscard]] QString endpointInNodeText(const Inventory &inventory, EndpointHandle endpoint);
[[nodiscard]] QString nodeText(const Inventory &inventory, NodeHandle node); ///< `…:mail`
[[nodiscard]] QString groupText(const Inventory &inventory, GroupHandle group); ///< `fabric-A`
[[nodiscard]] QString serverText(const Inventory &inventory, ServerHandle server); ///< `san-a`

} // namespace portalbind
