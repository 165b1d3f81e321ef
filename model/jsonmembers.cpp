// SPDX-License-Identifier: Apache-2.0
#include "model/jsonmembers.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

QString tr(const char *text)
{
    return QCoreApplication::translate("JsonMembers", text);
}

} // namespace

QString JsonPlace::path() const
{
    if (!parent)
        return {};
    return parent->path() + u'/' + (key ? QString::fromLatin1(key) : QString::number(index));
}

bool JsonMembers::fail(const JsonPlace &place, const QString &what)
{
    const QString path = place.path();
    m_error = Error{Error::Kind::BadInput, what, path.isEmpty() ? QStringLiteral("/") : path, m_remedy, {}};
    return false;
}

bool JsonMembers::plain(const QString &text, const JsonPlace &place)
{
    if (!text.isValidUtf16())
        return fail(place, tr("The text holds half of a surrogate pair."));
    for (const QChar c : text) {
        if (c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0))
            return fail(place, tr("The text holds a control character."));
    }
    return true;
}

bool JsonMembers::readText(const QJsonObject &object, const JsonPlace &place, const char *key, QString &to)
{
    const QJsonValue value = object.value(QLatin1String(key));
    if (!value.isString())
        return fail(place / key, value.isUndefined() ? tr("The text is missing.") : tr("A text is needed here."));
    to = value.toString();
    return plain(to, place / key);
}

bool JsonMembers::readFlag(const QJsonObject &object, const JsonPlace &place, const char *key, bool &to)
{
    const QJsonValue value = object.value(QLatin1String(key));
    if (!value.isBool())
        return fail(place / key, tr("true or false is needed here."));
    to = value.toBool();
    return true;
}

bool JsonMembers::readArray(const QJsonObject &object, const JsonPlace &place, const char *key, QJsonArray &to)
{
    const QJsonValue value = object.value(QLatin1String(key));
    if (!value.isArray())
        return fail(place / key, value.isUndefined() ? tr("The list is missing.") : tr("A list is needed here."));
    to = value.toArray();
    return true;
}

QString JsonMembers::needsObject()
{
    return tr("An object is needed here.");
}

} // namespace portalbind
