// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/service.h"

#include <QSqlError>
#include <QSqlQuery>
#include <QStringEncoder>
#include <QUuid>

namespace peer {

namespace {

constexpr char transfer[] = "http://schemas.xmlsoap.org/ws/2004/09/transfer/";
constexpr char enumeration[] = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/";

bool isUtf16(const QByteArray &message)
{
    return message.startsWith("\xff\xfe") || message.startsWith("\xfe\xff") || message.startsWith(QByteArray("<\0", 2))
            || message.startsWith(QByteArray("\0<", 2));
}

/// openwsman answers in the encoding of the request (recording 104).
QByteArray asUtf16(QByteArray body)
{
    body.replace("encoding=\"UTF-8\"", "encoding=\"UTF-16\"");
    QStringEncoder encoder(QStringEncoder::Utf16LE, QStringConverter::Flag::WriteBom);
    QByteArray result = encoder(QString::fromUtf8(body));
    return result;
}

QString operationOfAction(const QString &action)
{
    static const QStringList standard{QStringLiteral("Get"),    QStringLiteral("Put"),       QStringLiteral("Create"),
                                      QStringLiteral("Delete"), QStringLiteral("Enumerate"), QStringLiteral("Pull"),
                                      QStringLiteral("Release")};
    for (const char *const prefix : {transfer, enumeration}) {
        if (action.startsWith(QLatin1String(prefix)) && standard.contains(action.mid(qsizetype(qstrlen(prefix)))))
            return action.mid(qsizetype(qstrlen(prefix)));
    }
    return {};
}

} // namespace

Service::Service(Settings settings)
    : m_settings(std::move(settings))
    , m_database(QSqlDatabase::addDatabase(QStringLiteral("QSQLITE"), QStringLiteral("peer")))
    , m_idSeed(QUuid::createUuid().toByteArray(QUuid::WithoutBraces).left(18))
{
    m_database.setDatabaseName(m_settings.workbook);
    m_database.setConnectOptions(QStringLiteral("QSQLITE_BUSY_TIMEOUT=5000"));
}

Service::~Service()
{
    m_provider.reset();
    m_contexts.clear();
    m_database.close();
    m_database = {};
    QSqlDatabase::removeDatabase(QStringLiteral("peer"));
}

QString Service::check()
{
    if (!m_database.open())
        return m_database.lastError().text();
    QSqlQuery(m_database).exec(QStringLiteral("PRAGMA foreign_keys = ON"));
    QString error;
    const auto inventory = readInventory(m_database, m_settings.server, m_settings.naming.numbered, &error);
    return inventory ? QString() : error;
}

std::shared_ptr<const Provider> Service::provider()
{
    QSqlQuery query(m_database);
    if (!query.exec(QStringLiteral("PRAGMA data_version")) || !query.next())
        return m_provider;
    const qint64 version = query.value(0).toLongLong();
    query.finish();
    if (!m_provider || version != m_dataVersion) {
        QString error;
        if (auto inventory = readInventory(m_database, m_settings.server, m_settings.naming.numbered, &error)) {
            Naming naming = m_settings.naming; // the file may be another one each time
            naming.native = naming.native || (naming.windows && inventory->dialect == "windows-native");
            m_provider = std::make_shared<const Provider>(m_classes, std::move(inventory), naming);
            m_dataVersion = version;
        }
    }
    return m_provider;
}

QByteArray Service::nextId()
{
    const QByteArray id = m_idSeed + "-8000-" + QByteArray::number(++m_ids, 16).rightJustified(12, '0');
    return m_settings.dialect.openwsman() ? id.toLower() : id.toUpper();
}

QString Service::operationOf(const QByteArray &message)
{
    const auto request = readRequest(message);
    if (!request)
        return QStringLiteral("Malformed");
    if (request->isIdentify())
        return QStringLiteral("Identify");
    QString standard = operationOfAction(request->action);
    if (!standard.isEmpty())
        return standard;
    if (!request->resourceUri.isEmpty() && request->action.startsWith(request->resourceUri, Qt::CaseInsensitive))
        return QStringLiteral("Invoke:") + request->action.section(QLatin1Char('/'), -1);
    return QStringLiteral("Unknown");
}

Answer Service::handle(const QByteArray &message)
{
    if (message.isEmpty())
        return fault(nullptr, Trouble::EmptyBody);
    const bool wide = isUtf16(message);
    if (wide && m_settings.dialect.omi())
        return fault(nullptr, Trouble::NotUtf8);
    const auto request = readRequest(message);
    if (!request)
        return fault(nullptr, Trouble::Malformed);
    Answer answer = dispatch(*request);
    answer.log.insert(QStringLiteral("op"), operationOf(message));
    answer.log.insert(QStringLiteral("uri"), request->resourceUri);
    answer.log.insert(QStringLiteral("id"), request->messageId);
    answer.log.insert(QStringLiteral("headers"), request->headerNames.join(QLatin1Char(' ')));
    if (wide)
        answer.body = asUtf16(answer.body);
    return answer;
}

Answer Service::refuse(const QByteArray &message, Trouble trouble)
{
    const auto request = readRequest(message);
    Answer answer = fault(request ? &*request : nullptr, trouble);
    answer.log.insert(QStringLiteral("op"), operationOf(message));
    answer.log.insert(QStringLiteral("refused"), true);
    return answer;
}

Answer Service::dispatch(const Request &request)
{
    if (request.isIdentify())
        return identify();
    QByteArray offender;
    if (const auto trouble = judgeHeaders(m_settings.dialect, request, &offender))
        return fault(&request, *trouble, offender);
    const QString operation = operationOfAction(request.action);
    const QString &action = request.action;
    if (operation == QLatin1String("Enumerate"))
        return enumerate(request);
    if (operation == QLatin1String("Pull"))
        return pull(request);
    if (operation == QLatin1String("Release"))
        return release(request);
    if (operation == QLatin1String("Get"))
        return get(request);
    if (operation == QLatin1String("Delete"))
        return remove(request);
    if (operation == QLatin1String("Put"))
        return put(request);
    if (operation == QLatin1String("Create"))
        return fault(&request, Trouble::CreateUnsupported);
    if (!request.resourceUri.isEmpty()
        && action.startsWith(request.resourceUri + QLatin1Char('/'), Qt::CaseInsensitive))
        return invoke(request);
    return fault(&request, Trouble::UnknownAction);
}

Answer Service::fault(const Request *request, Trouble trouble, const QByteArray &notUnderstood)
{
    Fault shape = faultOf(m_settings.dialect, trouble);
    shape.notUnderstood = notUnderstood;
    Answer answer;
    answer.status = shape.status;
    answer.log.insert(QStringLiteral("fault"), QString::fromUtf8(shape.subcode.isEmpty() ? shape.code : shape.subcode));
    if (shape.noBody)
        return answer;
    Writing writing(m_settings.dialect, true);
    writeFault(m_settings.dialect, shape, writing);
    answer.body = envelope(faultAction(shape), request ? request->messageId : QString(), writing, &shape);
    return answer;
}

Answer Service::reply(const Request &request, const QByteArray &action, const Writing &writing, qint64 estimate)
{
    return {200, envelope(action, request.messageId, writing, nullptr, estimate), {}};
}

QByteArray Service::openEnvelope(const Writing &writing, bool estimated) const
{
    const auto declare = [](const QByteArray &prefix, const char *uri) {
        return " xmlns:" + prefix + "=\"" + uri + '"';
    };
    switch (m_settings.dialect.as) {
    case As::Windows:
        return "<s:Envelope xml:lang=\"en-US\"" + declare("s", nsSoap) + declare("a", nsAddressing)
                + declare("x", nsTransfer) + declare("n", nsEnumeration) + declare("w", nsWsman)
                + declare("p", nsMicrosoft) + '>';
    case As::Omi:
        return "<SOAP-ENV:Envelope" + declare("SOAP-ENV", nsSoap) + declare("wsa", nsAddressing)
                + declare("wsen", nsEnumeration) + declare("e", "http://schemas.xmlsoap.org/ws/2004/08/eventing")
                + declare("xsi", nsSchemaInstance) + declare("wsmb", nsBinding) + declare("wsman", nsWsman)
                + declare("wxf", nsTransfer) + declare("cim", nsCim) + declare("msftwinrm", nsMicrosoft)
                + declare("wsmid", nsIdentity) + '>';
    case As::Openwsman:
        break;
    }
    QByteArray open = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:Envelope" + declare("s", nsSoap)
            + declare("wsa", nsAddressing);
    if (writing.out.contains("wsen:"))
        open += declare("wsen", nsEnumeration);
    if (writing.out.contains("wsman:") || estimated)
        open += declare("wsman", nsWsman);
    for (const auto &[prefix, uri] : writing.prefixes())
        open += declare(prefix, uri.constData());
    if (writing.out.contains("xsi:nil"))
        open += declare("xsi", nsSchemaInstance);
    return open + '>';
}

QByteArray Service::envelope(const QByteArray &action, const QString &relatesTo, const Writing &writing,
                             const Fault *fault, qint64 estimate) const
{
    const Dialect &dialect = m_settings.dialect;
    const QByteArray s = dialect.omi() ? "SOAP-ENV" : "s";
    const QByteArray a = dialect.windows() ? "a" : "wsa";
    const auto header = [&a](const char *name, const QByteArray &value) {
        return '<' + a + ':' + name + '>' + escaped(value) + "</" + a + ':' + name + '>';
    };
    const QByteArray to = header("To", anonymous);
    const QByteArray act = header("Action", action);
    const QByteArray id = header("MessageID", "uuid:" + const_cast<Service *>(this)->nextId());
    const bool relates = !relatesTo.isEmpty() && !(fault && fault->noRelatesTo);
    const QByteArray related = relates ? header("RelatesTo", relatesTo.toUtf8()) : QByteArray();
    QByteArray headers;
    if (fault && fault->bareHeader)
        headers = id;
    else if (dialect.openwsman())
        headers = to + act + related
                + (estimate < 0 ? QByteArray()
                                : "<wsman:TotalItemsCountEstimate>" + QByteArray::number(estimate)
                                   + "</wsman:TotalItemsCountEstimate>")
                + id;
    else if (dialect.omi())
        headers = to + act + id + related;
    else
        headers = act + id + to + related;
    QByteArray open = openEnvelope(writing, estimate >= 0);
    if (fault && !fault->notUnderstood.isEmpty()) {
        headers += '<' + s + ":NotUnderstood qname=\"" + fault->notUnderstood + "\"/>";
        if (dialect.openwsman())
            open.replace(open.size() - 1, 1, " xmlns:n1=\"urn:not-understood\">");
    }
    const QByteArray body = writing.out.isEmpty() ? '<' + s + ":Body/>"
                                                  : '<' + s + ":Body>" + writing.out + "</" + s + ":Body>";
    return open + '<' + s + ":Header>" + headers + "</" + s + ":Header>" + body + "</" + s + ":Envelope>"
            + (dialect.openwsman() ? "\n" : "");
}

Answer Service::identify() const
{
    constexpr char version[] =
            "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>";
    constexpr char open[] = "Envelope xmlns:%s=\"http://www.w3.org/2003/05/soap-envelope\""
                            " xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">";
    QByteArray begin(open);
    switch (m_settings.dialect.as) {
    case As::Windows:
        return {200,
                "<s:" + begin.replace("%s", "s").replace("Envelope ", "Envelope xml:lang=\"en-US\" ")
                        + "<s:Header/><s:Body><wsmid:IdentifyResponse>" + version
                        + "<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor><wsmid:ProductVersion>OS: "
                          "10.0.20348"
                          " SP: 0.0 Stack: "
                          "3.0</wsmid:ProductVersion><wsmid:SecurityProfiles><wsmid:SecurityProfileName>"
                          "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/spnego-kerberos"
                          "</wsmid:SecurityProfileName></wsmid:SecurityProfiles></wsmid:IdentifyResponse></s:Body></"
                          "s:Envelope>",
                {}};
    case As::Openwsman:
        return {200,
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<s:" + begin.replace("%s", "s")
                        + "<s:Header/><s:Body><wsmid:IdentifyResponse>" + version
                        + "<wsmid:ProductVendor>Openwsman Project</wsmid:ProductVendor><wsmid:ProductVersion>2.8"
                          "</wsmid:ProductVersion></wsmid:IdentifyResponse></s:Body></s:Envelope>\n",
                {}};
    case As::Omi:
        break;
    }
    return {200,
            "<soap:" + begin.replace("%s", "soap") + "\n<soap:Header/>\n<soap:Body>\n<soap:IdentifyResponse>\n"
                    + version
                    + "\n<wsmid:ProductVendor>Open Management Infrastructure</wsmid:ProductVendor>\n"
                      "<wsmid:ProductVersion>1.0.8-6</wsmid:ProductVersion>\n<wsmid:SecurityProfiles>\n"
                      "<wsmid:SecurityProfileName>http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/basic"
                      "</wsmid:SecurityProfileName>\n</wsmid:SecurityProfiles>\n<wsmb:Capability_FaultIncludesCIMError"
                      " xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xml\"/>\n</"
                      "soap:IdentifyResponse>\n"
                      "</soap:Body>\n</soap:Envelope>\n",
            {}};
}

} // namespace peer
