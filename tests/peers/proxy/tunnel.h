// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/proxy/effect.h"

#include <QObject>
#include <QTcpSocket>

/// What the tunnels of a proxy share.
struct Plan
{
    quint16 to = 0;
    QHostAddress host;
    bool opaque = false; ///< no HTTP in sight (TLS): an answer is all that a connection receives
    bool silent = false; ///< accept, never answer, never connect
    QList<Effect> effects;
    qint64 connections = 0;
    qint64 requests = 0; ///< that arrived whole
    qint64 forwarded = 0; ///< of these, handed on to the server
    qint64 answers = 0; ///< that the server gave whole
    qint64 bytesUp = 0;
    qint64 bytesDown = 0; ///< written to clients
    qint64 open = 0;

    /// The effect that the next message of that direction is to meet; counts it.
    std::optional<Effect> next(bool ofRequest);
};

/// One connection of a client and the one to the server behind it.
class Tunnel : public QObject
{
    Q_OBJECT

public:
    Tunnel(QTcpSocket *client, Plan &plan);
    ~Tunnel() override;

private:
    void fromClient();
    void fromServer();
    void deliver(QByteArray message, QTcpSocket *to, const std::optional<Effect> &effect);
    void opaque(const QByteArray &bytes);
    void write(QTcpSocket *to, const QByteArray &bytes);
    void finish(Effect::Kind kind);
    void drip(QTcpSocket *to, const QByteArray &rest, int pause);
    void serverEnded();

    QTcpSocket *m_client;
    QTcpSocket *m_server = nullptr;
    Plan &m_plan;
    Splitter m_requests;
    Splitter m_answers;
    std::optional<Effect> m_effect; // of an opaque connection
    qint64 m_passed = 0;
    bool m_stalled = false;
    bool m_dripping = false; ///< bytes are left that the server has given; its end has to wait
};
