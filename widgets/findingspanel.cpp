// SPDX-License-Identifier: Apache-2.0
#include "widgets/findingspanel.h"

#include "widgets/icons.h"

#include <QLabel>
#include <QListView>
#include <QLocale>
#include <QStyle>
#include <QVBoxLayout>
#include <QtConcurrentRun>

namespace portalbind {

namespace {

constexpr int delay = 150; // milliseconds: several changes in a row are looked at once

QString severityIcon(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Error:
        return QStringLiteral("error");
    case Finding::Severity::Warning:
        return QStringLiteral("warning");
    case Finding::Severity::Note:
        break;
    }
    return QStringLiteral("info");
}

QString severityWord(Finding::Severity severity)
{
    switch (severity) {
    case Finding::Severity::Error:
        return FindingsPanel::tr("Error");
    case Finding::Severity::Warning:
        return FindingsPanel::tr("Warning");
    case Finding::Severity::Note:
        break;
    }
    return FindingsPanel::tr("Note");
}

} // namespace

class FindingsPanel::Model final : public QAbstractListModel
{
public:
    using QAbstractListModel::QAbstractListModel;

    struct Row
    {
        Session *session = nullptr;
        Finding finding;
    };

    void set(QList<Row> rows, int total)
    {
        beginResetModel();
        m_rows = std::move(rows);
        m_total = total;
        endResetModel();
    }
    void forget(Session *session)
    {
        QList<Row> rows = m_rows;
        const qsizetype gone = rows.removeIf([session](const Row &row) { return row.session == session; });
        set(std::move(rows), m_total - int(gone));
    }
    const Row &row(int i) const { return m_rows.at(i); }
    int total() const { return m_total; }

    int rowCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : int(m_rows.size()); }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const Finding &finding = m_rows.at(index.row()).finding;
        const QString whole = finding.remedy.isEmpty() ? finding.text
                                                       : FindingsPanel::tr("%1. %2").arg(finding.text, finding.remedy);
        switch (role) {
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            return whole;
        case Qt::DecorationRole:
            return icon(severityIcon(finding.severity));
        case Qt::AccessibleTextRole:
            return FindingsPanel::tr("%1: %2").arg(severityWord(finding.severity), whole);
        default:
            return {};
        }
    }

private:
    QList<Row> m_rows;
    int m_total = 0;
};

FindingsPanel::FindingsPanel(Workspace &workspace, QWidget *parent)
    : QWidget(parent)
    , m_workspace(workspace)
    , m_model(new Model(this))
    , m_list(new QListView(this))
    , m_note(new QLabel(this))
{
    m_list->setObjectName(QStringLiteral("findings"));
    m_list->setModel(m_model);
    m_list->setUniformItemSizes(true);
    const int iconSize = style()->pixelMetric(QStyle::PM_SmallIconSize, nullptr, this);
    m_list->setIconSize(QSize(iconSize, iconSize));
    m_list->setAlternatingRowColors(true);
    m_list->setAccessibleName(tr("Findings"));
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignCenter);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(6, 4, 6, 6);
    all->addWidget(m_list, 1);
    all->addWidget(m_note);
    m_delay.setSingleShot(true);
    m_delay.setInterval(delay);

    connect(&m_delay, &QTimer::timeout, this, &FindingsPanel::start);
    connect(&workspace, &Workspace::inventoryChanged, &m_delay, qOverload<>(&QTimer::start));
    connect(&workspace, &Workspace::closed, &m_delay, qOverload<>(&QTimer::start));
    connect(&workspace, &Workspace::aboutToClose, m_model, &Model::forget);
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &FindingsPanel::finished);
    connect(m_list, &QListView::activated, this, &FindingsPanel::open);
    finished();
}

FindingsPanel::~FindingsPanel()
{
    m_stop.request_stop();
    m_watcher.disconnect(this);
    m_watcher.waitForFinished();
}

int FindingsPanel::count() const
{
    return m_model->total();
}

void FindingsPanel::start()
{
    m_stop.request_stop();
    m_stop = {};
    QList<std::pair<Session *, Inventory>> inventories;
    for (Session *session : m_workspace.sessions())
        inventories.append({session, session->inventory()});
    m_watcher.setFuture(QtConcurrent::run(
            [](const QList<std::pair<Session *, Inventory>> &all, const std::stop_token &stop) {
                QList<Found> found;
                for (const auto &[session, inventory] : all)
                    found.append({session, findings(inventory, stop)});
                return found;
            },
            std::move(inventories), m_stop.get_token()));
}

void FindingsPanel::finished()
{
    QList<Model::Row> rows;
    int total = 0;
    if (m_watcher.future().isValid() && m_watcher.future().resultCount() > 0) {
        const QList<Session *> open = m_workspace.sessions();
        for (const Found &found : m_watcher.result()) {
            if (!open.contains(found.session))
                continue;
            total += found.findings.count();
            for (const Finding &finding : found.findings.all)
                rows.append({found.session, finding});
        }
    }
    const int shown = int(rows.size());
    m_model->set(std::move(rows), total);
    m_list->setVisible(shown > 0);
    m_note->setVisible(shown == 0 || shown < total);
    m_note->setText(
            shown == 0 ? tr("Nothing to report: every address is there, every endpoint has a portal, and no "
                            "endpoint mixes portal groups.")
                       : tr("Showing the worst %1 of %2.").arg(QLocale().toString(shown), QLocale().toString(total)));
    emit countChanged(total);
}

void FindingsPanel::open(const QModelIndex &index)
{
    const Model::Row &row = m_model->row(index.row());
    if (const auto *portal = std::get_if<PortalHandle>(&row.finding.object))
        emit showPortal(row.session, *portal);
    else if (const auto *endpoint = std::get_if<EndpointHandle>(&row.finding.object))
        emit showEndpoint(row.session, *endpoint);
}

} // namespace portalbind
