// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contractfixture.h"

#include "model/verdict.h"

#include <map>

namespace portalbind {

class RandomInventory;

/// One situation, in the language of tests/model/site.h, and what a server must answer, from the method's own table.
struct ContractCase
{
    const char *name;
    const char *site;
    const char *operation;
    quint16 code;
};
/// Every method with every code that it can give.
[[nodiscard]] const std::vector<ContractCase> &contractCases();

/// The same, when somebody else did something after the server was last read.
struct ContractRace
{
    const char *name;
    const char *site;
    const char *elsewhere;
    const char *operation;
    quint16 code;
};
[[nodiscard]] const std::vector<ContractRace> &contractRaces();

/// \a operation with the handles of a real server. An object that the map does not know is one that is not there;
/// what is to be created gets a provisional handle.
[[nodiscard]] Operation translated(const Operation &operation, const HandleMap &handles, IdTable &ids);

/// Compares the model's verdict with the server's answer to the same question: what a rule allows must be answered with
/// 0, what a target rule refuses with the verdict's code; policy is the console's own and binds no server. Returns what
/// is wrong, or nothing.
[[nodiscard]] QString compare(const Verdict &verdict, const Answer &answer);

/// Compares what a server shows after \a operation with what the inventory foretold. What a server may choose (a tag, a
/// name) is not compared; nor, when it \a learns that from its answers, what it can do. Returns what is wrong, or
/// nothing.
[[nodiscard]] QString compareAfter(const SnapshotPtr &before, const Operation &operation, const Answer &answer,
                                   const SnapshotPtr &after, bool learns = false);

/// Gives the provisional handle of what \a operation created the id that the server chose, as a session does.
void adopt(const Operation &operation, const QByteArray &id, IdTable &ids);

/// The same operation on an object that is not there: gone since the person last looked.
[[nodiscard]] Operation astray(Operation operation, RandomInventory &random, IdTable &ids);

/// Makes the state of \a one, does its operation and returns what is wrong, or nothing.
[[nodiscard]] QString runCase(ContractFixture &fixture, const ContractCase &one);

/// Random servers and operations. `answers` counts them by method and code, so that a run that hardly met a rule shows.
struct RandomRun
{
    int operations = 0;
    QString wrong; ///< the first thing that is, with all that is needed to see why
    std::map<std::pair<Method, quint16>, int> answers;
};
[[nodiscard]] RandomRun runRandom(ContractFixture &fixture, quint64 seed, int operations);

/// PORTALBIND_SEED, or a random number.
[[nodiscard]] quint64 contractSeed();

} // namespace portalbind
