// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/findings.h"
#include "widgets/workspace.h"

#include <QFutureWatcher>
#include <QTimer>
#include <QWidget>

#include <stop_token>

class QLabel;
class QListView;

namespace portalbind {

/// What should be known about the configurations that are open, worked out off the GUI thread whenever one changes.
class FindingsPanel : public QWidget
{
    Q_OBJECT
public:
    explicit FindingsPanel(Workspace &workspace, QWidget *parent = nullptr);
    ~FindingsPanel() override;

    [[nodiscard]] int count() const;

signals:
    void countChanged(int count);
    /// The person wants to see the object of a finding.
    void showPortal(portalbind::Session *session, portalbind::PortalHandle portal);
    void showEndpoint(portalbind::Session *session, portalbind::EndpointHandle endpoint);

private:
    class Model;
    struct Found
    {
        Session *session = nullptr;
        Findings findings;
    };
    void start();
    void finished();
    void open(const QModelIndex &index);

    Workspace &m_workspace;
    Model *m_model;
    QListView *m_list;
    QLabel *m_note;
    QTimer m_delay;
    std::stop_source m_stop;
    QFutureWatcher<QList<Found>> m_watcher;
};

} // namespace portalbind
