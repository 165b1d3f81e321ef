// SPDX-License-Identifier: Apache-2.0
#include "fullbacklog.h"

#ifdef Q_OS_LINUX

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

FullBacklog::FullBacklog()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr *>(&address), size) != 0 || ::listen(listener, 0) != 0)
        qFatal("no port to listen on");
    ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_sockets << listener;
    for (int i = 0; i < 4; ++i) {
        m_sockets << ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)::connect(m_sockets.back(), reinterpret_cast<sockaddr *>(&address), size);
    }
}

FullBacklog::~FullBacklog()
{
    for (const int socket : m_sockets)
        ::close(socket);
}

#endif
