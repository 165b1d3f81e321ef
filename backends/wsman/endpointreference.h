// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimvalue.h"
#include "backends/cim/pathkey.h"
#include "backends/wsman/serverprofile.h"

#include <pugixml.hpp>

#include <memory>
#include <string>
#include <vector>

namespace portalbind::wsman {

/// Names of classes as this server wants them.
struct Naming
{
    UriStyle style = UriStyle::Dmtf; ///< never Automatic
    QHash<QString, QString> vendorUris;

    [[nodiscard]] QString classUri(const QString &nameSpace, const QString &className) const;
    [[nodiscard]] QString allClassesUri(const QString &nameSpace) const;
    /// Whether a path under such a URI says its namespace by the selector `__cimnamespace`.
    [[nodiscard]] bool needsNamespaceSelector() const { return style != UriStyle::Wmi; }
};

/// An endpoint reference in an answer. It is data: nobody ever connects to its address.
class EndpointReference
{
public:
    /// \a node holds an EPR's content (a reference property), or wraps it in wsa:EndpointReference; else invalid.
    explicit EndpointReference(pugi::xml_node node);

    [[nodiscard]] bool isValid() const { return bool(m_content); }
    [[nodiscard]] pugi::xml_node content() const { return m_content; } ///< parent of Address and ReferenceParameters
    [[nodiscard]] pugi::xml_node selectors() const { return m_selectors; }
    [[nodiscard]] std::string_view resourceUri() const { return m_uri; }
    [[nodiscard]] std::string_view className() const;
    [[nodiscard]] std::string nameSpace() const;

    /// ObjectPath::key() of it, without making strings of its parts.
    [[nodiscard]] std::string key(int depth = 0) const;
    [[nodiscard]] cim::ObjectPath path() const;
    /// Whether a path composed of namespace, class and keys says all that this says.
    [[nodiscard]] bool isPlain(const Naming &naming, int depth = 0) const;

private:
    [[nodiscard]] cim::ObjectPath pathAt(int depth) const;

    pugi::xml_node m_content, m_selectors;
    std::string_view m_uri;
    bool m_extras = false; ///< reference parameters that are neither resource URI nor selectors
};

} // namespace portalbind::wsman
