// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/request.h"

#include <QRegularExpression>

namespace peer {

namespace {

bool understood(const Dialect &dialect, const Element &header)
{
    static const QStringList addressing{QStringLiteral("To"),       QStringLiteral("ReplyTo"),
                                        QStringLiteral("Action"),   QStringLiteral("MessageID"),
                                        QStringLiteral("FaultTo"),  QStringLiteral("From"),
                                        QStringLiteral("RelatesTo")};
    static const QStringList wsman{
            QStringLiteral("ResourceURI"),      QStringLiteral("SelectorSet"),
            QStringLiteral("OptionSet"),        QStringLiteral("MaxEnvelopeSize"),
            QStringLiteral("OperationTimeout"), QStringLiteral("Locale"),
            QStringLiteral("RequestEPR"),       QStringLiteral("RequestTotalItemsCountEstimate")};
    if (header.space == QLatin1String(nsAddressing))
        return addressing.contains(header.name);
    if (header.space == QLatin1String(nsWsman))
        return wsman.contains(header.name) || (!dialect.omi() && header.name == QLatin1String("FragmentTransfer"));
    return header.space == QLatin1String(nsMicrosoft) && !dialect.openwsman();
}

std::optional<Trouble> judgeTimeout(const Dialect &dialect, const Request &request)
{
    const Element *const timeout = request.header->child(nsWsman, "OperationTimeout");
    if (!timeout)
        return {};
    static const QRegularExpression duration(
            QStringLiteral("^P(\\d+Y)?(\\d+M)?(\\d+D)?(T(\\d+H)?(\\d+M)?((\\d+(\\.\\d+)?)S)?)?$"));
    const auto match = duration.match(timeout->trimmed());
    if (!match.hasMatch())
        return Trouble::BadTimeout;
    const double seconds = match.captured(8).toDouble();
    const bool onlySeconds = match.captured(5).isEmpty() && match.captured(6).isEmpty() && !match.captured(8).isEmpty();
    // What takes longer than a millisecond here is only found out afterwards by a real server.
    if (onlySeconds && seconds < 0.01 && !dialect.omi())
        return Trouble::TimedOut;
    return {};
}

std::optional<Trouble> judgeWindows(const Request &request)
{
    const Element *const reply = request.header->child(nsAddressing, "ReplyTo");
    if (const Element *const address = reply->child(nsAddressing, "Address");
        !address || address->trimmed() != QLatin1String(anonymous))
        return Trouble::AddressingMode;
    for (const auto &header : request.header->children) {
        if ((header->is(nsWsman, "Locale") || header->is(nsMicrosoft, "DataLocale")) && header->mustUnderstand())
            return Trouble::LocaleMustUnderstand;
    }
    return {};
}

/// Missing headers, in the order in which the servers look.
std::optional<Trouble> judgePresence(const Dialect &dialect, const Request &request)
{
    const bool omi = dialect.omi();
    if (dialect.openwsman() && request.action.isEmpty())
        return Trouble::NoAction;
    if (!omi && request.to.isEmpty())
        return Trouble::NoTo;
    if (!omi && (request.messageId.isEmpty() || !request.header->child(nsAddressing, "ReplyTo")))
        return Trouble::HeaderRequired;
    return {};
}

} // namespace

const Element *Request::content() const
{
    return body && !body->children.empty() ? body->children.front().get() : nullptr;
}

bool Request::isIdentify() const
{
    const Element *const first = content();
    return first && first->is(nsIdentity, "Identify");
}

std::optional<Request> readRequest(const QByteArray &xml)
{
    Request request;
    request.root = parseXml(xml);
    if (!request.root || !request.root->is(nsSoap, "Envelope"))
        return {};
    request.header = request.root->child(nsSoap, "Header");
    request.body = request.root->child(nsSoap, "Body");
    if (!request.body)
        return {};
    if (!request.header)
        return request;
    for (const auto &header : request.header->children) {
        request.headerNames.append(header->name);
        if (header->is(nsAddressing, "To"))
            request.to = header->trimmed();
        else if (header->is(nsAddressing, "Action"))
            request.action = header->trimmed();
        else if (header->is(nsAddressing, "MessageID"))
            request.messageId = header->trimmed();
        else if (header->is(nsWsman, "ResourceURI"))
            request.resourceUri = header->trimmed();
        else if (header->is(nsWsman, "SelectorSet"))
            request.selectors = header.get();
        else if (header->is(nsWsman, "MaxEnvelopeSize"))
            request.maxEnvelopeSize = qint64(qMin(header->trimmed().toDouble(), 1e12));
    }
    return request;
}

std::optional<Trouble> judgeHeaders(const Dialect &dialect, const Request &request, QByteArray *offender)
{
    constexpr qint64 smallestEnvelope = 8192; // all three
    if (!request.header)
        return dialect.openwsman() ? Trouble::NoAction : Trouble::HeaderRequired;
    if (const auto missing = judgePresence(dialect, request))
        return missing;
    for (auto header = request.header->children.rbegin(); header != request.header->children.rend(); ++header) {
        if ((*header)->mustUnderstand() && !understood(dialect, **header)) {
            *offender = (dialect.openwsman() ? "n1:" : "") + (*header)->name.toUtf8();
            return Trouble::NotUnderstood;
        }
    }
    if (request.action.isEmpty())
        return Trouble::NoAction;
    if (dialect.omi()) {
        // Its parser streams: selectors mean nothing before it knows the class.
        const qsizetype uri = request.headerNames.indexOf(QLatin1String("ResourceURI"));
        const qsizetype selectors = request.headerNames.indexOf(QLatin1String("SelectorSet"));
        if (selectors >= 0 && uri > selectors)
            return Trouble::NoResourceUri;
    }
    if (const auto late = judgeTimeout(dialect, request))
        return late;
    if (request.maxEnvelopeSize && *request.maxEnvelopeSize < smallestEnvelope)
        return Trouble::EnvelopeTooSmall;
    return dialect.windows() ? judgeWindows(request) : std::nullopt;
}

tl::expected<Resource, Trouble> readResource(const Dialect &dialect, const QString &uri, const Element *selectors)
{
    if (uri.isEmpty())
        return tl::unexpected(Trouble::NoResourceUri);
    std::optional<QString> given;
    if (selectors) {
        for (const auto &selector : selectors->children) {
            if (selector->attribute("Name").compare(QLatin1String("__cimnamespace"), Qt::CaseInsensitive) == 0)
                given = selector->text;
        }
    }
    Resource resource;
    const std::optional<Space> named = given ? spaceOfName(*given) : std::nullopt;
    if (dialect.windows() && uri.startsWith(QLatin1String(wmiClasses), Qt::CaseInsensitive)) {
        const QString rest = uri.mid(qsizetype(sizeof wmiClasses) - 1);
        const qsizetype slash = rest.lastIndexOf(QLatin1Char('/'));
        const auto space = spaceOfName(rest.left(slash));
        if (!space)
            return tl::unexpected(Trouble::UnknownNamespace);
        if (given && given->compare(QString::fromUtf8(namespaceName(*space)), Qt::CaseInsensitive) != 0)
            return tl::unexpected(Trouble::NamespaceMismatch);
        resource.space = *space;
        resource.className = rest.mid(slash + 1).toUtf8();
        resource.all = resource.className == "*";
        return resource;
    }
    resource.dmtf = true;
    const bool everything = uri == QLatin1String(dmtfAll);
    if (everything || (dialect.omi() && uri == QLatin1String(dmtfClasses) + QLatin1Char('*')))
        resource.all = true;
    else if (uri.startsWith(QLatin1String(dmtfClasses)))
        resource.className = uri.mid(qsizetype(sizeof dmtfClasses) - 1).toUtf8();
    else
        return tl::unexpected(Trouble::BadResourceUri);
    if (!given && !dialect.openwsman())
        return tl::unexpected(Trouble::UnknownClass);
    if (given && !named)
        return tl::unexpected(Trouble::UnknownNamespace);
    resource.space = named.value_or(Space::Target);
    if (resource.className == "*")
        return tl::unexpected(Trouble::NotFound); // recording 34
    return resource;
}

tl::expected<Path, Trouble> readPath(const Dialect &dialect, const Provider &provider, const CimClass *type,
                                     Space space, const Element *selectors)
{
    Path path{type, space, {}, {}, {}};
    if (!selectors)
        return path;
    for (const auto &selector : selectors->children) {
        const QByteArray name = selector->attribute("Name").toUtf8();
        if (name.compare("__cimnamespace", Qt::CaseInsensitive) == 0)
            continue;
        const Element *holder = selector->child(nsAddressing, "EndpointReference");
        // What OMI writes it also reads: without the wrapper.
        if (!holder && !dialect.openwsman() && selector->child(nsAddressing, "ReferenceParameters"))
            holder = selector.get();
        if (!holder) {
            path.keys.emplace_back(name, selector->text.toUtf8());
            continue;
        }
        const auto end = readReference(dialect, provider, holder);
        if (!end)
            return tl::unexpected(Trouble::UnexpectedSelectors);
        path.roles.push_back(name);
        path.ends.push_back(*end);
    }
    return path;
}

std::optional<Path> readReference(const Dialect &dialect, const Provider &provider, const Element *holder)
{
    const Element *const parameters = holder->child(nsAddressing, "ReferenceParameters");
    const Element *const uri = parameters ? parameters->child(nsWsman, "ResourceURI") : nullptr;
    const Element *const selectors = parameters ? parameters->child(nsWsman, "SelectorSet") : nullptr;
    if (!uri)
        return {};
    const auto resource = readResource(dialect, uri->trimmed(), selectors);
    if (!resource || resource->all)
        return Path{};
    const CimClass *const type = provider.classOf(resource->className, resource->space);
    if (!type)
        return Path{};
    auto path = readPath(dialect, provider, type, resource->space, selectors);
    return path ? *path : Path{};
}

} // namespace peer
