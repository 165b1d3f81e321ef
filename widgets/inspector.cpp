// SPDX-License-Identifier: Apache-2.0
#include "widgets/inspector.h"

#include "widgets/bindcandidates.h"
#include "widgets/candidatedelegate.h"

#include <QFontDatabase>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QPlainTextEdit>
#include <QTreeView>
#include <QVBoxLayout>

namespace portalbind {

class Inspector::FactsModel final : public QAbstractTableModel
{
public:
    using QAbstractTableModel::QAbstractTableModel;

    void set(Facts facts, Inventory inventory)
    {
        beginResetModel();
        m_facts = std::move(facts);
        m_inventory = std::move(inventory);
        endResetModel();
    }
    const Facts &facts() const { return m_facts; }

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : int(m_facts.facts.size() + (hasRelated() ? 1 : 0) + m_facts.related.size());
    }
    int columnCount(const QModelIndex &parent = {}) const override { return parent.isValid() ? 0 : 2; }
    bool isHeading(int row) const { return hasRelated() && row == m_facts.facts.size(); }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const Fact fact = factAt(index.row());
        switch (role) {
        case Qt::DisplayRole:
            return index.column() == 0 ? fact.label : fact.value;
        case Qt::ToolTipRole:
            return fact.value;
        case Qt::AccessibleTextRole:
            return Inspector::tr("%1: %2").arg(fact.label, fact.value);
        case Qt::FontRole: {
            if (index.column() == 1 && fact.isFixed)
                return QFontDatabase::systemFont(QFontDatabase::FixedFont);
            if (!isHeading(index.row()))
                return {};
            QFont bold;
            bold.setBold(true);
            return bold;
        }
        default:
            return {};
        }
    }

private:
    bool hasRelated() const { return !m_facts.relatedTitle.isEmpty(); }
    Fact factAt(int row) const
    {
        if (row < m_facts.facts.size())
            return m_facts.facts.at(row);
        if (isHeading(row))
            return {m_facts.relatedTitle, {}, false};
        return relatedFact(m_inventory, m_facts.related.at(row - m_facts.facts.size() - 1));
    }

    Facts m_facts;
    Inventory m_inventory;
};

Inspector::Inspector(QWidget *parent)
    : QTabWidget(parent)
    , m_facts(new FactsModel(this))
    , m_candidates(new BindCandidates(this))
    , m_title(new QLabel)
    , m_overview(new QTreeView)
    , m_filter(new QLineEdit)
    , m_bindable(new QListView)
    , m_bindableNote(new QLabel)
    , m_raw(new QPlainTextEdit)
{
    setDocumentMode(true);
    setAccessibleName(tr("Inspector"));
    m_raw->setReadOnly(true);
    m_raw->setTabChangesFocus(true);
    m_raw->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_raw->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_raw->setAccessibleName(tr("Raw values"));
    addTab(makeOverview(), tr("Overview"));
    addTab(makeBindable(), tr("What can I bind here?"));
    addTab(m_raw, tr("Raw"));

    connect(this, &QTabWidget::currentChanged, this, [this] { showBindable(); });
    connect(m_filter, &QLineEdit::textChanged, m_candidates, &BindCandidates::setFilter);
    connect(m_bindable, &QListView::activated, this, &Inspector::choose);
    connect(m_candidates, &BindCandidates::progressed, this, [this] {
        if (m_candidates->isBusy())
            m_bindableNote->setText(tr("Looking…"));
        else
            m_bindableNote->setText(
                    tr("%1 can be bound, %2 cannot. Return binds.")
                            .arg(QLocale().toString(m_candidates->fitCount()),
                                 QLocale().toString(m_candidates->rowCount() - m_candidates->fitCount())));
    });
    show({});
}

QWidget *Inspector::makeOverview()
{
    auto *overview = new QWidget;
    auto *overviewLayout = new QVBoxLayout(overview);
    overviewLayout->setContentsMargins(6, 6, 6, 6);
    QFont bold = font();
    bold.setBold(true);
    m_title->setObjectName(QStringLiteral("inspectorTitle"));
    m_title->setFont(bold);
    m_title->setWordWrap(true);
    m_title->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_overview->setObjectName(QStringLiteral("inspectorFacts"));
    m_overview->setModel(m_facts);
    m_overview->setRootIsDecorated(false);
    m_overview->setHeaderHidden(true);
    m_overview->setUniformRowHeights(true);
    m_overview->setTextElideMode(Qt::ElideMiddle);
    m_overview->setAccessibleName(tr("Properties"));
    m_overview->header()->setStretchLastSection(true);
    m_overview->setColumnWidth(0, fontMetrics().averageCharWidth() * 20);
    overviewLayout->addWidget(m_title);
    overviewLayout->addWidget(m_overview, 1);
    return overview;
}

QWidget *Inspector::makeBindable()
{
    auto *bindable = new QWidget;
    auto *bindableLayout = new QVBoxLayout(bindable);
    bindableLayout->setContentsMargins(6, 6, 6, 6);
    m_filter->setPlaceholderText(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setAccessibleName(tr("Filter what can be bound"));
    m_bindable->setObjectName(QStringLiteral("inspectorBindable"));
    m_bindable->setModel(m_candidates);
    m_bindable->setItemDelegate(new CandidateDelegate(m_bindable));
    m_bindable->setUniformItemSizes(true);
    m_bindable->setAccessibleName(tr("What can be bound here"));
    m_bindableNote->setWordWrap(true);
    bindableLayout->addWidget(m_filter);
    bindableLayout->addWidget(m_bindable, 1);
    bindableLayout->addWidget(m_bindableNote);
    return bindable;
}

QString Inspector::title() const
{
    return m_title->text();
}

void Inspector::show(const RowSelection &selection)
{
    m_selection = selection;
    m_bindableStale = true;
    if (!selection.session || selection.current.isNull()) {
        m_facts->set({}, {});
        m_title->setText(selection.severalConnections ? tr("Rows of several connections are selected")
                                                      : tr("Nothing is selected"));
        m_raw->clear();
    } else {
        Facts facts = factsOf(*selection.session, selection.current);
        m_title->setText(facts.title);
        m_raw->setPlainText(facts.raw);
        m_facts->set(std::move(facts), selection.session->inventory());
        for (int row = 0; row < m_facts->rowCount(); ++row) {
            if (m_facts->isHeading(row)) {
                m_overview->setFirstColumnSpanned(row, {}, true);
                break;
            }
        }
    }
    showBindable();
}

void Inspector::showBindable()
{
    // Judged only while somebody looks.
    if (currentIndex() != 1 || !m_bindableStale)
        return;
    m_bindableStale = false;
    Session *session = m_selection.session;
    if (session && m_selection.current.kind == RowKind::Endpoint) {
        m_candidates->showPortalsFor(session->inventory(), EndpointHandle{m_selection.current.handle});
    } else if (session && !m_selection.dragItems().isEmpty()) {
        m_candidates->showEndpointsFor(session->inventory(), m_selection.dragItems());
    } else {
        m_candidates->clear();
        m_bindableNote->setText(tr("Select an endpoint to see what can be bound to it, or portals to see where."));
    }
}

void Inspector::choose(const QModelIndex &index)
{
    if (m_selection.session && m_candidates->fits(index.row()))
        emit chosen(m_selection.session, m_candidates->intent(index.row()));
}

} // namespace portalbind
