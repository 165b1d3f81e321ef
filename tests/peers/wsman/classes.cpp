// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/classes.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace peer {

bool CimClass::derivesFrom(const CimClass *ancestor) const
{
    for (const CimClass *each = this; each; each = each->superclass) {
        if (each == ancestor)
            return true;
    }
    return false;
}

int CimClass::indexOf(const QByteArray &property) const
{
    for (size_t i = 0; i < properties.size(); ++i) {
        if (properties[i].name.compare(property, Qt::CaseInsensitive) == 0)
            return int(i);
    }
    return -1;
}

Classes::Classes()
{
    QFile file(QStringLiteral(":/wsmanpeer/classes.json"));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("classes.json is missing");
    const QJsonObject all = QJsonDocument::fromJson(file.readAll()).object();
    for (auto it = all.begin(); it != all.end(); ++it) {
        auto made = std::make_shared<CimClass>();
        made->name = it.key().toUtf8();
        const QJsonObject object = it->toObject();
        made->association = object.value(QLatin1String("association")).toBool();
        for (const auto &key : object.value(QLatin1String("keys")).toArray())
            made->keys.append(key.toString().toUtf8());
        for (const auto &method : object.value(QLatin1String("methods")).toArray())
            made->methods.append(method.toString().toUtf8());
        for (const auto &property : object.value(QLatin1String("properties")).toArray()) {
            const QByteArray text = property.toString().toUtf8();
            const qsizetype colon = text.indexOf(':');
            const bool array = text.endsWith("[]");
            made->properties.push_back(
                    {text.left(colon), text.mid(colon + 1, text.size() - colon - 1 - (array ? 2 : 0)), array});
        }
        m_classes.insert(made->name.toLower(), made);
    }
    for (auto it = all.begin(); it != all.end(); ++it) {
        const QByteArray super = it->toObject().value(QLatin1String("superclass")).toString().toUtf8().toLower();
        if (!super.isEmpty())
            m_classes.value(it.key().toUtf8().toLower())->superclass = m_classes.value(super).get();
    }
}

const CimClass *Classes::find(const QByteArray &name) const
{
    return m_classes.value(name.toLower()).get();
}

const CimClass &Classes::get(const char *name) const
{
    const CimClass *const found = find(name);
    if (!found)
        qFatal("classes.json lacks %s", name);
    return *found;
}

} // namespace peer
