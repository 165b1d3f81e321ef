// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QCoreApplication>

namespace portalbind::lio {

/// Where the sentences of this folder are translated.
struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Lio)
};

} // namespace portalbind::lio
