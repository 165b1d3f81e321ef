// SPDX-License-Identifier: Apache-2.0
// A WS-Management server for tests: serves a workbook through the CIM iSCSI model as Windows, openwsman or OMI would.
// How to use it: docs/testing-peers.md.
#include "tests/peers/wsman/connection.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QFile>
#include <QSocketNotifier>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslKey>
#include <QSslSocket>
#include <QTcpServer>

#include <cstdio>
#include <unistd.h>

namespace {

using namespace peer;

class Listener : public QTcpServer
{
public:
    Listener(Server &server, const QSslConfiguration &tls)
        : m_server(server)
        , m_tls(tls)
    {
    }

protected:
    void incomingConnection(qintptr descriptor) override
    {
        if (!m_server.tls) {
            auto *const socket = new QTcpSocket(this);
            socket->setSocketDescriptor(descriptor);
            new Connection(socket, m_server);
            return;
        }
        auto *const socket = new QSslSocket(this);
        socket->setSslConfiguration(m_tls);
        socket->setSocketDescriptor(descriptor);
        new Connection(socket, m_server);
        socket->startServerEncryption();
    }

private:
    Server &m_server;
    QSslConfiguration m_tls;
};

[[noreturn]] void quit(const QString &why)
{
    fprintf(stderr, "wsmanpeer: %s\n", qPrintable(why));
    std::exit(2);
}

void say(const QByteArray &line)
{
    fwrite(line.constData(), 1, size_t(line.size()), stdout);
    fputc('\n', stdout);
    fflush(stdout);
}

QStringList listOf(const QString &text)
{
    return text.split(QLatin1Char(','), Qt::SkipEmptyParts);
}

struct Options
{
    QCommandLineParser parser;
    QCommandLineOption as{QStringLiteral("as"), QStringLiteral("windows, openwsman or omi"), QStringLiteral("server"),
                          QStringLiteral("openwsman")};
    QCommandLineOption server{QStringLiteral("server"),
                              QStringLiteral("The server of the workbook; the first one without"),
                              QStringLiteral("name")};
    QCommandLineOption address{QStringLiteral("address"), QStringLiteral("127.0.0.1 or ::1"), QStringLiteral("ip"),
                               QStringLiteral("127.0.0.1")};
    QCommandLineOption port{QStringLiteral("port"), QStringLiteral("0: chosen by the system"), QStringLiteral("port"),
                            QStringLiteral("0")};
    QCommandLineOption log{QStringLiteral("log"), QStringLiteral("JSON lines, one a request"), QStringLiteral("file")};
    QCommandLineOption certificate{QStringLiteral("certificate"), QStringLiteral("PEM; with --key: HTTPS"),
                                   QStringLiteral("file")};
    QCommandLineOption key{QStringLiteral("key"), QStringLiteral("PEM"), QStringLiteral("file")};
    QCommandLineOption auth{QStringLiteral("auth"),
                            QStringLiteral("Negotiate,Kerberos,Basic in the order offered; none without"),
                            QStringLiteral("schemes")};
    QCommandLineOption users{QStringLiteral("users"), QStringLiteral("Lines DOMAIN:USER:PASSWORD, for Basic and NTLM"),
                             QStringLiteral("file")};
    QCommandLineOption keytab{QStringLiteral("keytab"), QStringLiteral("For Kerberos"), QStringLiteral("file")};
    QCommandLineOption mechanisms{QStringLiteral("mechanisms"), QStringLiteral("Of Negotiate: kerberos, ntlm"),
                                  QStringLiteral("list")};
    QCommandLineOption binding{QStringLiteral("channel-binding"), QStringLiteral("none, relaxed or strict"),
                               QStringLiteral("level"), QStringLiteral("relaxed")};
    QCommandLineOption clear{QStringLiteral("allow-unencrypted"),
                             QStringLiteral("Clear messages over plain HTTP after Negotiate")};
    QCommandLineOption naming{QStringLiteral("naming"), QStringLiteral("addresses, or numbered as in the recordings"),
                              QStringLiteral("how"), QStringLiteral("addresses")};
    QCommandLineOption without{QStringLiteral("without"), QStringLiteral("Classes that the server has not"),
                               QStringLiteral("classes")};
    QCommandLineOption methods{QStringLiteral("methods"), QStringLiteral("The only methods that are supported"),
                               QStringLiteral("names")};
    QCommandLineOption rebind{QStringLiteral("rebind-code"),
                              QStringLiteral("Return value of binding what is bound already"), QStringLiteral("code"),
                              QStringLiteral("0")};
    QCommandLineOption quota{QStringLiteral("quota"), QStringLiteral("Open enumerations at once"),
                             QStringLiteral("number"), QStringLiteral("0")};
    QCommandLineOption trickle{QStringLiteral("trickle"), QStringLiteral("Most items in an answer"),
                               QStringLiteral("number"), QStringLiteral("0")};
    QCommandLineOption lossy{QStringLiteral("lossy-text"), QStringLiteral("Lose text as openwsman's stack does")};
    QCommandLineOption native{QStringLiteral("native"), QStringLiteral("Windows: also WT_* in root/wmi")};
    QCommandLineOption nativeOnly{QStringLiteral("native-only"),
                                  QStringLiteral("Windows: WT_* in root/wmi, no SMI-S namespace")};

    explicit Options(const QCoreApplication &application)
    {
        parser.setApplicationDescription(QStringLiteral("WS-Management server for tests; see docs/testing-peers.md"));
        parser.addHelpOption();
        parser.addPositionalArgument(QStringLiteral("workbook"), QStringLiteral("The workbook to serve"));
        parser.addOptions({as,     server, address,    port,    log,    certificate, key,     auth,
                           users,  keytab, mechanisms, binding, clear,  naming,      without, methods,
                           rebind, quota,  trickle,    lossy,   native, nativeOnly});
        parser.process(application);
        if (parser.positionalArguments().size() != 1)
            parser.showHelp(2);
    }
};

Settings settingsOf(const Options &options)
{
    const QCommandLineParser &parser = options.parser;
    static const QHash<QString, As> servers{{QStringLiteral("windows"), As::Windows},
                                            {QStringLiteral("openwsman"), As::Openwsman},
                                            {QStringLiteral("omi"), As::Omi}};
    if (!servers.contains(parser.value(options.as)))
        quit(QStringLiteral("--as: windows, openwsman or omi"));
    Settings settings;
    settings.dialect.as = servers.value(parser.value(options.as));
    settings.dialect.losesText = parser.isSet(options.lossy);
    settings.naming.windows = settings.dialect.windows();
    settings.naming.numbered = parser.value(options.naming) == QLatin1String("numbered");
    settings.naming.native = parser.isSet(options.native) || parser.isSet(options.nativeOnly);
    settings.naming.smis = !parser.isSet(options.nativeOnly);
    settings.naming.without = listOf(parser.value(options.without));
    settings.workbook = parser.positionalArguments().front();
    settings.server = parser.value(options.server);
    settings.methods = listOf(parser.value(options.methods));
    settings.rebindCode = quint16(parser.value(options.rebind).toUInt());
    settings.quota = parser.value(options.quota).toInt();
    settings.trickle = parser.value(options.trickle).toInt();
    return settings;
}

SignInSettings signInOf(const Options &options)
{
    const QCommandLineParser &parser = options.parser;
    using Binding = SignInSettings::Binding;
    static const QHash<QString, Binding> bindings{{QStringLiteral("none"), Binding::None},
                                                  {QStringLiteral("relaxed"), Binding::Relaxed},
                                                  {QStringLiteral("strict"), Binding::Strict}};
    if (!bindings.contains(parser.value(options.binding)))
        quit(QStringLiteral("--channel-binding: none, relaxed or strict"));
    SignInSettings settings;
    settings.schemes = listOf(parser.value(options.auth));
    settings.mechanisms = listOf(parser.value(options.mechanisms));
    settings.binding = bindings.value(parser.value(options.binding));
    settings.allowUnencrypted = parser.isSet(options.clear);
    if (parser.isSet(options.users)) {
        if (!settings.readUsers(parser.value(options.users)))
            quit(QStringLiteral("cannot read ") + parser.value(options.users));
        qputenv("NTLM_USER_FILE", parser.value(options.users).toUtf8());
    }
    if (parser.isSet(options.keytab))
        qputenv("KRB5_KTNAME", "FILE:" + parser.value(options.keytab).toUtf8());
    return settings;
}

QSslConfiguration tlsOf(const Options &options, SignInSettings *signIn)
{
    const auto read = [](const QString &path) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly))
            quit(QStringLiteral("cannot read ") + path);
        return file.readAll();
    };
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    const auto chain = QSslCertificate::fromData(read(options.parser.value(options.certificate)), QSsl::Pem);
    const QByteArray keyText = read(options.parser.value(options.key));
    QSslKey key(keyText, QSsl::Rsa);
    if (key.isNull())
        key = QSslKey(keyText, QSsl::Ec);
    if (chain.isEmpty() || key.isNull())
        quit(QStringLiteral("--certificate and --key: PEM files wanted"));
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(key);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    signIn->certificate = chain.front().toDer();
    return tls;
}

/// Ends the program with standard input, so that a peer does not outlive the test that started it.
void watchInput(Server &server)
{
    static QByteArray buffer;
    auto *const notifier = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, QCoreApplication::instance());
    QObject::connect(notifier, &QSocketNotifier::activated, [&server, notifier] {
        std::array<char, 4096> bytes{};
        const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (count <= 0) {
            notifier->setEnabled(false);
            QCoreApplication::quit();
            return;
        }
        buffer.append(bytes.data(), count);
        for (qsizetype end = buffer.indexOf('\n'); end >= 0; end = buffer.indexOf('\n')) {
            say(server.command(buffer.left(end)));
            buffer.remove(0, end + 1);
        }
    });
}

} // namespace

int main(int argc, char *argv[])
{
    QCoreApplication application(argc, argv);
    const Options options(application);
    Service service(settingsOf(options));
    if (const QString error = service.check(); !error.isEmpty())
        quit(error);
    SignInSettings signIn = signInOf(options);
    const bool tls = options.parser.isSet(options.certificate);
    const QSslConfiguration configuration = tls ? tlsOf(options, &signIn) : QSslConfiguration();
    Server server{service, signIn, {}, Record(options.parser.value(options.log)), 0, tls};
    const QHostAddress address(options.parser.value(options.address));
    if (!address.isLoopback())
        quit(QStringLiteral("loopback addresses only"));
    Listener listener(server, configuration);
    if (!listener.listen(address, quint16(options.parser.value(options.port).toUInt())))
        quit(listener.errorString());
    say(QByteArray::number(listener.serverPort()));
    watchInput(server);
    return QCoreApplication::exec();
}
