// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/remoteservices.h"

#include <QWidget>

#include <array>

class QLabel;
class QPushButton;

namespace portalbind {

/// *Test connection*: goes through the layers and says of each what was found; of the one that fails why, and what to
/// do.
class ConnectionTest : public QWidget
{
    Q_OBJECT
public:
    explicit ConnectionTest(const RemoteServices &services, QWidget *parent);
    ~ConnectionTest() override;

    void setRequest(std::function<Result<ConnectionRequest>()> request) { m_request = std::move(request); }
    void setAllowed(bool allowed);
    /// Stops a test that runs; what was found is forgotten.
    void reset();
    [[nodiscard]] bool isRunning() const { return m_running; }
    [[nodiscard]] LayerOutcome outcome(Layer layer) const { return m_outcomes[size_t(layer)]; }

signals:
    void finished();

protected:
    void changeEvent(QEvent *event) override;

private:
    void toggle();
    void start();
    void show(const LayerOutcome &outcome);
    void draw(Layer layer);
    void done(const Result<> &result);

    struct Row
    {
        QLabel *icon = nullptr;
        QLabel *name = nullptr;
        QLabel *text = nullptr;
    };
    const RemoteServices &m_services;
    std::function<Result<ConnectionRequest>()> m_request;
    std::array<Row, layerCount> m_rows;
    std::array<LayerOutcome, layerCount> m_outcomes;
    QWidget *m_list;
    QPushButton *m_button;
    QLabel *m_summary;
    std::stop_source m_stop;
    quint32 m_run = 0; ///< counts the runs: a late answer of one that was stopped is dropped
    bool m_running = false;
    bool m_allowed = false;
};

[[nodiscard]] QString layerName(Layer layer);

} // namespace portalbind
