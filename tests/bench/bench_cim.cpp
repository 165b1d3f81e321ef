// SPDX-License-Identifier: Apache-2.0

// Reading a server of a workbook over WS-Management, the server in a process of its own: what the reader and the join
// cost beside the enumerations alone, when the first portal is there, and how much memory it takes.

#include "backends/cim/cimbackend.h"
#include "backends/cim/queries.h"
#include "backends/wsman/wsmanconnection.h"
#include "tests/peers/peerprocess.h"
#include "tests/peers/realm.h"
#include "tests/peers/rigworkbook.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTemporaryDir>

#include <benchmark/benchmark.h>

#include <ctime>
#include <fstream>
#include <string>

using namespace portalbind;
using namespace portalbind::cim;

namespace {

double cpuMilliseconds()
{
    return 1e3 * double(std::clock()) / CLOCKS_PER_SEC;
}

/// A line of /proc/self/status in MB.
double memory(const std::string &name)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind(name, 0) == 0)
            return std::stod(line.substr(name.size() + 1)) / 1024;
    }
    return 0;
}

Task<wsman::CertificateAnswer> trust()
{
    co_return wsman::CertificateAnswer::Once;
}

/// A peer with that many portals, started once.
class Server
{
public:
    explicit Server(int portals)
    {
        const QString workbook = m_folder.filePath(QStringLiteral("rig.portalbind"));
        if (!writeRigWorkbook(workbook, portals))
            qFatal("no workbook");
        m_peer = std::make_unique<WsmanPeer>(workbook, QStringLiteral("omi"),
                                             m_certificates.arguments(QStringLiteral("self-signed")));
        if (!m_peer->isRunning())
            qFatal("%s", qPrintable(m_peer->error()));
    }

    [[nodiscard]] std::unique_ptr<CimConnection> connect() const
    {
        wsman::ServerProfile profile;
        profile.host = QStringLiteral("127.0.0.1");
        profile.port = m_peer->port();
        profile.signIn = wsman::SignIn::Basic;
        profile.user = QStringLiteral("nobody"); // this server asks nobody
        profile.password = Secret(QStringLiteral("-"));
        wsman::ConnectionHooks hooks;
        hooks.ask = [](const wsman::CertificateQuestion &) { return trust(); };
        return std::make_unique<wsman::WsmanConnection>(profile, hooks);
    }

private:
    QTemporaryDir m_folder;
    Certificates m_certificates{{QStringLiteral("self-signed")}};
    std::unique_ptr<WsmanPeer> m_peer;
};

const Server &server(int portals)
{
    static std::map<int, std::unique_ptr<Server>> servers;
    auto &found = servers[portals];
    if (!found)
        found = std::make_unique<Server>(portals);
    return *found;
}

template <class T>
T wait(Task<T> task)
{
    QEventLoop loop;
    std::optional<T> result;
    spawn<T>(std::move(task), [&](T value) {
        result.emplace(std::move(value));
        loop.quit();
    });
    if (!result)
        loop.exec();
    return std::move(*result);
}

/// What brings rows; the classes that the rig has none of cost nothing.
constexpr Source rows[]{Source::Tcp,        Source::BindsTo,  Source::Ip,
                        Source::Node,       Source::Endpoint, Source::NodeOfPort,
                        Source::Collection, Source::Member,   Source::HostedCollection};

/// The measure: the same enumerations, and nothing made of them.
void enumerate(benchmark::State &state)
{
    const Server &peer = server(int(state.range(0)));
    for (auto _ : state) {
        const auto connection = peer.connect();
        const double cpu = cpuMilliseconds();
        for (const Source source : rows) {
            const auto what = query(source, Family::Schema, QStringLiteral("root/cimv2/storage/iscsitarget"));
            if (!wait(connection->enumerate(what, [](const InstanceBatch &) {}, {})))
                state.SkipWithError("not read");
        }
        state.counters["cpu_ms"] = cpuMilliseconds() - cpu;
    }
}
BENCHMARK(enumerate)
        ->ArgName("portals")
        ->Arg(1'000)
        ->Arg(10'000)
        ->Arg(100'000)
        ->Unit(benchmark::kMillisecond)
        ->Iterations(2);

void read(benchmark::State &state)
{
    const Server &peer = server(int(state.range(0)));
    for (auto _ : state) {
        QUrl url(QStringLiteral("wsmans://127.0.0.1"));
        CimBackend backend(url, [&peer] { return peer.connect(); });
        const double cpu = cpuMilliseconds(), before = memory("VmRSS");
        QElapsedTimer timer;
        timer.start();
        qint64 first = -1;
        const auto snapshot = wait(backend.load(
                [&](const SnapshotPtr &soFar) {
                    if (first < 0 && !soFar->portalRows().empty())
                        first = timer.elapsed();
                },
                {}));
        if (!snapshot || (*snapshot)->portalRows().size() != size_t(state.range(0)))
            state.SkipWithError(snapshot ? "not all read" : qPrintable(snapshot.error().text()));
        state.counters["cpu_ms"] = cpuMilliseconds() - cpu;
        state.counters["first_ms"] = double(first);
        state.counters["grew_MB"] = memory("VmRSS") - before;
        state.counters["snapshot_MB"] = snapshot ? double((*snapshot)->byteSize()) / 1e6 : 0;
    }
}
BENCHMARK(read)
        ->ArgName("portals")
        ->Arg(1'000)
        ->Arg(10'000)
        ->Arg(100'000)
        ->Unit(benchmark::kMillisecond)
        ->Iterations(2);

} // namespace

int main(int argc, char *argv[])
{
    const QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
