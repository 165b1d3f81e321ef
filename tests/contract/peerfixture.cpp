// SPDX-License-Identifier: Apache-2.0
#include "peerfixture.h"

#include "contract.h"
#include "pairing.h"
#include "workbookfixture.h"

#include "backends/workbook/import.h"
#include "backends/wsman/wsmanconnection.h"
#include "tests/backends/cim/shown.h"

namespace portalbind {

namespace {

constexpr int longest = 60'000; // ms, for one load or write on a busy machine

Task<wsman::CertificateAnswer> once()
{
    co_return wsman::CertificateAnswer::Once;
}

Result<> clear(Database &database)
{
    database.run("DELETE FROM session");
    database.run("DELETE FROM membership");
    database.run("DELETE FROM binding");
    database.run("DELETE FROM server"); // and what belongs to it
    return database.takeError();
}

} // namespace

PeerFixture::PeerFixture(const ServedAs &as)
    : m_as(as)
    , m_workbook(m_folder.filePath(QStringLiteral("served.portalbind")))
    , m_error(m_certificates.error())
{
}

Result<> PeerFixture::write(const Snapshot &wanted)
{
    if (!m_peer)
        return createWorkbook(m_workbook, wanted);
    Workbook workbook(m_workbook);
    return workbook.change([&wanted](Database &database) -> Result<> {
        if (Result<> done = clear(database); !done)
            return done;
        const auto written = writeSnapshot(database, wanted);
        return written ? Result<>() : tl::unexpected<Error>(written.error());
    });
}

void PeerFixture::start()
{
    const QString users = m_folder.filePath(QStringLiteral("users"));
    QFile file(users);
    if (!file.open(QIODevice::WriteOnly) || file.write(":maria:secret\n") < 0)
        m_error = file.errorString();
    file.close();
    QStringList arguments{QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), users};
    arguments += m_certificates.arguments(QStringLiteral("self-signed"));
    if (m_as.native)
        arguments += QStringLiteral("--native");
    m_peer = std::make_unique<WsmanPeer>(m_workbook, QLatin1String(m_as.peer), arguments);
    if (!m_peer->isRunning())
        m_error = m_peer->error();
}

std::shared_ptr<CimBackend> PeerFixture::connect() const
{
    wsman::ServerProfile profile;
    profile.host = QStringLiteral("127.0.0.1");
    profile.port = m_peer->port();
    profile.signIn = wsman::SignIn::Basic;
    profile.user = QStringLiteral("maria");
    profile.password = Secret(QStringLiteral("secret"));
    wsman::ConnectionHooks hooks;
    hooks.ask = [](const wsman::CertificateQuestion &) { return once(); };
    QUrl url;
    url.setScheme(QStringLiteral("wsmans"));
    url.setHost(profile.host);
    url.setPort(profile.port);
    auto backend = std::make_shared<CimBackend>(url, [profile, hooks]() -> std::unique_ptr<cim::CimConnection> {
        return std::make_unique<wsman::WsmanConnection>(profile, hooks);
    });
    backend->setPatience({0, 20, 100, 500});
    return backend;
}

Result<SnapshotPtr> PeerFixture::make(const Snapshot &wanted, HandleMap &handles)
{
    if (const Result<> written = write(wanted); !written)
        return tl::unexpected<Error>(written.error());
    if (!m_peer)
        start();
    if (!m_error.isEmpty())
        return failure(Error::Kind::Server, m_error);
    m_backend = connect();
    auto real = load();
    if (!real)
        return real;
    auto same = paired(wanted, **real);
    if (!same)
        return failure(Error::Kind::Ambiguous, QStringLiteral("Objects cannot be told apart by their names."));
    handles = *std::move(same);
    return real;
}

Result<SnapshotPtr> PeerFixture::load()
{
    auto done = cim::finished(m_backend->load([](const SnapshotPtr &) {}, {}), longest);
    if (!done)
        return failure(Error::Kind::Timeout, QStringLiteral("The load never ended."));
    if (*done)
        m_shown = **done;
    return *std::move(done);
}

Result<Answer> PeerFixture::execute(const Operation &operation)
{
    auto done = cim::finished(m_backend->execute(operation, {}), longest);
    return done ? *std::move(done) : failure(Error::Kind::Timeout, QStringLiteral("The write never ended."));
}

Result<Answer> PeerFixture::elsewhere(const Operation &operation)
{
    Workbook workbook(m_workbook);
    const auto ids = std::make_shared<IdTable>();
    const auto shown = workbook.read(ids);
    if (!shown)
        return tl::unexpected<Error>(shown.error());
    const auto handles = paired(*m_shown, **shown);
    if (!handles)
        return failure(Error::Kind::Ambiguous, QStringLiteral("Objects cannot be told apart by their names."));
    return executeElsewhere(m_workbook, translated(operation, *handles, *ids), *ids);
}

} // namespace portalbind
