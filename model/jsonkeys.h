// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <optional>

namespace portalbind {

/// The place (a JSON pointer, RFC 6901) of the first key that stands twice in one object. Qt's parser keeps the last
/// one and says nothing, and of a file that was put together by hand nobody knows which was meant. \a json must be
/// valid.
[[nodiscard]] std::optional<QString> repeatedJsonKey(const QByteArray &json);

} // namespace portalbind
