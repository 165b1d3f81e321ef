// SPDX-License-Identifier: Apache-2.0
#include "remoterunner.h"

#include "app/certificatepins.h"
#include "tests/backends/wsman/await.h"
#include "tests/peers/rigworkbook.h"

#include <QCryptographicHash>
#include <QDir>
#include <QSslCertificate>

#include <unistd.h>

namespace portalbind {

RemoteRunner::RemoteRunner(const Certificates &certificates)
    : m_certificates(certificates)
{
    if (!writeRigWorkbook(workbook(), 32))
        qFatal("no workbook");
    constexpr auto own = QFile::ReadOwner | QFile::WriteOwner;
    m_users = write("users", ':' + user.toUtf8() + ':' + password + '\n', own);
    passwordFile = write("password", password + "\nsecond line\n", own);
}

bool RemoteRunner::serve(const QStringList &arguments, const QString &as)
{
    m_peer = std::make_unique<WsmanPeer>(workbook(), as, arguments);
    if (!m_peer->isRunning())
        qWarning("%s", qPrintable(m_peer->error()));
    return m_peer->isRunning();
}

QStringList RemoteRunner::basic(const QString &certificate) const
{
    return QStringList{QStringLiteral("--auth"), QStringLiteral("Basic"), QStringLiteral("--users"), m_users}
    + m_certificates.arguments(certificate);
}

QString RemoteRunner::url(const QString &query) const
{
    return QStringLiteral("wsmans://%1@127.0.0.1:%2%3").arg(user).arg(m_peer->port()).arg(query);
}

QString RemoteRunner::fingerprint(const QString &certificate) const
{
    const auto chain = QSslCertificate::fromPath(m_certificates.certificate(certificate));
    return CertificatePins::text(chain.value(0).digest(QCryptographicHash::Sha256));
}

void RemoteRunner::keepPin(const QString &certificate)
{
    QDir().mkpath(path("config/portalbind"));
    CertificatePins pins(path("config/portalbind/certificates.ini"));
    const auto kept = await(pins.keep(QStringLiteral("127.0.0.1:%1").arg(m_peer->port()),
                                      CertificatePins::parse(fingerprint(certificate)).value()));
    if (!kept || !*kept)
        qFatal("the pin cannot be kept");
}

RemoteRunner::Ran RemoteRunner::run(const QStringList &arguments, const QByteArray &input) const
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.setChildProcessModifier([] { ::setsid(); }); // away from the terminal of whoever runs the tests
    process.start(CtlRunner::program(), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
        return {-1, {}, process.errorString().toUtf8()};
    Ran ran{process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    for (const QByteArray &said : {ran.out, ran.err}) {
        if (said.contains(password))
            qFatal("the password was printed: %s", said.constData());
    }
    return ran;
}

RemoteRunner::Ran RemoteRunner::ctl(const QStringList &arguments, const QString &query) const
{
    return run(QStringList{QStringLiteral("--connect"), url(query), QStringLiteral("--pin"), fingerprint(),
                           QStringLiteral("--password-file"), passwordFile}
               + arguments);
}

QProcessEnvironment RemoteRunner::environment() const
{
    QProcessEnvironment values = QProcessEnvironment::systemEnvironment();
    values.insert(QStringLiteral("XDG_CONFIG_HOME"), path("config"));
    values.insert(QStringLiteral("DBUS_SESSION_BUS_ADDRESS"), QStringLiteral("disabled:"));
    return values;
}

QString RemoteRunner::write(const char *name, const QByteArray &bytes, QFile::Permissions permissions) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.setPermissions(permissions))
        qFatal("%s cannot be written", name);
    return file.fileName();
}

} // namespace portalbind
