// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/initiatorlogin.h"

#include <QtEndian>

namespace guest {

namespace {

constexpr int headerLength = 48;
constexpr int patience = 10'000; // ms

} // namespace

InitiatorLogin::InitiatorLogin(const QString &initiator, const QString &target, const QString &address, quint16 port,
                               quint8 number)
{
    m_socket.connectToHost(address, port);
    if (!m_socket.waitForConnected(patience)) {
        m_error = m_socket.errorString();
        return;
    }
    QByteArray keys = "InitiatorName=" + initiator.toUtf8() + '\0' + "TargetName=" + target.toUtf8() + '\0'
            + "SessionType=Normal" + '\0';
    // What a target would have to ask for otherwise (RFC 7143 13).
    for (const char *key :
         {"HeaderDigest=None", "DataDigest=None", "MaxConnections=1", "InitialR2T=Yes", "ImmediateData=Yes",
          "MaxRecvDataSegmentLength=8192", "MaxBurstLength=262144", "FirstBurstLength=65536", "DefaultTime2Wait=2",
          "DefaultTime2Retain=20", "MaxOutstandingR2T=1", "DataPDUInOrder=Yes", "DataSequenceInOrder=Yes",
          "ErrorRecoveryLevel=0"})
        keys += QByteArray(key) + '\0';
    constexpr int mostRounds = 4;
    for (int round = 0; round < mostRounds && m_error.isEmpty(); ++round) {
        if (exchange(keys, number))
            return;
        keys.clear();
    }
    if (m_error.isEmpty())
        m_error = QStringLiteral("the login does not end");
}

bool InitiatorLogin::exchange(const QByteArray &keys, quint8 number)
{
    QByteArray request(headerLength, '\0');
    request[0] = 0x43; // Login Request, immediate
    request[1] = char(0x87); // on from operational negotiation to the full feature phase
    request[6] = char(keys.size() >> 8);
    request[7] = char(keys.size());
    request[8] = char(0x80); // ISID: random
    request[13] = char(number);
    request[19] = 1; // Initiator Task Tag
    request += keys;
    request += QByteArray((4 - keys.size() % 4) % 4, '\0');
    m_socket.write(request);
    while (m_socket.bytesAvailable() < headerLength) {
        if (!m_socket.waitForReadyRead(patience)) {
            m_error = m_socket.errorString();
            return false;
        }
    }
    const QByteArray answer = m_socket.read(headerLength);
    const int length = (quint8(answer[5]) << 16) | (quint8(answer[6]) << 8) | quint8(answer[7]);
    while (m_socket.bytesAvailable() < (length + 3) / 4 * 4) {
        if (!m_socket.waitForReadyRead(patience)) {
            m_error = m_socket.errorString();
            return false;
        }
    }
    m_socket.readAll();
    if (quint8(answer[0]) != 0x23 || answer[36] != 0)
        m_error = QStringLiteral("login refused: %1").arg(qFromBigEndian<quint16>(answer.constData() + 36), 4, 16);
    return m_error.isEmpty() && (quint8(answer[1]) & 0x80U) != 0;
}

} // namespace guest
