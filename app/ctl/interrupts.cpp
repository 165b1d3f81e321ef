// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/interrupts.h"

#include <QSocketNotifier>

#include <atomic>
#include <csignal>

#ifdef Q_OS_UNIX
#include <fcntl.h>
#include <unistd.h>
#endif

namespace portalbind {

#ifdef Q_OS_UNIX
namespace {

int pipeEnds[2] = {-1, -1};
constexpr int caught[] = {SIGINT, SIGTERM, SIGHUP};

/// Nothing here but what signal-safety(7) allows.
extern "C" void onSignal(int signal)
{
    const int before = errno;
    const auto byte = static_cast<unsigned char>(signal);
    [[maybe_unused]] const auto written = ::write(pipeEnds[1], &byte, 1);
    std::signal(signal, SIG_DFL);
    errno = before;
}

} // namespace

Interrupts::Interrupts(QObject *parent)
    : QObject(parent)
{
    if (::pipe(pipeEnds) != 0)
        return; // then a signal ends the program at once
    for (const int end : pipeEnds)
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(pipeEnds[1], F_SETFL, O_NONBLOCK);
    m_notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &Interrupts::take);
    for (const int signal : caught) {
        struct sigaction now = {};
        ::sigaction(signal, nullptr, &now);
        if (now.sa_handler != SIG_IGN) // as nohup has it
            std::signal(signal, onSignal);
    }
}

Interrupts::~Interrupts()
{
    if (!m_notifier)
        return;
    for (const int signal : caught) {
        struct sigaction now = {};
        ::sigaction(signal, nullptr, &now);
        if (now.sa_handler == onSignal)
            std::signal(signal, SIG_DFL);
    }
    for (int &end : pipeEnds)
        ::close(std::exchange(end, -1));
}

void Interrupts::take()
{
    unsigned char byte = 0;
    if (::read(pipeEnds[0], &byte, 1) != 1)
        return;
    m_received = byte;
    emit interrupted();
}
#else
Interrupts::Interrupts(QObject *parent)
    : QObject(parent)
{
}
Interrupts::~Interrupts() = default;
void Interrupts::take() { }
#endif

void Interrupts::endBy(int signal)
{
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

} // namespace portalbind
