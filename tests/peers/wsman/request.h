// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/element.h"
#include "tests/peers/wsman/fault.h"

#include <tl/expected.hpp>

namespace peer {

/// A SOAP request, as far as its headers tell.
struct Request
{
    std::unique_ptr<Element> root;
    const Element *header = nullptr; ///< nullptr without one
    const Element *body = nullptr;
    QString to;
    QString resourceUri;
    QString action;
    QString messageId;
    std::optional<qint64> maxEnvelopeSize; ///< bytes
    QStringList headerNames; ///< in the order sent
    const Element *selectors = nullptr;

    [[nodiscard]] const Element *content() const; ///< the first child of the body
    [[nodiscard]] bool isIdentify() const;
};

/// Reads a request; empty when it is no SOAP 1.2 envelope.
std::optional<Request> readRequest(const QByteArray &xml);

/// What is wrong with the headers in the eyes of that server; \a offender names a header that was not understood.
std::optional<Trouble> judgeHeaders(const Dialect &dialect, const Request &request, QByteArray *offender);

/// A class URI taken apart.
struct Resource
{
    Space space = Space::Target;
    bool dmtf = false;
    bool all = false; ///< every class of the namespace
    QByteArray className;
};

/// What a resource URI and the selectors that come with it name. \a selectors may be nullptr.
tl::expected<Resource, Trouble> readResource(const Dialect &dialect, const QString &uri, const Element *selectors);

/// The path in a SelectorSet; __cimnamespace is left out. Fails with the trouble of a selector that cannot be read.
tl::expected<Path, Trouble> readPath(const Dialect &dialect, const Provider &provider, const CimClass *type,
                                     Space space, const Element *selectors);

/// The path in an EPR: \a holder has Address and ReferenceParameters as children. Empty when it has none (NULL to a
/// method). A class or namespace that the server has not gives a path without a type.
std::optional<Path> readReference(const Dialect &dialect, const Provider &provider, const Element *holder);

} // namespace peer
