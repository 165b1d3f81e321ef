// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QHash>
#include <QList>

#include <memory>
#include <vector>

namespace peer {

/// A CIM class as classes.json tells it: properties of all ancestors included, in the order of the schema.
struct CimClass
{
    QByteArray name;
    const CimClass *superclass = nullptr;
    bool association = false;
    struct Property
    {
        QByteArray name;
        QByteArray type; ///< string, boolean, datetime, reference, uint16 …
        bool array = false;
    };
    std::vector<Property> properties;
    QList<QByteArray> keys; ///< in the order of the properties
    QList<QByteArray> methods;

    [[nodiscard]] bool derivesFrom(const CimClass *ancestor) const; ///< or is it
    [[nodiscard]] int indexOf(const QByteArray &property) const; ///< -1 without one; names ignore case
};

/// The classes that the peer knows.
class Classes
{
public:
    Classes(); ///< reads classes.json out of the program
    [[nodiscard]] const CimClass *find(const QByteArray &name) const; ///< ignoring case
    [[nodiscard]] const CimClass &get(const char *name) const; ///< one that must be there

private:
    QHash<QByteArray, std::shared_ptr<CimClass>> m_classes; // by name in lower case
};

} // namespace peer
