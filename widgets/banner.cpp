// SPDX-License-Identifier: Apache-2.0
#include "widgets/banner.h"

#include "widgets/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>

namespace portalbind {

namespace {

constexpr int iconSize = 20;
constexpr int detailLines = 6;

QString kindName(Error::Kind kind)
{
    switch (kind) {
    case Error::Kind::Cancelled:
        return Banner::tr("cancelled");
    case Error::Kind::BadInput:
        return Banner::tr("malformed input");
    case Error::Kind::NoSuchObject:
        return Banner::tr("no such object");
    case Error::Kind::Ambiguous:
        return Banner::tr("ambiguous name");
    case Error::Kind::File:
        return Banner::tr("file");
    case Error::Kind::Server:
        return Banner::tr("server answer");
    case Error::Kind::Transport:
        return Banner::tr("transport");
    case Error::Kind::Timeout:
        return Banner::tr("deadline passed");
    case Error::Kind::SignIn:
        return Banner::tr("sign-in");
    case Error::Kind::Rights:
        return Banner::tr("rights");
    case Error::Kind::OutcomeUnknown:
        return Banner::tr("outcome unknown");
    }
    return {};
}

} // namespace

QString age(const QDateTime &since, const QDateTime &now)
{
    const qint64 seconds = qMax<qint64>(0, since.secsTo(now));
    constexpr qint64 minute = 60, hour = 3600, day = 86'400;
    if (seconds < minute)
        return Banner::tr("%1 s ago").arg(seconds);
    if (seconds < hour)
        return Banner::tr("%1 min ago").arg(seconds / minute);
    if (seconds < 2 * day)
        return Banner::tr("%1 h ago").arg(seconds / hour);
    return Banner::tr("%n day(s) ago", nullptr, int(seconds / day));
}

Banner::Banner(QWidget *parent)
    : QFrame(parent)
    , m_icon(new QLabel(this))
    , m_text(new QLabel(this))
    , m_retry(new QPushButton(tr("Retry"), this))
    , m_details(new QPushButton(tr("Details"), this))
    , m_copy(new QPushButton(tr("Copy"), this))
    , m_raw(new QPlainTextEdit(this))
{
    setFrameShape(QFrame::StyledPanel);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    setAccessibleName(tr("Connection trouble"));
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_details->setCheckable(true);
    m_raw->setReadOnly(true);
    m_raw->setTabChangesFocus(true);
    m_raw->setFixedHeight(m_raw->fontMetrics().lineSpacing() * detailLines);
    m_raw->setAccessibleName(tr("Details of the failure"));

    auto *line = new QHBoxLayout;
    line->addWidget(m_icon, 0, Qt::AlignTop);
    line->addWidget(m_text, 1);
    line->addWidget(m_retry, 0, Qt::AlignTop);
    line->addWidget(m_details, 0, Qt::AlignTop);
    line->addWidget(m_copy, 0, Qt::AlignTop);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(8, 6, 8, 6);
    all->addLayout(line);
    all->addWidget(m_raw);
    setDetailsShown(false);

    connect(m_retry, &QPushButton::clicked, this, &Banner::retry);
    connect(m_details, &QPushButton::toggled, this, &Banner::setDetailsShown);
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_raw->toPlainText()); });
}

void Banner::show(const QString &connection, const Error &error, const QDateTime &readAt)
{
    QStringList parts{connection + QLatin1String(": ") + error.what};
    if (!error.remedy.isEmpty())
        parts += error.remedy.endsWith(QLatin1Char('.')) ? error.remedy : error.remedy + QLatin1Char('.');
    parts += readAt.isValid() ? tr("What is shown was read %1.").arg(age(readAt, QDateTime::currentDateTimeUtc()))
                              : tr("Nothing of it could be read yet.");
    m_text->setText(parts.join(QLatin1Char(' ')));
    m_raw->setPlainText(tr("Kind: %1").arg(kindName(error.kind)) + QLatin1Char('\n') + error.text()
                        + (error.detail.isEmpty() ? QString() : QLatin1Char('\n') + error.detail));
    m_icon->setPixmap(icon(QStringLiteral("warning")).pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
    m_icon->setAccessibleName(tr("Warning"));
    QFrame::show();
}

QString Banner::text() const
{
    return m_text->text();
}

void Banner::setDetailsShown(bool shown)
{
    m_raw->setVisible(shown);
    m_copy->setVisible(shown);
}

} // namespace portalbind
