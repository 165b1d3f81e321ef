// SPDX-License-Identifier: Apache-2.0
// Preloaded into user-mode-linux 6.1, which keeps 2,696 bytes of extended processor state for each of its processes. On
// a processor with more (AMX: 11,008 bytes) PTRACE_SETREGSET refuses so few, and the guest dies before its first
// program. Here they are filled up with zeros, which is the state of a unit that nobody has used: a process has to ask
// the kernel before it may use AMX, and the guest's kernel knows no such request.
#include <dlfcn.h>
#include <elf.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

using Ptrace = long (*)(__ptrace_request, ...);

Ptrace libcPtrace()
{
    static const auto function = reinterpret_cast<Ptrace>(dlsym(RTLD_NEXT, "ptrace"));
    return function;
}

constexpr std::size_t largest = 64 * 1024; // far above what any processor has today

/// The processor's own size, learned by reading \a pid's; 0 if it cannot be learned.
std::size_t wholeSize(int pid)
{
    static std::size_t size = 0;
    if (size == 0) {
        static std::array<std::uint8_t, largest> whole;
        iovec all{whole.data(), whole.size()};
        if (libcPtrace()(PTRACE_GETREGSET, pid, NT_X86_XSTATE, &all) == 0)
            size = all.iov_len;
    }
    return size;
}

} // namespace

extern "C" long ptrace(__ptrace_request request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    const int pid = va_arg(arguments, int);
    void *const address = va_arg(arguments, void *);
    void *const data = va_arg(arguments, void *);
    va_end(arguments);

    const long result = libcPtrace()(request, pid, address, data);
    if (result == 0 || request != PTRACE_SETREGSET || reinterpret_cast<std::uintptr_t>(address) != NT_X86_XSTATE)
        return result;
    const auto *given = static_cast<const iovec *>(data);
    const int error = errno;
    const std::size_t size = wholeSize(pid);
    if (given->iov_len >= size || size > largest) {
        errno = error;
        return result;
    }
    alignas(64) static thread_local std::array<std::uint8_t, largest> filled;
    std::memcpy(filled.data(), given->iov_base, given->iov_len);
    std::fill(filled.begin() + static_cast<std::ptrdiff_t>(given->iov_len),
              filled.begin() + static_cast<std::ptrdiff_t>(size), std::uint8_t{0});
    iovec whole{filled.data(), size};
    return libcPtrace()(request, pid, address, &whole);
}
