// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimvalue.h"
#include "backends/wsman/referencewriter.h"
#include "backends/wsman/serverprofile.h"

#include <QByteArray>
#include <QXmlStreamWriter>

#include <functional>
#include <string>

namespace portalbind::wsman {

struct Envelope
{
    QByteArray xml;
    std::string messageId; ///< what RelatesTo has to say; empty for Identify
};

/// What a request is about: a resource URI and selectors.
struct Target
{
    QString resourceUri;
    std::function<bool(QXmlStreamWriter &)> selectors; ///< none: no SelectorSet

    [[nodiscard]] static Target ofClass(const QString &nameSpace, const QString &className, const Naming &naming);
    [[nodiscard]] static Target ofAllClasses(const QString &nameSpace, const Naming &naming);
    [[nodiscard]] static Result<Target> ofObject(const cim::ObjectPath &path, const Naming &naming);
};

/// Which association instances to give: those of a class that refer to an object in a role.
struct AssociationQuery
{
    ReferenceWriter object;
    QString nameSpace, associationClass, role;
    /// openwsman from 2.8.0 on drops a filter of fewer than four elements and answers with everything.
    bool padded = true;
};

/// Writes requests: headers in the order that OMI's parser needs, no OperationID (it would switch Windows to answers in
/// pieces), everything through QXmlStreamWriter.
class EnvelopeWriter
{
public:
    EnvelopeWriter(const ServerProfile &profile, Naming naming)
        : m_profile(profile)
        , m_naming(std::move(naming))
    {
    }

    [[nodiscard]] static Envelope identify();
    [[nodiscard]] Result<Envelope> get(const Target &target) const;
    [[nodiscard]] Result<Envelope> remove(const Target &target) const;
    /// \a current is the instance as the server gave it; \a changed has the properties that get another value.
    [[nodiscard]] Result<Envelope> put(const Target &target, pugi::xml_node current,
                                       const cim::Instance &changed) const;
    [[nodiscard]] Result<Envelope> invoke(const Target &target, const QString &method, const cim::Parameters &in) const;
    [[nodiscard]] Result<Envelope> enumerate(const Target &target, bool paths, int batch,
                                             const AssociationQuery *query = nullptr) const;
    [[nodiscard]] Result<Envelope> pull(const Target &target, const std::string &context, int batch) const;
    [[nodiscard]] Result<Envelope> release(const Target &target, const std::string &context) const;

private:
    using Body = std::function<bool(QXmlStreamWriter &)>;
    [[nodiscard]] Result<Envelope> write(const Target &target, const QString &action, const Body &body) const;
    void writeHeader(QXmlStreamWriter &writer, const Target &target, const QString &action, const QString &messageId,
                     bool *good) const;
    [[nodiscard]] bool writeValue(QXmlStreamWriter &writer, const QString &space, const QString &name,
                                  const cim::Value &value, int depth) const;
    [[nodiscard]] bool writeFilter(QXmlStreamWriter &writer, const AssociationQuery &query) const;

    const ServerProfile &m_profile;
    Naming m_naming;
};

} // namespace portalbind::wsman
