// SPDX-License-Identifier: Apache-2.0
#include "widgets/savedbar.h"

#include "widgets/icons.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace portalbind {

namespace {

constexpr int iconSize = 20;
constexpr int listLines = 7;

} // namespace

SavedBar::SavedBar(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_show(new QPushButton(tr("Show"), this))
    , m_save(new QPushButton(tr("Save for reboot…"), this))
    , m_list(new QPlainTextEdit(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    setAccessibleName(tr("What the next start of a server brings"));
    m_icon->setAccessibleName(tr("Warning"));
    m_text->setObjectName(QStringLiteral("savedText"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_show->setObjectName(QStringLiteral("savedShow"));
    m_show->setCheckable(true);
    m_show->setToolTip(tr("What differs, as a list"));
    m_save->setObjectName(QStringLiteral("savedSave"));
    m_list->setObjectName(QStringLiteral("savedList"));
    m_list->setReadOnly(true);
    m_list->setTabChangesFocus(true);
    m_list->setAccessibleName(tr("What differs"));
    m_list->setFixedHeight(m_list->fontMetrics().lineSpacing() * listLines);
    m_list->hide();
    auto *line = new QHBoxLayout;
    line->addWidget(m_icon, 0, Qt::AlignTop);
    line->addWidget(m_text, 1);
    auto *buttons = new QHBoxLayout; // below: a pane is too narrow for long paths beside them
    buttons->addStretch();
    buttons->addWidget(m_show);
    buttons->addWidget(m_save);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(8, 6, 8, 6);
    all->addLayout(line);
    all->addLayout(buttons);
    all->addWidget(m_list);
    connect(m_show, &QPushButton::toggled, m_list, &QWidget::setVisible);
    connect(m_save, &QPushButton::clicked, this, &SavedBar::saveWanted);
    drawIcon();
    hide();
}

void SavedBar::setSaved(const QString &server, const SavedState &saved)
{
    setVisible(!saved.differences.isEmpty());
    if (saved.differences.isEmpty())
        return;
    QString text = tr("%n thing(s) on %1 would be different after a reboot: %2 does not have what runs now.", nullptr,
                      int(saved.differences.size()))
                           .arg(server, saved.path);
    if (!saved.warning.isEmpty())
        text += QLatin1Char(' ') + saved.warning;
    m_text->setText(text);
    QStringList lines;
    for (const SavedDifference &difference : saved.differences)
        lines += difference.text;
    if (const QString all = lines.join(QLatin1Char('\n')); all != m_list->toPlainText())
        m_list->setPlainText(all);
    m_save->setEnabled(saved.whyNot.isEmpty());
    m_save->setToolTip(saved.whyNot.isEmpty() ? tr("Stages that what runs now is kept in %1").arg(saved.path)
                                              : saved.whyNot);
}

QString SavedBar::text() const
{
    return m_text->text();
}

QString SavedBar::list() const
{
    return m_list->toPlainText();
}

void SavedBar::drawIcon()
{
    m_icon->setPixmap(icon(QStringLiteral("warning")).pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
}

void SavedBar::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        drawIcon();
}

} // namespace portalbind
