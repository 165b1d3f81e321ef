// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QJsonArray>
#include <QJsonObject>

namespace portalbind {

/// Where in a JSON document its reader is; spelt out only for an error.
struct JsonPlace
{
    const JsonPlace *parent = nullptr;
    const char *key = nullptr; ///< null: an element of an array
    qsizetype index = 0;

    [[nodiscard]] JsonPlace operator/(const char *member) const { return {this, member, 0}; }
    [[nodiscard]] JsonPlace operator/(qsizetype element) const { return {this, nullptr, element}; }
    /// A JSON pointer (RFC 6901); empty at the top.
    [[nodiscard]] QString path() const;
};

/// The members of JSON objects for a reader that trusts nothing: each function returns whether the member is what it
/// has to be, and otherwise keeps an error with the place. The first one counts: a reader stops at it.
class JsonMembers
{
protected:
    /// \a remedy is what every error advises.
    explicit JsonMembers(QString remedy)
        : m_remedy(std::move(remedy))
    {
    }
    /// BadInput; `where` is a path like `/servers/0/name`.
    [[nodiscard]] const Error &error() const { return m_error; }
    /// Keeps an error; false.
    bool fail(const JsonPlace &place, const QString &what);
    /// Whether \a text can be shown and stored: no control characters, no half of a surrogate pair.
    [[nodiscard]] bool plain(const QString &text, const JsonPlace &place);
    [[nodiscard]] bool readText(const QJsonObject &object, const JsonPlace &place, const char *key, QString &to);
    [[nodiscard]] bool readFlag(const QJsonObject &object, const JsonPlace &place, const char *key, bool &to);
    /// Calls \a readOne with each object of an array and its place; it stops at one that returns false.
    template <class ReadOne>
    [[nodiscard]] bool readList(const QJsonObject &object, const JsonPlace &place, const char *key, ReadOne readOne)
    {
        QJsonArray array;
        if (!readArray(object, place, key, array))
            return false;
        const JsonPlace here = place / key;
        for (qsizetype i = 0; i < array.size(); ++i) {
            const QJsonValue element = array.at(i);
            if (!element.isObject())
                return fail(here / i, needsObject());
            if (!readOne(element.toObject(), here / i))
                return false;
        }
        return true;
    }
    /// The sentence on a value that is none.
    [[nodiscard]] static QString needsObject();

private:
    [[nodiscard]] bool readArray(const QJsonObject &object, const JsonPlace &place, const char *key, QJsonArray &to);

    QString m_remedy;
    Error m_error;
};

} // namespace portalbind
