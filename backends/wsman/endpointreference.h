// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimvalue.h"
#include "backends/cim/pathkey.h"
#include "backends/wsman/serverprofile.h"
#include "backends/wsman/xmlnames.h"

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
    /// \a known are those of its document.
    explicit EndpointReference(pugi::xml_node node, const RootPrefixes *known = nullptr);

    [[nodiscard]] bool isValid() const { return bool(m_content); }
    [[nodiscard]] pugi::xml_node content() const { return m_content; } ///< parent of Address and ReferenceParameters
    [[nodiscard]] pugi::xml_node selectors() const { return m_selectors; }
    [[nodiscard]] std::string_view resourceUri() const { return m_uri; }
    [[nodiscard]] std::string_view className() const;
    [[nodiscard]] std::string_view nameSpace() const;

    /// ObjectPath::key() of it, without making strings of its parts. A \a builder that gets one class after another is
    /// fast.
    [[nodiscard]] std::string key(cim::KeyBuilder &builder) const { return keyAt(0, builder); }
    [[nodiscard]] std::string key() const;
    [[nodiscard]] cim::ObjectPath path() const;
    /// Whether a path composed of namespace, class and keys says all that this says. \a last, a URI and a namespace for
    /// which that was so, makes it fast.
    struct PlainName
    {
        std::string uri, nameSpace;
    };
    [[nodiscard]] bool isPlain(const Naming &naming, PlainName *last) const { return isPlainAt(0, naming, last); }

private:
    [[nodiscard]] bool isPlainAt(int depth, const Naming &naming, PlainName *last) const;
    [[nodiscard]] std::string keyAt(int depth, cim::KeyBuilder &builder) const;
    [[nodiscard]] cim::ObjectPath pathAt(int depth) const;

    const RootPrefixes *m_known;
    pugi::xml_node m_content, m_selectors;
    std::string_view m_uri;
    bool m_extras = false; ///< reference parameters that are neither resource URI nor selectors
};

} // namespace portalbind::wsman
