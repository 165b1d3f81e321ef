// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace portalbind::kernel {

/// What is wrong with \a name as the name of a new target (RFC 7143 4.2.7, RFC 3722):
/// `iqn.yyyy-mm.reversed.domain[:rest]`, `eui.` and 16, `naa.` and 16 or 32 hexadecimal digits; lower case ASCII, at
/// most 223 bytes. Empty: nothing is.
[[nodiscard]] std::string iscsiNameFault(std::string_view name);

/// Whether two names are one to iSCSI, which knows no letter case, and two to the kernel.
[[nodiscard]] bool sameIscsiName(std::string_view a, std::string_view b);

} // namespace portalbind::kernel
