// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/inventory.h"
#include "model/overlay.h"

/// How Inventory reads a snapshot through an overlay. Private to it.
namespace portalbind::overlaid {

inline constexpr Snapshot::Row none = Snapshot::none;

template <class H>
Snapshot::Row baseRow(const SnapshotPtr &base, H h)
{
    return base ? base->row(h) : none;
}

/// What an overlay says of one kind of objects; null when nothing is pending.
template <class Objects>
const Objects *part(const std::shared_ptr<Overlay> &overlay, Objects Overlay::*kind)
{
    return overlay ? &(overlay.get()->*kind) : nullptr;
}

/// Whether an object exists, given what the overlay says of its kind.
template <class H, class V>
bool exists(const SnapshotPtr &base, const OverlaidObjects<H, V> *overlaid, H h)
{
    if (!overlaid)
        return baseRow(base, h) != none;
    if (overlaid->deleted.contains(h))
        return false;
    return baseRow(base, h) != none || overlaid->values.contains(h);
}

/// \a base without the deleted, with the created ones of \a overlaid that \a isMine accepts, sorted.
template <class H, class V, class IsMine>
QList<H> merged(const SnapshotPtr &base, const QList<H> &items, const OverlaidObjects<H, V> *overlaid, IsMine isMine)
{
    if (!overlaid)
        return items;
    QList<H> all;
    all.reserve(items.size());
    for (const H h : items) {
        if (!overlaid->deleted.contains(h))
            all.append(h);
    }
    for (const auto &[handle, value] : overlaid->values) {
        if (baseRow(base, handle) == none && isMine(value))
            all.append(handle);
    }
    std::sort(all.begin(), all.end());
    return all;
}

template <class H>
QList<H> listed(std::span<const H> run)
{
    return QList<H>(run.begin(), run.end());
}

template <Kind K>
Handle<K> handleOf(Handle<K> h)
{
    return h;
}

template <class RowType>
auto handleOf(const RowType &row)
{
    return row.handle;
}

/// The handles of all rows of a kind, sorted.
template <class Rows>
auto sorted(Rows rows)
{
    QList<std::decay_t<decltype(handleOf(rows.front()))>> all;
    all.reserve(qsizetype(rows.size()));
    for (const auto &row : rows)
        all.append(handleOf(row));
    std::sort(all.begin(), all.end());
    return all;
}

inline constexpr auto any = [](const auto &) { return true; };

/// The seconds of a run of pairs.
template <class B, class Pairs>
void appendSeconds(QList<B> &to, const Pairs &pairs)
{
    for (const auto &pair : pairs)
        to.append(pair.second);
}

} // namespace portalbind::overlaid
