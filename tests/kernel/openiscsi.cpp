// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/openiscsi.h"

#include <QDir>
#include <QFile>
#include <QTest>

namespace {

bool write(const QString &path, const QByteArray &text)
{
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(text) == text.size();
}

} // namespace

OpenIscsi::OpenIscsi(const std::string &initiator)
{
    QDir().mkpath(QStringLiteral("/etc/iscsi"));
    QDir().mkpath(QStringLiteral("/run/lock/iscsi"));
    if (!write(QStringLiteral("/etc/iscsi/initiatorname.iscsi"),
               "InitiatorName=" + QByteArray::fromStdString(initiator) + '\n'))
        qFatal("the initiator cannot be named");
}

OpenIscsi::~OpenIscsi()
{
    [[maybe_unused]] const auto out = admin(QStringLiteral("-m node --logout"));
    [[maybe_unused]] const auto forgotten = admin(QStringLiteral("-m node -o delete"));
    [[maybe_unused]] const auto ended = admin(QStringLiteral("-k 0"));
}

guest::Outcome OpenIscsi::start() const
{
    guest::Outcome outcome = guest::run(QStringLiteral("iscsid"), {});
    if (outcome.status != 0)
        return outcome;
    constexpr int noObjects = 21; // iscsiadm(8): it asked iscsid, which has no session
    const bool answers = QTest::qWaitFor([&outcome] {
        outcome = admin(QStringLiteral("-m session"));
        return outcome.status == 0 || outcome.status == noObjects;
    });
    outcome.status = answers ? 0 : 1;
    return outcome;
}

guest::Outcome OpenIscsi::discover(const QString &portal)
{
    return admin(QStringLiteral("-m discovery -t st -p ") + portal);
}

guest::Outcome OpenIscsi::admin(const QString &arguments)
{
    return guest::run(QStringLiteral("iscsiadm"), arguments.split(QLatin1Char(' ')));
}
