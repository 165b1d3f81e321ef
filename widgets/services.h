// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/targetbackend.h"
#include "model/task.h"
#include "widgets/remoteservices.h"

#include <functional>
#include <memory>

namespace portalbind {

/// What the window needs done that only the composition root can do: windows know no backends. Tasks never block.
struct Services
{
    /// A backend for an address: `workbook:PATH`, or the URL of a server. Nothing is read yet. Error: BadInput.
    std::function<Result<std::unique_ptr<TargetBackend>>(const QString &url)> open;
    /// The address that a person means by \a text: that of a workbook for the path of an existing file, else the text
    /// itself. None: texts are addresses.
    std::function<Task<QString>(QString text)> address;
    /// Makes an empty workbook at a path; gives its URL. Errors: File.
    std::function<Task<Result<QString>>(QString path)> newWorkbook;
    /// The URL of the person's own copy of the sample workbook, made at first use and never overwritten. Errors: File.
    std::function<Task<Result<QString>>()> sample;
    /// Makes a workbook at \a path of what is in the file \a source; gives its URL. Errors: File, BadInput.
    std::function<Task<Result<QString>>(QString source, QString path)> import;
    /// The URL of this host's own target, or why there is none. Unset: this program knows none.
    std::function<Task<Result<QString>>()> thisHost;
    QStringList addressExamples; ///< of what `open` takes
    RemoteServices remote; ///< none of it: this program knows no remote servers
};

} // namespace portalbind
