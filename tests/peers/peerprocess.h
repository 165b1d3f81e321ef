// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonObject>
#include <QList>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>

/// A peer (wsmanpeer, faultproxy) that a test runs. It ends with this object, and with the test process in any case.
class PeerProcess
{
public:
    /// Starts \a program (out of the build's folder of programs unless it is a path) and waits until it prints its
    /// port.
    explicit PeerProcess(const QString &program, const QStringList &arguments = {},
                         const QProcessEnvironment &environment = {});
    ~PeerProcess();
    PeerProcess(const PeerProcess &) = delete;
    PeerProcess &operator=(const PeerProcess &) = delete;

    [[nodiscard]] bool isRunning() const { return m_port != 0; }
    [[nodiscard]] quint16 port() const { return m_port; } ///< 0: it did not start; error() says why
    [[nodiscard]] QString error() const { return m_error; }
    /// Sends one line and returns the line it answers.
    QByteArray command(const QByteArray &line);
    /// Ends it now, as closing its standard input does.
    void stop();
    /// Ends it without a chance to do anything more, as a crash does.
    void kill();

private:
    QByteArray readLine();

    QProcess m_process;
    quint16 m_port = 0;
    QString m_error;
};

/// A wsmanpeer that serves a workbook and logs what it receives.
class WsmanPeer
{
public:
    /// \a as: windows, openwsman or omi. \a arguments: more of them, see docs/testing-peers.md.
    WsmanPeer(const QString &workbook, const QString &as, const QStringList &arguments = {},
              const QProcessEnvironment &environment = {});

    [[nodiscard]] bool isRunning() const { return m_process->isRunning(); }
    [[nodiscard]] quint16 port() const { return m_process->port(); }
    [[nodiscard]] QString error() const { return m_process->error(); }
    QByteArray command(const QByteArray &line) { return m_process->command(line); }
    void stop() { m_process->stop(); }
    void kill() { m_process->kill(); }

    /// The lines of its log so far: op, uri, id, status, fault, code, items, connection, authorization, user,
    /// mechanism, bound, sealed, headers, http.
    [[nodiscard]] QList<QJsonObject> log() const;
    /// How many messages of that operation arrived: Enumerate, Invoke:BindiSCSIProtocolEndPoint, Delete …
    [[nodiscard]] int count(const QString &operation) const;

private:
    QTemporaryDir m_folder;
    std::unique_ptr<PeerProcess> m_process;
};
