// SPDX-License-Identifier: Apache-2.0
#include "widgets/welcomepage.h"

#include "widgets/icons.h"

#include <QAction>
#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace portalbind {

namespace {

constexpr int iconSize = 32;

/// An icon that is drawn anew when palette or pixel ratio change.
class IconLabel final : public QLabel
{
public:
    IconLabel(const QString &name, QWidget *parent)
        : QLabel(parent)
        , m_name(name)
    {
        draw();
    }

protected:
    void changeEvent(QEvent *event) override
    {
        QLabel::changeEvent(event);
        if (event->type() == QEvent::PaletteChange)
            draw();
    }

private:
    void draw() { setPixmap(icon(m_name).pixmap(QSize(iconSize, iconSize), devicePixelRatioF())); }
    QString m_name;
};

} // namespace

WelcomePage::WelcomePage(QAction *openSample, QAction *connectTo, QAction *openThisHost, QWidget *parent)
    : QWidget(parent)
{
    auto *heading = new QLabel(tr("Nothing is open. How would you like to begin?"), this);
    QFont large = heading->font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    heading->setFont(large);
    heading->setAlignment(Qt::AlignCenter);
    heading->setWordWrap(true);
    auto *cards = new QHBoxLayout;
    cards->setSpacing(16);
    cards->addStretch(1);
    cards->addWidget(card(QStringLiteral("workbook"), tr("Open the sample workbook"),
                          tr("A believable site of two servers to try everything on. It is your own copy; nothing real "
                             "changes."),
                          openSample),
                     4);
    cards->addWidget(card(QStringLiteral("connect"), tr("Connect to a server…"),
                          tr("Over WS-Management: Windows, and storage with an SMI-S provider; over SSH: Linux "
                             "targets. Workbook files open here as well."),
                          connectTo),
                     4);
    cards->addWidget(card(QStringLiteral("host"), tr("This host"),
                          tr("The targets that this host's own kernel serves."), openThisHost),
                     4);
    cards->addStretch(1);
    auto *all = new QVBoxLayout(this);
    all->addStretch(2);
    all->addWidget(heading);
    all->addSpacing(20);
    all->addLayout(cards);
    all->addStretch(3);
}

void WelcomePage::setWhyNotThisHost(const QString &whyNot)
{
    m_thisHost->setEnabled(whyNot.isEmpty());
    m_thisHost->setToolTip(whyNot);
    m_whyNot->setText(whyNot);
    m_whyNot->setVisible(!whyNot.isEmpty());
}

QFrame *WelcomePage::card(const QString &iconName, const QString &title, const QString &text, QAction *action)
{
    auto *frame = new QFrame(this);
    frame->setFrameShape(QFrame::StyledPanel);
    frame->setAutoFillBackground(true);
    frame->setBackgroundRole(QPalette::Base);
    frame->setMaximumWidth(fontMetrics().averageCharWidth() * 44);
    auto *symbol = new IconLabel(iconName, frame);
    symbol->setAlignment(Qt::AlignCenter);
    auto *words = new QLabel(text, frame);
    words->setWordWrap(true);
    words->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    auto *button = new QPushButton(title, frame);
    button->setAccessibleDescription(text);
    auto *column = new QVBoxLayout(frame);
    column->setContentsMargins(16, 20, 16, 16);
    column->setSpacing(12);
    column->addWidget(symbol);
    column->addWidget(button);
    column->addWidget(words, 1);
    button->setObjectName(QStringLiteral("card-") + action->objectName());
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    if (action->objectName() != QLatin1String("openThisHost"))
        return frame;
    // The only one that may not be there to be opened.
    m_thisHost = button;
    button->setObjectName(QStringLiteral("card-thisHost"));
    m_whyNot = new QLabel(frame);
    m_whyNot->setObjectName(QStringLiteral("whyNotThisHost"));
    m_whyNot->setTextFormat(Qt::PlainText);
    m_whyNot->setWordWrap(true);
    m_whyNot->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    m_whyNot->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_whyNot);
    return frame;
}

} // namespace portalbind
