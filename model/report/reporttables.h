// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/report/reportcontent.h"
#include "model/report/reportnames.h"

namespace portalbind {

using ReportNamesPtr = std::shared_ptr<const ReportNames>;

// The tables of a report. Where there is one server only, no column repeats its name.
[[nodiscard]] ReportTable serverTable(const ReportNamesPtr &names);
[[nodiscard]] ReportTable groupTable(const ReportNamesPtr &names);
[[nodiscard]] ReportTable portalTable(const ReportNamesPtr &names);
[[nodiscard]] ReportTable endpointTable(const ReportNamesPtr &names);
[[nodiscard]] ReportTable bindingTable(const ReportNamesPtr &names);
[[nodiscard]] ReportTable sessionTable(const ReportNamesPtr &names);
[[nodiscard]] ReportTable flatTable(const ReportNamesPtr &names);

// Words that several tables use.
[[nodiscard]] QString reportWord(Dialect dialect);
[[nodiscard]] QString reportWord(Role role);

} // namespace portalbind
