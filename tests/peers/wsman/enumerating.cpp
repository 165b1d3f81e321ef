// SPDX-License-Identifier: Apache-2.0
// Enumerate, Pull and Release of the service.
#include "tests/peers/wsman/service.h"

namespace peer {

namespace {

constexpr char enumerateResponse[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse";
constexpr char pullResponse[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/PullResponse";
constexpr char releaseResponse[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/ReleaseResponse";

constexpr qint64 openwsmanEnvelope = qint64(32) * 1024; // without MaxEnvelopeSize (recordings 97, 119)
constexpr qint64 omiEnvelope = qint64(200) * 1024; // most that was seen, whatever was allowed
constexpr qint64 windowsEnvelope = 153600; // without MaxEnvelopeSize
constexpr qint64 windowsLargest = qint64(500) * 1024; // MaxEnvelopeSizekb
constexpr qint64 around = 1500; // what the envelope itself may take
constexpr size_t windowsBatch = 32000; // MaxBatchItems

size_t maxElements(const Element &parent, const char *ns)
{
    const Element *const most = parent.child(ns, "MaxElements");
    return most ? size_t(qMax(1LL, most->trimmed().toLongLong())) : 1;
}

} // namespace

qint64 Service::limitOf(const Request &request) const
{
    const qint64 wanted = request.maxEnvelopeSize.value_or(0);
    switch (m_settings.dialect.as) {
    case As::Openwsman:
        return wanted ? wanted : openwsmanEnvelope;
    case As::Omi:
        return wanted ? qMin(wanted, omiEnvelope) : omiEnvelope;
    case As::Windows:
        return wanted ? qMin(wanted, windowsLargest) : windowsEnvelope;
    }
    Q_UNREACHABLE();
}

/// Writes items until \a most or the limit is reached; false when not even one fits.
bool Service::writeItems(Context &context, size_t most, qint64 limit, const char *prefix, Writing &writing) const
{
    most = m_settings.dialect.windows() ? qMin(most, windowsBatch) : most;
    if (m_settings.trickle > 0)
        most = qMin(most, size_t(m_settings.trickle));
    const auto &objects = context.selection.objects;
    if (objects.empty() && m_settings.dialect.openwsman()) {
        writing.empty(prefix, "Items");
        return true;
    }
    writing.open(prefix, "Items");
    size_t written = 0;
    for (; written < most && context.next < objects.size(); ++written) {
        const qsizetype before = writing.out.size();
        const Object object = objects[context.next];
        const bool both = context.objects && context.references;
        if (both)
            writing.open(writing.wsman(), "Item");
        if (context.objects) {
            const Instance instance = context.provider->instance(object);
            const CimClass *const shown = context.selection.shownAs ? context.selection.shownAs : instance.type;
            writing.instance(instance, shown, context.resource.space, context.selection.only);
        }
        if (context.references)
            writing.endpointReference(context.provider->path(object));
        if (both)
            writing.close(writing.wsman(), "Item");
        if (writing.out.size() + around > limit) {
            writing.out.truncate(before);
            break;
        }
        ++context.next;
    }
    writing.close(prefix, "Items");
    return written > 0 || context.next >= objects.size();
}

/// Whether the answer that is being written can say that it is the last one.
bool Service::isDone(const Context &context, size_t most, size_t written) const
{
    // OMI streams: when an answer is full it does not know yet that nothing follows (recordings 56, 97).
    const bool full = m_settings.dialect.omi() && written >= most;
    return context.next >= context.selection.objects.size() && !context.selection.none && !full;
}

void Service::writeEnd(Writing &writing, const char *prefix) const
{
    writing.empty(prefix, "EndOfSequence");
}

Answer Service::enumerate(const Request &request)
{
    const Element *const body = request.content();
    if (!body || !body->is(nsEnumeration, "Enumerate"))
        return fault(&request, Trouble::Malformed);
    const auto resource = readResource(m_settings.dialect, request.resourceUri, request.selectors);
    if (!resource)
        return fault(&request, resource.error());
    const auto current = provider();
    if (!current)
        return fault(&request, Trouble::InternalError);
    if (!current->has(resource->space))
        return fault(&request, Trouble::UnknownNamespace);
    if (m_settings.quota > 0 && m_contexts.size() >= m_settings.quota)
        return fault(&request, Trouble::QuotaLimit);
    if (m_settings.dialect.windows() && resource->dmtf && !resource->all && !resource->className.startsWith("CIM_"))
        return fault(&request, Trouble::NotADmtfClass);
    auto selection = select(m_settings.dialect, *current, *resource, *body);
    if (!selection)
        return fault(&request, selection.error());
    if (const CimClass *const type = current->classOf(resource->className, resource->space);
        type && m_settings.dialect.openwsman() && type->name != resource->className)
        return fault(&request, Trouble::NotFound); // class names are case-sensitive there

    auto context = std::make_shared<Context>();
    context->provider = current;
    context->selection = std::move(*selection);
    context->resource = *resource;
    context->resourceUri = request.resourceUri;
    context->to = request.to;
    context->dmtf = resource->dmtf;
    const Element *const mode = body->child(nsWsman, "EnumerationMode");
    context->references = mode && mode->trimmed() != QLatin1String("EnumerateObject");
    context->objects = !mode || mode->trimmed() != QLatin1String("EnumerateEPR");

    Writing items(m_settings.dialect, context->dmtf);
    const bool optimized = body->child(nsWsman, "OptimizeEnumeration");
    if (optimized && !writeItems(*context, maxElements(*body, nsWsman), limitOf(request), items.wsman(), items))
        return fault(&request, Trouble::AnswerTooBig);
    const bool done = optimized && isDone(*context, maxElements(*body, nsWsman), context->next);
    const QByteArray id = m_settings.dialect.omi() ? QByteArray::number(++m_ids + 1000000000U) : nextId();
    if (!done)
        m_contexts.insert(QString::fromUtf8(id), context);

    Writing &writing = items;
    const QByteArray written = writing.out;
    const QByteArray n = writing.enumeration();
    const QByteArray contextId = m_settings.dialect.windows() ? "uuid:" + id : id;
    const QByteArray contextElement = done && !m_settings.dialect.omi()
            ? '<' + n + ":EnumerationContext/>"
            : '<' + n + ":EnumerationContext>" + contextId + "</" + n + ":EnumerationContext>";
    writing.out.clear();
    writing.open(writing.enumeration(), "EnumerateResponse");
    if (m_settings.dialect.openwsman()) {
        writing.out += written + contextElement;
    } else {
        writing.out += contextElement + written;
        if (!optimized && m_settings.dialect.omi())
            writing.out += "<wsman:Items></wsman:Items>";
    }
    if (done)
        writeEnd(writing, writing.wsman());
    writing.close(writing.enumeration(), "EnumerateResponse");
    const bool estimated = m_settings.dialect.openwsman()
            && request.header->child(nsWsman, "RequestTotalItemsCountEstimate");
    Answer answer = reply(request, enumerateResponse, writing,
                          estimated ? qint64(context->selection.objects.size()) : -1);
    answer.log.insert(QStringLiteral("items"), qint64(context->next));
    return answer;
}

Answer Service::pull(const Request &request)
{
    const Element *const body = request.content();
    const Element *const given = body ? body->child(nsEnumeration, "EnumerationContext") : nullptr;
    QString id = given ? given->trimmed() : QString();
    if (m_settings.dialect.windows() && id.startsWith(QLatin1String("uuid:")))
        id = id.mid(5);
    const auto context = m_contexts.value(id);
    if (!body || !context)
        return fault(&request, Trouble::InvalidContext);
    if (m_settings.dialect.windows()
        && (context->resourceUri.compare(request.resourceUri, Qt::CaseInsensitive) != 0 || context->to != request.to))
        return fault(&request, Trouble::PullNotAsEnumerate);
    if (m_settings.dialect.openwsman() && (context->resourceUri != request.resourceUri || context->to != request.to))
        return fault(&request, Trouble::InvalidContext);

    const size_t before = context->next;
    Writing writing(m_settings.dialect, context->dmtf);
    const size_t most = maxElements(*body, nsEnumeration);
    bool fits = writeItems(*context, most, limitOf(request), writing.enumeration(), writing);
    const bool all = context->next >= context->selection.objects.size();
    if (m_settings.dialect.openwsman() && !request.maxEnvelopeSize && !all && context->next - before < most
        && m_settings.trickle == 0)
        fits = false; // recordings 119-121: then the context is gone, too
    if (!fits) {
        m_contexts.remove(id);
        return fault(&request, Trouble::AnswerTooBig);
    }
    const bool done = isDone(*context, most, context->next - before);
    if (m_settings.dialect.windows() || done)
        m_contexts.remove(id);
    if (m_settings.dialect.windows() && !done) { // a new one each time
        id = QString::fromUtf8(nextId());
        m_contexts.insert(id, context);
    }
    const QByteArray written = writing.out;
    writing.out.clear();
    writing.open(writing.enumeration(), "PullResponse");
    if (!done || m_settings.dialect.omi()) {
        writing.open(writing.enumeration(), "EnumerationContext");
        writing.out += (m_settings.dialect.windows() ? "uuid:" : "") + id.toUtf8();
        writing.close(writing.enumeration(), "EnumerationContext");
    }
    writing.out += written;
    if (done)
        writeEnd(writing, writing.enumeration());
    writing.close(writing.enumeration(), "PullResponse");
    Answer answer = reply(request, pullResponse, writing);
    answer.log.insert(QStringLiteral("items"), qint64(context->next - before));
    answer.log.insert(QStringLiteral("context"), given->trimmed());
    return answer;
}

Answer Service::release(const Request &request)
{
    const Element *const body = request.content();
    const Element *const given = body ? body->child(nsEnumeration, "EnumerationContext") : nullptr;
    QString id = given ? given->trimmed() : QString();
    if (m_settings.dialect.windows() && id.startsWith(QLatin1String("uuid:")))
        id = id.mid(5);
    if (!m_contexts.remove(id) && !m_settings.dialect.omi())
        return fault(&request, Trouble::InvalidContext);
    Answer answer = reply(request, releaseResponse, Writing(m_settings.dialect, true));
    answer.log.insert(QStringLiteral("context"), given ? given->trimmed() : QString());
    return answer;
}

} // namespace peer
