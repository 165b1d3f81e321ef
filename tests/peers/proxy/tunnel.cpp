// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/proxy/tunnel.h"

#include <QHostAddress>
#include <QRandomGenerator>
#include <QTimer>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace {

/// A server that writes head and body apart with Nagle's algorithm on (OMI) would wait 40 ms for an acknowledgement of
/// the proxy's that the client behind it gives at once. The kernel forgets the option with the next packets.
void acknowledgeAtOnce(const QTcpSocket &socket)
{
    const int on = 1;
    if (socket.socketDescriptor() >= 0)
        ::setsockopt(int(socket.socketDescriptor()), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

} // namespace

std::optional<Effect> Plan::next(bool ofRequest)
{
    std::optional<Effect> found;
    for (Effect &effect : effects) {
        if (effect.ofRequest != ofRequest)
            continue;
        ++effect.seen;
        if (effect.nth == 0 || effect.nth == effect.seen)
            found = effect;
    }
    return found;
}

Tunnel::Tunnel(QTcpSocket *client, Plan &plan)
    : QObject(client)
    , m_client(client)
    , m_plan(plan)
{
    ++m_plan.connections;
    ++m_plan.open;
    m_client->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    connect(m_client, &QTcpSocket::readyRead, this, &Tunnel::fromClient);
    connect(m_client, &QTcpSocket::disconnected, m_client, &QObject::deleteLater);
    if (m_plan.silent)
        return;
    if (m_plan.opaque)
        m_effect = m_plan.next(false);
    m_server = new QTcpSocket(this);
    connect(m_server, &QTcpSocket::readyRead, this, &Tunnel::fromServer);
    connect(m_server, &QTcpSocket::disconnected, this, &Tunnel::serverEnded);
    connect(m_server, &QTcpSocket::errorOccurred, this, [this] {
        if (m_server->state() == QAbstractSocket::UnconnectedState)
            serverEnded();
    });
    m_server->connectToHost(m_plan.host, m_plan.to);
    m_server->setSocketOption(QAbstractSocket::LowDelayOption, 1);
}

void Tunnel::serverEnded()
{
    if (!m_stalled && !m_dripping)
        m_client->disconnectFromHost();
}

Tunnel::~Tunnel()
{
    --m_plan.open;
}

void Tunnel::fromClient()
{
    const QByteArray bytes = m_client->readAll();
    m_plan.bytesUp += bytes.size();
    if (!m_server)
        return;
    if (m_plan.opaque) {
        m_server->write(bytes);
        return;
    }
    m_requests.add(bytes);
    for (QByteArray message = m_requests.next(); !message.isEmpty() && !m_stalled; message = m_requests.next()) {
        ++m_plan.requests;
        const auto effect = m_plan.next(true);
        if (!effect || effect->place == Effect::Place::End || effect->kind == Effect::Kind::Duplicate)
            ++m_plan.forwarded;
        deliver(message, m_server, effect);
    }
}

void Tunnel::fromServer()
{
    const QByteArray bytes = m_server->readAll();
    acknowledgeAtOnce(*m_server);
    if (m_plan.opaque) {
        opaque(bytes);
        return;
    }
    m_answers.add(bytes);
    for (QByteArray message = m_answers.next(); !message.isEmpty() && !m_stalled; message = m_answers.next()) {
        ++m_plan.answers;
        deliver(message, m_client, m_plan.next(false));
    }
}

void Tunnel::opaque(const QByteArray &bytes)
{
    if (m_stalled)
        return;
    if (!m_effect || m_passed + bytes.size() < m_effect->offset) {
        m_passed += bytes.size();
        write(m_client, bytes);
        return;
    }
    Effect effect = *m_effect;
    effect.offset -= m_passed;
    m_effect.reset();
    deliver(bytes, m_client, effect);
}

void Tunnel::write(QTcpSocket *to, const QByteArray &bytes)
{
    if (to == m_client)
        m_plan.bytesDown += bytes.size();
    to->write(bytes);
    if (to->state() == QAbstractSocket::ConnectedState) // before, Qt would write to a socket that cannot take it yet
        to->flush();
    if (to == m_server)
        acknowledgeAtOnce(*m_server);
}

void Tunnel::deliver(QByteArray message, QTcpSocket *to, const std::optional<Effect> &effect)
{
    using Kind = Effect::Kind;
    if (!effect) {
        write(to, message);
        return;
    }
    if (effect->kind == Kind::Length) {
        const qsizetype field = message.toLower().indexOf("\r\ncontent-length:")
                + qsizetype(qstrlen("\r\ncontent-length:"));
        const qsizetype end = message.indexOf("\r\n", field);
        const qint64 length = message.mid(field, end - field).trimmed().toLongLong() + effect->number;
        message.replace(field, end - field, ' ' + QByteArray::number(length));
        write(to, message);
        return;
    }
    const qint64 cut = effect->position(message);
    write(to, message.left(cut));
    const QByteArray rest = message.mid(cut);
    switch (effect->kind) {
    case Kind::Drip:
        drip(to, rest, effect->number);
        break;
    case Kind::Duplicate:
        write(to, rest + message);
        break;
    case Kind::Garbage: {
        QRandomGenerator noise(1);
        QByteArray bytes(effect->number, '\0');
        for (char &byte : bytes)
            byte = char(noise.bounded(256));
        write(to, bytes + rest);
        break;
    }
    default:
        finish(effect->kind);
        break;
    }
}

void Tunnel::finish(Effect::Kind kind)
{
    m_stalled = true;
    if (kind == Effect::Kind::Stall)
        return;
    if (kind == Effect::Kind::Reset) {
        // Whatever was written must have left before the RST, which would overtake it.
        const linger now{1, 0};
        m_client->flush();
        ::setsockopt(int(m_client->socketDescriptor()), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        QTimer::singleShot(0, m_client, [client = m_client] { client->abort(); });
    } else {
        m_client->disconnectFromHost();
    }
    if (m_server)
        m_server->abort();
}

void Tunnel::drip(QTcpSocket *to, const QByteArray &rest, int pause)
{
    m_dripping = !rest.isEmpty() && to->state() == QAbstractSocket::ConnectedState;
    if (m_dripping) {
        write(to, rest.left(1));
        QTimer::singleShot(pause, to, [this, to, rest, pause] { drip(to, rest.mid(1), pause); });
    } else if (to == m_client && m_server->state() == QAbstractSocket::UnconnectedState) {
        serverEnded();
    }
}
