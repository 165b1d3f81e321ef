// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/session.h"

#include <QAbstractItemModel>

namespace portalbind {

/// The plans of all connections that have changes pending: one row a step, numbered, with what it may hurt and how far
/// it has come. A step that went wrong has one child row with reason and remedy.
class PlanModel : public QAbstractItemModel
{
    Q_OBJECT
public:
    enum Column { Number, What, HarmColumn, DecisionColumn, State, ColumnCount };

    using QAbstractItemModel::QAbstractItemModel;

    struct Part
    {
        Session *session = nullptr;
        Plan plan;
        Inventory inventory; ///< knows the names of what the plan deletes and creates
        QStringList commands; ///< the same for a shell
        QList<StepResult> results;
        Saving saving{}; ///< whether the server keeps what is changed
        bool saves = false; ///< and whether it is to
    };
    void setParts(QList<Part> parts);
    void setPlan(Session *session, const Plan &plan);
    void setResult(Session *session, int step, const StepResult &result);
    void setOutcome(Session *session, const PlanOutcome &outcome);
    void forget(Session *session);
    [[nodiscard]] const QList<Part> &parts() const { return m_parts; }
    [[nodiscard]] int stepCount() const;
    [[nodiscard]] QModelIndex stepIndex(Session *session, int step) const;

    [[nodiscard]] QModelIndex index(int row, int column, const QModelIndex &parent = {}) const override;
    [[nodiscard]] QModelIndex parent(const QModelIndex &child) const override;
    [[nodiscard]] int rowCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex &parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex &index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Place
    {
        const Part *part = nullptr;
        int step = 0;
    };
    [[nodiscard]] Place place(int row) const;
    [[nodiscard]] static bool hasExplanation(const StepResult &result);
    [[nodiscard]] QString text(const Place &at, int row, int column) const;

    QList<Part> m_parts;
};

[[nodiscard]] QString stateText(StepState state);
/// Reason and remedy of a step that went wrong; empty when it did not.
[[nodiscard]] QString failureText(const StepResult &result);

} // namespace portalbind
