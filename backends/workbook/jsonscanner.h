// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QByteArray>
#include <QStringList>

#include <functional>
#include <optional>

namespace portalbind {

/// Walks over a JSON text (RFC 8259) without keeping it: what nobody asks for (secrets among it) is only stepped over.
/// Nesting is limited. The first thing that is wrong stops the walk; every call then returns false or nothing.
class JsonScanner
{
public:
    enum class Type : quint8 { Null, Boolean, Number, Text, Array, Object, Broken };
    static constexpr int maximumDepth = 64;

    /// \a json must outlive the scanner.
    explicit JsonScanner(const QByteArray &json);

    [[nodiscard]] Type peek(); ///< of the value that comes next
    /// Calls \a member for each member, which must read its value or skip() it; a member that returns false stops.
    bool object(const std::function<bool(const QString &key)> &member);
    /// Calls \a element for each element, in the same way.
    bool array(const std::function<bool()> &element);
    bool skip(); ///< the value that comes next, whatever it is
    bool skipNull(); ///< whether it is null; then it is read
    // A value of another type is an error at its place.
    [[nodiscard]] std::optional<QString> text();
    [[nodiscard]] std::optional<bool> boolean();
    /// A whole number from \a least to \a most; the same in quotes is accepted too, as files edited by hand have it.
    [[nodiscard]] std::optional<qint64> number(qint64 least, qint64 most);
    /// Whether nothing but white space is left.
    bool end();

    /// Stops with a complaint about the value that was read last, or comes next.
    bool fail(const QString &what);
    /// The same about another place.
    bool failAt(const QString &path, const QString &what);
    [[nodiscard]] QString path() const; ///< like `/targets/0/tpgs/1/tag`
    /// BadInput; `where` is a path, or `line:column` when it is no JSON.
    [[nodiscard]] const std::optional<Error> &error() const { return m_error; }

private:
    void skipSpace();
    bool syntaxError(const QString &what);
    bool take(char c);
    [[nodiscard]] bool startsWith(const char *word) const;
    bool literal(const char *word);
    bool scanText(QString *to);
    bool scanEscape(QString *to);
    bool scanNumber(QByteArrayView *to);
    bool deeper();
    bool key(QString *to); ///< a member's name and the colon behind it
    template <class Item>
    bool items(char close, Item item); ///< of the array or object that begins here

    const char *m_begin;
    const char *m_at;
    const char *m_end;
    int m_depth = 0;
    QStringList m_path;
    std::optional<Error> m_error;
};

/// Puts what a JsonScanner read into \a to; false, and \a to as it was, when there is nothing.
template <class From, class To>
[[nodiscard]] bool assign(const std::optional<From> &from, To &to)
{
    if (from)
        to = static_cast<To>(*from);
    return from.has_value();
}

} // namespace portalbind
