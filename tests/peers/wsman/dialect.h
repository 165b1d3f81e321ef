// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/provider.h"

#include <QHash>

namespace peer {

enum class As { Windows, Openwsman, Omi };

/// Which server the peer behaves as, and what of it can be switched.
struct Dialect
{
    As as = As::Openwsman;
    /// openwsman's stack loses text with <, > or &, and cuts it at the first character beyond ASCII (recording 18).
    bool losesText = false;

    [[nodiscard]] bool windows() const { return as == As::Windows; }
    [[nodiscard]] bool openwsman() const { return as == As::Openwsman; }
    [[nodiscard]] bool omi() const { return as == As::Omi; }
};

[[nodiscard]] QByteArray namespaceName(Space space); ///< root/cimv2/storage/iscsitarget …
[[nodiscard]] std::optional<Space> spaceOfName(const QString &name); ///< ignoring case

inline constexpr char dmtfClasses[] = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
inline constexpr char dmtfAll[] = "http://schemas.dmtf.org/wbem/wscim/1/*";
inline constexpr char wmiClasses[] = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";

/// The body of one answer, in the form of the server played. Namespaces that it uses are collected.
class Writing
{
public:
    /// \a dmtf: Windows writes DMTF URIs and __cimnamespace because the request did.
    Writing(const Dialect &dialect, bool dmtf)
        : m_dialect(dialect)
        , m_dmtf(dmtf)
    {
    }

    QByteArray out;

    [[nodiscard]] const char *addressing() const { return m_dialect.windows() ? "a" : "wsa"; }
    [[nodiscard]] const char *wsman() const { return m_dialect.windows() ? "w" : "wsman"; }
    [[nodiscard]] const char *enumeration() const { return m_dialect.windows() ? "n" : "wsen"; }
    void open(const char *prefix, const char *name)
    {
        out += '<';
        out += prefix;
        out += ':';
        out += name;
        out += '>';
    }
    void close(const char *prefix, const char *name)
    {
        out += "</";
        out += prefix;
        out += ':';
        out += name;
        out += '>';
    }
    void empty(const char *prefix, const char *name)
    {
        out += '<';
        out += prefix;
        out += ':';
        out += name;
        out += "/>";
    }

    /// \a shownAs: the class whose properties are written (a base class when subclasses' are excluded).
    /// \a only: the properties of a projection; empty for all.
    void instance(const Instance &instance, const CimClass *shownAs, Space space, const QList<QByteArray> &only = {});
    /// <EndpointReference>…
    void endpointReference(const Path &path);
    /// The answer of a method: its wrapper, return value and a reference.
    void methodResult(const CimClass &type, Space space, const QByteArray &method, quint16 code,
                      const QByteArray &parameter = {}, const std::optional<Path> &reference = {});
    void text(QString value); ///< escaped, as the stack leaves it

    /// xmlns of what was written, for the envelope of openwsman.
    [[nodiscard]] const std::vector<std::pair<QByteArray, QByteArray>> &prefixes() const { return m_prefixes; }

private:
    [[nodiscard]] QByteArray uriOf(const CimClass &type, Space space) const;
    QByteArray begin(const QByteArray &name, const QByteArray &uri, const QByteArray &typeName = {});
    void referenceContent(const Path &path, bool inProperty);
    void value(const QByteArray &prefix, const CimClass::Property &property, const Value &value);

    const Dialect &m_dialect;
    bool m_dmtf;
    std::vector<std::pair<QByteArray, QByteArray>> m_prefixes; // prefix, URI
    struct Layout // of a class, in the order in which the server writes it
    {
        std::vector<size_t> order;
        QHash<QByteArray, size_t> position;
    };
    const Layout &layout(const CimClass *type);
    QHash<const CimClass *, std::shared_ptr<Layout>> m_layouts;
};

[[nodiscard]] QByteArray escaped(const QByteArray &text);

} // namespace peer
