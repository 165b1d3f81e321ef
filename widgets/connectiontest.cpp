// SPDX-License-Identifier: Apache-2.0
#include "widgets/connectiontest.h"

#include "widgets/icons.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QVBoxLayout>

namespace portalbind {

namespace {

constexpr int iconSize = 16;
using State = LayerOutcome::State;

QString stateWord(State state)
{
    switch (state) {
    case State::Waiting:
        return ConnectionTest::tr("not reached");
    case State::Running:
        return ConnectionTest::tr("being tried…");
    case State::Passed:
        return ConnectionTest::tr("passed");
    case State::Failed:
        return ConnectionTest::tr("failed");
    case State::Skipped:
        return ConnectionTest::tr("does not apply");
    }
    return {};
}

const char *stateIcon(State state)
{
    switch (state) {
    case State::Running:
        return "loading";
    case State::Passed:
        return "success";
    case State::Failed:
        return "failed";
    case State::Waiting:
    case State::Skipped:
        break;
    }
    return nullptr;
}

} // namespace

QString layerName(Layer layer)
{
    switch (layer) {
    case Layer::Name:
        return ConnectionTest::tr("Name");
    case Layer::Tcp:
        return ConnectionTest::tr("TCP");
    case Layer::Tls:
        return ConnectionTest::tr("TLS");
    case Layer::SignIn:
        return ConnectionTest::tr("Sign-in");
    case Layer::Rights:
        return ConnectionTest::tr("Rights");
    case Layer::Provider:
        return ConnectionTest::tr("Provider");
    }
    return {};
}

ConnectionTest::ConnectionTest(const RemoteServices &services, QWidget *parent)
    : QWidget(parent)
    , m_services(services)
    , m_list(new QWidget(this))
    , m_button(new QPushButton(this))
    , m_summary(new QLabel(this))
{
    m_button->setObjectName(QStringLiteral("testConnection"));
    m_button->setAutoDefault(false);
    m_summary->setObjectName(QStringLiteral("testSummary"));
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    auto *grid = new QGridLayout(m_list);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setColumnStretch(2, 1);
    for (int i = 0; i < layerCount; ++i) {
        Row &row = m_rows[size_t(i)];
        row.icon = new QLabel(m_list);
        row.icon->setFixedSize(iconSize, iconSize);
        row.name = new QLabel(layerName(Layer(i)), m_list);
        row.text = new QLabel(m_list);
        row.text->setObjectName(QStringLiteral("testLayer%1").arg(i));
        row.text->setWordWrap(true);
        row.text->setTextFormat(Qt::PlainText);
        row.text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        grid->addWidget(row.icon, i, 0, Qt::AlignTop);
        grid->addWidget(row.name, i, 1, Qt::AlignTop);
        grid->addWidget(row.text, i, 2, Qt::AlignTop);
    }
    auto *line = new QHBoxLayout;
    line->addWidget(m_button);
    line->addWidget(m_summary, 1);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addLayout(line);
    all->addWidget(m_list);
    connect(m_button, &QPushButton::clicked, this, &ConnectionTest::toggle);
    reset();
}

ConnectionTest::~ConnectionTest()
{
    m_stop.request_stop();
}

void ConnectionTest::setAllowed(bool allowed)
{
    m_allowed = allowed;
    m_button->setEnabled(m_running || m_allowed);
}

void ConnectionTest::reset()
{
    m_stop.request_stop();
    ++m_run;
    m_running = false;
    m_outcomes = {};
    for (int i = 0; i < layerCount; ++i) {
        m_outcomes[size_t(i)].layer = Layer(i);
        draw(Layer(i));
    }
    m_list->hide();
    m_summary->clear();
    m_button->setText(tr("&Test connection"));
    m_button->setEnabled(m_allowed);
}

void ConnectionTest::toggle()
{
    if (m_running) {
        m_stop.request_stop();
        return;
    }
    start();
}

void ConnectionTest::start()
{
    const Result<ConnectionRequest> request = m_request();
    if (!request)
        return;
    reset();
    m_running = true;
    m_stop = std::stop_source();
    m_list->show();
    m_button->setText(tr("Stop the &test"));
    const QPointer<ConnectionTest> self(this);
    const quint32 run = m_run;
    auto report = [self, run](const LayerOutcome &outcome) {
        if (self && self->m_run == run)
            self->show(outcome);
    };
    spawn<Result<>>(m_services.test(*request, report, m_stop.get_token()), [self, run](const Result<> &result) {
        if (self && self->m_run == run)
            self->done(result);
    });
}

void ConnectionTest::show(const LayerOutcome &outcome)
{
    m_outcomes[size_t(outcome.layer)] = outcome;
    draw(outcome.layer);
}

void ConnectionTest::draw(Layer layer)
{
    const LayerOutcome &outcome = m_outcomes[size_t(layer)];
    const Row &row = m_rows[size_t(layer)];
    const char *name = stateIcon(outcome.state);
    row.icon->setPixmap(name ? icon(QLatin1String(name)).pixmap(QSize(iconSize, iconSize), devicePixelRatioF())
                             : QPixmap());
    const QString word = stateWord(outcome.state);
    QString text = outcome.text.isEmpty() ? word : outcome.text;
    if (outcome.state == State::Failed) {
        text = tr("Failed: %1").arg(outcome.text);
        if (!outcome.remedy.isEmpty())
            text += QLatin1Char('\n') + outcome.remedy;
    }
    row.text->setText(text);
    row.text->setToolTip(outcome.detail);
    row.text->setAccessibleName(tr("%1: %2. %3").arg(layerName(layer), word, outcome.text));
    const bool isReached = outcome.state != State::Waiting && outcome.state != State::Skipped;
    row.name->setEnabled(isReached);
    row.text->setEnabled(isReached);
    QFont font = row.name->font();
    font.setBold(outcome.state == State::Failed);
    row.name->setFont(font);
}

void ConnectionTest::done(const Result<> &result)
{
    m_running = false;
    m_button->setText(tr("&Test again"));
    m_button->setEnabled(m_allowed);
    if (result)
        m_summary->setText(tr("Everything that is needed is there."));
    else if (result.error().kind == Error::Kind::Cancelled)
        m_summary->setText(tr("The test was stopped."));
    else
        m_summary->setText(tr("It cannot be connected to like this."));
    for (int i = 0; i < layerCount; ++i) {
        if (m_outcomes[size_t(i)].state == State::Running)
            show({Layer(i), State::Waiting, {}, {}, {}});
    }
    emit finished();
}

void ConnectionTest::changeEvent(QEvent *event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        for (int i = 0; i < layerCount; ++i)
            draw(Layer(i));
    }
}

} // namespace portalbind
