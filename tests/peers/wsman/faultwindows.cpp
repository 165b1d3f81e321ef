// SPDX-License-Identifier: Apache-2.0
// After MS-WSMV 2.2.4.43 and its error list.
#include "tests/peers/wsman/faultwindows.h"

namespace peer {

namespace {

Fault windowsFault(const char *code, const char *subcode, quint32 number, const char *reason, const char *detail = "")
{
    Fault fault{500, code, subcode, reason, detail};
    fault.windowsCode = number;
    return fault;
}

Fault wmiError(int status, const char *subcode, const char *reason)
{
    Fault fault{500, status == 1 ? "Receiver" : "Sender", subcode, reason};
    fault.cimStatus = status;
    return fault;
}

} // namespace

Fault windowsFaultOf(Trouble trouble)
{
    switch (trouble) {
    case Trouble::InvalidContext:
        return windowsFault("Receiver", "wsen:InvalidEnumerationContext", 2150858779U,
                            "The supplied enumeration context is invalid. The enumeration may have been completed or "
                            "canceled, the system may have been rebooted, or the context may have expired.");
    case Trouble::UnknownClass:
        return wmiError(
                5, "wsa:DestinationUnreachable",
                "The WS-Management service cannot process the request. The class does not exist in the namespace.");
    case Trouble::UnknownNamespace:
        return wmiError(3, "wsa:DestinationUnreachable",
                        "The WS-Management service cannot process the request. The namespace does not exist.");
    case Trouble::NotFound:
        return windowsFault("Sender", "wsa:DestinationUnreachable", 2150858752U,
                            "The WS-Management service cannot process the request. The service cannot find the "
                            "resource identified by the resource URI and selectors.",
                            "InvalidResourceURI");
    case Trouble::BadResourceUri:
    case Trouble::NoResourceUri:
        return windowsFault("Sender", "wsa:DestinationUnreachable", 2150858811U,
                            "The WS-Management service cannot process the request because the resource URI is missing "
                            "or has an incorrect format.",
                            "InvalidResourceURI");
    case Trouble::AllClassesNeedFilter:
        return windowsFault("Sender", "wsman:InternalError", 2150859003U,
                            "The WS-Management service cannot process the request. The resource URI for an enumeration "
                            "without a filter must name a class.");
    case Trouble::MissingSelectors:
    case Trouble::NoSelectors:
        return windowsFault("Sender", "wsman:InvalidSelectors", 2150858842U,
                            "The WS-Management service cannot process the request. The request does not contain all "
                            "the selectors that the resource needs.",
                            "InsufficientSelectors");
    case Trouble::UnexpectedSelectors:
        return windowsFault("Sender", "wsman:InvalidSelectors", 2150858843U,
                            "The WS-Management service cannot process the request because the request contained "
                            "invalid selectors for the resource.",
                            "UnexpectedSelectors");
    case Trouble::UnknownAction:
    case Trouble::NoAction:
    case Trouble::CreateUnsupported:
        return windowsFault(
                "Sender", "wsa:ActionNotSupported", 2150858753U,
                "The WS-Management service cannot process the request because it contains an unsupported action.");
    case Trouble::EnvelopeTooSmall:
        return windowsFault("Sender", "wsman:EncodingLimit", 2150858878U,
                            "The WS-Management service cannot process the request. The MaxEnvelopeSize is too small.",
                            "MinimumEnvelopeLimit");
    case Trouble::AnswerTooBig:
        return windowsFault("Sender", "wsman:EncodingLimit", 2150858805U,
                            "The WS-Management service cannot process the request. The response that the service "
                            "computed exceeds the maximum envelope size in the request.",
                            "MaxEnvelopeSize");
    case Trouble::NotUnderstood:
        return {500,
                "MustUnderstand",
                {},
                "The WS-Management service cannot process a SOAP header in the request that is marked as "
                "mustUnderstand by the client."};
    case Trouble::Malformed:
    case Trouble::EmptyBody:
        return windowsFault("Sender", "wsman:SchemaValidationError", 2150858819U,
                            "The WS-Management service cannot process the request because the XML is invalid.");
    case Trouble::TimedOut:
        return windowsFault("Receiver", "wsman:TimedOut", 2150858793U,
                            "The WS-Management service cannot complete the operation within the time specified in "
                            "OperationTimeout.");
    case Trouble::BadTimeout:
        return windowsFault(
                "Sender", "wsa:InvalidMessageInformationHeader", 2150858881U,
                "The WS-Management service cannot process the request because the OperationTimeout is invalid.",
                "OperationTimeout");
    case Trouble::UnknownDialect:
        return windowsFault("Sender", "wsen:FilterDialectRequestedUnavailable", 2150858777U,
                            "The WS-Management service cannot process the request because it does not support the "
                            "requested filter dialect.");
    case Trouble::BadFilter:
        return windowsFault("Sender", "wsen:CannotProcessFilter", 2150858778U,
                            "The WS-Management service cannot process the request. The WQL query is invalid.");
    case Trouble::PutUnsupported:
    case Trouble::DeleteUnsupported:
    case Trouble::MethodUnsupported:
    case Trouble::PolymorphismUnsupported:
        return wmiError(7, "wsman:UnsupportedFeature", "Provider is not capable of the attempted operation");
    case Trouble::UnknownMethod:
        return wmiError(17, "wsa:ActionNotSupported", "Invalid method");
    case Trouble::HeaderRequired:
    case Trouble::NoTo:
        return windowsFault(
                "Sender", "wsa:MessageInformationHeaderRequired", 2150858769U,
                "The WS-Management service cannot process the request because a required header is missing.");
    case Trouble::AddressingMode:
        return windowsFault("Sender", "wsman:UnsupportedFeature", 2150858818U,
                            "The WS-Management service does not support the addressing mode.", "AddressingMode");
    case Trouble::LocaleMustUnderstand:
        return windowsFault("Sender", "wsman:UnsupportedFeature", 2150858818U,
                            "The WS-Management service does not support the Locale header as mandatory.", "Locale");
    case Trouble::NamespaceMismatch:
        return windowsFault("Sender", "wsman:InternalError", 2150859067U,
                            "The WS-Management service cannot process the request. The __cimnamespace selector differs "
                            "from the namespace of the resource URI.");
    case Trouble::NotADmtfClass:
        return windowsFault("Sender", "wsa:DestinationUnreachable", 2150859065U,
                            "The WS-Management service cannot process the request. The DMTF resource URI was used to "
                            "access a non-DMTF class.",
                            "InvalidResourceURI");
    case Trouble::PullNotAsEnumerate:
        return windowsFault("Sender", "wsman:InvalidParameter", 2150859181U,
                            "The WS-Management service cannot process the request. The parameters of the Pull differ "
                            "from those of the Enumerate.");
    case Trouble::InvalidParameter:
        return windowsFault("Sender", "wsman:InvalidParameter", 2150858838U,
                            "The parameter values are not valid for the operation.");
    case Trouble::AccessDenied:
        return windowsFault("Sender", "wsman:AccessDenied", 5U, "Access is denied.");
    case Trouble::QuotaLimit:
        return windowsFault("Receiver", "wsman:QuotaLimit", 2150859174U,
                            "The WS-Management service cannot process the request. The maximum number of concurrent "
                            "operations for this user has been exceeded.");
    case Trouble::Concurrency:
        return windowsFault("Receiver", "wsman:Concurrency", 2150858757U,
                            "The WS-Management service cannot process the request because of a concurrent operation.");
    case Trouble::Unavailable:
        return windowsFault("Receiver", "wsa:EndpointUnavailable", 2150858772U,
                            "The service is currently unavailable.");
    default:
        return windowsFault("Receiver", "wsman:InternalError", 2150858755U,
                            "The WS-Management service cannot process the request. The provider failed.");
    }
}

void writeWmiError(const Fault &fault, QByteArray &out)
{
    // Shaped after the capture in WinRb's wmi_error_v2.xml; the values are ours.
    const auto put = [&](const char *name, const QByteArray &value, const char *type) {
        out += QByteArray("<p:") + name + " xsi:type=\"cim:cim" + type + "\">" + value + "</p:" + name + '>';
    };
    out += "<p:MSFT_WmiError b:IsCIM_Error=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
           " xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\""
           " xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError\""
           " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xsi:type=\"p:MSFT_WmiError_Type\">";
    put("CIMStatusCode", QByteArray::number(fault.cimStatus), "UnsignedInt");
    out += "<p:CIMStatusCodeDescription xsi:nil=\"true\"/><p:ErrorSource xsi:nil=\"true\"/>";
    put("Message", escaped(fault.reason), "String");
    put("MessageID", "HRESULT 0x80041024", "String");
    put("OwningEntity", "", "String");
    put("PerceivedSeverity", "0", "UnsignedInt");
    put("ProbableCause", "0", "UnsignedInt");
    put("error_Category", "18", "UnsignedInt");
    put("error_Code", "2147749924", "UnsignedInt");
    put("error_Type", "HRESULT", "String");
    put("error_WindowsErrorMessage", escaped(fault.reason), "String");
    out += "</p:MSFT_WmiError>";
}

} // namespace peer
