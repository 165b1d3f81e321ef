// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/client/signinrig.h"

#include "tests/backends/wsman/await.h"
#include "tests/peers/rigworkbook.h"

#include <atomic>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

cim::CimConnection::Enumeration portals()
{
    cim::CimConnection::Enumeration what;
    what.nameSpace = QStringLiteral("root/cimv2/storage/iscsitarget");
    what.className = QStringLiteral("MSISCSITARGET_TCPProtocolEndpoint");
    what.properties = {"Name"};
    return what;
}

} // namespace

SignInRig::SignInRig()
    : m_users(RigUser::file(m_folder))
{
    if (m_users.isEmpty() || !writeRigWorkbook(workbook(), rigPortals))
        m_error = QStringLiteral("cannot write to ") + m_folder.path();
}

Realm &SignInRig::realm(const QString &encryptionTypes)
{
    auto &made = m_realms[encryptionTypes];
    if (!made)
        made = std::make_unique<Realm>(encryptionTypes);
    if (!made->isRunning())
        qFatal("%s", qPrintable(made->error()));
    made->enter();
    return *made;
}

std::unique_ptr<WsmanPeer> SignInRig::windows(const QStringList &more) const
{
    auto peer = std::make_unique<WsmanPeer>(workbook(), QStringLiteral("windows"),
                                            QStringList{QStringLiteral("--auth"), QStringLiteral("Negotiate,Kerberos"),
                                                        QStringLiteral("--users"), m_users}
                                                    + more);
    if (!peer->isRunning())
        qFatal("%s", qPrintable(peer->error()));
    return peer;
}

ServerProfile SignInRig::profile(quint16 port, bool tls, SignIn signIn)
{
    ServerProfile made;
    made.host = QStringLiteral("localhost");
    made.port = port;
    made.tls = tls;
    made.signIn = signIn;
    made.deadlines = shortDeadlines();
    made.deadlines.signIn = std::chrono::seconds(20); // a KDC of this machine, which may be busy
    made.limits.connections = 1;
    return made;
}

void SignInRig::sign(ServerProfile *profile, const QString &as)
{
    if (as == QLatin1String("account")) {
        profile->user = RigUser::name();
        profile->password = Secret(RigUser::password());
    } else if (as == QLatin1String("password")) {
        profile->user = QStringLiteral("operator@PORTALBIND.TEST");
        profile->password = Secret(realm().password());
    }
}

int readPortals(WsmanConnection &connection)
{
    const auto count = std::make_shared<std::atomic<int>>(0);
    cim::CimConnection::BatchHandler add = [count](const cim::InstanceBatch &batch) { *count += int(batch.size()); };
    const auto done = await(connection.enumerate(portals(), std::move(add), {}), 30'000);
    if (done && *done)
        return *count;
    qWarning("%s", qPrintable(errorIn(done).text() + QLatin1Char('\n') + errorIn(done).detail));
    return -1;
}
