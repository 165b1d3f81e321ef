// SPDX-License-Identifier: Apache-2.0
#include "fakecim.h"
#include "tests/testdata.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

#include <algorithm>

namespace portalbind::cim {

ClassModel::ClassModel()
{
    QFile file(testData(QStringLiteral("cim/classes.json")));
    if (!file.open(QIODevice::ReadOnly))
        qFatal("tests/data/cim/classes.json is missing");
    const auto strings = [](const QJsonValue &array) {
        QStringList list;
        const QJsonArray items = array.toArray();
        for (const auto &item : items)
            list.append(item.toString());
        return list;
    };
    const QJsonObject all = QJsonDocument::fromJson(file.readAll()).object();
    for (auto at = all.begin(); at != all.end(); ++at) {
        const QJsonObject from = at.value().toObject();
        Class made{strings(from[QStringLiteral("is")]),
                   strings(from[QStringLiteral("keys")]),
                   strings(from[QStringLiteral("properties")]),
                   {}};
        const QJsonObject methods = from[QStringLiteral("methods")].toObject();
        for (auto m = methods.begin(); m != methods.end(); ++m)
            made.methods.insert(m.key(), strings(m.value().toObject()[QStringLiteral("in")]));
        m_classes.insert(at.key(), made);
    }
}

bool ClassModel::isA(const QString &className, const QString &base) const
{
    return m_classes[className].is.contains(base);
}

bool ClassModel::hasProperty(const QString &className, const QString &property) const
{
    const bool isFujitsus = property == QLatin1String("RAMode")
            && isA(className, QStringLiteral("CIM_iSCSIProtocolEndpoint"));
    return isFujitsus || m_classes[className].properties.contains(property);
}

std::optional<QStringList> ClassModel::parameters(const QString &className, const QString &method) const
{
    const auto &methods = m_classes[className].methods;
    return methods.contains(method) ? std::optional(methods[method]) : std::nullopt;
}

FakeCim::FakeCim(const QString &text)
{
    const QStringList lines = text.split(u'\n');
    for (const QString &line : lines)
        readLine(line.trimmed());
}

void FakeCim::readLine(const QString &line)
{
    static const QRegularExpression word(QStringLiteral("([^\\s=\"]+=)?\"([^\"]*)\"|\\S+"));
    QStringList words;
    for (auto at = word.globalMatch(line); at.hasNext();) {
        const auto match = at.next();
        words.append(match.captured(2).isNull() ? match.captured(0) : match.captured(1) + match.captured(2));
    }
    if (words.isEmpty() || words[0].startsWith(u'#'))
        return;
    if (words[0] == QLatin1String("namespace")) {
        m_namespace = words[1];
        return;
    }
    if (words[0] == QLatin1String("system")) {
        m_system = words[1];
        m_systemClass = words.value(2, QStringLiteral("CIM_ComputerSystem"));
        return;
    }
    Object object;
    object.nameSpace = m_namespace;
    Instance &instance = object.instance;
    instance.className = words.value(1);
    if (!m_model.has(instance.className))
        qFatal("no class %s", qPrintable(instance.className));
    for (qsizetype i = 2; i < words.size(); ++i) {
        const qsizetype equals = words[i].indexOf(u'=');
        const QString name = words[i].left(equals), text = words[i].mid(equals + 1);
        if (!m_model.hasProperty(instance.className, name))
            qFatal("no property %s of %s", qPrintable(name), qPrintable(instance.className));
        if (text.startsWith(u'@'))
            instance.set(name, Value::of(pathOf(text.mid(1))));
        else if (text.startsWith(u'{')) { // embedded WT_Connection: {target,port,from}
            const QStringList parts = text.mid(1, text.size() - 2).split(u',');
            Instance connection;
            connection.className = QStringLiteral("WT_Connection");
            connection.set(QStringLiteral("TargetIPAddress"), Value::of(parts.value(0)));
            connection.set(QStringLiteral("TargetPort"), Value::of(parts.value(1)));
            connection.set(QStringLiteral("InitiatorIPAddress"), Value::of(parts.value(2)));
            instance.set(name, Value{Value::List{Value{std::make_shared<const Instance>(connection)}}});
        } else
            instance.set(name, Value::of(text));
    }
    ObjectPath path;
    path.nameSpace = m_namespace;
    path.className = instance.className;
    const QStringList keys = m_model.keys(instance.className);
    for (const QString &key : keys) {
        if (instance.property(key).isNull()) {
            const QString text = key == QLatin1String("SystemName")   ? m_system
                    : key == QLatin1String("SystemCreationClassName") ? m_systemClass
                    : key == QLatin1String("CreationClassName")       ? instance.className
                                                                      : QString();
            instance.set(key, Value::of(text));
        }
        path.keys.emplace_back(key, instance.property(key));
    }
    path.verbatim = "<" + line.toUtf8() + ">";
    instance.path = path;
    m_objects.insert(words[0] == QLatin1String("-") ? QStringLiteral("#%1").arg(m_objects.size()) : words[0], object);
}

QStringList FakeCim::requests() const
{
    const std::lock_guard lock(m_mutex);
    return m_requests;
}

QStringList FakeCim::of(const QString &kind) const
{
    QStringList some;
    const QStringList all = requests();
    std::copy_if(all.begin(), all.end(), std::back_inserter(some),
                 [&kind](const QString &request) { return request.startsWith(kind); });
    return some;
}

void FakeCim::forget()
{
    const std::lock_guard lock(m_mutex);
    m_requests.clear();
}

void FakeCim::note(const QString &request)
{
    const std::lock_guard lock(m_mutex);
    m_requests.append(request);
}

void FakeCim::add(const QString &line)
{
    readLine(line);
}

void FakeCim::remove(const QString &name)
{
    const std::lock_guard lock(m_mutex);
    m_objects.remove(name);
}

void FakeCim::set(const QString &name, const QString &property, const QString &text)
{
    const std::lock_guard lock(m_mutex);
    m_objects[name].instance.set(property, text.isNull() ? Value() : Value::of(text));
}

void FakeCim::refer(const QString &name, const QString &property, const ObjectPath &path)
{
    const std::lock_guard lock(m_mutex);
    m_objects[name].instance.set(property, Value::of(path));
}

void FakeCim::call(const QString &name, const ObjectPath &path)
{
    const std::lock_guard lock(m_mutex);
    m_objects[name].instance.path = path;
}

ObjectPath FakeCim::pathOf(const QString &name) const
{
    if (!m_objects.contains(name))
        qFatal("no object %s", qPrintable(name));
    return *m_objects[name].instance.path;
}

bool FakeCim::has(const QString &className, const QString &end, const QString &otherEnd) const
{
    const std::lock_guard lock(m_mutex);
    return std::any_of(m_objects.begin(), m_objects.end(), [&](const Object &object) {
        if (!m_model.isA(object.instance.className, className))
            return false;
        bool one = false, other = false;
        for (const auto &[name, value] : object.instance.properties) {
            const ObjectPath *path = value.reference();
            one = one || (path && path->key() == pathOf(end).key());
            other = other || (path && path->key() == pathOf(otherEnd).key());
        }
        return one && other;
    });
}

std::vector<FakeCim::Object> FakeCim::instancesOf(const QString &nameSpace, const QString &className) const
{
    const std::lock_guard lock(m_mutex);
    std::vector<Object> some;
    for (const Object &object : m_objects) {
        if (object.nameSpace.compare(nameSpace, Qt::CaseInsensitive) == 0
            && m_model.isA(object.instance.className, className)) {
            some.push_back(object);
            if (repeatsAssociations && object.instance.className.endsWith(QLatin1String("BindsTo")))
                some.push_back(object);
        }
    }
    return some;
}

bool FakeCim::knowsNamespace(const QString &nameSpace) const
{
    const std::lock_guard lock(m_mutex);
    return std::any_of(m_objects.begin(), m_objects.end(), [&](const Object &object) {
        return object.nameSpace.compare(nameSpace, Qt::CaseInsensitive) == 0;
    });
}

const FakeCim::Object *FakeCim::find(const ObjectPath &path) const
{
    const std::string key = path.key();
    for (const Object &object : m_objects) {
        if (object.instance.path->key() == key)
            return &object;
    }
    return nullptr;
}

ObjectPath FakeCim::spelt(ObjectPath path) const
{
    if (!spellsOtherwise)
        return path;
    path.className = path.className.toUpper();
    for (auto &[name, value] : path.keys) {
        if (name == QLatin1String("SystemName"))
            value = Value::of(value.text().toLower());
        name = name.toUpper();
    }
    std::reverse(path.keys.begin(), path.keys.end());
    return path;
}

void FakeCim::later(std::function<void()> change)
{
    if (ignoresWrites)
        return;
    if (showsLate > 0)
        m_later.emplace_back(showsLate, std::move(change));
    else
        change();
}

void FakeCim::countRead()
{
    const std::lock_guard lock(m_mutex);
    for (auto &[reads, change] : m_later) {
        if (reads-- == 0)
            change();
    }
}

quint32 FakeCim::call(const ObjectPath &object, const QString &method, const Parameters &in, Parameters &out)
{
    const auto reference = [&in](const char *name) -> ObjectPath {
        for (const auto &[key, value] : in) {
            if (key == QLatin1String(name) && value.reference())
                return *value.reference();
        }
        return {};
    };
    const auto insert = [this](const Object &made) { m_objects.insert(QStringLiteral("made%1").arg(m_made++), made); };
    const auto association = [&object](const QString &base, const char *a, const ObjectPath &pathA, const char *b,
                                       const ObjectPath &pathB) {
        Object made;
        made.nameSpace = object.nameSpace;
        // Windows derives its own association classes.
        const bool windows = object.className.startsWith(QLatin1String("MSISCSITARGET_"));
        made.instance.className = (windows ? QStringLiteral("MSISCSITARGET_") : QStringLiteral("CIM_")) + base;
        made.instance.set(QLatin1String(a), Value::of(pathA));
        made.instance.set(QLatin1String(b), Value::of(pathB));
        ObjectPath path;
        path.nameSpace = object.nameSpace;
        path.className = made.instance.className;
        path.keys = made.instance.properties;
        path.verbatim = "<made>";
        made.instance.path = path;
        return made;
    };
    if (methodCode != 0 && !doesAnyway)
        return methodCode;
    if (method == QLatin1String("BindiSCSIProtocolEndPoint")) {
        auto made = association(QStringLiteral("BindsTo"), "Antecedent", reference("NetworkPortal"), "Dependent",
                                reference("iSCSIPort"));
        later([insert, made] { insert(made); });
    } else if (method == QLatin1String("CreateiSCSIProtocolEndpoint")) {
        Object endpoint = *find(reference("iSCSINode"));
        endpoint.instance.className = QStringLiteral("CIM_iSCSIProtocolEndpoint");
        endpoint.instance.properties.clear();
        ObjectPath path = *endpoint.instance.path;
        path.className = endpoint.instance.className;
        path.keys.back() = {QStringLiteral("Name"), Value::of(QStringLiteral("made,t,0x0007"))};
        for (auto &[name, value] : path.keys) {
            if (name == QLatin1String("CreationClassName"))
                value = Value::of(path.className);
            endpoint.instance.set(name, value);
        }
        endpoint.instance.set(QStringLiteral("Role"), Value::of(QStringLiteral("3")));
        endpoint.instance.set(QStringLiteral("EnabledState"), Value::of(QStringLiteral("2")));
        endpoint.instance.path = path;
        auto port = association(QStringLiteral("SAPAvailableForElement"), "AvailableSAP", path, "ManagedElement",
                                reference("iSCSINode"));
        later([insert, endpoint, port] {
            insert(endpoint);
            insert(port);
        });
        if (tellsCreated)
            out.emplace_back(QStringLiteral("iSCSIPort"), Value::of(path));
    } else if (method == QLatin1String("DeleteiSCSIProtocolEndpoint") || method == QLatin1String("DeleteiSCSINode")) {
        const std::string key =
                (method.endsWith(QLatin1String("Node")) ? reference("iSCSINode") : reference("iSCSIPort")).key();
        later([this, key] {
            for (auto at = m_objects.begin(); at != m_objects.end();)
                at = at->instance.path->key() == key ? m_objects.erase(at) : std::next(at);
        });
    } else if (method == QLatin1String("CreateiSCSINode")) {
        auto node = *std::find_if(m_objects.begin(), m_objects.end(), [](const Object &one) {
            return one.instance.className == QLatin1String("CIM_SCSIProtocolController");
        });
        node.instance.path->keys.back().second = Value::of(QStringLiteral("made"));
        node.instance.set(QStringLiteral("DeviceID"), Value::of(QStringLiteral("made")));
        for (const auto &[key, value] : in)
            node.instance.set(QStringLiteral("ElementName"), value);
        later([insert, node] { insert(node); });
        if (tellsCreated)
            out.emplace_back(QStringLiteral("iSCSINode"), Value::of(*node.instance.path));
    } else if (method == QLatin1String("RequestStateChange")) {
        const std::string key = object.key();
        const Value state = in.front().second;
        later([this, key, state] {
            for (Object &one : m_objects) {
                if (one.instance.path->key() == key)
                    one.instance.set(QStringLiteral("EnabledState"), state);
            }
        });
    }
    return methodCode;
}

} // namespace portalbind::cim
