// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "backends/cim/tables.h"

namespace portalbind::cim {

/// The families of classes that a server may show.
enum class Family : quint8 {
    Schema, ///< CIM_*, subclasses included
    WindowsSmis, ///< MSISCSITARGET_*, MSFTSM_*, MSFTSMNET_*: Windows Server 2012 R2 and later
    WindowsNative, ///< WT_* in root/wmi
};

/// The class of \a source in \a family; empty when that family has none.
[[nodiscard]] QString classOf(Source source, Family family);

/// The enumeration that brings \a source: only the properties that are read, in the order of their numbers.
[[nodiscard]] CimConnection::Enumeration query(Source source, Family family, const QString &nameSpace);

/// Where WT_* are.
[[nodiscard]] QString nativeNamespace();

} // namespace portalbind::cim
