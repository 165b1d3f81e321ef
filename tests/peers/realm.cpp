// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/realm.h"

#include <QFile>

namespace {

constexpr int patience = 60000; // ms; keys are made

QString script(const char *name)
{
    return QStringLiteral(PORTALBIND_PEER_SOURCE "/") + QString::fromUtf8(name);
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
    qputenv("KRB5_CONFIG", QFile::encodeName(m_folder.filePath(QStringLiteral("krb5.conf"))));
    qputenv("KRB5CCNAME", "FILE:" + QFile::encodeName(m_folder.filePath(QStringLiteral("ccache"))));
}

QString Realm::password() const
{
    QFile file(m_folder.filePath(QStringLiteral("password")));
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
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
