// SPDX-License-Identifier: Apache-2.0
#include "tests/testdata.h"

QString testData(const QString &name)
{
    return QStringLiteral(PORTALBIND_TEST_DATA "/") + name;
}
