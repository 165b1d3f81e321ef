// SPDX-License-Identifier: Apache-2.0
#include "fakehelper.h"

#include "fakehost.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>

#include <poll.h>
#include <unistd.h>

namespace portalbind {

namespace {

constexpr const char *folderVariable = "PORTALBIND_FAKE_HELPER";

QJsonDocument readJson(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()) : QJsonDocument();
}

void writeJson(const QString &path, const QJsonDocument &document)
{
    QFile file(path + QStringLiteral(".new"));
    if (!file.open(QIODevice::WriteOnly))
        qFatal("%s cannot be written", qPrintable(path));
    file.write(document.toJson());
    file.close();
    QFile::remove(path);
    QFile::rename(file.fileName(), path);
}

void append(const QString &path, const QByteArray &line)
{
    QFile file(path);
    if (file.open(QIODevice::Append))
        file.write(line + '\n');
}

/// The process that plays the helper.
class Player
{
public:
    explicit Player(QString folder)
        : m_folder(std::move(folder))
    {
    }

    int play()
    {
        append(at("starts"), QByteArray::number(::getsid(0)));
        QByteArray input;
        for (;;) {
            tellChanges();
            pollfd wait{0, POLLIN, 0};
            if (::poll(&wait, 1, 20) <= 0)
                continue;
            char part[65536];
            const ssize_t size = ::read(0, part, sizeof part);
            if (size <= 0)
                return 0;
            input.append(part, size);
            for (qsizetype end = input.indexOf('\n'); end >= 0; end = input.indexOf('\n')) {
                const QByteArray line = input.left(end);
                input.remove(0, end + 1);
                answer(line);
            }
        }
    }

private:
    [[nodiscard]] QString at(const char *name) const { return m_folder + u'/' + QLatin1String(name); }

    static void say(const QByteArray &line)
    {
        for (qsizetype done = 0; done < line.size();) {
            const ssize_t size = ::write(1, line.constData() + done, size_t(line.size() - done));
            if (size <= 0)
                ::_exit(0);
            done += size;
        }
    }
    static void say(const QJsonObject &object) { say(QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n'); }

    void tellChanges()
    {
        if (!m_watches || !QFileInfo::exists(at("poke")))
            return;
        const QJsonArray what = readJson(at("poke")).array();
        QFile::remove(at("poke"));
        say(QJsonObject{{QStringLiteral("event"), QStringLiteral("changed")}, {QStringLiteral("what"), what}});
    }

    QJsonObject takeFault(const QString &verb)
    {
        QJsonArray faults = readJson(at("faults")).array();
        for (qsizetype i = 0; i < faults.size(); ++i) {
            QJsonObject fault = faults.at(i).toObject();
            if (fault.value(QLatin1String("verb")).toString() != verb)
                continue;
            faults.removeAt(i);
            writeJson(at("faults"), QJsonDocument(faults));
            return fault;
        }
        return {};
    }

    void answer(const QByteArray &line)
    {
        append(at("requests"), line);
        const QJsonObject request = QJsonDocument::fromJson(line).object();
        const QString verb = request.value(QLatin1String("do")).toString();
        const QJsonObject fault = takeFault(verb);
        const QString what = fault.value(QLatin1String("what")).toString();
        if (what == QLatin1String("die-before"))
            ::_exit(9);
        QJsonObject answer{{QStringLiteral("id"), request.value(QLatin1String("id"))}};
        if (what == QLatin1String("refuse"))
            answer.insert(QStringLiteral("refused"), fault.value(QLatin1String("body")));
        else if (what == QLatin1String("fail"))
            answer.insert(QStringLiteral("failed"), fault.value(QLatin1String("body")));
        else if (what != QLatin1String("hang"))
            perform(verb, request, &answer);
        if (what == QLatin1String("die-after"))
            ::_exit(9);
        if (what == QLatin1String("hang"))
            return;
        if (what == QLatin1String("talk"))
            return say(QByteArrayLiteral("{\"event\":\"news\",\"text\":\"") + QByteArray(5000, 'x') + "\"}\n");
        if (what == QLatin1String("long")) {
            QJsonObject body = answer.value(QLatin1String("ok")).toObject();
            body.insert(QStringLiteral("more"), QString(9 << 20, u'x'));
            answer.insert(QStringLiteral("ok"), body);
        }
        if (what == QLatin1String("garbage"))
            return say(QByteArrayLiteral("Last login: Sunday\n"));
        if (what == QLatin1String("wrong-id"))
            answer.insert(QStringLiteral("id"), 123456);
        if (what == QLatin1String("huge")) {
            const QByteArray part(1 << 20, 'x');
            for (int i = 0; i < 200; ++i)
                say(part);
            return;
        }
        say(answer);
        if (what == QLatin1String("twice"))
            say(answer);
        if (what == QLatin1String("leave")) {
            ::usleep(50'000);
            ::_exit(0);
        }
        while (what == QLatin1String("flood")) // until nobody listens
            say(QByteArrayLiteral("{\"event\":\"changed\",\"what\":[\"targets\"]}\n"));
    }

    void perform(const QString &verb, const QJsonObject &request, QJsonObject *answer)
    {
        if (verb == QLatin1String("hello")) {
            answer->insert(QStringLiteral("ok"), readJson(at("hello")).object());
            return;
        }
        if (verb == QLatin1String("watch")) {
            m_watches = true;
            answer->insert(QStringLiteral("ok"), QJsonObject{{QStringLiteral("complete"), true}});
            return;
        }
        FakeHost host(readJson(at("host")).object());
        const FakeHost::Reply reply = host.perform(verb, request);
        answer->insert(reply.isRefused ? QStringLiteral("refused") : QStringLiteral("ok"), reply.body);
        if (verb != QLatin1String("read"))
            writeJson(at("host"), QJsonDocument(host.state()));
    }

    QString m_folder;
    bool m_watches = false;
};

} // namespace

FakeHelper::FakeHelper()
{
    setHost(site());
    setGreeting({{QStringLiteral("protocol"), 1},
                 {QStringLiteral("version"), QStringLiteral("0.1.0")},
                 {QStringLiteral("host"), QStringLiteral("san1")},
                 {QStringLiteral("kernel"), QStringLiteral("6.1.0")},
                 {QStringLiteral("state"), QStringLiteral("ready")},
                 {QStringLiteral("writable"), true},
                 {QStringLiteral("lio"), QStringLiteral("Datera Inc. iSCSI Target v4.1.0")}});
}

lio::Launch FakeHelper::launch() const
{
    // Through env(1), for a launch has no environment of its own.
    lio::Launch launch;
    launch.program = QStringLiteral("/usr/bin/env");
    launch.arguments = environment() << QCoreApplication::applicationFilePath();
    launch.host = QStringLiteral("san1");
    return launch;
}

QStringList FakeHelper::environment() const
{
    return {QLatin1String(folderVariable) + u'=' + m_folder.path()};
}

QStringList FakeHelper::programEnvironment() const
{
    return environment() << QLatin1String("PORTALBIND_LIO_HELPER=") + QCoreApplication::applicationFilePath();
}

void FakeHelper::setHost(const QJsonObject &read)
{
    writeJson(path("host"), QJsonDocument(read));
}

QJsonObject FakeHelper::host() const
{
    return readJson(path("host")).object();
}

void FakeHelper::setGreeting(const QJsonObject &hello)
{
    writeJson(path("hello"), QJsonDocument(hello));
}

void FakeHelper::setFaults(const QList<Fault> &faults)
{
    QJsonArray all;
    for (const Fault &fault : faults)
        all += QJsonObject{{QStringLiteral("verb"), fault.verb},
                           {QStringLiteral("what"), fault.what},
                           {QStringLiteral("body"), fault.body}};
    writeJson(path("faults"), QJsonDocument(all));
}

void FakeHelper::poke(const QStringList &what)
{
    writeJson(path("poke"), QJsonDocument(QJsonArray::fromStringList(what)));
}

QList<QJsonObject> FakeHelper::requests() const
{
    QFile file(path("requests"));
    QList<QJsonObject> all;
    if (file.open(QIODevice::ReadOnly)) {
        for (const QByteArray &line : file.readAll().split('\n')) {
            if (!line.isEmpty())
                all += QJsonDocument::fromJson(line).object();
        }
    }
    return all;
}

QStringList FakeHelper::verbs() const
{
    QStringList all;
    for (const QJsonObject &request : requests())
        all += request.value(QLatin1String("do")).toString();
    return all;
}

int FakeHelper::starts() const
{
    QFile file(path("starts"));
    return file.open(QIODevice::ReadOnly) ? int(file.readAll().count('\n')) : 0;
}

int FakeHelper::session() const
{
    QFile file(path("starts"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().split('\n').last().toInt() : 0;
}

bool FakeHelper::isWanted()
{
    return qEnvironmentVariableIsSet(folderVariable);
}

int FakeHelper::run()
{
    return Player(qEnvironmentVariable(folderVariable)).play();
}

QJsonObject hostPortal(const QString &ip, int port, bool iser)
{
    const bool isIpv6 = ip.contains(u':');
    return {{QStringLiteral("dir"), (isIpv6 ? u'[' + ip + u']' : ip) + u':' + QString::number(port)},
            {QStringLiteral("ip"), ip},
            {QStringLiteral("scope"), QString()},
            {QStringLiteral("port"), port},
            {QStringLiteral("iser"), iser},
            {QStringLiteral("listening"), true}};
}

QJsonObject hostTpg(int tag, const QJsonArray &portals, bool enabled)
{
    return {{QStringLiteral("dir"), QStringLiteral("tpgt_%1").arg(tag)},
            {QStringLiteral("tag"), tag},
            {QStringLiteral("enabled"), enabled},
            {QStringLiteral("alias"), QStringLiteral("LIO Target")},
            {QStringLiteral("authentication"), false},
            {QStringLiteral("luns"), QJsonArray()},
            {QStringLiteral("acls"), QJsonArray()},
            {QStringLiteral("dynamicSessions"), QJsonArray()},
            {QStringLiteral("portals"), portals}};
}

QJsonObject hostTarget(const QString &name, const QJsonArray &tpgs)
{
    return {{QStringLiteral("name"), QStringLiteral("iqn.2026-11.com.example:") + name},
            {QStringLiteral("owner"), QString()},
            {QStringLiteral("tpgs"), tpgs}};
}

QJsonObject hostAddress(const QString &ip, const QString &interface)
{
    return {{QStringLiteral("ip"), ip},     {QStringLiteral("scope"), QString()},
            {QStringLiteral("prefix"), 24}, {QStringLiteral("interface"), interface},
            {QStringLiteral("up"), true},   {QStringLiteral("roaming"), QString()}};
}

QJsonObject FakeHelper::site()
{
    const auto text = [](const char *latin1) { return QString::fromLatin1(latin1); };
    const QJsonArray targets{
            hostTarget(text("mail"), {hostTpg(1, {hostPortal(text("10.0.1.5"), 3260)}), hostTpg(2, {})}),
            hostTarget(text("db"), {hostTpg(1, {hostPortal(text("10.0.1.7"), 3260)})})};
    const QJsonArray addresses{hostAddress(text("127.0.0.1"), text("lo")), hostAddress(text("10.0.1.5"), text("eth0")),
                               hostAddress(text("10.0.1.6"), text("eth0")), hostAddress(text("10.0.1.7"), text("eth0")),
                               hostAddress(text("10.0.2.5"), text("eth1"))};
    return {{text("state"), text("ready")},
            {text("targets"), targets},
            {text("addresses"), addresses},
            {text("saved"),
             QJsonObject{{text("path"), text("/etc/rtslib-fb-target/saveconfig.json")},
                         {text("exists"), true},
                         {text("manager"), text("targetcli")},
                         {text("unit"), text("rtslib-fb-targetctl.service")},
                         {text("restoreUnit"), text("enabled")},
                         {text("targets"), targets}}},
            {text("pools"), QJsonObject{{text("schema"), 1}}}};
}

} // namespace portalbind
