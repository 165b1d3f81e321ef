// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/fittingdialog.h"
#include "widgets/services.h"

#include <optional>

class QComboBox;
class QLabel;
class QPushButton;

namespace portalbind {

class ConnectionTest;
class ServerForm;

/// Asks what to connect to: the name of a server, with all that reaching it takes, or a workbook. Says at once when
/// nothing of that kind can be opened, and tests a connection layer by layer. Nothing waits for it.
class ConnectDialog : public FittingDialog
{
    Q_OBJECT
public:
    /// \a recent: newest first.
    ConnectDialog(const Services &services, const QStringList &recent, QWidget *parent);
    ~ConnectDialog() override;

    /// Puts an address into the fields, as choosing a recent one does.
    void setAddress(const QString &address);
    void done(int result) override;

signals:
    void chosen(const QString &url);
    void chosenServer(const portalbind::ConnectionRequest &request);

private:
    /// The name of a server in the address line; empty when it names something else. `host:port` gives \a port.
    [[nodiscard]] QString host(quint16 *port = nullptr) const;
    [[nodiscard]] Result<ConnectionRequest> request() const;
    /// Puts what the address line says besides the host into the fields.
    void takeApart();
    void lookFor(const QString &text);
    void review();
    void reviewServer();
    void reviewOther(const QString &address);
    void browse();
    void finish();

    const Services &m_services;
    QComboBox *m_address;
    ServerForm *m_server = nullptr;
    ConnectionTest *m_test = nullptr;
    QWidget *m_serverPart;
    QLabel *m_message;
    QPushButton *m_ok;
    QString m_lookedFor; ///< what the address line said last
    std::optional<QString> m_meant; ///< the address that it means; none: it is being looked for on the disk
    bool m_finishWanted = false; ///< as soon as that is known
};

} // namespace portalbind
