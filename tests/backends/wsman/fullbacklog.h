// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>

#ifdef Q_OS_LINUX

/// A listener on loopback whose backlog is full: the kernel answers no further SYN.
class FullBacklog
{
public:
    FullBacklog();
    ~FullBacklog();
    FullBacklog(const FullBacklog &) = delete;
    FullBacklog &operator=(const FullBacklog &) = delete;

    [[nodiscard]] quint16 port() const { return m_port; }

private:
    QList<int> m_sockets;
    quint16 m_port = 0;
};

#endif
