// SPDX-License-Identifier: Apache-2.0

// Reading portals and their bindings over WS-Management from canned answers on loopback: what the client costs beside
// pugixml's bare parse of the same bytes, and beside a loop over the same connections that only reads (TLS on both);
// and many servers at once, some of them dead. Answers are shaped after OMI's, about 200 KB each.

#include "backends/wsman/documentbatch.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/wsmanconnection.h"
#include "backends/wsman/xmlnames.h"
#include "tests/bench/cannedserver.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSslSocket>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <sys/resource.h>

using namespace portalbind;
using namespace portalbind::wsman;
using canned::instancesPerPage;

namespace {

void report(benchmark::State &state, size_t bytes)
{
    state.SetBytesProcessed(int64_t(bytes) * int64_t(state.iterations()));
    state.SetItemsProcessed(instancesPerPage * int64_t(state.iterations()));
}

/// The measure: pugixml as it comes, in place.
void bareParse(benchmark::State &state)
{
    const std::string &bytes = canned::answer(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        pugi::xml_document document;
        benchmark::DoNotOptimize(document.load_buffer_inplace(copy.data(), copy.size()));
    }
    report(state, bytes.size());
}
BENCHMARK(bareParse)->ArgName("bindings")->Arg(0)->Arg(1);

/// All that the client does with an answer: at most 1.5 times the bare parse.
void decode(benchmark::State &state)
{
    const bool bindings = state.range(0);
    const std::string &bytes = canned::answer(bindings);
    const PropertyTable table(bindings ? std::vector<std::string>{"Antecedent", "Dependent"}
                                       : std::vector<std::string>{"Name", "ElementName", "PortNumber", "EnabledState"});
    const Naming naming;
    size_t seen = 0;
    for (auto _ : state) {
        std::string copy = bytes;
        const auto document = SoapDocument::parse(std::move(copy), Limits{});
        const auto read = readPage(**document);
        const DocumentBatch batch(*document, read->items, table, naming, {});
        for (size_t i = 0; i < batch.size(); ++i) {
            if (bindings) {
                seen += batch.referenceKey(i, 0).size() + batch.referenceKey(i, 1).size();
                continue;
            }
            for (size_t p = 0; p < table.size(); ++p)
                seen += batch.text(i, p).size();
            seen += batch.pathKey(i).size() + (batch.hasPlainPath(i) ? 1 : 0);
        }
    }
    benchmark::DoNotOptimize(seen);
    report(state, bytes.size());
}
BENCHMARK(decode)->ArgName("bindings")->Arg(0)->Arg(1);

/// The same without what the reader asks of each instance.
void parseOnly(benchmark::State &state)
{
    const std::string &bytes = canned::answer(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        benchmark::DoNotOptimize(SoapDocument::parse(std::move(copy), Limits{}));
    }
    report(state, bytes.size());
}
BENCHMARK(parseOnly)->ArgName("bindings")->Arg(0)->Arg(1);

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
double memory(const std::string &name)
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.rfind(name, 0) == 0)
            return std::stod(line.substr(name.size() + 1)) / 1024;
    }
    return 0;
}

void forgetPeakMemory()
{
    std::ofstream("/proc/self/clear_refs") << "5";
}

Task<CertificateAnswer> trust()
{
    co_return CertificateAnswer::Once;
}

ServerProfile profileOf(quint16 port)
{
    ServerProfile profile;
    profile.host = QStringLiteral("127.0.0.1");
    profile.port = port;
    profile.signIn = SignIn::Basic;
    profile.user = QStringLiteral("x");
    profile.password = Secret(profile.user);
    profile.uriStyle = UriStyle::Dmtf;
    return profile;
}

ConnectionHooks trusting()
{
    ConnectionHooks hooks;
    hooks.ask = [](const CertificateQuestion &) { return trust(); };
    return hooks;
}

std::shared_ptr<WsmanConnection> connectionTo(quint16 port)
{
    return std::make_shared<WsmanConnection>(profileOf(port), trusting());
}

/// One class as the reader of an inventory takes it: every property that it wants, and the keys.
Task<Result<>> readClass(std::shared_ptr<WsmanConnection> connection, QString nameSpace, bool bindings,
                         std::function<void()> row, std::stop_token stop)
{
    cim::CimConnection::Enumeration what;
    what.nameSpace = nameSpace;
    what.className = QLatin1String(bindings ? "CIM_BindsTo" : "CIM_TCPProtocolEndpoint");
    what.paths = !bindings;
    what.properties = bindings ? std::vector<std::string>{"Dependent", "Antecedent"}
                               : std::vector<std::string>{"PortNumber", "ElementName"};
    cim::CimConnection::BatchHandler handler = [row, bindings](const cim::InstanceBatch &batch) {
        for (size_t i = 0; i < batch.size(); ++i) {
            if (bindings) {
                benchmark::DoNotOptimize(batch.referenceKey(i, 0));
                benchmark::DoNotOptimize(batch.referenceKey(i, 1));
            } else {
                benchmark::DoNotOptimize(batch.pathKey(i));
                benchmark::DoNotOptimize(batch.hasPlainPath(i));
                benchmark::DoNotOptimize(batch.text(i, 0));
                benchmark::DoNotOptimize(batch.text(i, 1));
            }
        }
        row();
    };
    Result<> done = co_await connection->enumerate(std::move(what), std::move(handler), stop);
    co_return done;
}

/// Portals and bindings side by side; the time of the first row in milliseconds.
double readByClient(const QString &nameSpace)
{
    const auto connection = connectionTo(g_ports.front());
    QElapsedTimer clock;
    clock.start();
    std::atomic<qint64> first{0};
    int running = 2;
    QEventLoop loop;
    for (const bool bindings : {false, true}) {
        const std::function<void()> row = [&] {
            qint64 none = 0;
            first.compare_exchange_strong(none, clock.nsecsElapsed());
        };
        spawn<Result<>>(readClass(connection, nameSpace, bindings, row, {}), [&](Result<> result) {
            if (!result)
                qFatal("%s", qPrintable(result.error().text()));
            if (--running == 0)
                loop.quit();
        });
    }
    loop.exec();
    return double(first.load()) / 1e6;
}

/// The same requests over one connection by something that only reads.
class Reader : public QObject
{
public:
    Reader(QString nameSpace, bool bindings, std::function<void()> done)
        : m_done(std::move(done))
    {
        m_pages = nameSpace.section(QLatin1Char('/'), -1).toInt() / instancesPerPage;
        m_about = QByteArray("/cim-schema/2/") + (bindings ? "CIM_BindsTo" : "CIM_TCPProtocolEndpoint")
                + "<\"__cimnamespace\">" + nameSpace.toLatin1() + "<";
        m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        connect(&m_socket, &QSslSocket::encrypted, this, [this] { ask(); });
        connect(&m_socket, &QSslSocket::readyRead, this, [this] { read(); });
        m_socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), g_ports.front());
    }

private:
    void ask()
    {
        // As long as the client's.
        const QByteArray body = m_about + "<MessageID>uuid:1<"
                + (m_page > 0 ? "EnumerationContext>" + QByteArray::number(m_page) + "<" : QByteArray())
                + QByteArray(1500, ' ');
        m_socket.write("POST /wsman HTTP/1.1\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n"
                       + body);
        m_head.clear();
        m_wanted = -1;
    }
    void read()
    {
        char piece[64 * 1024];
        while (m_socket.bytesAvailable() > 0) {
            qint64 got = m_socket.read(piece, sizeof piece);
            if (m_wanted < 0) {
                m_head.append(piece, got);
                const qsizetype end = m_head.indexOf("\r\n\r\n");
                if (end < 0)
                    continue;
                m_wanted = m_head.mid(m_head.indexOf("Content-Length: ") + 16, 12).split('\r').front().toLongLong();
                got = m_head.size() - end - 4;
            }
            m_wanted -= got;
            if (m_wanted > 0)
                continue;
            if (++m_page < m_pages)
                ask();
            else
                m_done();
        }
    }

    std::function<void()> m_done;
    QSslSocket m_socket;
    QByteArray m_about, m_head;
    qint64 m_wanted = -1;
    int m_page = 0, m_pages = 0;
};

void onlyRead(const QString &nameSpace)
{
    int running = 2;
    QEventLoop loop;
    const std::function<void()> done = [&] {
        if (--running == 0)
            loop.quit();
    };
    const Reader portals(nameSpace, false, done), bindings(nameSpace, true, done);
    loop.exec();
}

/// pugixml as it comes: answer by answer, each warm in the cache.
void onlyParse(int instances)
{
    for (const bool bindings : {false, true}) {
        for (int i = 0; i < instances / instancesPerPage; ++i) {
            std::string copy = canned::answer(bindings);
            pugi::xml_document document;
            benchmark::DoNotOptimize(document.load_buffer_inplace(copy.data(), copy.size()));
        }
    }
}

/// The same bytes as one document (in parts of at most 10,000 portals, or the tree of it would take gigabytes).
double onlyParseAtOnce(int instances)
{
    constexpr int part = 10'000;
    double cpu = 0;
    for (int left = instances; left > 0; left -= part) {
        std::string all = "<all>";
        for (const bool bindings : {false, true}) {
            for (int i = 0; i < std::min(left, part) / instancesPerPage; ++i)
                all += canned::answer(bindings);
        }
        all += "</all>";
        const Cost begin = Cost::now();
        pugi::xml_document document;
        if (!document.load_buffer_inplace(all.data(), all.size()))
            qFatal("the answers are not well-formed");
        cpu += Cost::since(begin).cpu;
    }
    return cpu;
}

/// All three in turn, so that what else the machine does hits them alike; the best of each counts.
void readInventory(benchmark::State &state, bool paced)
{
    const int instances = int(state.range(0));
    const QString nameSpace = nameSpaceOf(instances, paced);
    Cost client, loop, parse;
    double first = 0, grown = 0, atOnce = 0;
    for (auto _ : state) {
        Cost begin = Cost::now();
        onlyParse(instances);
        parse.keepBetter(Cost::since(begin));
        const double whole = onlyParseAtOnce(instances);
        atOnce = atOnce == 0 ? whole : std::min(atOnce, whole);
        begin = Cost::now();
        onlyRead(nameSpace);
        loop.keepBetter(Cost::since(begin));
        forgetPeakMemory();
        const double before = memory("VmRSS:");
        begin = Cost::now();
        const double row = readByClient(nameSpace);
        const Cost cost = Cost::since(begin);
        client.keepBetter(cost);
        state.SetIterationTime(cost.wall / 1e3);
        first = first == 0 ? row : std::min(first, row);
        grown = std::max(grown, memory("VmHWM:") - before);
    }
    const int pages = instances / instancesPerPage;
    state.counters["requests"] = 2 * pages;
    state.counters["MB"] = double(canned::answer(false).size() + canned::answer(true).size()) * pages / 1e6;
    state.counters["first_row_ms"] = first;
    state.counters["client_cpu_ms"] = client.cpu;
    state.counters["loop_cpu_ms"] = loop.cpu;
    state.counters["parse_cpu_ms"] = parse.cpu;
    state.counters["parse_at_once_cpu_ms"] = atOnce;
    state.counters["cpu_by_parse"] = client.cpu / parse.cpu;
    state.counters["cpu_by_parse_at_once"] = client.cpu / atOnce;
    state.counters["client_ms"] = client.wall;
    state.counters["loop_ms"] = loop.wall;
    state.counters["wall_by_loop"] = client.wall / loop.wall;
    state.counters["peak_MB"] = grown;
}

/// As fast as the server can.
void readInventoryAtOnce(benchmark::State &state)
{
    readInventory(state, false);
}
/// At the pace at which OMI makes its answers.
void readInventoryPaced(benchmark::State &state)
{
    readInventory(state, true);
}
BENCHMARK(readInventoryAtOnce)
        ->ArgName("portals")
        ->Arg(1000)
        ->Arg(10'000)
        ->Arg(100'000)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
BENCHMARK(readInventoryPaced)
        ->ArgName("portals")
        ->Arg(1000)
        ->Arg(10'000)
        ->Arg(100'000)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);

/// Time until the servers that live are read, 200 portals and bindings each.
double readMany(const std::vector<quint16> &dead)
{
    const QString nameSpace = nameSpaceOf(200, false);
    std::vector<quint16> ports = dead; // the dead come first
    ports.insert(ports.end(), g_ports.begin(), g_ports.end());
    std::stop_source stop;
    size_t shown = 0, ended = 0;
    QEventLoop loop;
    const Cost begin = Cost::now();
    double time = 0;
    for (const quint16 port : ports) {
        const auto connection = connectionTo(port);
        for (const bool bindings : {false, true}) {
            spawn<Result<>>(readClass(
                                    connection, nameSpace, bindings, [] {}, stop.get_token()),
                            [&](Result<> result) {
                                shown += result ? 1 : 0;
                                if (shown == 2 * g_ports.size() && !stop.stop_requested()) {
                                    time = Cost::since(begin).wall;
                                    stop.request_stop();
                                }
                                if (++ended == 2 * ports.size())
                                    loop.quit();
                            });
        }
    }
    loop.exec();
    if (shown != 2 * g_ports.size())
        qFatal("a server that lives was not read");
    return time;
}

void hundredServersTenDead(benchmark::State &state)
{
    const DeadServers dead;
    double all = 0, living = 0;
    for (auto _ : state) {
        const double without = readMany({});
        const double with = readMany(dead.ports);
        state.SetIterationTime(with / 1e3);
        living = living == 0 ? without : std::min(living, without);
        all = all == 0 ? with : std::min(all, with);
    }
    state.counters["ninety_shown_ms"] = all;
    state.counters["without_dead_ms"] = living;
    state.counters["by_without"] = all / living;
}
BENCHMARK(hundredServersTenDead)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(3);

} // namespace

int main(int argc, char **argv)
{
    serve(); // before there are threads
    QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
