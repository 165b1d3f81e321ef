// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/serverprofile.h"
#include "backends/wsman/xmlnames.h"

#include <pugixml.hpp>

#include <QString>

#include <memory>
#include <optional>
#include <string>

#include <tl/expected.hpp>

namespace portalbind::wsman {

/// One answer, parsed in place: the text stays in the buffer that was read from the network.
class SoapDocument
{
public:
    /// Refuses what is not one SOAP 1.2 envelope in well-formed XML without a document type, what is nested too deep or
    /// has too many elements, and two of what there may be one of. The error is a part of a sentence, for
    /// Error::detail.
    [[nodiscard]] static tl::expected<std::shared_ptr<const SoapDocument>, QString> parse(std::string bytes,
                                                                                          const Limits &limits);

    /// First element in the body, whatever its name; null for an empty body.
    [[nodiscard]] pugi::xml_node content() const { return m_content; }
    [[nodiscard]] bool isFault() const { return m_fault; }
    /// Of the header; empty when there is none.
    [[nodiscard]] std::string_view relatesTo() const { return m_relatesTo; }
    [[nodiscard]] size_t size() const { return m_bytes.size(); }
    [[nodiscard]] const RootPrefixes &prefixes() const { return m_prefixes; }

private:
    SoapDocument() = default;
    [[nodiscard]] std::optional<QString> load(const Limits &limits);
    [[nodiscard]] std::optional<QString> readEnvelope();
    [[nodiscard]] std::optional<QString> walk(const Limits &limits);

    std::string m_bytes;
    pugi::xml_document m_document;
    RootPrefixes m_prefixes;
    pugi::xml_node m_content;
    bool m_fault = false;
    std::string_view m_relatesTo;
};

} // namespace portalbind::wsman
