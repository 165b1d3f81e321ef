// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/client/clientrig.h"

#include "backends/workbook/workbook.h"
#include "tests/peers/rigworkbook.h"

#include <QJsonDocument>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

Task<CertificateAnswer> once()
{
    co_return CertificateAnswer::Once;
}

QString workbookIn(const QTemporaryDir &folder)
{
    return folder.filePath(QStringLiteral("rig.portalbind"));
}

} // namespace

QString RigUser::file(const QTemporaryDir &folder)
{
    QFile users(folder.filePath(QStringLiteral("users")));
    const QByteArray line = "RIG:operator:" + password().toUtf8() + '\n';
    return users.open(QIODevice::WriteOnly) && users.write(line) == line.size() ? users.fileName() : QString();
}

Deadlines shortDeadlines()
{
    using namespace std::chrono_literals;
    Deadlines deadlines;
    deadlines.connect = 1500ms;
    deadlines.tls = 2s;
    deadlines.signIn = 2500ms;
    deadlines.firstByte = 2500ms;
    deadlines.stall = 2s;
    deadlines.answer = 3500ms;
    deadlines.release = 1s;
    deadlines.backoff = 20ms;
    return deadlines;
}

ConnectionHooks trusting()
{
    ConnectionHooks hooks;
    hooks.ask = [](const CertificateQuestion &) { return once(); };
    return hooks;
}

QStringList boundLines(const Inventory &inventory)
{
    QStringList lines;
    for (const EndpointHandle handle : inventory.endpoints()) {
        const Endpoint endpoint = inventory.endpoint(handle);
        const QString name = endpoint.node ? endpointName(inventory.node(endpoint.node), endpoint)
                                           : QStringLiteral("all");
        for (const PortalHandle portal : inventory.portalsBoundBy(handle))
            lines += name + QLatin1Char(' ') + inventory.portal(portal).address.toString();
    }
    lines.sort();
    return lines;
}

RigServer::RigServer(const Settings &settings)
    : m_way(settings.way)
{
    const bool secured = m_way == Way::Secured;
    QStringList arguments{QStringLiteral("--users"), RigUser::file(m_folder), QStringLiteral("--auth"),
                          secured ? QStringLiteral("Basic") : QStringLiteral("Negotiate")};
    if (!secured)
        arguments += {QStringLiteral("--mechanisms"), QStringLiteral("ntlm")};
    if (!writeRigWorkbook(workbookIn(m_folder), settings.portals))
        qFatal("no workbook");
    m_peer = std::make_unique<WsmanPeer>(workbookIn(m_folder), settings.as, arguments + settings.arguments);
}

QStringList RigServer::bound() const
{
    Workbook workbook(workbookIn(m_folder));
    if (const Result<> opened = workbook.open(); !opened)
        return {opened.error().text()};
    const auto read = workbook.read(std::make_shared<IdTable>());
    return read ? boundLines(Inventory(*read)) : QStringList{read.error().text()};
}

ClientRig::ClientRig(std::shared_ptr<RigServer> server, const Deadlines &deadlines, int connections)
    : m_server(std::move(server))
    , m_deadlines(deadlines)
    , m_connections(connections)
{
    QStringList through{QStringLiteral("--to"), QString::number(m_server->peer().port())};
    if (m_server->way() == Way::Secured)
        through += QStringLiteral("--opaque");
    m_proxy = std::make_unique<PeerProcess>(QStringLiteral("faultproxy"), through);
    newSession();
}

void ClientRig::newSession()
{
    ServerProfile profile;
    profile.host = QStringLiteral("127.0.0.1");
    profile.port = m_proxy->port();
    profile.tls = m_server->way() == Way::Secured;
    profile.signIn = profile.tls ? SignIn::Basic : SignIn::Ntlm;
    profile.user = profile.tls ? QStringLiteral("operator") : RigUser::name();
    profile.password = Secret(RigUser::password());
    profile.deadlines = m_deadlines;
    profile.limits.connections = m_connections;
    QUrl url;
    url.setScheme(profile.tls ? QStringLiteral("wsmans") : QStringLiteral("wsman"));
    url.setHost(profile.host);
    url.setPort(profile.port);
    m_connect = [profile]() -> std::unique_ptr<cim::CimConnection> {
        return std::make_unique<WsmanConnection>(profile, trusting());
    };
    m_backend = std::make_shared<CimBackend>(url, m_connect);
    m_backend->setVisible(false); // nothing is read but what the test asks for
    m_backend->setPatience({0, 50, 100});
    m_session = std::make_unique<Session>(m_backend);
}

int ClientRig::proxyCount(const char *what)
{
    return QJsonDocument::fromJson(m_proxy->command("count")).object().value(QLatin1String(what)).toInt(-1);
}

EndpointHandle ClientRig::endpoint(int target, int tag) const
{
    const Inventory &inventory = m_session->inventory();
    for (const EndpointHandle handle : inventory.endpoints()) {
        const Endpoint endpoint = inventory.endpoint(handle);
        if (endpoint.tag == quint64(tag) && endpoint.node
            && inventory.node(endpoint.node).name.endsWith(QStringLiteral("-%1").arg(target, 6, 10, QLatin1Char('0'))))
            return handle;
    }
    return {};
}

PortalHandle ClientRig::portal(int number) const
{
    const QString address = QStringLiteral("10.0.0.%1:3260").arg(number);
    const Inventory &inventory = m_session->inventory();
    for (const PortalHandle handle : inventory.portals()) {
        const Portal portal = inventory.portal(handle);
        if (portal.kind == PortalKind::Tcp && portal.address.toString() == address)
            return handle;
    }
    return {};
}
