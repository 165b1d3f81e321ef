// SPDX-License-Identifier: Apache-2.0
#include "widgets/bindpicker.h"

#include "model/wording.h"
#include "widgets/bindcandidates.h"
#include "widgets/candidatedelegate.h"
#include "widgets/icons.h"

#include <QDialogButtonBox>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

namespace portalbind {

BindPicker::BindPicker(Session *session, QWidget *parent)
    : QDialog(parent)
    , m_session(session)
    , m_candidates(new BindCandidates(this))
    , m_filter(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_sentence(new QLabel(this))
    , m_count(new QLabel(this))
{
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);
    m_filter->setObjectName(QStringLiteral("bindFilter"));
    m_filter->setAccessibleName(tr("Filter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_filter->installEventFilter(this);
    m_list->setObjectName(QStringLiteral("bindCandidates"));
    m_list->setModel(m_candidates);
    m_list->setItemDelegate(new CandidateDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setAccessibleName(tr("What can be chosen"));
    m_sentence->setObjectName(QStringLiteral("bindSentence"));
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumHeight(m_sentence->fontMetrics().lineSpacing() * 2);
    m_sentence->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_bind = buttons->addButton(tr("Bind"), QDialogButtonBox::AcceptRole);
    m_bind->setDefault(true);
    auto *all = new QVBoxLayout(this);
    all->addWidget(m_filter);
    all->addWidget(m_list, 1);
    all->addWidget(m_count);
    all->addWidget(m_sentence);
    all->addWidget(buttons);
    resize(fontMetrics().averageCharWidth() * 80, fontMetrics().lineSpacing() * 28);

    connect(m_filter, &QLineEdit::textChanged, m_candidates, &BindCandidates::setFilter);
    connect(m_candidates, &BindCandidates::progressed, this, &BindPicker::selectFirst);
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, &BindPicker::tell);
    connect(m_list, &QListView::activated, this, &BindPicker::choose);
    connect(buttons, &QDialogButtonBox::accepted, this, &BindPicker::choose);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(session, &QObject::destroyed, this, &QDialog::reject);
}

BindPicker::BindPicker(Session *session, const QList<DragItem> &items, QWidget *parent)
    : BindPicker(session, parent)
{
    const QList<DragItem> apart = takeApart(session->inventory(), items);
    if (apart.size() == 1 && session->inventory().has(apart.first().portal))
        setWindowTitle(tr("Bind %1 to…").arg(session->inventory().portal(apart.first().portal).address.toString()));
    else
        setWindowTitle(tr("Bind %n portal(s) to…", nullptr, int(apart.size())));
    m_filter->setPlaceholderText(tr("Type part of the target's name or its tag"));
    m_candidates->showEndpointsFor(session->inventory(), items);
}

BindPicker::BindPicker(Session *session, EndpointHandle endpoint, QWidget *parent)
    : BindPicker(session, parent)
{
    setWindowTitle(tr("Bind a portal to %1").arg(endpointText(session->inventory(), endpoint)));
    m_filter->setPlaceholderText(tr("Type part of the address or of its group"));
    m_candidates->showPortalsFor(session->inventory(), endpoint);
}

void BindPicker::selectFirst()
{
    if (!m_list->currentIndex().isValid() && m_candidates->rowCount() > 0)
        m_list->setCurrentIndex(m_candidates->index(0, 0));
    m_count->setText(m_candidates->isBusy()
                             ? tr("Looking…")
                             : tr("%1 can be bound, %2 cannot")
                                       .arg(QLocale().toString(m_candidates->fitCount()),
                                            QLocale().toString(m_candidates->rowCount() - m_candidates->fitCount())));
    tell();
}

void BindPicker::tell()
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid()) {
        m_sentence->setText(m_candidates->isBusy() ? QString() : tr("Nothing matches. Type less, or clear the line."));
        m_bind->setEnabled(false);
        return;
    }
    m_sentence->setText(current.data(BindCandidates::SentenceRole).toString());
    m_bind->setEnabled(m_candidates->fits(current.row()));
}

void BindPicker::choose()
{
    const QModelIndex current = m_list->currentIndex();
    if (!current.isValid() || !m_candidates->fits(current.row()))
        return;
    emit chosen(m_session, m_candidates->intent(current.row()));
    accept();
}

bool BindPicker::eventFilter(QObject *watched, QEvent *event)
{
    // The line keeps the focus while the arrow keys walk the list.
    if (watched == m_filter && event->type() == QEvent::KeyPress) {
        switch (static_cast<QKeyEvent *>(event)->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
            QCoreApplication::sendEvent(m_list, event);
            return true;
        default:
            break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

} // namespace portalbind
