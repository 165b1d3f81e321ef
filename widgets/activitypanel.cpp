// SPDX-License-Identifier: Apache-2.0
#include "widgets/activitypanel.h"

#include "widgets/icons.h"

#include <QHeaderView>
#include <QLocale>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QTreeView>
#include <QVBoxLayout>

namespace portalbind {

namespace {

QString outcomeText(Activity::Outcome outcome)
{
    switch (outcome) {
    case Activity::Outcome::Done:
        return ActivityModel::tr("done");
    case Activity::Outcome::Refused:
        return ActivityModel::tr("refused");
    case Activity::Outcome::Failed:
        return ActivityModel::tr("failed");
    case Activity::Outcome::Unknown:
        return ActivityModel::tr("unknown");
    case Activity::Outcome::Info:
        return ActivityModel::tr("noted");
    }
    return {};
}

QString outcomeIcon(Activity::Outcome outcome)
{
    switch (outcome) {
    case Activity::Outcome::Done:
        return QStringLiteral("success");
    case Activity::Outcome::Refused:
        return QStringLiteral("lock");
    case Activity::Outcome::Failed:
        return QStringLiteral("failed");
    case Activity::Outcome::Unknown:
        return QStringLiteral("help");
    case Activity::Outcome::Info:
        return QStringLiteral("info");
    }
    return {};
}

} // namespace

void ActivityModel::add(const Activity &entry)
{
    if (m_entries.size() >= size_t(most)) {
        beginRemoveRows({}, most - 1, most - 1);
        m_entries.pop_back();
        endRemoveRows();
    }
    beginInsertRows({}, 0, 0);
    m_entries.push_front(entry);
    endInsertRows();
}

int ActivityModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_entries.size());
}

int ActivityModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ActivityModel::data(const QModelIndex &index, int role) const
{
    const Activity &at = entry(index.row());
    const auto text = [&at](int column) -> QString {
        switch (column) {
        case Time:
            return QLocale().toString(at.at.toLocalTime().time(), QStringLiteral("HH:mm:ss"));
        case ServerColumn:
            return at.server;
        case What:
            return at.what;
        case Outcome:
            return outcomeText(at.outcome);
        case Duration:
            return at.milliseconds < 0 ? QString() : tr("%1 ms").arg(QLocale().toString(at.milliseconds));
        default:
            return {};
        }
    };
    switch (role) {
    case Qt::DisplayRole:
        return text(index.column());
    case Qt::ToolTipRole:
        return index.column() == Time ? QLocale().toString(at.at.toLocalTime(), QLocale::LongFormat)
                                      : (at.detail.isEmpty() ? at.what : at.detail);
    case Qt::DecorationRole:
        return index.column() == Outcome ? icon(outcomeIcon(at.outcome)) : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() == Duration ? QVariant(Qt::AlignRight | Qt::AlignVCenter) : QVariant();
    case Qt::AccessibleTextRole:
        return tr("%1, %2, %3, %4").arg(text(Time), text(ServerColumn), text(What), text(Outcome));
    default:
        return {};
    }
}

QVariant ActivityModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case ServerColumn:
        return tr("Server");
    case What:
        return tr("What");
    case Outcome:
        return tr("Result");
    case Duration:
        return tr("Took");
    default:
        return {};
    }
}

ActivityPanel::ActivityPanel(QWidget *parent)
    : QWidget(parent)
    , m_model(new ActivityModel(this))
    , m_list(new QTreeView(this))
    , m_detail(new QPlainTextEdit(this))
{
    m_list->setObjectName(QStringLiteral("activity"));
    m_list->setModel(m_model);
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setAlternatingRowColors(true);
    m_list->setAccessibleName(tr("Activity"));
    m_list->header()->setStretchLastSection(false);
    m_list->header()->setSectionResizeMode(ActivityModel::What, QHeaderView::Stretch);
    const int character = fontMetrics().averageCharWidth();
    m_list->setColumnWidth(ActivityModel::Time, character * 12);
    m_list->setColumnWidth(ActivityModel::ServerColumn, character * 24);
    m_list->setColumnWidth(ActivityModel::Outcome, character * 16);
    m_list->setColumnWidth(ActivityModel::Duration, character * 14);
    m_detail->setReadOnly(true);
    m_detail->setTabChangesFocus(true);
    m_detail->setAccessibleName(tr("Detail of the selected activity"));
    m_detail->hide();
    auto *split = new QSplitter(Qt::Horizontal, this);
    split->addWidget(m_list);
    split->addWidget(m_detail);
    split->setStretchFactor(0, 3);
    split->setStretchFactor(1, 2);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(6, 4, 6, 6);
    all->addWidget(split);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentRowChanged, this, &ActivityPanel::showDetail);
}

void ActivityPanel::add(const Activity &entry)
{
    m_model->add(entry);
}

void ActivityPanel::showDetail()
{
    const QModelIndex current = m_list->currentIndex();
    const QString detail = current.isValid() ? m_model->entry(current.row()).detail : QString();
    m_detail->setPlainText(detail);
    m_detail->setVisible(!detail.isEmpty());
}

} // namespace portalbind
