// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/cimvalue.h"

#include "backends/cim/pathkey.h"

#include <deque>

namespace portalbind::cim {
namespace {

const Value &named(const std::vector<std::pair<QString, Value>> &values, QStringView name)
{
    static const Value null;
    for (const auto &[key, value] : values) {
        if (name.compare(key, Qt::CaseInsensitive) == 0)
            return value;
    }
    return null;
}

} // namespace

const Value *Value::first() const
{
    const Value *value = this;
    while (const auto *list = std::get_if<List>(&value->data)) {
        if (list->empty())
            return nullptr;
        value = &list->front();
    }
    return value;
}

QString Value::text() const
{
    const Value *value = first();
    const auto *string = value ? std::get_if<QString>(&value->data) : nullptr;
    return string ? *string : QString();
}

const ObjectPath *Value::reference() const
{
    const Value *value = first();
    const auto *path = value ? std::get_if<std::shared_ptr<const ObjectPath>>(&value->data) : nullptr;
    return path ? path->get() : nullptr;
}

Value Value::of(QString text)
{
    return Value{std::move(text)};
}

Value Value::of(ObjectPath path)
{
    return Value{std::make_shared<const ObjectPath>(std::move(path))};
}

std::string ObjectPath::key() const
{
    std::deque<std::string> texts; // the builder looks at them until it is done; a deque does not move them
    KeyBuilder builder;
    builder.begin(texts.emplace_back(className.toStdString()));
    for (const auto &[name, value] : keys) {
        const std::string &keyName = texts.emplace_back(name.toStdString());
        if (const ObjectPath *path = value.reference())
            builder.addReference(keyName, texts.emplace_back(path->key()));
        else
            builder.add(keyName, texts.emplace_back(value.text().toStdString()));
    }
    return builder.take();
}

const Value &Instance::property(QStringView name) const
{
    return named(properties, name);
}

void Instance::set(const QString &name, Value value)
{
    for (auto &[key, old] : properties) {
        if (key.compare(name, Qt::CaseInsensitive) == 0) {
            old = std::move(value);
            return;
        }
    }
    properties.emplace_back(name, std::move(value));
}

const Value &MethodAnswer::parameter(QStringView name) const
{
    return named(out, name);
}

} // namespace portalbind::cim
