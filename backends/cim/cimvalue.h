// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QString>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace portalbind::cim {

struct Instance;
class ObjectPath;

/// A property, parameter or key as the wire carries it: the wire knows no types, so numbers and booleans stay text
/// until the class model says what they are. Null is a value of its own.
struct Value
{
    using List = std::vector<Value>;
    std::variant<std::monostate, QString, List, std::shared_ptr<const ObjectPath>, std::shared_ptr<const Instance>>
            data;

    [[nodiscard]] bool isNull() const { return std::holds_alternative<std::monostate>(data); }
    /// The value itself, or the first element of an array; null for an empty array.
    [[nodiscard]] const Value *first() const;
    [[nodiscard]] QString text() const; ///< of first(); empty when it is none
    [[nodiscard]] const ObjectPath *reference() const; ///< of first(); null when it is none

    [[nodiscard]] static Value of(QString text);
    [[nodiscard]] static Value of(ObjectPath path);
};

/// Names one object: namespace, class and keys. The server's own form of it (an EPR, a WMI path) is kept verbatim and
/// echoed; key() is what objects are joined by.
class ObjectPath
{
public:
    QString nameSpace; ///< with `/`; may be empty
    QString className;
    std::vector<std::pair<QString, Value>> keys;
    QByteArray verbatim; ///< as the server wrote it: EPR content as XML, or a WMI object path; may be empty

    /// `lower(class)` and the keys sorted by lower(name), values as they are, escaped; host and namespace left out.
    /// References inside keys are canonical themselves.
    [[nodiscard]] std::string key() const;
};

struct Instance
{
    QString className;
    std::vector<std::pair<QString, Value>> properties;
    std::optional<ObjectPath> path;

    /// The property of this name (CIM names are case-insensitive), or null.
    [[nodiscard]] const Value &property(QStringView name) const;
    /// Gives the property of this name another value, or adds it.
    void set(const QString &name, Value value);
};

/// In the order in which the method declares them. NULL parameters are left out.
using Parameters = std::vector<std::pair<QString, Value>>;

struct MethodAnswer
{
    std::optional<quint32> returnValue; ///< none for void methods
    Parameters out;
    QString text; ///< the server's own words; may be empty, never a secret
    [[nodiscard]] const Value &parameter(QStringView name) const;
};

/// Answer to an intrinsic write.
struct WriteAnswer
{
    quint16 status = 0; ///< CIM status code (DSP0200 5.2.1.2): 0 done, 6 not found, 7 not supported, …
    QString text; ///< the server's own words; may be empty, never a secret
};

} // namespace portalbind::cim
