// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/peerprocess.h"

#include <QFile>
#include <QJsonDocument>

#include <algorithm>

namespace {

constexpr int patience = 10000; // ms, on a busy machine

} // namespace

PeerProcess::PeerProcess(const QString &program, const QStringList &arguments, const QProcessEnvironment &environment)
{
    const QString folder = qEnvironmentVariable("PORTALBIND_BIN", QStringLiteral(PORTALBIND_PEER_BIN));
    if (!environment.isEmpty())
        m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::SeparateChannels);
    m_process.start(program.contains(QLatin1Char('/')) ? program : folder + QLatin1Char('/') + program, arguments);
    bool isNumber = false;
    const uint port = readLine().toUInt(&isNumber);
    if (isNumber)
        m_port = quint16(port);
    else
        m_error = m_process.errorString() + QLatin1Char('\n') + QString::fromUtf8(m_process.readAllStandardError());
}

PeerProcess::~PeerProcess()
{
    stop();
}

QByteArray PeerProcess::readLine()
{
    while (!m_process.canReadLine()) {
        if (!m_process.waitForReadyRead(patience))
            return {};
    }
    return m_process.readLine().trimmed();
}

QByteArray PeerProcess::command(const QByteArray &line)
{
    m_process.write(line + '\n');
    return readLine();
}

void PeerProcess::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(patience)) {
        m_process.kill();
        m_process.waitForFinished(patience);
    }
}

void PeerProcess::kill()
{
    m_process.kill();
    m_process.waitForFinished(patience);
}

WsmanPeer::WsmanPeer(const QString &workbook, const QString &as, const QStringList &arguments,
                     const QProcessEnvironment &environment)
    : m_process(std::make_unique<PeerProcess>(
            QStringLiteral("wsmanpeer"),
            QStringList{QStringLiteral("--as"), as, QStringLiteral("--log"), m_folder.filePath(QStringLiteral("log"))}
                    + arguments + QStringList{workbook},
            environment))
{
}

QList<QJsonObject> WsmanPeer::log() const
{
    QList<QJsonObject> lines;
    QFile file(m_folder.filePath(QStringLiteral("log")));
    if (!file.open(QIODevice::ReadOnly))
        return lines;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (!line.isEmpty())
            lines.append(QJsonDocument::fromJson(line).object());
    }
    return lines;
}

int WsmanPeer::count(const QString &operation) const
{
    const QList<QJsonObject> lines = log();
    return int(std::count_if(lines.begin(), lines.end(), [&operation](const QJsonObject &line) {
        return line.value(QLatin1String("op")).toString() == operation;
    }));
}
