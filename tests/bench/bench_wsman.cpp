// SPDX-License-Identifier: Apache-2.0

// Reading an inventory over WS-Management: what the client costs beside pugixml's bare parse of the same bytes, and beside
// a client over the same loopback that only reads (TLS on both). Pages are shaped after OMI's answers, about 200 KB each.

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

#include <benchmark/benchmark.h>

#include <atomic>
#include <csignal>
#include <string>
#include <vector>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

constexpr int instancesPerPage = 80;

std::string epr(const std::string &className, const std::string &name)
{
    return "<wsa:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</wsa:Address><wsa:ReferenceParameters>"
           "<wsman:ResourceURI>http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/" + className + "</wsman:ResourceURI><wsman:SelectorSet>"
           "<wsman:Selector Name=\"__cimnamespace\">root/cimv2/storage/iscsitarget</wsman:Selector><wsman:Selector Name=\"Name\">" + name
            + "</wsman:Selector><wsman:Selector Name=\"SystemCreationClassName\">CIM_ComputerSystem</wsman:Selector>"
              "<wsman:Selector Name=\"SystemName\">rig-host</wsman:Selector><wsman:Selector Name=\"CreationClassName\">" + className
            + "</wsman:Selector></wsman:SelectorSet></wsa:ReferenceParameters>";
}

std::string portal(int i)
{
    const std::string name = "tcp-" + std::to_string(1'000'000 + i);
    std::string xml = "<wsman:Item><p:CIM_TCPProtocolEndpoint xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_TCPProtocolEndpoint\">";
    for (const char *const null : {"InstanceID", "Caption", "Description", "Generation", "InstallDate", "StatusDescriptions", "Status",
                                   "CommunicationStatus", "DetailedStatus", "OperatingStatus", "PrimaryStatus", "OtherEnabledState",
                                   "EnabledDefault", "TimeOfLastStateChange", "AvailableRequestedStates", "TransitioningToState"})
        xml += std::string("<p:") + null + " xsi:nil=\"true\"/>";
    xml += "<p:ElementName>Portal " + std::to_string(i) + "</p:ElementName><p:Name>" + name + "</p:Name><p:OperationalStatus>2</p:OperationalStatus>"
           "<p:HealthState>5</p:HealthState><p:EnabledState>2</p:EnabledState><p:RequestedState>12</p:RequestedState>"
           "<p:SystemCreationClassName>CIM_ComputerSystem</p:SystemCreationClassName><p:SystemName>rig-host</p:SystemName>"
           "<p:CreationClassName>CIM_TCPProtocolEndpoint</p:CreationClassName><p:PortNumber>3260</p:PortNumber></p:CIM_TCPProtocolEndpoint>"
           "<wsa:EndpointReference>" + epr("CIM_TCPProtocolEndpoint", name) + "</wsa:EndpointReference></wsman:Item>";
    return xml;
}

std::string binding(int i)
{
    const std::string number = std::to_string(1'000'000 + i);
    return "<wsman:Item><p:CIM_BindsTo xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_BindsTo\"><p:Antecedent>"
            + epr("CIM_TCPProtocolEndpoint", "tcp-" + number) + "</p:Antecedent><p:Dependent>"
            + epr("CIM_iSCSIProtocolEndpoint", "iqn.2026-11.example.rig:target-" + number + ",t,0x0001") + "</p:Dependent></p:CIM_BindsTo></wsman:Item>";
}

std::string page(bool bindings, int from)
{
    std::string xml = "<SOAP-ENV:Envelope xmlns:SOAP-ENV=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:wsa=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
                      " xmlns:wsen=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\""
                      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
                      " xmlns:wsman=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" xmlns:wxf=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\">"
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
    explicit PageServer(const QByteArray &page) : m_page(page) { listen(QHostAddress::LocalHost, 0); }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        auto *const socket = new QSslSocket(this);
        socket->setSocketDescriptor(descriptor);
        const QString tls = QFileInfo(QString::fromUtf8(__FILE__)).path() + QLatin1String("/../data/wsman/tls/self-signed");
        QFile key(tls + QLatin1String(".key"));
        if (!key.open(QIODevice::ReadOnly))
            qFatal("no key");
        socket->setLocalCertificateChain(QSslCertificate::fromPath(tls + QLatin1String(".pem")));
        socket->setPrivateKey(QSslKey(&key, QSsl::Rsa));
        socket->startServerEncryption();
        connect(socket, &QSslSocket::readyRead, this, [this, socket] { answer(socket); });
        connect(socket, &QSslSocket::disconnected, socket, &QObject::deleteLater);
    }

private:
    void answer(QSslSocket *socket)
    {
        QByteArray &request = m_requests[socket];
        request += socket->readAll();
        const qsizetype body = request.indexOf("\r\n\r\n");
        const qsizetype length = request.indexOf("Content-Length: ");
        if (body < 0 || length < 0 || request.size() < body + 4 + request.mid(length + 16, 8).split('\r').front().toInt())
            return;
        // How many pages the enumeration has stands in its class name: CIM_Pages12.
        const int pages = between(request, "CIM_Pages", "<").toInt();
        const QByteArray context = between(request, "EnumerationContext>", "<");
        const int number = context.isEmpty() ? 1 : context.toInt() + 1;
        QByteArray xml = m_page;
        xml.replace("uuid:1", between(request, "MessageID>", "<"));
        xml.replace("<wsen:EnumerationContext>1</wsen:EnumerationContext>",
                    number >= pages ? QByteArray("<wsman:EndOfSequence/>")
                                    : "<wsen:EnumerationContext>" + QByteArray::number(number) + "</wsen:EnumerationContext>");
        request.clear();
        socket->write("HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: "
                      + QByteArray::number(xml.size()) + "\r\n\r\n" + xml);
    }
    static QByteArray between(const QByteArray &text, const QByteArray &from, const QByteArray &to)
    {
        const qsizetype begin = text.indexOf(from);
        return begin < 0 ? QByteArray() : text.mid(begin + from.size(), text.indexOf(to, begin + from.size()) - begin - from.size());
    }

    QByteArray m_page;
    QHash<QSslSocket *, QByteArray> m_requests;
};

/// Ports of two servers, of portals and of bindings; the child ends with its parent.
quint16 g_ports[2];

void serve(bool bindings)
{
    int ends[2];
    if (::pipe(ends) != 0)
        qFatal("no pipe");
    if (::fork() != 0) {
        ::close(ends[1]);
        if (::read(ends[0], &g_ports[bindings], sizeof(quint16)) != sizeof(quint16))
            qFatal("no server");
        return;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    int argc = 0;
    QCoreApplication app(argc, nullptr);
    PageServer server(QByteArray::fromStdString(canned(bindings)));
    const quint16 port = server.serverPort();
    if (::write(ends[1], &port, sizeof port) != sizeof port)
        qFatal("no parent");
    ::_exit(app.exec());
}

double cpuSeconds()
{
    rusage use{};
    ::getrusage(RUSAGE_SELF, &use);
    return double(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + double(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

Task<CertificateAnswer> trust()
{
    co_return CertificateAnswer::Once;
}

void reportRun(benchmark::State &state, double cpu, int pages)
{
    report(state, canned(state.range(0)).size() * size_t(pages));
    state.counters["cpu_ms"] = cpu * 1000 / double(state.iterations());
    state.counters["requests"] = pages;
    state.counters["MB"] = double(canned(state.range(0)).size()) * pages / 1e6;
}

/// An enumeration of so many instances over loopback, by the client.
void enumerateOverLoopback(benchmark::State &state)
{
    const bool bindings = state.range(0);
    const int pages = int(state.range(1)) / instancesPerPage;
    ServerProfile profile;
    profile.host = QStringLiteral("127.0.0.1");
    profile.port = g_ports[bindings];
    profile.signIn = SignIn::Basic;
    profile.user = profile.password = QStringLiteral("x");
    profile.uriStyle = UriStyle::Dmtf;
    ConnectionHooks hooks;
    hooks.ask = [](const CertificateQuestion &) { return trust(); };
    double first = 0;
    const double before = cpuSeconds();
    for (auto _ : state) {
        WsmanConnection connection(profile, hooks);
        QElapsedTimer clock;
        clock.start();
        std::atomic<qint64> firstRow{0};
        std::atomic<size_t> seen{0};
        QEventLoop loop;
        spawn<Result<>>(connection.enumerate({QStringLiteral("root/x"), QStringLiteral("CIM_Pages%1").arg(pages),
                                              bindings ? std::vector<std::string>{"Antecedent", "Dependent"} : std::vector<std::string>{"Name", "PortNumber"}},
                                             [&](const cim::InstanceBatch &batch) {
                                                 qint64 none = 0;
                                                 firstRow.compare_exchange_strong(none, clock.nsecsElapsed());
                                                 for (size_t i = 0; i < batch.size(); ++i)
                                                     seen += bindings ? batch.referenceKey(i, 0).size() : batch.pathKey(i).size();
                                             },
                                             {}),
                        [&](Result<> result) {
                            if (!result)
                                state.SkipWithError(qPrintable(result.error().what));
                            loop.quit();
                        });
        loop.exec();
        first = double(firstRow.load()) / 1e6;
    }
    reportRun(state, cpuSeconds() - before, pages);
    state.counters["first_row_ms"] = first;
}

/// The same requests by a loop that only reads.
void onlyReadOverLoopback(benchmark::State &state)
{
    const bool bindings = state.range(0);
    const int pages = int(state.range(1)) / instancesPerPage;
    const double before = cpuSeconds();
    for (auto _ : state) {
        QSslSocket socket;
        socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), g_ports[bindings]);
        if (!socket.waitForEncrypted())
            return state.SkipWithError("no connection");
        for (int i = 0; i < pages; ++i) {
            const QByteArray body = "<CIM_Pages" + QByteArray::number(pages) + "<EnumerationContext>" + QByteArray::number(i) + "<MessageID>uuid:1<";
            socket.write("POST /wsman HTTP/1.1\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
            QByteArray head;
            qint64 wanted = -1;
            while (wanted != 0 && socket.waitForReadyRead()) {
                QByteArray piece = socket.readAll();
                if (wanted < 0) {
                    head += piece;
                    const qsizetype end = head.indexOf("\r\n\r\n");
                    if (end < 0)
                        continue;
                    wanted = head.mid(head.indexOf("Content-Length: ") + 16, 12).split('\r').front().toLongLong();
                    piece = head.mid(end + 4);
                }
                wanted -= piece.size();
            }
        }
    }
    reportRun(state, cpuSeconds() - before, pages);
}
BENCHMARK(onlyReadOverLoopback)->ArgNames({"bindings", "instances"})->ArgsProduct({{0, 1}, {1000, 10'000, 100'000}})->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(enumerateOverLoopback)->ArgNames({"bindings", "instances"})->ArgsProduct({{0, 1}, {1000, 10'000, 100'000}})->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace

int main(int argc, char **argv)
{
    serve(false); // before there are threads
    serve(true);
    QCoreApplication app(argc, argv);
    benchmark::Initialize(&argc, argv);
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
