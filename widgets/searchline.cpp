// SPDX-License-Identifier: Apache-2.0
#include "widgets/searchline.h"

#include "widgets/icons.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QSignalBlocker>
#include <QToolButton>

namespace portalbind {

SearchLine::SearchLine(QWidget *parent)
    : QWidget(parent)
    , m_line(new QLineEdit(this))
    , m_count(new QLabel(this))
{
    m_line->setObjectName(QStringLiteral("search"));
    m_line->setPlaceholderText(tr("Search"));
    m_line->setAccessibleName(tr("Search"));
    m_line->setToolTip(tr("Any part of a name, IQN, address, tag or state; several words must all be found"));
    m_line->setClearButtonEnabled(true);
    m_line->addAction(icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    m_line->setMinimumWidth(m_line->fontMetrics().averageCharWidth() * 22);
    m_line->installEventFilter(this);
    m_count->setObjectName(QStringLiteral("matches"));
    m_count->setAccessibleName(tr("Number of matches"));

    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(4);
    line->addWidget(m_line, 1);
    m_unbound = addChip(tr("unbound"), QStringLiteral("unbound-filter"),
                        tr("Only portals that serve nothing and endpoints that nothing serves"));
    m_conflict = addChip(tr("in conflict"), QStringLiteral("conflict"),
                         tr("Only what a pending change is about that the server would refuse now"));
    m_changed = addChip(tr("changed"), QStringLiteral("changed"), tr("Only what pending changes touch"));
    line->addWidget(m_count);

    connect(m_line, &QLineEdit::textChanged, this, &SearchLine::termsChanged);
    hideMatches();
}

QToolButton *SearchLine::addChip(const QString &text, const QString &iconName, const QString &tip)
{
    auto *chip = new QToolButton(this);
    chip->setObjectName(QStringLiteral("chip-") + iconName);
    chip->setText(text);
    chip->setIcon(icon(iconName));
    chip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    chip->setCheckable(true);
    chip->setToolTip(tip);
    chip->setStatusTip(tip);
    chip->setAccessibleName(tr("Filter: %1").arg(text));
    layout()->addWidget(chip);
    connect(chip, &QToolButton::toggled, this, &SearchLine::termsChanged);
    return chip;
}

SearchQuery SearchLine::terms() const
{
    return {m_line->text().trimmed(), m_unbound->isChecked(), m_conflict->isChecked(), m_changed->isChecked()};
}

void SearchLine::clear()
{
    if (terms().isEmpty() && m_line->text().isEmpty())
        return;
    {
        const QSignalBlocker lineBlocker(m_line);
        const QSignalBlocker unboundBlocker(m_unbound);
        const QSignalBlocker conflictBlocker(m_conflict);
        const QSignalBlocker changedBlocker(m_changed);
        m_line->clear();
        m_unbound->setChecked(false);
        m_conflict->setChecked(false);
        m_changed->setChecked(false);
    }
    emit termsChanged();
}

void SearchLine::focus()
{
    m_line->setFocus(Qt::ShortcutFocusReason);
    m_line->selectAll();
}

void SearchLine::setMatches(quint64 found, quint64 shown)
{
    m_count->show();
    if (found == 0)
        m_count->setText(tr("no match"));
    else if (shown < found)
        m_count->setText(
                tr("%1 matches, the first %2 shown").arg(QLocale().toString(found), QLocale().toString(shown)));
    else
        m_count->setText(tr("%n match(es)", nullptr, int(found)));
}

void SearchLine::hideMatches()
{
    m_count->hide();
}

bool SearchLine::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::KeyPress && static_cast<QKeyEvent *>(event)->key() == Qt::Key_Escape) {
        const bool empty = terms().isEmpty();
        clear();
        if (empty)
            emit left();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace portalbind
