// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "model/targetbackend.h"

#include <QUrl>

#include <memory>
#include <span>

namespace portalbind {

struct RemoteSources;
using RemoteSourcesPtr = std::shared_ptr<const RemoteSources>;

/// A kind of connection: the scheme of its URL and what opens it. A new one is a line in backends.cpp.
struct BackendScheme
{
    const char *scheme; ///< lower case
    const char *example; ///< of a URL
    Result<std::unique_ptr<TargetBackend>> (*open)(const QUrl &url, const RemoteSourcesPtr &remote);
};

[[nodiscard]] std::span<const BackendScheme> backendSchemes();

/// What a person typed, with the bare path of an existing file made the address of a workbook; anything else as it
/// stands. Looks at the disk.
[[nodiscard]] QString typedAddress(const QString &text);

/// What a person typed as a URL: `workbook:PATH` with a path taken as it stands, or any other URL. Paths become
/// absolute; the URL of a server is as ServerUrl::toUrl() writes it. Looks at no disk. Error: BadInput, naming the
/// schemes that there are, or the part of the URL that is wrong.
[[nodiscard]] Result<QUrl> backendUrl(const QString &text);

/// The path of a `workbook:` URL; empty for any other.
[[nodiscard]] QString workbookPath(const QUrl &url);

/// A backend for that URL; nothing is read yet. Without \a remote a server gets no secret, and a certificate that the
/// system does not trust is refused. Error: BadInput.
[[nodiscard]] Result<std::unique_ptr<TargetBackend>> openBackend(const QUrl &url, const RemoteSourcesPtr &remote = {});
[[nodiscard]] Result<std::unique_ptr<TargetBackend>> openBackend(const QString &text,
                                                                 const RemoteSourcesPtr &remote = {});

} // namespace portalbind
