// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/realm.h"

#include <QFile>

namespace {

constexpr int patience = 60000; // ms; keys are made

QString script(const char *name)
{
    return QStringLiteral(PORTALBIND_PEER_SOURCE "/") + QString::fromUtf8(name);
}

void use(const QTemporaryDir &folder)
{
    qputenv("KRB5_CONFIG", QFile::encodeName(folder.filePath(QStringLiteral("krb5.conf"))));
    qputenv("KRB5CCNAME", "FILE:" + QFile::encodeName(folder.filePath(QStringLiteral("ccache"))));
}

} // namespace

Realm::Realm(const QString &encryptionTypes)
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    if (!encryptionTypes.isEmpty())
        environment.insert(QStringLiteral("ENCTYPES"), encryptionTypes);
    m_process = std::make_unique<PeerProcess>(script("kdc.sh"), QStringList{m_folder.path()}, environment);
}

void Realm::enter() const
{
    use(m_folder);
}

QString Realm::password() const
{
    QFile file(m_folder.filePath(QStringLiteral("password")));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

SilentKdc::SilentKdc(const Realm &like)
{
    // One port for both, as krb5.conf names them; a few attempts, since UDP may have it in use.
    for (int attempt = 0; attempt < 20 && m_udp.state() != QAbstractSocket::BoundState; ++attempt) {
        m_tcp.close();
        if (m_tcp.listen(QHostAddress::LocalHost))
            m_udp.bind(QHostAddress::LocalHost, m_tcp.serverPort(), QAbstractSocket::DontShareAddress);
    }
    if (m_udp.state() != QAbstractSocket::BoundState)
        return;
    QFile::copy(like.folder() + QStringLiteral("/ccache.new"), m_folder.filePath(QStringLiteral("ccache")));
    m_process = std::make_unique<PeerProcess>(
            script("kdc.sh"),
            QStringList{m_folder.path(), QStringLiteral("--silent"), QString::number(m_tcp.serverPort())});
}

void SilentKdc::enter() const
{
    use(m_folder);
}

Certificates::Certificates(const QStringList &names)
{
    QProcess process;
    process.start(script("certificates.sh"), QStringList{m_folder.path()} + names);
    if (!process.waitForFinished(patience) || process.exitCode() != 0)
        m_error = process.errorString() + QLatin1Char('\n') + QString::fromUtf8(process.readAllStandardError());
}

QStringList Certificates::arguments(const QString &name) const
{
    return {QStringLiteral("--certificate"), certificate(name), QStringLiteral("--key"), key(name)};
}
