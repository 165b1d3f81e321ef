// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/scenario.h"

#include "backends/workbook/jsonscanner.h"
#include "backends/workbook/workbooktext.h"
#include "model/iscsiname.h"

#include <QFile>

#include <array>
#include <utility>

namespace portalbind {

namespace {

constexpr qint64 longestDelay = 600'000; // milliseconds
constexpr qint64 largestFile = 16 << 20; // bytes
constexpr int loadKey = -1; // in m_delays; methods have their own numbers

constexpr std::array<std::pair<const char *, Method>, 14> methodWords{{{"bind", Method::Bind},
                                                                       {"unbind", Method::Unbind},
                                                                       {"createEndpoint", Method::CreateEndpoint},
                                                                       {"deleteEndpoint", Method::DeleteEndpoint},
                                                                       {"createNode", Method::CreateNode},
                                                                       {"deleteNode", Method::DeleteNode},
                                                                       {"enableEndpoint", Method::EnableEndpoint},
                                                                       {"createPortal", Method::CreatePortal},
                                                                       {"deletePortal", Method::DeletePortal},
                                                                       {"createGroup", Method::CreateGroup},
                                                                       {"deleteGroup", Method::DeleteGroup},
                                                                       {"renameGroup", Method::RenameGroup},
                                                                       {"joinGroup", Method::JoinGroup},
                                                                       {"leaveGroup", Method::LeaveGroup}}};

int keyOf(const Scenario::Call &call)
{
    return call ? int(*call) : loadKey;
}

} // namespace

class ScenarioReader
{
public:
    explicit ScenarioReader(const QByteArray &json)
        : m_scanner(json)
    {
    }

    Result<Scenario> read()
    {
        m_scanner.object([this](const QString &key) {
            if (key == QLatin1String("delays"))
                return m_scanner.object([this](const QString &call) { return readDelay(call); });
            if (key == QLatin1String("faults"))
                return m_scanner.array([this] { return readFault(); });
            if (key == QLatin1String("sessions"))
                return m_scanner.array([this] { return readSession(); });
            if (key == QLatin1String("comment"))
                return m_scanner.skip();
            return unknownKey();
        });
        m_scanner.end();
        if (m_scanner.error())
            return tl::unexpected<Error>(*m_scanner.error());
        return std::move(m_scenario);
    }

private:
    // A word that is spelt wrong would change nothing, and nobody would see why.
    bool unknownKey() { return m_scanner.fail(WorkbookText::tr("A scenario has no such member.")); }

    bool readCall(const QString &word, Scenario::Call &to)
    {
        to.reset();
        if (word == QLatin1String("load"))
            return true;
        for (const auto &[known, method] : methodWords) {
            if (word == QLatin1String(known)) {
                to = method;
                return true;
            }
        }
        QStringList words{QStringLiteral("load")};
        for (const auto &known : methodWords)
            words += QString::fromLatin1(known.first);
        return m_scanner.fail(
                WorkbookText::tr("One of these words is needed here: %1.").arg(words.join(QStringLiteral(", "))));
    }

    bool readDelay(const QString &word)
    {
        Scenario::Call call;
        const bool any = word == QLatin1String("*");
        if (!any && !readCall(word, call))
            return false;
        const auto delay = m_scanner.number(0, longestDelay);
        if (!delay)
            return false;
        if (any)
            m_scenario.m_usualDelay = int(*delay);
        else
            m_scenario.m_delays.insert(keyOf(call), int(*delay));
        return true;
    }

    bool readFault()
    {
        Scenario::Fault fault;
        bool sawMethod = false;
        bool sawAnswer = false;
        const QString path = m_scanner.path();
        const bool ok = m_scanner.object([&](const QString &key) {
            if (key == QLatin1String("method")) {
                const auto word = m_scanner.text();
                sawMethod = true;
                return word && readCall(*word, fault.call);
            }
            if (key == QLatin1String("object"))
                return assign(m_scanner.text(), fault.object);
            if (key == QLatin1String("nth"))
                return assign(m_scanner.number(1, 1'000'000), fault.nth);
            if (key == QLatin1String("answer")) {
                sawAnswer = true;
                return readAnswer(fault);
            }
            if (key == QLatin1String("applied"))
                return assign(m_scanner.boolean(), fault.applied);
            if (key == QLatin1String("failingLoads"))
                return assign(m_scanner.number(0, 1'000'000), fault.failingLoads);
            return key == QLatin1String("comment") ? m_scanner.skip() : unknownKey();
        });
        if (!ok)
            return false;
        if (!sawMethod || !sawAnswer)
            return m_scanner.failAt(path, WorkbookText::tr("A fault needs \"method\" and \"answer\"."));
        if (!fault.call && fault.kind == Scenario::Fault::Kind::Code)
            return m_scanner.failAt(path,
                                    WorkbookText::tr("Reading has no return code: \"timeout\" or \"disconnect\"."));
        m_scenario.m_faults.append(fault);
        m_scenario.m_seen.append(0);
        return true;
    }

    bool readAnswer(Scenario::Fault &fault)
    {
        if (m_scanner.peek() != JsonScanner::Type::Text)
            return assign(m_scanner.number(0, 65535), fault.code);
        const QString word = m_scanner.text().value_or(QString());
        if (word == QLatin1String("timeout"))
            fault.kind = Scenario::Fault::Kind::Timeout;
        else if (word == QLatin1String("disconnect"))
            fault.kind = Scenario::Fault::Kind::Disconnect;
        else
            return m_scanner.fail(WorkbookText::tr("A return code, \"timeout\" or \"disconnect\" is needed here."));
        return true;
    }

    bool readSession()
    {
        InjectedSession session;
        bool sawEndpoint = false;
        const QString path = m_scanner.path();
        const bool ok = m_scanner.object([&](const QString &key) {
            if (key == QLatin1String("server"))
                return assign(m_scanner.text(), session.server);
            if (key == QLatin1String("endpoint")) {
                sawEndpoint = true;
                return readEndpoint(session);
            }
            if (key == QLatin1String("portal"))
                return m_scanner.skipNull() || readPortal(session);
            if (key == QLatin1String("initiator"))
                return assign(m_scanner.text(), session.initiator);
            if (key == QLatin1String("from"))
                return assign(m_scanner.text(), session.from);
            return key == QLatin1String("comment") ? m_scanner.skip() : unknownKey();
        });
        if (!ok)
            return false;
        if (!sawEndpoint || session.initiator.isEmpty())
            return m_scanner.failAt(path, WorkbookText::tr("A session needs \"endpoint\" and \"initiator\"."));
        m_scenario.m_sessions.append(session);
        return true;
    }

    bool readEndpoint(InjectedSession &session)
    {
        const auto text = m_scanner.text();
        if (!text)
            return false;
        const auto name = EndpointName::parse(*text);
        if (!name)
            return m_scanner.fail(name.error().what);
        session.node = name->node;
        session.initiatorRole = name->initiator.value_or(false);
        session.tag = name->tag;
        return true;
    }

    bool readPortal(InjectedSession &session)
    {
        const auto text = m_scanner.text();
        if (!text)
            return false;
        const auto address = PortalAddress::parse(*text);
        return address ? assign(std::optional(*address), session.portal) : m_scanner.fail(address.error().what);
    }

    JsonScanner m_scanner;
    Scenario m_scenario;
};

Result<Scenario> Scenario::parse(const QByteArray &json)
{
    return ScenarioReader(json).read();
}

Result<Scenario> Scenario::read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return failure(Error::Kind::File, WorkbookText::tr("The scenario %1 cannot be read.").arg(path), path,
                       WorkbookText::tr("Check the name behind ?scenario= and that you may read the file."),
                       file.errorString());
    if (file.size() > largestFile)
        return failure(Error::Kind::BadInput,
                       WorkbookText::tr("The scenario %1 is larger than %2 MiB.").arg(path).arg(largestFile >> 20),
                       path);
    auto scenario = parse(file.readAll());
    if (!scenario) {
        Error error = scenario.error();
        error.what = WorkbookText::tr("The scenario %1 cannot be used: %2").arg(path, error.what);
        error.where = QStringLiteral("%1, %2").arg(path, error.where);
        error.remedy = WorkbookText::tr("docs/scenario.md describes what a scenario holds.");
        return tl::unexpected<Error>(std::move(error));
    }
    return scenario;
}

int Scenario::delay(Call call) const
{
    return m_delays.value(keyOf(call), m_usualDelay);
}

std::optional<Scenario::Fault> Scenario::next(Call call, const QStringList &objects)
{
    std::optional<Fault> met;
    for (qsizetype i = 0; i < m_faults.size(); ++i) {
        const Fault &fault = m_faults[i];
        if (fault.call != call || (!fault.object.isEmpty() && !objects.contains(fault.object)))
            continue;
        const int count = ++m_seen[i];
        if (!met && (fault.nth == 0 || fault.nth == count))
            met = fault;
    }
    return met;
}

} // namespace portalbind
