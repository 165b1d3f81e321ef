// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QTcpSocket>

namespace guest {

/// An initiator that is logged in as long as this lives, and asks nothing of its target.
class InitiatorLogin
{
public:
    /// \a number tells several sessions of one initiator apart. The TPG must let it in without a secret.
    InitiatorLogin(const QString &initiator, const QString &target, const QString &address, quint16 port,
                   quint8 number);

    [[nodiscard]] QString error() const { return m_error; } ///< empty when it is logged in

private:
    /// One request of the login phase and its answer (RFC 7143 11.12, 11.13). True when the phase is over.
    bool exchange(const QByteArray &keys, quint8 number);

    QTcpSocket m_socket;
    QString m_error;
};

} // namespace guest
