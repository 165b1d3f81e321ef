// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/request.h"
#include "model/inventory.h"
#include "model/report/reportcontent.h"

#include <QIODevice>
#include <QJsonObject>
#include <QUrl>

#include <stop_token>

namespace portalbind {

/// What a job did: for --json, and in words for standard error.
struct JobResult
{
    QJsonObject object;
    QString text;
};

// They block: each is meant for a worker. A stop request is obeyed before anything is written, or undone.

/// `workbook new`. Errors: File, BadInput, Cancelled.
[[nodiscard]] Result<JobResult> makeWorkbook(const Request &request, const std::stop_token &stop);
/// `import` into the workbook of \a url. Errors: File, BadInput.
[[nodiscard]] Result<JobResult> importIntoWorkbook(const Request &request, const QUrl &url,
                                                   const std::stop_token &stop);
/// `report`: to the file of \a request, or to \a device; with --json and no file it becomes a part of the object.
/// Errors: File, Cancelled.
[[nodiscard]] Result<JobResult> makeReport(const Request &request, const Inventory &inventory,
                                           const ReportSource &source, QIODevice &device, const std::stop_token &stop);

} // namespace portalbind
