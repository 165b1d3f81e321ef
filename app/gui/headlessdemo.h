// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/mainwindow.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTimer>

#include <functional>

namespace portalbind {

/// The main job with nobody there: opens a fresh sample workbook in a folder, drags a portal onto an endpoint by real
/// drop events, shows a refused drop with its reason, applies, and writes the report. Leaves `window.png` and
/// `report.html` there. Ends the application: 0 when all of it was seen to work.
class HeadlessDemo : public QObject
{
    Q_OBJECT
public:
    HeadlessDemo(MainWindow &window, const QString &folder);
    void start();

private:
    /// Done, wait and try again, or failed with a sentence.
    enum class Progress : quint8 { Done, Wait, Failed };
    struct Step
    {
        QString name;
        std::function<Progress()> run;
    };
    void next();
    void fail(const QString &why);
    void end(int code);
    Progress failed(const QString &why);

    Progress open();
    Progress waitForSample();
    Progress bind();
    Progress refuse();
    Progress photograph();
    Progress preview();
    Progress apply();
    Progress askReport();
    Progress waitForReport();

    [[nodiscard]] QModelIndex portalRow(const QString &address) const;
    [[nodiscard]] QModelIndex endpointRow(const QString &node, quint64 tag) const;
    /// Drags a row of the Portals pane over one of the Targets pane, and lets it go there when \a drop. Returns whether
    /// the pane would take it.
    bool drag(const QModelIndex &portal, const QModelIndex &endpoint, bool drop);

    MainWindow &m_window;
    QDir m_folder;
    QList<Step> m_steps;
    qsizetype m_step = 0;
    QTimer m_tick;
    QElapsedTimer m_waited;
    QString m_why;
};

} // namespace portalbind
