// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <random>

namespace portalbind {

/// The seed of a random run: PORTALBIND_SEED repeats one, else it is a new one each time. It is printed, so that what
/// failed can be repeated.
inline quint64 randomSeed()
{
    bool given = false;
    const quint64 fromEnvironment = qEnvironmentVariable("PORTALBIND_SEED").toULongLong(&given);
    const quint64 seed = given ? fromEnvironment : std::random_device{}();
    qInfo("PORTALBIND_SEED=%llu", seed);
    return seed;
}

/// How many times longer than usual a random run is: PORTALBIND_LONG=1 asks for twenty.
inline int runLength()
{
    return qEnvironmentVariable("PORTALBIND_LONG") == QLatin1String("1") ? 20 : 1;
}

} // namespace portalbind
