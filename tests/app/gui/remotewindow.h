// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/certificatepins.h"
#include "tests/peers/peerprocess.h"
#include "tests/peers/realm.h"
#include "widgets/mainwindow.h"

#include <QPushButton>
#include <QTemporaryDir>

#include <memory>

namespace portalbind {

class Banner;
class InventoryView;

/// The real window of the real program, with settings and pins of its own, and real servers in processes of their own.
class RemoteWindow
{
public:
    static inline const QString user = QStringLiteral("maria");
    static inline const QString password = QStringLiteral("correct horse");

    /// \a pinFile: where pins are kept, in the folder.
    explicit RemoteWindow(const Certificates &certificates,
                          const QString &pinFile = QStringLiteral("certificates.ini"));
    ~RemoteWindow();

    /// Starts a server that speaks TLS with that certificate and takes the user by Basic.
    WsmanPeer &serve(const QString &certificate = QStringLiteral("self-signed"), const QStringList &more = {});
    /// A workbook served by no one yet.
    QString workbook(int portals = 32);
    [[nodiscard]] QStringList basic(const QString &certificate) const;
    [[nodiscard]] QByteArray sha256(const QString &certificate) const;
    [[nodiscard]] static QString address(quint16 port) { return QStringLiteral("127.0.0.1:%1").arg(port); }
    [[nodiscard]] static QString url(quint16 port);
    [[nodiscard]] ConnectionRequest request(quint16 port, const QString &secret = password) const;
    void pin(quint16 port, const QString &certificate = QStringLiteral("self-signed"));
    [[nodiscard]] std::optional<QByteArray> pinOf(quint16 port) const;

    /// Opens the server as the connect dialog does.
    Session *open(const ConnectionRequest &request) const;
    /// Opens it with pin and password, and waits until it is live; null when it did not come.
    Session *openLive(quint16 port);
    [[nodiscard]] QAction *action(ActionId id) const { return window->actions()[id]; }
    [[nodiscard]] Banner *banner(const Session *session) const; ///< that is shown; null: none is
    [[nodiscard]] QString stateText(const Session *session) const; ///< of its row
    template <class Dialog>
    [[nodiscard]] Dialog *dialog() const
    {
        const auto all = window->findChildren<Dialog *>();
        for (Dialog *each : all) {
            if (each->isVisible())
                return each;
        }
        return nullptr;
    }
    /// Drags one portal onto one endpoint by the events that QDrag would bring.
    bool drag(Session *session, PortalHandle portal, EndpointHandle endpoint) const;

    QTemporaryDir folder;
    std::shared_ptr<CertificatePins> pins;
    std::unique_ptr<MainWindow> window;
    Openings *openings = nullptr;

private:
    const Certificates &m_certificates;
    std::vector<std::unique_ptr<WsmanPeer>> m_peers;
    int m_workbooks = 0;
};

/// The button of \a in called \a name; null when it is not shown.
[[nodiscard]] QPushButton *shownButton(const QWidget *in, const char *name);

} // namespace portalbind
