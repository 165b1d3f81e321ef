// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <functional>

namespace portalbind {

/// Says what is wrong with a text, in one sentence; empty when nothing is.
using FieldCheck = std::function<QString(const QString &)>;

/// The first of \a checks that objects.
[[nodiscard]] FieldCheck allOf(std::initializer_list<FieldCheck> checks);
/// Nothing to object to an empty text; otherwise as \a check.
[[nodiscard]] FieldCheck emptyOr(FieldCheck check);
/// \a what names the field: "Type an address".
[[nodiscard]] FieldCheck notEmpty(const QString &what);
[[nodiscard]] FieldCheck isIpAddress();
[[nodiscard]] FieldCheck isIscsiName();
/// A whole number, decimal or hexadecimal with 0x.
[[nodiscard]] FieldCheck isNumber(quint64 least, quint64 most);
/// No control characters, at most \a most characters.
[[nodiscard]] FieldCheck isName(int most);

/// The number that isNumber() accepts.
[[nodiscard]] quint64 numberOf(const QString &text, bool *ok = nullptr);

} // namespace portalbind
