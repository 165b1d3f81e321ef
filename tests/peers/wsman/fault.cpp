// SPDX-License-Identifier: Apache-2.0
// Which fault each server answers with: openwsman and OMI as recorded; Windows is in faultwindows.cpp.
#include "tests/peers/wsman/faultwindows.h"

#include <array>

namespace peer {

namespace {

constexpr char noRoute[] = "No route can be determined to reach the destination role defined by the WS-Addressing To.";
constexpr char badSelectors[] = "The Selectors for the resource are not valid.";
constexpr char badHeader[] = "A message information header is not valid and the message cannot be processed.";
constexpr char missingHeader[] = "A required header is missing.";
constexpr char noAction[] = "The action is not supported by the service.";
constexpr char encoding[] =
        "An internal encoding limit was exceeded in a request or would be violated if the message were processed.";
constexpr char notUnderstood[] =
        "The WS-Management service cannot process a SOAP header in the request that is marked as mustUnderstand by the"
        " client. This could be caused by the use of a version of the protocol which is not supported, or may be an"
        " incompatibility between the client and server implementations.";

Fault openwsman(Trouble trouble)
{
    switch (trouble) {
    case Trouble::InvalidContext:
        return {500, "Receiver", "wsen:InvalidEnumerationContext", "The supplied enumeration context is invalid."};
    case Trouble::UnknownClass:
        return {400, "Sender", "wsa:DestinationUnreachable", "Class not found", "InvalidResourceURI"};
    case Trouble::UnknownNamespace:
        return {400, "Sender", "wsa:DestinationUnreachable", "Invalid namespace"};
    case Trouble::NotFound:
    case Trouble::CreateUnsupported:
        return {400, "Sender", "wsa:DestinationUnreachable", noRoute, "InvalidResourceURI"};
    case Trouble::BadResourceUri:
    case Trouble::NoResourceUri:
        return {503, "Sender", "wsa:DestinationUnreachable", noRoute, "InvalidResourceURI"};
    case Trouble::AllClassesNeedFilter:
        return {400, "Sender", "wsa:DestinationUnreachable", "Class not found", "InvalidResourceURI"};
    case Trouble::NoTo:
        return {503, "Sender", "wsa:DestinationUnreachable", noRoute};
    case Trouble::MissingSelectors:
    case Trouble::NoSelectors:
        return {400, "Sender", "wsman:InvalidSelectors", badSelectors, "InsufficientSelectors"};
    case Trouble::UnexpectedSelectors:
        return {400, "Sender", "wsman:InvalidSelectors", badSelectors};
    case Trouble::UnknownAction:
        return {400, "Sender", "wsa:ActionNotSupported", noAction, "Unknown"};
    case Trouble::NoAction:
        return {501, "Sender", "wsa:ActionNotSupported", noAction};
    case Trouble::EnvelopeTooSmall:
        return {400, "Sender", "wsman:EncodingLimit", encoding, "MinimumEnvelopeLimit"};
    case Trouble::AnswerTooBig:
        return {400, "Sender", "wsman:EncodingLimit", encoding, "ServiceEnvelopeLimit"};
    case Trouble::NotUnderstood:
        return {200, "MustUnderstand", {}, notUnderstood};
    case Trouble::Malformed:
    case Trouble::EmptyBody: {
        Fault fault{400, "Sender", "wsa:InvalidMessageInformationHeader", badHeader};
        fault.bareHeader = true;
        return fault;
    }
    case Trouble::TimedOut:
        return {500, "Receiver", "wsman:TimedOut", "The operation has timed out."};
    case Trouble::BadTimeout:
        return {400, "Sender", "wsa:InvalidMessageInformationHeader", badHeader, "OperationTimeout"};
    case Trouble::UnknownDialect:
        return {400, "Sender", "wsen:FilterDialectRequestedUnavailable",
                "The requested filtering dialect is not supported."};
    case Trouble::BadFilter:
        return {400, "Sender", "wsen:CannotProcessFilter", "The requested filter could not be processed."};
    case Trouble::HeaderRequired:
        return {400, "Sender", "wsa:MessageInformationHeaderRequired", missingHeader};
    case Trouble::UnknownMethod:
        return {400, "Sender", "wsa:ActionNotSupported", "The specified extrinsic Method does not exist"};
    case Trouble::PutUnsupported:
    case Trouble::DeleteUnsupported:
    case Trouble::MethodUnsupported:
        return {400, "Sender", "wsa:ActionNotSupported", "The requested operation is not supported"};
    case Trouble::AccessDenied:
        return {401, "Sender", "wsman:AccessDenied", "The sender was not authorized to access the resource."};
    case Trouble::QuotaLimit:
        return {400, "Sender", "wsman:QuotaLimit", "The service is busy servicing other requests."};
    case Trouble::Concurrency:
        return {409, "Sender", "wsman:Concurrency",
                "The action could not be completed due to concurrency or locking problems."};
    case Trouble::Unavailable:
        return {503, "Receiver", "wsa:EndpointUnavailable", "The specified endpoint is currently unavailable."};
    case Trouble::InvalidParameter:
        return {400, "Sender", "wsman:InvalidParameter", "An operation parameter is not valid.", "MissingValues"};
    default:
        return {500, "Receiver", "wsman:InternalError",
                "The service cannot comply with the request due to internal processing errors."};
    }
}

Fault omiCim(int status, const char *subcode, const char *message, const char *prefix = "")
{
    Fault fault;
    fault.code = status == 1 || status == 12 ? "Receiver" : "Sender";
    fault.subcode = subcode;
    fault.reason = QByteArray(prefix) + message;
    fault.cimStatus = status;
    fault.cimMessage = message;
    return fault;
}

Fault omi(Trouble trouble)
{
    Fault fault;
    fault.code = "Receiver";
    fault.subcode = "wsman:InternalError";
    switch (trouble) {
    case Trouble::InvalidContext:
        return {500, "Sender", "wsa:DestinationUnreachable", "Enumeration context not found"};
    case Trouble::UnknownClass:
    case Trouble::BadResourceUri:
    case Trouble::AllClassesNeedFilter:
        return omiCim(5, "wsa:DestinationUnreachable", "The specified class does not exist.");
    case Trouble::UnknownNamespace:
        return omiCim(3, "wsa:DestinationUnreachable", "The target namespace does not exist.");
    case Trouble::NotFound:
        return omiCim(6, "wsa:DestinationUnreachable", "The requested object cannot be found.",
                      "CIM ERROR:NOT_FOUND: ");
    case Trouble::MissingSelectors:
    case Trouble::UnexpectedSelectors:
        return omiCim(12, "wsman:InternalError", "The specified property does not exist.");
    case Trouble::NoSelectors:
        fault.reason = "get-instance: instance name parameter is missing";
        return fault;
    case Trouble::NoResourceUri:
        fault.reason = "mandatory parameters (className, namespace) are missing for enumerate request";
        return fault;
    case Trouble::UnknownAction:
        fault.noRelatesTo = true;
        return fault;
    case Trouble::BadTimeout:
        return fault;
    case Trouble::NoAction:
    case Trouble::EmptyBody:
    case Trouble::UnknownDialect:
        fault.noBody = true;
        return fault;
    case Trouble::EnvelopeTooSmall:
    case Trouble::AnswerTooBig:
        return {500, "Sender", "wsman:EncodingLimit", encoding};
    case Trouble::NotUnderstood:
        return {500, "MustUnderstand", {}, "Header not understood"};
    case Trouble::Malformed:
        fault.reason = "Failed to parse XML. An element name was expected while decoding an element start tag.";
        fault.noRelatesTo = true;
        return fault;
    case Trouble::NotUtf8: {
        Fault limit{500, "Sender", "wsman:EncodingLimit", "only utf 8 is supported"};
        limit.noRelatesTo = true;
        return limit;
    }
    case Trouble::PolymorphismUnsupported:
        return omiCim(7, "wsman:UnsupportedFeature", "The requested operation is not supported.");
    case Trouble::PutUnsupported:
    case Trouble::CreateUnsupported:
    case Trouble::DeleteUnsupported:
    case Trouble::MethodUnsupported:
        return omiCim(7, "wsman:UnsupportedFeature", "The requested operation is not supported.",
                      "CIM ERROR:NOT_SUPPORTED: ");
    case Trouble::UnknownMethod:
        return omiCim(1, "wsman:InternalError", "A general error occurred, not covered by a more specific error code.");
    case Trouble::AccessDenied:
        return omiCim(2, "wsman:AccessDenied", "Access was denied by the resource.", "CIM ERROR:ACCESS_DENIED: ");
    case Trouble::QuotaLimit:
        return {500, "Sender", "wsman:QuotaLimit", "The service is busy servicing other requests."};
    case Trouble::TimedOut:
        return {500, "Receiver", "wsman:TimedOut", "The operation has timed out."};
    case Trouble::Unavailable:
        return {503, "Receiver", "wsa:EndpointUnavailable", "The specified endpoint is currently unavailable."};
    case Trouble::InvalidParameter:
        return omiCim(4, "wsman:InvalidParameter", "One or more parameter values passed to the method were invalid.");
    default:
        fault.reason = "An internal error occurred.";
        return fault;
    }
}

int omiCategory(int status)
{
    switch (status) {
    case 6:
        return 13;
    case 7:
        return 11;
    case 1:
        return 0;
    default:
        return 10;
    }
}

void omiError(const Fault &fault, QByteArray &out)
{
    const QByteArray message = escaped(fault.cimMessage.isEmpty() ? fault.reason : fault.cimMessage);
    const auto put = [&](const char *name, const QByteArray &value, const char *type) {
        out += QByteArray("<p:") + name + " xsi:type=\"cim:cim" + type + "\">" + value + "</p:" + name + '>';
    };
    const auto nil = [&](std::initializer_list<const char *> names) {
        for (const char *const name : names)
            out += QByteArray("<p:") + name + " xsi:nil=\"true\"/>";
    };
    out += "<p:OMI_Error wsmb:IsCIM_Error=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
           " xmlns:wsmb=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
           " xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/OMI_Error\""
           " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\">";
    nil({"ErrorType", "OtherErrorType"});
    put("OwningEntity", "OMI:CIMOM", "String");
    put("MessageID", "OMI:MI_Result:" + QByteArray::number(fault.cimStatus), "String");
    put("Message", message, "String");
    put("PerceivedSeverity", "7", "UnsignedInt");
    put("ProbableCause", "0", "UnsignedInt");
    put("ProbableCauseDescription", "Unknown", "String");
    nil({"RecommendedActions", "ErrorSource", "ErrorSourceFormat", "OtherErrorSourceFormat"});
    put("CIMStatusCode", QByteArray::number(fault.cimStatus), "UnsignedInt");
    nil({"CIMStatusCodeDescription"});
    put("OMI_Code", QByteArray::number(fault.cimStatus), "UnsignedInt");
    put("OMI_Category", QByteArray::number(omiCategory(fault.cimStatus)), "UnsignedInt");
    put("OMI_Type", "MI", "String");
    put("OMI_ErrorMessage", message, "String");
    out += "</p:OMI_Error>";
}

constexpr std::array<std::pair<const char *, Trouble>, 12> named{{
        {"AccessDenied", Trouble::AccessDenied},
        {"QuotaLimit", Trouble::QuotaLimit},
        {"Concurrency", Trouble::Concurrency},
        {"Unavailable", Trouble::Unavailable},
        {"InternalError", Trouble::InternalError},
        {"TimedOut", Trouble::TimedOut},
        {"InvalidContext", Trouble::InvalidContext},
        {"NotFound", Trouble::NotFound},
        {"UnknownClass", Trouble::UnknownClass},
        {"MethodUnsupported", Trouble::MethodUnsupported},
        {"AnswerTooBig", Trouble::AnswerTooBig},
        {"BadFilter", Trouble::BadFilter},
}};

} // namespace

Fault faultOf(const Dialect &dialect, Trouble trouble)
{
    switch (dialect.as) {
    case As::Windows:
        return windowsFaultOf(trouble);
    case As::Openwsman:
        return openwsman(trouble);
    case As::Omi:
        return omi(trouble);
    }
    Q_UNREACHABLE();
}

std::optional<Trouble> troubleOf(const QByteArray &name)
{
    for (const auto &[text, trouble] : named) {
        if (name == text)
            return trouble;
    }
    return {};
}

QByteArray faultAction(const Fault &fault)
{
    if (fault.subcode.startsWith("wsen:"))
        return "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault";
    if (fault.subcode.startsWith("wsman:"))
        return "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
    return "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
}

void writeFault(const Dialect &dialect, const Fault &fault, Writing &writing)
{
    const QByteArray s = dialect.omi() ? "SOAP-ENV" : "s";
    QByteArray subcode = fault.subcode;
    if (dialect.windows())
        subcode.replace("wsman:", "w:").replace("wsa:", "a:").replace("wsen:", "n:");
    QByteArray &out = writing.out;
    out += '<' + s + ":Fault><" + s + ":Code><" + s + ":Value>" + s + ':' + fault.code + "</" + s + ":Value>";
    if (!subcode.isEmpty())
        out += '<' + s + ":Subcode><" + s + ":Value>" + subcode + "</" + s + ":Value></" + s + ":Subcode>";
    out += "</" + s + ":Code><" + s + ":Reason><" + s + ":Text xml:lang=\"" + (dialect.openwsman() ? "en" : "en-US")
            + "\">" + escaped(fault.reason) + "</" + s + ":Text></" + s + ":Reason>";
    QByteArray detail;
    if (!fault.detail.isEmpty()) {
        const QByteArray w = writing.wsman();
        detail += '<' + w + ":FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/" + fault.detail + "</"
                + w + ":FaultDetail>";
    }
    if (dialect.omi() && fault.cimStatus)
        omiError(fault, detail);
    if (dialect.windows() && fault.cimStatus)
        writeWmiError(fault, detail);
    if (dialect.windows() && fault.windowsCode)
        detail += "<f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" Code=\""
                + QByteArray::number(fault.windowsCode) + "\" Machine=\"peer\"><f:Message>" + escaped(fault.reason)
                + "</f:Message></f:WSManFault>";
    if (!detail.isEmpty())
        out += '<' + s + ":Detail>" + detail + "</" + s + ":Detail>";
    out += "</" + s + ":Fault>";
}

} // namespace peer
