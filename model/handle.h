// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QHash>
#include <QMetaType>

#include <compare>
#include <memory>
#include <shared_mutex>
#include <vector>

namespace portalbind {

enum class Kind : quint8 { Server, Node, Endpoint, Portal, Group, Session };
inline constexpr int kindCount = 6;

/// A 32-bit stand-in for a server's own id, unique within one connection and kind, never reused. 0 is "none".
/// Selection, expansion, undo, drag data and pending operations hang on handles.
template <Kind K>
struct Handle
{
    static constexpr Kind kind = K;
    quint32 value = 0;

    [[nodiscard]] constexpr bool isNull() const { return value == 0; }
    constexpr explicit operator bool() const { return value != 0; }
    // NOLINTNEXTLINE(modernize-use-nullptr): the compiler's own text compares with a literal 0
    friend constexpr auto operator<=>(Handle, Handle) = default;
    friend size_t qHash(Handle h, size_t seed = 0) { return ::qHash(h.value, seed); }
};

using ServerHandle = Handle<Kind::Server>;
using NodeHandle = Handle<Kind::Node>;
using EndpointHandle = Handle<Kind::Endpoint>;
using PortalHandle = Handle<Kind::Portal>;
using GroupHandle = Handle<Kind::Group>;
using SessionHandle = Handle<Kind::Session>;

/// Maps the ids of one connection to handles and back. Safe to call from several threads.
class IdTable
{
public:
    IdTable();
    ~IdTable();
    IdTable(const IdTable &) = delete;
    IdTable &operator=(const IdTable &) = delete;

    /// The handle of \a id, made on first sight. Ids are the server's own: a CIM path, a configfs path, a workbook key.
    template <class H>
    [[nodiscard]] H intern(QByteArrayView id)
    {
        return H{internValue(H::kind, id)};
    }
    /// The handle of \a id, or a null one.
    template <class H>
    [[nodiscard]] H find(QByteArrayView id) const
    {
        return H{findValue(H::kind, id)};
    }
    /// The id of \a handle; empty for a null, unknown, provisional or released one.
    template <class H>
    [[nodiscard]] QByteArray id(H handle) const
    {
        return idOf(H::kind, handle.value);
    }
    /// A handle for an object that is staged and does not exist yet. It has no id until assign().
    template <class H>
    [[nodiscard]] H makeProvisional()
    {
        return H{provisionalValue(H::kind)};
    }
    /// Gives a provisional handle the id that the server chose, so that selection, undo and pending operations go on
    /// meaning the same object. Returns false (and changes nothing) when \a id already has another handle.
    template <class H>
    bool assign(H handle, QByteArrayView id)
    {
        return assignValue(H::kind, handle.value, id);
    }
    /// Takes its id from a handle whose object is gone, so that assign() can give it to the object that was made again
    /// under it. The handle stays, without an id.
    template <class H>
    void release(H handle)
    {
        releaseValue(H::kind, handle.value);
    }
    /// How many handles of a kind were given out; every handle's value is at most this.
    [[nodiscard]] quint32 count(Kind kind) const;

private:
    struct Column;
    quint32 internValue(Kind kind, QByteArrayView id);
    quint32 findValue(Kind kind, QByteArrayView id) const;
    QByteArray idOf(Kind kind, quint32 value) const;
    quint32 provisionalValue(Kind kind);
    bool assignValue(Kind kind, quint32 value, QByteArrayView id);
    void releaseValue(Kind kind, quint32 value);

    mutable std::shared_mutex m_mutex;
    std::unique_ptr<Column[]> m_columns;
};

} // namespace portalbind

template <portalbind::Kind K>
struct std::hash<portalbind::Handle<K>>
{
    size_t operator()(portalbind::Handle<K> h) const noexcept { return std::hash<quint32>{}(h.value * 0x9E3779B1u); }
};

Q_DECLARE_METATYPE(portalbind::PortalHandle)
Q_DECLARE_METATYPE(portalbind::EndpointHandle)
