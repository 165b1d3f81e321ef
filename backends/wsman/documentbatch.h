// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "backends/wsman/endpointreference.h"
#include "backends/wsman/soapdocument.h"

#include <array>
#include <optional>

namespace portalbind::wsman {

/// The properties that are wanted, found by name in a few nanoseconds: most properties of an answer are not wanted.
class PropertyTable
{
public:
    explicit PropertyTable(const std::vector<std::string> &wanted);
    [[nodiscard]] size_t size() const { return m_names.size(); }
    [[nodiscard]] int find(const char *name) const; ///< -1 when it is not wanted; case is disregarded

private:
    static constexpr size_t buckets = 64;
    [[nodiscard]] static size_t bucket(const char *name);
    std::vector<std::string> m_names;
    std::array<std::vector<quint16>, buckets> m_buckets;
};

/// The instances of one answer, as views into its document. For one thread.
class DocumentBatch : public cim::InstanceBatch
{
public:
    /// \a items is the Items element. Only instances of \a onlyClass are taken unless that is empty.
    DocumentBatch(std::shared_ptr<const SoapDocument> document, pugi::xml_node items, const PropertyTable &wanted,
                  const Naming &naming, const std::string &onlyClass);

    [[nodiscard]] size_t size() const override { return m_rows.size(); }
    [[nodiscard]] std::string_view className(size_t instance) const override;
    [[nodiscard]] std::string_view text(size_t instance, size_t property) const override;
    [[nodiscard]] std::optional<cim::ObjectPath> reference(size_t instance, size_t property) const override;
    [[nodiscard]] std::string referenceKey(size_t instance, size_t property) const override;
    [[nodiscard]] std::optional<cim::ObjectPath> path(size_t instance) const override;
    [[nodiscard]] std::string pathKey(size_t instance) const override;
    [[nodiscard]] bool hasPlainPath(size_t instance) const override;
    [[nodiscard]] std::vector<cim::Instance> embedded(size_t instance, size_t property) const override;

    /// All of one instance, with its path where there is one.
    [[nodiscard]] cim::Instance instance(size_t instance) const;
    /// Items in the answer, whether they were taken or not.
    [[nodiscard]] size_t itemCount() const { return m_items; }

private:
    struct Row
    {
        pugi::xml_node object, reference;
    };
    void add(pugi::xml_node object, pugi::xml_node reference, const std::string &onlyClass);
    [[nodiscard]] pugi::xml_node cell(size_t instance, size_t property) const;
    [[nodiscard]] EndpointReference referenceIn(pugi::xml_node node) const
    {
        return EndpointReference(node, &m_document->prefixes());
    }
    [[nodiscard]] const EndpointReference &pathOf(size_t instance) const;

    std::shared_ptr<const SoapDocument> m_document;
    const PropertyTable &m_wanted;
    const Naming &m_naming;
    std::vector<Row> m_rows;
    std::vector<pugi::xml_node> m_cells; ///< one row of wanted properties after another; the first element of arrays
    size_t m_items = 0;
    // What was asked last, and of whose class: instances are asked one after another.
    mutable std::optional<EndpointReference> m_path;
    mutable size_t m_pathRow = 0;
    mutable std::vector<cim::KeyBuilder> m_builders; ///< of each property, and of the paths
    mutable EndpointReference::PlainName m_plain;
};

} // namespace portalbind::wsman
