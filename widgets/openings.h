// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/services.h"
#include "widgets/settings.h"
#include "widgets/workspace.h"

#include <QObject>

class QMenu;
class QWidget;

namespace portalbind {

/// Opens, makes, imports and closes connections, and remembers those that were open.
class Openings : public QObject
{
    Q_OBJECT
public:
    Openings(Workspace &workspace, Services services, Settings &settings, QWidget *window);

    [[nodiscard]] const Services &services() const { return m_services; }
    /// A person wants it: a password that is missing is asked for. \a url: an address.
    void open(const QString &url);
    /// The same with what was typed, which may be the bare path of a workbook.
    void openTyped(const QString &text);
    /// As it was open before: nothing is asked of a person who did nothing.
    void reopen(const QString &url);
    void openServer(const ConnectionRequest &request);
    void askAddress();
    void askWorkbook();
    void askNewWorkbook();
    void askImport();
    void openSample();
    /// Finds out whether this host has a target of its own; thisHostKnown() follows.
    void lookForThisHost();
    void openThisHost();
    [[nodiscard]] QString whyNotThisHost() const; ///< empty: it can be opened
    /// Asks first when pending changes would be lost.
    void close(Session *session);
    void fillRecent(QMenu *menu);
    /// What would open again what is open now.
    [[nodiscard]] QStringList openAddresses() const;

signals:
    /// A person opened it just now.
    void openedByHand(portalbind::Session *session);
    void told(const QString &sentence);
    void thisHostKnown();

private:
    void opened(Result<QString> url, const QString &whatFailed);
    Session *openBackend(std::unique_ptr<TargetBackend> backend);

    Workspace &m_workspace;
    Services m_services;
    Settings &m_settings;
    QWidget *m_window;
    QString m_thisHost; // its URL
    QString m_whyNotThisHost;
};

} // namespace portalbind
