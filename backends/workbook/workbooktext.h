// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>

namespace portalbind {

/// Gives what the embedded backend says to people one translation context.
struct WorkbookText
{
    Q_DECLARE_TR_FUNCTIONS(Workbook)
};

} // namespace portalbind
