// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/record.h"
#include "tests/peers/wsman/script.h"
#include "tests/peers/wsman/service.h"
#include "tests/peers/wsman/signin.h"

#include <QObject>
#include <QTcpSocket>

namespace peer {

/// What all connections share.
struct Server
{
    Service &service;
    SignInSettings signIn;
    Script script;
    Record record;
    int connections = 0; ///< accepted so far
    bool tls = false;
    qint64 received = 0; ///< bytes of requests, decrypted; those of requests that are not whole as well

    /// Takes a line of standard input, of the script or `count open|bytes`; what is to be printed.
    QByteArray command(const QByteArray &line);
};

/// One HTTP/1.1 connection of a client: requests one after another, each answered before the next is looked at.
class Connection : public QObject
{
    Q_OBJECT

public:
    /// Takes \a socket over; deletes itself when that is closed.
    Connection(QTcpSocket *socket, Server &server);

private:
    struct Head
    {
        QByteArray method;
        QByteArray path;
        QHash<QByteArray, QByteArray> fields; ///< names in lower case
        QByteArrayList names; ///< as sent, in order
        qint64 length = -1; ///< Content-Length; -1 without one
    };
    void read();
    bool readHead();
    void handle(const QByteArray &body);
    bool refuseEarly();
    bool signIn(const QByteArray &body, QByteArray *challenge);
    void respond(int status, QByteArray body, const QByteArray &challenge = {}, bool clear = false);
    void unauthorized(const QByteArray &challenge);
    void send(const QByteArray &head, const QByteArray &body, bool close);
    void perform(const QByteArray &message, const QByteArray &challenge);
    void log(QJsonObject line, int status);
    [[nodiscard]] QByteArray statusLine(int status) const;

    QTcpSocket *m_socket;
    Server &m_server;
    SignIn m_signIn;
    QByteArray m_buffer;
    Head m_head;
    bool m_haveHead = false;
    bool m_busy = false; ///< an answer is due
    bool m_sealed = false; ///< the request was
    int m_number;
};

} // namespace peer
