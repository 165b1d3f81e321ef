// SPDX-License-Identifier: Apache-2.0

// Reading portals and their bindings over WS-Management from canned answers on loopback: what the client costs beside
// pugixml's bare parse of the same bytes, and beside a loop over the same connections that only reads (TLS on both);
// and many servers at once, some of them dead. Answers are shaped after OMI's, about 200 KB each.

#include "backends/wsman/documentbatch.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/soapdocument.h"
#include "backends/wsman/wsmanconnection.h"
#include "backends/wsman/xmlnames.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QFile>
#include <QFileInfo>
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>
#include <QTimer>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

constexpr int instancesPerPage = 100;

std::string epr(const std::string &className, const std::string &name)
{
    return "<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</"
           "wsa:Address><wsa:ReferenceParameters>"
           "<wsman:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
            + className
            + "</wsman:ResourceURI><wsman:SelectorSet>"
              "<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector><wsman:Selector "
              "Name=\"Name\">"
            + name
            + "</wsman:Selector><wsman:Selector Name=\"SystemCreationClassName\">CIM_ComputerSystem</wsman:Selector>"
              "<wsman:Selector Name=\"SystemName\">rig-host</wsman:Selector><wsman:Selector Name=\"CreationClassName\">"
            + className + "</wsman:Selector></wsman:SelectorSet></wsa:ReferenceParameters>";
}

std::string portal(int i)
{
    const std::string name = "tcp-" + std::to_string(1'000'000 + i);
    std::string xml = "<wsman:Item><p:CIM_TCPProtocolEndpoint "
                      "xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_TCPProtocolEndpoint\">";
    for (const char *const null :
         {"InstanceID", "Caption", "Description", "Generation", "InstallDate", "StatusDescriptions", "Status",
          "CommunicationStatus", "DetailedStatus", "OperatingStatus", "PrimaryStatus", "OtherEnabledState",
          "EnabledDefault", "TimeOfLastStateChange", "AvailableRequestedStates", "TransitioningToState"})
        xml += std::string("<p:") + null + " xsi:nil=\"true\"/>";
    xml += "<p:ElementName>Portal " + std::to_string(i) + "</p:ElementName><p:Name>" + name
            + "</p:Name><p:OperationalStatus>2</p:OperationalStatus>"
              "<p:HealthState>5</p:HealthState><p:EnabledState>2</p:EnabledState><p:RequestedState>12</"
              "p:RequestedState>"
              "<p:SystemCreationClassName>CIM_ComputerSystem</p:SystemCreationClassName><p:SystemName>rig-host</"
              "p:SystemName>"
              "<p:CreationClassName>CIM_TCPProtocolEndpoint</p:CreationClassName><p:PortNumber>3260</p:PortNumber></"
              "p:CIM_TCPProtocolEndpoint>"
              "<wsa:EndpointReference>"
            + epr("CIM_TCPProtocolEndpoint", name) + "</wsa:EndpointReference></wsman:Item>";
    return xml;
}

std::string binding(int i)
{
    const std::string number = std::to_string(1'000'000 + i);
    return "<wsman:Item><p:CIM_BindsTo "
           "xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BindsTo\"><p:Antecedent>"
            + epr("CIM_TCPProtocolEndpoint", "tcp-" + number) + "</p:Antecedent><p:Dependent>"
            + epr("CIM_iSCSIProtocolEndpoint", "iqn.2026-11.example.rig:target-" + number + ",t,0x0001")
            + "</p:Dependent></p:CIM_BindsTo></wsman:Item>";
}

std::string page(bool bindings, int from)
{
    std::string xml =
            "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" "
            "xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
            " xmlns:wsen=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" "
            "xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\""
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
            "xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
            " xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" "
            "xmlns:wxf=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\">"
            "<SOAP-ENV:Header><wsa:RelatesTo>uuid:1</wsa:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><wsen:PullResponse>"
            "<wsen:EnumerationContext>1</wsen:EnumerationContext><wsen:Items>";
    for (int i = 0; i < instancesPerPage; ++i)
        xml += bindings ? binding(from + i) : portal(from + i);
    return xml + "</wsen:Items></wsen:PullResponse></SOAP-ENV:Body></SOAP-ENV:Envelope>";
}

const std::string &canned(bool bindings)
{
    static const std::string pages[] = {page(false, 0), page(true, 0)};
    return pages[bindings ? 1 : 0];
}

// What is asked for says what is served: the class tells portals from bindings, the namespace how many there are.
const QString portalClass = QStringLiteral("CIM_TCPProtocolEndpoint"), bindingClass = QStringLiteral("CIM_BindsTo");

QString nameSpaceOf(int instances, bool paced)
{
    return QStringLiteral("root/%1/%2").arg(paced ? QStringLiteral("paced") : QStringLiteral("canned")).arg(instances);
}

void report(benchmark::State &state, size_t bytes)
{
    state.SetBytesProcessed(int64_t(bytes) * int64_t(state.iterations()));
    state.SetItemsProcessed(instancesPerPage * int64_t(state.iterations()));
}

/// The measure: pugixml as it comes, in place.
void bareParse(benchmark::State &state)
{
    const std::string &bytes = canned(state.range(0));
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
    const std::string &bytes = canned(bindings);
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
    const std::string &bytes = canned(state.range(0));
    for (auto _ : state) {
        std::string copy = bytes;
        benchmark::DoNotOptimize(SoapDocument::parse(std::move(copy), Limits{}));
    }
    report(state, bytes.size());
}
BENCHMARK(parseOnly)->ArgName("bindings")->Arg(0)->Arg(1);

/// Serves canned pages over TLS out of a process of its own, so that the client's CPU is the client's.
class PageServer : public QTcpServer
{
public:
    PageServer()
    {
        const QString tls = QFileInfo(QString::fromUtf8(__FILE__)).path()
                + QLatin1String("/../data/wsman/tls/self-signed");
        QFile key(tls + QLatin1String(".key"));
        if (!key.open(QIODevice::ReadOnly) || !listen(QHostAddress::LocalHost, 0))
            qFatal("no key, or no port");
        m_chain = QSslCertificate::fromPath(tls + QLatin1String(".pem"));
        m_key = QSslKey(&key, QSsl::Rsa);
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        socket->setLocalCertificateChain(m_chain);
        socket->setPrivateKey(m_key);
        socket->startServerEncryption();
        connect(socket, &QSslSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QSslSocket::disconnected, this, [this, socket] {
            m_requests.remove(socket);
            socket->deleteLater();
        });
    }

private:
    void read(QSslSocket *socket)
    {
        QByteArray &request = m_requests[socket];
        request += socket->readAll();
        const qsizetype body = request.indexOf("\r\n\r\n");
        if (body < 0 || request.size() < body + 4 + between(request, "Content-Length: ", "\r").toInt())
            return;
        // 131 MB in 6.5 s is what OMI needs to make its answers.
        const int wait = request.contains("root/paced/") ? int(canned(false).size() * 6500 / 131'000'000) : 0;
        QTimer::singleShot(wait, Qt::PreciseTimer, socket, [this, socket, asked = request] { answer(socket, asked); });
        request.clear();
    }
    static void answer(QSslSocket *socket, const QByteArray &request)
    {
        const std::string &page = canned(request.contains("/CIM_BindsTo<"));
        QByteArray xml(page.data(), qsizetype(page.size()));
        const int pages = between(request, "__cimnamespace\">", "<").split('/').back().toInt() / instancesPerPage;
        const QByteArray context = between(request, "EnumerationContext>", "<");
        const int number = context.isEmpty() ? 1 : context.toInt() + 1;
        xml.replace(xml.indexOf("uuid:1"), 6, between(request, "MessageID>", "<"));
        const QByteArray last = "<wsen:EnumerationContext>1</wsen:EnumerationContext>";
        xml.replace(xml.indexOf(last), last.size(),
                    number >= pages
                            ? QByteArray("<wsman:EndOfSequence/>")
                            : "<wsen:EnumerationContext>" + QByteArray::number(number) + "</wsen:EnumerationContext>");
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: "
                      + QByteArray::number(xml.size()) + "\r\n\r\n" + xml);
    }
    static QByteArray between(const QByteArray &text, const QByteArray &from, const QByteArray &to)
    {
        const qsizetype begin = text.indexOf(from);
        return begin < 0 ? QByteArray()
                         : text.mid(begin + from.size(), text.indexOf(to, begin + from.size()) - begin - from.size());
    }

    QList<QSslCertificate> m_chain;
    QSslKey m_key;
    QHash<QSslSocket *, QByteArray> m_requests;
};

constexpr int servers = 100, deadServers = 10;
std::vector<quint16> g_ports; ///< of the servers that live

/// Starts them in a process that ends with this one.
void serve()
{
    int ends[2];
    if (::pipe(ends) != 0)
        qFatal("no pipe");
    g_ports.resize(servers - deadServers);
    const size_t size = g_ports.size() * sizeof(quint16);
    if (::fork() != 0) {
        ::close(ends[1]);
        if (::read(ends[0], g_ports.data(), size) != ssize_t(size))
            qFatal("no servers");
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int argc = 0;
    const QCoreApplication app(argc, nullptr);
    std::vector<std::unique_ptr<PageServer>> all;
    for (quint16 &port : g_ports)
        port = all.emplace_back(std::make_unique<PageServer>())->serverPort();
    if (::write(ends[1], g_ports.data(), size) != ssize_t(size))
        qFatal("no parent");
    ::_exit(QCoreApplication::exec());
}

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

std::shared_ptr<WsmanConnection> connectionTo(quint16 port)
{
    ServerProfile profile;
    profile.host = QStringLiteral("127.0.0.1");
    profile.port = port;
    profile.signIn = SignIn::Basic;
    profile.user = profile.password = QStringLiteral("x");
    profile.uriStyle = UriStyle::Dmtf;
    ConnectionHooks hooks;
    hooks.ask = [](const CertificateQuestion &) { return trust(); };
    return std::make_shared<WsmanConnection>(profile, hooks);
}

/// One class as the reader of an inventory takes it: every property that it wants, and the keys.
Task<Result<>> readClass(std::shared_ptr<WsmanConnection> connection, QString nameSpace, bool bindings,
                         std::function<void()> row, std::stop_token stop)
{
    cim::CimConnection::Enumeration what;
    what.nameSpace = nameSpace;
    what.className = bindings ? bindingClass : portalClass;
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
        m_about = "/" + (bindings ? bindingClass : portalClass).toLatin1() + "<\"__cimnamespace\">"
                + nameSpace.toLatin1() + "<";
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

void onlyParse(int instances)
{
    for (const bool bindings : {false, true}) {
        for (int i = 0; i < instances / instancesPerPage; ++i) {
            std::string copy = canned(bindings);
            pugi::xml_document document;
            benchmark::DoNotOptimize(document.load_buffer_inplace(copy.data(), copy.size()));
        }
    }
}

/// All three in turn, so that what else the machine does hits them alike; the best of each counts.
void readInventory(benchmark::State &state, bool paced)
{
    const int instances = int(state.range(0));
    const QString nameSpace = nameSpaceOf(instances, paced);
    Cost client, loop, parse;
    double first = 0, grown = 0;
    for (auto _ : state) {
        Cost begin = Cost::now();
        onlyParse(instances);
        parse.keepBetter(Cost::since(begin));
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
    state.counters["MB"] = double(canned(false).size() + canned(true).size()) * pages / 1e6;
    state.counters["first_row_ms"] = first;
    state.counters["client_cpu_ms"] = client.cpu;
    state.counters["loop_cpu_ms"] = loop.cpu;
    state.counters["parse_cpu_ms"] = parse.cpu;
    state.counters["cpu_by_parse"] = client.cpu / parse.cpu;
    state.counters["own_cpu_by_parse"] = (client.cpu - loop.cpu) / parse.cpu; ///< what it costs to do more than read
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

/// Servers that never answer: half of them do not even take the connection (a full backlog: the kernel answers no
/// further SYN), the others take it and say nothing.
class DeadServers
{
public:
    DeadServers()
    {
        for (int i = 0; i < deadServers; ++i) {
            const bool full = i % 2 == 0;
            const int listener = ::socket(AF_INET, SOCK_STREAM, 0);
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            socklen_t size = sizeof address;
            if (::bind(listener, reinterpret_cast<sockaddr *>(&address), size) != 0
                || ::listen(listener, full ? 0 : 16) != 0
                || ::getsockname(listener, reinterpret_cast<sockaddr *>(&address), &size) != 0)
                qFatal("no listener");
            ports.push_back(ntohs(address.sin_port));
            m_descriptors.push_back(listener);
            for (int filler = 0; full && filler < 4; ++filler) {
                m_descriptors.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
                (void)::connect(m_descriptors.back(), reinterpret_cast<sockaddr *>(&address), size);
            }
        }
    }
    ~DeadServers()
    {
        for (const int descriptor : m_descriptors)
            ::close(descriptor);
    }
    std::vector<quint16> ports;

private:
    std::vector<int> m_descriptors;
};

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
