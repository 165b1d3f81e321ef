// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace portalbind {

/// One named situation: the site, what is asked, and the answer in the words of Site::words().
struct Case
{
    const char *name;
    const char *site;
    const char *question;
    const char *answer;
};

/// Cases about one thing.
struct CaseTable
{
    const char *name;
    std::span<const Case> cases;
};

/// A drop of many: the verdicts one after another.
struct DropCase
{
    const char *name;
    const char *site;
    const char *portals;
    const char *answers; ///< apart by `,`
};
/// Bind, the precedence of its predicates, the same with pending operations, unbind, move.
[[nodiscard]] std::span<const CaseTable> bindingCases();
/// Endpoints, nodes, portals and groups: create, delete, enable, rename, join, leave.
[[nodiscard]] std::span<const CaseTable> lifecycleCases();
[[nodiscard]] std::span<const DropCase> dropCases();
/// What holds on servers with exclusive ports, bare endpoints or something to save.
[[nodiscard]] std::span<const CaseTable> linuxCases();

} // namespace portalbind
