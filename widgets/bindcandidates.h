// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/dropintent.h"

#include <QAbstractListModel>
#include <QTimer>

#include <vector>

namespace portalbind {

/// What can be bound to an endpoint, or where portals can be bound: what fits first, the rest greyed with its reason.
/// Candidates are judged by the same function as a drop, in slices of a few milliseconds; rows appear as they are
/// found.
class BindCandidates : public QAbstractListModel
{
    Q_OBJECT
public:
    enum Role {
        SentenceRole = Qt::UserRole, ///< what binding would do, or why it cannot be
        FitsRole, ///< bool
        HasPortalRole, ///< bool: the row is a portal
    };

    explicit BindCandidates(QObject *parent = nullptr);

    /// Portals of the endpoint's server.
    void showPortalsFor(const Inventory &inventory, EndpointHandle endpoint);
    /// Endpoints of the servers of \a items.
    void showEndpointsFor(const Inventory &inventory, const QList<DragItem> &items);
    void clear();
    /// Only rows whose text holds all words of \a text.
    void setFilter(const QString &text);

    [[nodiscard]] bool isBusy() const { return m_slice.isActive(); }
    [[nodiscard]] int fitCount() const { return int(m_fit.size()); }
    [[nodiscard]] int total() const { return int(m_all.size()); }
    [[nodiscard]] bool fits(int row) const { return row < int(m_fit.size()); }
    /// What choosing a row means, judged now.
    [[nodiscard]] DropIntent intent(int row, const DropModifiers &modifiers = {}) const;

    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex &index) const override;

signals:
    void progressed(); ///< more rows, or the end

private:
    enum class Fit : quint8 { Unknown, Yes, No };
    struct Candidate
    {
        quint32 handle = 0;
        Fit fit = Fit::Unknown;
    };
    void restart();
    void workSlice();
    bool addNextEndpoints();
    [[nodiscard]] bool matches(const QString &label) const;
    [[nodiscard]] QString label(quint32 handle) const;
    [[nodiscard]] Fit judge(quint32 handle) const;
    [[nodiscard]] DropIntent judged(quint32 handle, const DropModifiers &modifiers) const;
    [[nodiscard]] quint32 at(int row) const;

    Inventory m_inventory;
    EndpointHandle m_endpoint; ///< portals are listed for this one
    QList<DragItem> m_items; ///< endpoints are listed for these
    std::vector<Candidate> m_all;
    QList<NodeHandle> m_nodesToList;
    QList<ServerHandle> m_serversToList;
    size_t m_scanned = 0;
    std::vector<quint32> m_fit, m_unfit;
    QStringList m_words;
    QTimer m_slice;
};

} // namespace portalbind
