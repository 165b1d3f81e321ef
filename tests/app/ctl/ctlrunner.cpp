// SPDX-License-Identifier: Apache-2.0
#include "ctlrunner.h"

#include <QCoreApplication>
#include <QFile>
#include <QJsonArray>
#include <QProcess>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>

namespace portalbind {
namespace {

constexpr int longestRun = 60'000; ///< milliseconds

/// The sample is made once; copying its bytes is quicker than making it anew for every test.
const QByteArray &sample()
{
    static const QByteArray bytes = [] {
        QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("sample"));
        QProcess process;
        process.start(CtlRunner::program(),
                      {QStringLiteral("workbook"), QStringLiteral("new"), path, QStringLiteral("--sample")});
        if (!process.waitForFinished(longestRun) || process.exitCode() != 0)
            qFatal("no sample: %s %s", qPrintable(process.errorString()), process.readAllStandardError().constData());
        return CtlRunner::read(path);
    }();
    return bytes;
}

} // namespace

QJsonObject CtlRunner::Ran::step() const
{
    return json()[QLatin1String("steps")].toArray().first().toObject();
}

QString CtlRunner::Ran::errorKind() const
{
    return json()[QLatin1String("error")].toObject()[QLatin1String("kind")].toString();
}

CtlRunner::CtlRunner()
{
    m_url = QStringLiteral("workbook:") + write("site.pbw", sample());
}

CtlRunner::Ran CtlRunner::run(const QStringList &arguments) const
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *display : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(QString::fromLatin1(display));
    process.setProcessEnvironment(environment);
    process.setWorkingDirectory(m_folder.path()); // what is made by mistake goes with it
    process.start(program(), arguments);
    if (!process.waitForFinished(longestRun) || process.exitStatus() != QProcess::NormalExit)
        return {-1, {}, process.errorString().toUtf8()};
    return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
}

CtlRunner::Ran CtlRunner::ctl(const QStringList &arguments) const
{
    return run(QStringList{QStringLiteral("--connect"), m_url} + arguments);
}

CtlRunner::Ran CtlRunner::under(const QByteArray &scenario, const QStringList &arguments) const
{
    const QString url = m_url + QStringLiteral("?scenario=") + write("scenario.json", scenario);
    return run(QStringList{QStringLiteral("--connect"), url} + arguments);
}

QByteArray CtlRunner::contents() const
{
    QByteArray all;
    for (const char *kind : {"servers", "nodes", "endpoints", "portals", "groups", "bindings", "sessions"}) {
        const Ran ran = ctl({QStringLiteral("list"), QString::fromLatin1(kind), QStringLiteral("--json")});
        if (ran.code != 0)
            return "list failed: " + ran.err;
        all += ran.out;
    }
    return all;
}

QString CtlRunner::write(const char *name, const QByteArray &bytes) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("%s cannot be written", name);
    return file.fileName();
}

QByteArray CtlRunner::read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

bool CtlRunner::sql(const QStringList &statements) const
{
    const QString name = QStringLiteral("other program");
    bool ok = true;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), name);
        database.setDatabaseName(m_url.mid(m_url.indexOf(u':') + 1));
        ok = database.open();
        QSqlQuery query(database);
        for (const QString &statement : statements) {
            ok = ok && query.exec(statement);
            if (query.lastError().isValid())
                qWarning("%s: %s", qPrintable(statement), qPrintable(query.lastError().text()));
            query.finish();
        }
    }
    QSqlDatabase::removeDatabase(name);
    return ok;
}

QString CtlRunner::snapshot() const
{
    QString file = path("snapshot.json");
    const Ran ran = ctl(
            {QStringLiteral("report"), QStringLiteral("--format"), QStringLiteral("json"), QStringLiteral("-o"), file});
    if (ran.code != 0)
        qFatal("no snapshot: %s", ran.err.constData());
    return file;
}

bool CtlRunner::connectToNew(const char *name)
{
    const QString file = path(name);
    connectTo(file);
    return run({QStringLiteral("workbook"), QStringLiteral("new"), file}).code == 0;
}

QStringList CtlRunner::serverNames() const
{
    QStringList names;
    for (const QJsonValue item : ctl("list servers --json").json()[QLatin1String("items")].toArray())
        names += item.toObject()[QLatin1String("name")].toString();
    return names;
}

QString CtlRunner::program()
{
    return qEnvironmentVariable("PORTALBIND_BIN", QCoreApplication::applicationDirPath())
            + QStringLiteral("/portalbindctl");
}

} // namespace portalbind
