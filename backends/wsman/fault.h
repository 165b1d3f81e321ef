// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/serverprofile.h"
#include "backends/wsman/soapdocument.h"
#include "model/error.h"

#include <optional>
#include <vector>

namespace portalbind::wsman {

/// What a fault means to us, whoever sent it and however it was said.
enum class Trouble {
    AccessDenied,
    NotFound, ///< namespace, class or object
    BadSelectors, ///< the object has vanished, or the server names it in another way
    Busy,
    TimedOut, ///< the operation may still be going on
    Quota,
    Concurrency,
    TooBig, ///< EncodingLimit
    BadContext, ///< the enumeration is gone
    NoFilter,
    NotSupported,
    AlreadyExists,
    Rejected, ///< the message itself: an error of ours, or another version
    Other,
};

/// A SOAP fault with what Windows, OMI and openwsman put into it.
struct Fault
{
    QString code, subcode; ///< local names
    QString reason;
    std::vector<quint32> codes; ///< of WSManFault elements (Win32, WinRM, WMI), the outermost first
    std::optional<int> cimStatus; ///< DSP0200 status of MSFT_WmiError, OMI_Error or CIM_Error
    QString message; ///< what the provider says
    QString raw; ///< the whole fault as text, safe to show

    [[nodiscard]] Trouble trouble() const;
    /// Whether the server says that it did not do what was asked: a refusal that is known, or blame of the sender. A
    /// failure of its own, or one that it has no word for, may come after the deed.
    [[nodiscard]] bool isRefusal() const;
    /// CIM status code for what the fault says of a write.
    [[nodiscard]] quint16 writeStatus() const;
    [[nodiscard]] QString text() const; ///< message, else reason
};

[[nodiscard]] Fault readFault(pugi::xml_node node);

/// Whether a read may be sent again after some time.
[[nodiscard]] bool isTransient(Trouble trouble);

/// \a subject says what was asked for: "CIM_BindsTo in root/cimv2". \a trouble is what the fault means there, where
/// that is known better than from the fault alone.
[[nodiscard]] Error faultError(const Fault &fault, const ServerProfile &profile, const QString &subject,
                               std::optional<Trouble> trouble = {});

} // namespace portalbind::wsman
