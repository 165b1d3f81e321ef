// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/pool.h"

namespace portalbind::cim {

QThreadPool &joinPool()
{
    static QThreadPool *const pool = [] {
        auto *made = new QThreadPool; // lives as long as the program
        made->setMaxThreadCount(2);
        return made;
    }();
    return *pool;
}

} // namespace portalbind::cim
