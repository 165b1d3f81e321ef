// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/backends/lio/fakehelper.h"
#include "tests/linux/hostwindow.h"

namespace portalbind {

/// Ends after the window that uses it.
struct HelperOfWindow
{
    FakeHelper helper;
};

/// The window over the stand-in for the helper.
class LinuxWindow
    : public HelperOfWindow
    , public HostWindow
{
public:
    /// \a whyNotThisHost: what the start page says; empty: this host can be opened, and is the stand-in's.
    explicit LinuxWindow(const QString &whyNotThisHost = {});

    bool open() { return HostWindow::open(QStringLiteral("lio:")); }
    /// \a target: how its name ends.
    [[nodiscard]] EndpointHandle tpg(const char *target, int tag) const;

private:
    [[nodiscard]] Services services(const QString &whyNotThisHost) const;
};

} // namespace portalbind
