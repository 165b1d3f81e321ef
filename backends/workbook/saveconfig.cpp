// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/saveconfig.h"

#include "backends/workbook/jsonscanner.h"
#include "backends/workbook/workbooktext.h"
#include "model/iscsiname.h"
#include "model/showntext.h"
#include "model/snapshotbuilder.h"

#include <map>
#include <set>

namespace portalbind {

namespace {

constexpr qsizetype longestQuoted = 300; ///< of a text from the file in a sentence
constexpr quint16 usualPort = 3260; // RFC 7143: the registered port of iSCSI

struct TpgEntry
{
    QString path;
    std::optional<quint64> tag;
    bool enabled = true;
    std::vector<PortalAddress> portals;
};

struct TargetEntry
{
    QString path;
    QString fabric;
    QString name;
    QString namePath;
    std::vector<TpgEntry> tpgs;
};

class SaveconfigReader
{
public:
    SaveconfigReader(const QByteArray &json, SaveconfigNotes &notes)
        : m_scanner(json)
        , m_notes(notes)
    {
    }

    Result<std::vector<TargetEntry>> read()
    {
        bool sawTargets = false;
        m_scanner.object([&](const QString &key) {
            if (key != QLatin1String("targets"))
                return m_scanner.skip();
            sawTargets = true;
            return m_scanner.array([this] { return readTarget(); });
        });
        if (m_scanner.end() && !sawTargets)
            m_scanner.failAt(QStringLiteral("/"),
                             WorkbookText::tr("There are no targets in it: this is no saveconfig.json."));
        if (m_scanner.error())
            return tl::unexpected<Error>(*m_scanner.error());
        return std::move(m_targets);
    }

private:
    bool readTarget()
    {
        TargetEntry target;
        const QString path = m_scanner.path();
        target.path = path;
        const bool ok = m_scanner.object([&](const QString &key) {
            if (key == QLatin1String("fabric"))
                return assign(m_scanner.text(), target.fabric);
            if (key == QLatin1String("wwn")) {
                target.namePath = m_scanner.path();
                return assign(m_scanner.text(), target.name);
            }
            if (key == QLatin1String("tpgs") && !m_scanner.skipNull())
                return m_scanner.array([&] { return readTpg(target); });
            return key == QLatin1String("tpgs") || m_scanner.skip();
        });
        if (!ok)
            return false;
        if (target.fabric != QLatin1String("iscsi")) {
            if (target.fabric.isEmpty())
                return m_scanner.failAt(path, WorkbookText::tr("The target has no fabric."));
            ++m_notes.otherFabrics;
            m_notes.say(WorkbookText::tr("Left out: the target %1 of the fabric %2 (%3).")
                                .arg(shownString(target.name.left(longestQuoted)),
                                     shownString(target.fabric.left(longestQuoted)), path));
            return true;
        }
        if (target.namePath.isEmpty())
            return m_scanner.failAt(path, WorkbookText::tr("The target has no name (wwn)."));
        const auto name = parseIscsiName(target.name);
        if (!name)
            return m_scanner.failAt(target.namePath, name.error().what);
        target.name = *name;
        for (const TpgEntry &tpg : target.tpgs)
            if (!tpg.tag)
                return m_scanner.failAt(tpg.path, WorkbookText::tr("The portal group has no tag."));
        m_targets.push_back(std::move(target));
        return true;
    }

    bool readTpg(TargetEntry &target)
    {
        TpgEntry tpg;
        tpg.path = m_scanner.path();
        const bool ok = m_scanner.object([&](const QString &key) {
            if (key == QLatin1String("tag"))
                return assign(m_scanner.number(0, qint64(maximumTargetTag)), tpg.tag);
            if (key == QLatin1String("enable"))
                return m_scanner.skipNull() || readEnabled(tpg.enabled);
            if (key == QLatin1String("portals"))
                return m_scanner.skipNull() || m_scanner.array([&] { return readPortal(tpg); });
            return m_scanner.skip();
        });
        target.tpgs.push_back(std::move(tpg));
        return ok;
    }

    /// true and false; 1 and 0 (configfs has them so), in quotes or not.
    bool readEnabled(bool &enabled)
    {
        if (m_scanner.peek() == JsonScanner::Type::Boolean)
            return assign(m_scanner.boolean(), enabled);
        const auto number = m_scanner.number(0, 1);
        enabled = number.value_or(0) != 0;
        return number.has_value();
    }

    bool readPortal(TpgEntry &tpg)
    {
        PortalAddress address;
        address.port = usualPort;
        const QString path = m_scanner.path();
        const bool ok = m_scanner.object([&](const QString &key) {
            if (key == QLatin1String("ip_address"))
                return readIp(address.ip);
            if (key == QLatin1String("port"))
                return m_scanner.skipNull() || assign(m_scanner.number(1, 65535), address.port);
            return m_scanner.skip();
        });
        if (!ok)
            return false;
        if (address.ip.isNull())
            return m_scanner.failAt(path, WorkbookText::tr("The portal has no address (ip_address)."));
        tpg.portals.push_back(address);
        return true;
    }

    bool readIp(IpAddress &to)
    {
        const auto text = m_scanner.text();
        if (!text)
            return false;
        const auto ip = IpAddress::parse(*text);
        if (!ip)
            return m_scanner.fail(ip.error().what);
        if (!ip->isForPortals()) // the kernel takes them, and nobody can log in
            return m_scanner.fail(
                    WorkbookText::tr("A portal has the address of one host, no multicast or broadcast address."));
        to = *ip;
        return true;
    }

    JsonScanner m_scanner;
    SaveconfigNotes &m_notes;
    std::vector<TargetEntry> m_targets;
};

Server lioServer(const QString &name)
{
    // What the kernel target can do and enforces (facts: 4097 and 4099 are the console's policy there).
    Server server;
    server.name = name;
    server.dialect = Dialect::Lio;
    server.capabilities.addressRule = Enforcement::Policy;
    server.capabilities.groupRule = Enforcement::Policy;
    server.capabilities.groups = GroupSource::Editable;
    server.capabilities.editPortals = true;
    server.capabilities.createEndpoint = true;
    server.capabilities.chooseTag = true;
    server.capabilities.createNode = true;
    server.capabilities.chooseNodeName = true;
    server.capabilities.enableEndpoint = true;
    return server;
}

/// What was read as the inventory of one server. Ids are paths below /sys/kernel/config/target, as a server of this
/// kind has them: what the file names twice becomes one object.
class Content
{
public:
    Content(std::shared_ptr<IdTable> ids, const QString &serverName, SaveconfigNotes &notes)
        : m_builder(std::move(ids))
        , m_server(m_builder.addServer("iscsi", lioServer(serverName)))
        , m_notes(notes)
    {
    }

    SnapshotPtr build(const std::vector<TargetEntry> &targets)
    {
        for (const TargetEntry &target : targets)
            addTarget(target);
        return m_builder.build();
    }

private:
    struct Target
    {
        std::set<quint64> tags;
        std::map<PortalAddress, quint64> tagOf; ///< of the portal group that listed it last
    };

    void repeated(const QString &text)
    {
        ++m_notes.repeated;
        m_notes.say(text);
    }

    void addTarget(const TargetEntry &target)
    {
        const QByteArray path = "iscsi/" + target.name.toUtf8();
        const auto [known, isNew] = m_targets.try_emplace(path);
        if (!isNew)
            repeated(WorkbookText::tr("Put together: the target %1 stands in the file once more (%2).")
                             .arg(target.name, target.path));
        const NodeHandle node = m_builder.addNode(path, Node{m_server, Role::Target, target.name, {}});
        for (const TpgEntry &tpg : target.tpgs)
            addTpg(target, tpg, node, known->second);
    }

    void addTpg(const TargetEntry &target, const TpgEntry &tpg, NodeHandle node, Target &known)
    {
        if (!known.tags.insert(*tpg.tag).second)
            repeated(WorkbookText::tr("Put together: portal group %1 of %2 stands in the file once more (%3).")
                             .arg(*tpg.tag)
                             .arg(target.name, tpg.path));
        const QByteArray path = "iscsi/" + target.name.toUtf8() + "/tpgt_" + QByteArray::number(*tpg.tag);
        const EndpointHandle endpoint = m_builder.addEndpoint(
                path, Endpoint{m_server, node, Role::Target, BindingScope::Endpoint, tpg.enabled, *tpg.tag});
        for (const PortalAddress &address : tpg.portals) {
            ++m_notes.portalEntries;
            noteOtherUse(target, tpg, address, known);
            m_builder.bind(endpoint,
                           m_builder.addPortal("iscsi/np/" + address.toString().toUtf8(),
                                               Portal{m_server, PortalKind::Tcp, address, true, {}}));
        }
    }

    void noteOtherUse(const TargetEntry &target, const TpgEntry &tpg, const PortalAddress &address, Target &known)
    {
        const auto [use, isNew] = known.tagOf.try_emplace(address, *tpg.tag);
        if (isNew)
            return;
        if (use->second == *tpg.tag)
            repeated(WorkbookText::tr("Put together: portal %1 stands in portal group %2 of %3 once more (%4).")
                             .arg(address.toString())
                             .arg(*tpg.tag)
                             .arg(target.name, tpg.path));
        else
            m_notes.say(WorkbookText::tr("Kept as found: portal %1 stands in portal groups %2 and %3 of %4, which the "
                                         "kernel would refuse (%5).")
                                .arg(address.toString())
                                .arg(use->second)
                                .arg(*tpg.tag)
                                .arg(target.name, tpg.path));
        use->second = *tpg.tag;
    }

    SnapshotBuilder m_builder;
    const ServerHandle m_server;
    SaveconfigNotes &m_notes;
    std::map<QByteArray, Target> m_targets;
};

} // namespace

void SaveconfigNotes::say(const QString &text)
{
    if (texts.size() + 1 < mostTexts)
        texts += text;
    else if (texts.size() < mostTexts)
        texts += WorkbookText::tr("There is more of this kind.");
}

Result<SnapshotPtr> parseSaveconfig(const QByteArray &json, std::shared_ptr<IdTable> ids, const QString &serverName,
                                    SaveconfigNotes *notes)
{
    if (json.size() > maximumSaveconfigBytes)
        return failure(Error::Kind::BadInput,
                       WorkbookText::tr("The file is larger than %1 MiB.").arg(maximumSaveconfigBytes >> 20));
    SaveconfigNotes counted;
    const auto targets = SaveconfigReader(json, counted).read();
    if (!targets)
        return tl::unexpected<Error>(targets.error());

    const SnapshotPtr content = Content(std::move(ids), serverName, counted).build(*targets);
    if (notes)
        *notes = std::move(counted);
    return content;
}

} // namespace portalbind
