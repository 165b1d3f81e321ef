// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <ctime>
#include <fstream>
#include <string>

#include <sys/resource.h>

/// What a piece of work takes of this process.
struct Cost
{
    double cpu = 0, wall = 0; ///< milliseconds
    [[nodiscard]] static Cost now()
    {
        rusage use{};
        ::getrusage(RUSAGE_SELF, &use);
        timespec time{};
        ::clock_gettime(CLOCK_MONOTONIC, &time);
        return {double(use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3
                        + double(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3,
                double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6};
    }
    [[nodiscard]] static Cost since(const Cost &begin)
    {
        const Cost end = now();
        return {end.cpu - begin.cpu, end.wall - begin.wall};
    }
    void keepBetter(const Cost &other)
    {
        cpu = cpu == 0 ? other.cpu : std::min(cpu, other.cpu);
        wall = wall == 0 ? other.wall : std::min(wall, other.wall);
    }
};

/// A line of /proc/self/status in MB.
inline double memory(const std::string &name)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind(name, 0) == 0)
            return std::stod(line.substr(name.size() + 1)) / 1024;
    }
    return 0;
}

/// VmHWM counts from here on.
inline void forgetPeakMemory()
{
    std::ofstream("/proc/self/clear_refs") << "5";
}
