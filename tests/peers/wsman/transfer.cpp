// SPDX-License-Identifier: Apache-2.0
// Get, Delete, Put and Invoke of the service.
#include "tests/peers/wsman/service.h"

namespace peer {

namespace {

constexpr char getResponse[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";
constexpr char putResponse[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer/PutResponse";
constexpr char deleteResponse[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer/DeleteResponse";

constexpr qint64 null = 0; // as Rules takes references
constexpr qint64 nonExistent = -1;

const Element *parameter(const Element &input, const char *name)
{
    for (const auto &child : input.children) {
        if (child->name.compare(QLatin1String(name), Qt::CaseInsensitive) == 0)
            return child.get();
    }
    return nullptr;
}

bool isNil(const Element &element)
{
    const QString nil = element.attribute("nil");
    return nil == QLatin1String("true") || nil == QLatin1String("1");
}

QString textParameter(const Element &input, const char *name)
{
    const Element *const found = parameter(input, name);
    return found && !isNil(*found) ? found->text : QString();
}

} // namespace

tl::expected<Object, Trouble> Service::locate(const Request &request, const Provider &provider, Resource *found,
                                              bool classAlone) const
{
    const auto resource = readResource(m_settings.dialect, request.resourceUri, request.selectors);
    if (!resource)
        return tl::unexpected(resource.error());
    *found = *resource;
    if (!provider.has(resource->space))
        return tl::unexpected(Trouble::UnknownNamespace);
    const CimClass *const type = provider.classOf(resource->className, resource->space);
    if (!type)
        return tl::unexpected(Trouble::UnknownClass);
    if (m_settings.dialect.openwsman() && type->name != resource->className)
        return tl::unexpected(Trouble::NotFound);
    if (classAlone)
        return Object{Kind::System, 0};
    const auto path = readPath(m_settings.dialect, provider, type, resource->space, request.selectors);
    if (!path)
        return tl::unexpected(path.error());
    const qsizetype given = qsizetype(path->keys.size()) + qsizetype(path->ends.size());
    for (const auto &[name, value] : path->keys) {
        if (type->indexOf(name) < 0 || !type->keys.contains(type->properties[size_t(type->indexOf(name))].name))
            return tl::unexpected(given < type->keys.size() ? Trouble::MissingSelectors : Trouble::UnexpectedSelectors);
    }
    if (given == 0 && !type->keys.isEmpty())
        return tl::unexpected(Trouble::NoSelectors);
    if (given != type->keys.size())
        return tl::unexpected(given < type->keys.size() ? Trouble::MissingSelectors : Trouble::UnexpectedSelectors);
    const auto object = provider.find(*path);
    if (!object)
        return tl::unexpected(Trouble::NotFound);
    return *object;
}

Answer Service::get(const Request &request)
{
    const auto current = provider();
    Resource resource;
    const auto object = locate(request, *current, &resource);
    if (!object)
        return fault(&request, object.error());
    Writing writing(m_settings.dialect, resource.dmtf);
    Instance instance = current->instance(*object);
    if (m_settings.dialect.openwsman()) {
        // Its references then carry the URI of the association, not of the end (recording 66).
        for (Value &value : instance.values) {
            if (value.form == Value::Form::Reference)
                value.path.type = instance.type;
        }
    }
    writing.instance(instance, instance.type, resource.space);
    return reply(request, getResponse, writing);
}

Answer Service::remove(const Request &request)
{
    const auto current = provider();
    Resource resource;
    const auto object = locate(request, *current, &resource);
    if (!object)
        return fault(&request, object.error());
    if (object->kind != Kind::Binding)
        return fault(&request, Trouble::DeleteUnsupported);
    const Inventory &all = current->inventory();
    const Inventory::Pair binding = all.bindings[object->row];
    Rules rules(m_database, all.server);
    const quint16 status = rules.unbind(all.endpoints[size_t(binding.from)].id, all.portals[size_t(binding.to)].id);
    m_provider.reset();
    if (status != 0)
        return fault(&request,
                     status == 6 ? Trouble::NotFound
                                 : (status == 7 ? Trouble::DeleteUnsupported : Trouble::InternalError));
    Answer answer = reply(request, deleteResponse, Writing(m_settings.dialect, resource.dmtf));
    answer.log.insert(QStringLiteral("changed"), rules.changed());
    return answer;
}

Answer Service::put(const Request &request)
{
    const auto current = provider();
    Resource resource;
    const auto object = locate(request, *current, &resource);
    if (!object)
        return fault(&request, object.error());
    const Element *const instance = request.content();
    if (object->kind != Kind::WtPortal || !instance)
        return fault(&request, Trouble::PutUnsupported);
    const Inventory &all = current->inventory();
    const Instance old = current->instance(*object);
    const auto changedOr = [&](const char *name) {
        const Element *const given = parameter(*instance, name);
        if (given && !isNil(*given))
            return given->trimmed();
        for (const Value &value : old.values) {
            if (value.property == name)
                return QString::fromUtf8(value.text);
        }
        return QString();
    };
    bool isNumber = false;
    const int port = changedOr("Port").toInt(&isNumber);
    const QString listen = changedOr("Listen").toLower();
    if (!isNumber || port < 1 || port > 65535 || (listen != QLatin1String("true") && listen != QLatin1String("false")))
        return fault(&request, Trouble::InvalidParameter);
    const auto portal = std::find_if(all.portals.begin(), all.portals.end(), [&](const Inventory::Portal &each) {
        return each.tcp && each.ip == current->nameOf(*object);
    });
    Rules rules(m_database, all.server);
    const quint16 status = rules.listen(portal->id, listen == QLatin1String("true"), port);
    m_provider.reset();
    if (status != 0)
        return fault(&request, Trouble::InternalError);
    const auto after = provider();
    Writing writing(m_settings.dialect, resource.dmtf);
    const Instance now = after->instance(*object);
    writing.instance(now, now.type, resource.space);
    Answer answer = reply(request, putResponse, writing);
    answer.log.insert(QStringLiteral("changed"), rules.changed());
    return answer;
}

/// The row behind a REF parameter of that kind; a portal may be an address as well.
qint64 Service::rowOf(const Provider &provider, const Element *reference, Kind kind) const
{
    if (!reference || isNil(*reference))
        return null;
    const auto path = readReference(m_settings.dialect, provider, reference);
    if (!path) // also when it is wrapped into an EndpointReference (recording 79)
        return null;
    const auto object = path->type ? provider.find(*path) : std::nullopt;
    if (!object)
        return nonExistent;
    const Inventory &all = provider.inventory();
    if (kind == Kind::TcpEndpoint && object->kind == Kind::IpEndpoint) {
        for (const Inventory::Portal &portal : all.portals) {
            if (!portal.tcp && portal.ip == all.addresses[object->row])
                return portal.id;
        }
        return null; // an address that the workbook does not offer to initiators
    }
    if (object->kind != kind)
        return null;
    switch (kind) {
    case Kind::TcpEndpoint:
        return provider.portalId(object->row);
    case Kind::IscsiEndpoint:
        return all.endpoints[object->row].id;
    case Kind::Controller:
        return all.nodes[object->row].id;
    default:
        return null;
    }
}

quint16 Service::call(const Provider &provider, Object object, const QByteArray &method, const Element &input,
                      QByteArray *out, std::optional<Path> *made)
{
    const auto row = [&](const char *name, Kind kind) { return rowOf(provider, parameter(input, name), kind); };
    Rules rules(m_database, provider.inventory().server);
    rules.setRebindCode(m_settings.rebindCode);
    qint64 id = 0;
    quint16 code = 0;
    if (object.kind == Kind::IscsiEndpoint) { // RequestStateChange is all that an endpoint can do
        code = rules.setEnabled(provider.inventory().endpoints[object.row].id,
                                textParameter(input, "RequestedState").toInt());
    } else if (method == "BindiSCSIProtocolEndPoint") {
        code = rules.bind(row("iSCSIPort", Kind::IscsiEndpoint), row("NetworkPortal", Kind::TcpEndpoint));
    } else if (method == "CreateiSCSIProtocolEndpoint") {
        Rules::NewEndpoint wanted;
        wanted.node = row("iSCSINode", Kind::Controller);
        wanted.role = textParameter(input, "Role").toInt();
        wanted.identifier = textParameter(input, "Identifier");
        for (const auto &child : input.children) {
            if (child->name.compare(QLatin1String("NetworkPortals"), Qt::CaseInsensitive) == 0)
                wanted.portals.append(rowOf(provider, child.get(), Kind::TcpEndpoint));
        }
        code = rules.createEndpoint(wanted, &id);
        *out = "iSCSIPort";
    } else if (method == "DeleteiSCSIProtocolEndpoint") {
        code = rules.deleteEndpoint(row("iSCSIPort", Kind::IscsiEndpoint));
    } else if (method == "CreateiSCSINode") {
        code = rules.createNode(textParameter(input, "Alias"), &id);
        *out = "iSCSINode";
    } else {
        code = rules.deleteNode(row("iSCSINode", Kind::Controller));
    }
    m_provider.reset();
    if (id == 0 || code != 0)
        return code;
    const auto after = this->provider();
    const Inventory &all = after->inventory();
    const Kind kind = *out == "iSCSIPort" ? Kind::IscsiEndpoint : Kind::Controller;
    for (quint32 i = 0; i < after->count(kind); ++i) {
        if ((kind == Kind::Controller ? all.nodes[i].id : all.endpoints[i].id) == id)
            *made = after->path({kind, i});
    }
    return code;
}

Answer Service::invoke(const Request &request)
{
    static const QList<QByteArray> played{"BindiSCSIProtocolEndPoint", "CreateiSCSIProtocolEndpoint",
                                          "DeleteiSCSIProtocolEndpoint", "CreateiSCSINode", "DeleteiSCSINode"};
    const auto current = provider();
    Resource resource;
    const auto object = locate(request, *current, &resource);
    if (!object)
        return fault(&request, object.error());
    const CimClass &type = *current->classOf(object->kind);
    QByteArray method = request.action.section(QLatin1Char('/'), -1).toUtf8();
    const auto known = std::find_if(type.methods.begin(), type.methods.end(), [&](const QByteArray &each) {
        return each.compare(method, Qt::CaseInsensitive) == 0;
    });
    if (known == type.methods.end())
        return fault(&request, Trouble::UnknownMethod);
    // openwsman's wrapper repeats the method as it was asked for, OMI's is called as the class declares it (recording
    // 78).
    const QByteArray asked = m_settings.dialect.omi() ? *known : method;
    method = *known;
    const Element *const input = request.content();
    if (!input)
        return fault(&request, Trouble::InvalidParameter);
    const bool has = (played.contains(method) || object->kind == Kind::IscsiEndpoint)
            && (m_settings.methods.isEmpty() || m_settings.methods.contains(QString::fromUtf8(method)));
    quint16 code = 1; // not supported
    QByteArray out;
    std::optional<Path> made;
    if (has)
        code = call(*current, *object, method, *input, &out, &made);
    else if (m_settings.dialect.omi())
        return fault(&request, Trouble::MethodUnsupported);
    Writing writing(m_settings.dialect, resource.dmtf);
    writing.methodResult(type, resource.space, asked, code, out, made);
    const QByteArray action = request.action.toUtf8() + (m_settings.dialect.omi() ? "" : "Response");
    Answer answer = reply(request, action, writing);
    answer.log.insert(QStringLiteral("method"), QString::fromUtf8(method));
    answer.log.insert(QStringLiteral("code"), code);
    return answer;
}

} // namespace peer
