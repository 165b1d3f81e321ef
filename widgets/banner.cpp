// SPDX-License-Identifier: Apache-2.0
#include "widgets/banner.h"

#include "widgets/icons.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QFontDatabase>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPlainTextEdit>
#include <QPushButton>

namespace portalbind {

namespace {

constexpr int iconSize = 20;
constexpr int detailLines = 8;
constexpr int ageInterval = 10'000; // milliseconds between two looks at the clock

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
    case Error::Kind::NoService:
        return Banner::tr("no service");
    case Error::Kind::Certificate:
        return Banner::tr("certificate");
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
    , m_fingerprints(new QLabel(this))
    , m_retry(new QPushButton(tr("Retry"), this))
    , m_signIn(new QPushButton(tr("Sign in…"), this))
    , m_certificate(new QPushButton(tr("Certificate…"), this))
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
    m_fingerprints->setObjectName(QStringLiteral("bannerFingerprints"));
    m_fingerprints->setTextFormat(Qt::PlainText);
    m_fingerprints->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_fingerprints->setWordWrap(true);
    m_fingerprints->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_details->setCheckable(true);
    m_text->setObjectName(QStringLiteral("bannerText"));
    m_retry->setObjectName(QStringLiteral("bannerRetry"));
    m_signIn->setObjectName(QStringLiteral("bannerSignIn"));
    m_certificate->setObjectName(QStringLiteral("bannerCertificate"));
    m_details->setObjectName(QStringLiteral("bannerDetails"));
    m_copy->setObjectName(QStringLiteral("bannerCopy"));
    m_copy->setToolTip(tr("Copy the details"));
    m_ages.setInterval(ageInterval);
    m_raw->setReadOnly(true);
    m_raw->setTabChangesFocus(true);
    m_raw->setFixedHeight(m_raw->fontMetrics().lineSpacing() * detailLines);
    m_raw->setAccessibleName(tr("Details of the failure"));

    // The sentence has the width of the pane; what can be done stands below it.
    auto *top = new QHBoxLayout;
    top->addWidget(m_icon, 0, Qt::AlignTop);
    top->addWidget(m_text, 1);
    auto *line = new QHBoxLayout;
    line->addStretch(1);
    for (QPushButton *button : {m_signIn, m_certificate, m_retry, m_details, m_copy})
        line->addWidget(button);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(8, 6, 8, 6);
    all->addLayout(top);
    all->addWidget(m_fingerprints);
    all->addLayout(line);
    all->addWidget(m_raw);
    setDetailsShown(false);

    connect(m_retry, &QPushButton::clicked, this, &Banner::retry);
    connect(m_signIn, &QPushButton::clicked, this, &Banner::signIn);
    connect(m_certificate, &QPushButton::clicked, this, &Banner::certificate);
    connect(m_details, &QPushButton::toggled, this, &Banner::setDetailsShown);
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(m_raw->toPlainText()); });
    connect(&m_ages, &QTimer::timeout, this, &Banner::sayAge);
}

void Banner::show(const QString &connection, const Error &error, const QDateTime &readAt, const BannerOffers &offers)
{
    const bool isDanger = !offers.certificate.isEmpty();
    const bool isCancelled = error.kind == Error::Kind::Cancelled;
    const bool isNamed = error.what.startsWith(connection);
    QStringList parts{isCancelled       ? tr("Reading %1 was cancelled.").arg(connection)
                              : isNamed ? error.what
                                        : connection + QLatin1String(": ") + error.what};
    if (!error.remedy.isEmpty())
        parts += error.remedy.endsWith(QLatin1Char('.')) ? error.remedy : error.remedy + QLatin1Char('.');
    m_what = parts.join(QLatin1Char(' '));
    m_readAt = readAt;
    sayAge();
    m_ages.start();

    QStringList raw{tr("Kind: %1").arg(kindName(error.kind)), error.text()};
    if (!error.detail.isEmpty())
        raw += error.detail;
    if (!offers.server.isEmpty())
        raw += tr("Server: %1").arg(offers.server);
    m_raw->setPlainText(raw.join(QLatin1Char('\n')));
    m_iconName = isDanger ? QStringLiteral("error") : QStringLiteral("warning");
    m_icon->setAccessibleName(isDanger ? tr("Danger") : tr("Warning"));
    QFont font = m_text->font();
    font.setBold(isDanger);
    m_text->setFont(font);
    m_fingerprints->setText(offers.certificate);
    m_fingerprints->setVisible(isDanger);
    m_signIn->setVisible(offers.signIn);
    m_certificate->setVisible(isDanger);
    drawIcon();
    QFrame::show();
}

void Banner::sayAge()
{
    QString text = m_what + QLatin1Char(' ');
    text += m_readAt.isValid() ? tr("What is shown was read %1.").arg(age(m_readAt, QDateTime::currentDateTimeUtc()))
                               : tr("Nothing of it could be read yet.");
    if (m_text->text() != text) // or a selection in it would be lost
        m_text->setText(text);
}

void Banner::drawIcon()
{
    m_icon->setPixmap(icon(m_iconName).pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
}

void Banner::changeEvent(QEvent *event)
{
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_iconName.isEmpty())
        drawIcon();
}

QString Banner::text() const
{
    return m_fingerprints->isHidden() ? m_text->text() : m_text->text() + QLatin1Char('\n') + m_fingerprints->text();
}

QString Banner::details() const
{
    return m_raw->toPlainText();
}

void Banner::setDetailsShown(bool shown)
{
    m_raw->setVisible(shown);
    m_copy->setVisible(shown);
}

} // namespace portalbind
