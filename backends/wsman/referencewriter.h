// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/endpointreference.h"
#include "model/error.h"

#include <QXmlStreamWriter>

namespace portalbind::wsman {

/// An EPR as a document of its own, with its texts untouched and its selectors in their order: ObjectPath::verbatim.
[[nodiscard]] QByteArray referenceXml(pugi::xml_node content);

/// Text as XML has it; a CR is written so that it arrives. False when the text has what XML cannot carry.
[[nodiscard]] bool writeText(QXmlStreamWriter &writer, const QString &text);

/// An object path as requests carry it: the server's own form if it is known, else composed of its parts.
class ReferenceWriter
{
public:
    /// Errors: BadInput, for a verbatim form that cannot be read.
    [[nodiscard]] static Result<ReferenceWriter> of(const cim::ObjectPath &path, const Naming &naming);

    [[nodiscard]] QString resourceUri() const;
    /// The Selector elements alone. False when a text cannot be written.
    [[nodiscard]] bool writeSelectors(QXmlStreamWriter &writer) const;
    /// Address and ReferenceParameters: the content of a reference parameter.
    [[nodiscard]] bool writeContent(QXmlStreamWriter &writer) const;

private:
    cim::ObjectPath m_path;
    Naming m_naming;
    std::shared_ptr<pugi::xml_document> m_verbatim; ///< null: composed
};

} // namespace portalbind::wsman
