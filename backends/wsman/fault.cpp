// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/fault.h"

#include "backends/wsman/httperror.h"
#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <algorithm>
#include <sstream>

namespace portalbind::wsman {
namespace {

/// A QName in text: its prefix is often unbound, so the local part has to do.
QString afterColon(std::string_view qname)
{
    qname = trimmedXml(qname);
    const size_t colon = qname.rfind(':');
    return qt(colon == std::string_view::npos ? qname : qname.substr(colon + 1));
}

void readCimError(pugi::xml_node error, Fault *fault)
{
    for (pugi::xml_node p = firstElement(error); p; p = nextElement(p)) {
        const std::string_view name = localName(p);
        const QString text = qt(trimmedXml(textOf(p)));
        bool good = false;
        if (sameCimName(name, "CIMStatusCode")) {
            const int status = text.toInt(&good);
            if (good && !fault->cimStatus)
                fault->cimStatus = status;
        } else if (sameCimName(name, "Message")
                   || (sameCimName(name, "OMI_ErrorMessage") && fault->message.isEmpty())) {
            if (!text.isEmpty())
                fault->message = text;
        } else if (sameCimName(name, "MessageID")) {
            // `HRESULT 0x803381a5`
            const quint32 code = text.section(QLatin1String("0x"), 1, 1).toUInt(&good, 16);
            if (good)
                fault->codes.push_back(code);
        }
    }
}

/// Detail is a tree that every server fills in its own way: what is known is picked out wherever it stands.
struct DetailReader : pugi::xml_tree_walker
{
    explicit DetailReader(Fault *to)
        : fault(to)
    {
    }
    bool for_each(pugi::xml_node &node) override
    {
        if (node.type() != pugi::node_element)
            return true;
        const std::string_view name = localName(node);
        if (name == "WSManFault") {
            bool good = false;
            const quint32 code = QString::fromLatin1(node.attribute("Code").value()).toUInt(&good);
            if (good)
                fault->codes.push_back(code);
        } else if (name == "Message" && namespaceOf(node) == names::microsoftFault) {
            const QString text = qt(trimmedXml(textOf(node)));
            if (!text.isEmpty())
                fault->message = text; // the innermost knows most
        } else if (name == "MSFT_WmiError" || name == "OMI_Error" || name == "CIM_Error") {
            readCimError(node, fault);
        } else if (name == "__ExtendedStatus") {
            readStatus(node);
        }
        return true;
    }
    void readStatus(pugi::xml_node status) const
    {
        for (pugi::xml_node p = firstElement(status); p; p = nextElement(p)) {
            bool good = false;
            const QString text = qt(trimmedXml(textOf(p)));
            if (sameCimName(localName(p), "Description") && !text.isEmpty())
                fault->message = text;
            else if (const quint32 code = text.toUInt(&good); sameCimName(localName(p), "StatusCode") && good)
                fault->codes.push_back(code);
        }
    }
    Fault *fault;
};

std::optional<Trouble> ofCimStatus(int status)
{
    switch (status) {
    case 2:
        return Trouble::AccessDenied;
    case 3: // invalid namespace
    case 5: // invalid class
    case 6:
        return Trouble::NotFound;
    case 7:
    case 16: // method not available
    case 17: // method not found
        return Trouble::NotSupported;
    case 11:
        return Trouble::AlreadyExists;
    case 14: // query language not supported
    case 15: // invalid query
        return Trouble::NoFilter;
    case 21: // invalid enumeration context (DSP0200)
        return Trouble::BadContext;
    case 22: // invalid operation timeout
        return Trouble::Rejected;
    case 27: // server limits exceeded
        return Trouble::Quota;
    case 28: // server is shutting down
        return Trouble::Busy;
    default:
        return {};
    }
}

struct KnownCode
{
    quint32 first, last;
    Trouble trouble;
};

// [MS-WSMV] and winerror.h: 0x8033xxxx is WinRM, 0x8004xxxx WMI.
constexpr KnownCode knownCodes[] = {
        {5, 5, Trouble::AccessDenied},
        {0x80070005, 0x80070005, Trouble::AccessDenied},
        {0x80041003, 0x80041003, Trouble::AccessDenied},
        {2150859013, 2150859014, Trouble::AccessDenied},
        {0x80041002, 0x80041002, Trouble::NotFound},
        {0x8004100e, 0x8004100e, Trouble::NotFound}, // invalid namespace
        {0x80041010, 0x80041010, Trouble::NotFound}, // invalid class
        {2150858752, 2150858752, Trouble::NotFound},
        {2150858770, 2150858770, Trouble::NotFound},
        {2150858811, 2150858811, Trouble::NotFound},
        {2150859065, 2150859066, Trouble::NotFound}, // no such class under the DMTF's URI
        {0x80041024, 0x80041024, Trouble::NotSupported}, // provider not capable
        {0x80041055, 0x80041055, Trouble::NotSupported}, // method not implemented
        {0x8004100c, 0x8004100c, Trouble::NotSupported},
        {0x80041019, 0x80041019, Trouble::AlreadyExists},
        {0x80041017, 0x80041018, Trouble::NoFilter}, // invalid query, query type
        {2150858753, 2150858753, Trouble::NotSupported},
        {2150858818, 2150858818, Trouble::NotSupported},
        {2150858759, 2150858759, Trouble::BadContext},
        {2150858779, 2150858779, Trouble::BadContext},
        {2150858772, 2150858772, Trouble::Busy},
        {2150858776, 2150858778, Trouble::NoFilter},
        {2150859003, 2150859003, Trouble::NoFilter},
        {2150858790, 2150858790, Trouble::TooBig},
        {2150858805, 2150858805, Trouble::TooBig},
        {2150858823, 2150858825, Trouble::TooBig},
        {2150858793, 2150858793, Trouble::TimedOut},
        {2150858815, 2150858815, Trouble::Quota},
        {2150859173, 2150859176, Trouble::Quota},
        {2150859240, 2150859240, Trouble::Quota},
        {0x803381a5, 0x803381a8, Trouble::Quota}, // the same four, as MSFT_WmiError spells them
        {2150858842, 2150858847, Trouble::BadSelectors},
        {2150858820, 2150858820, Trouble::BadSelectors},
        {2150859016, 2150859016, Trouble::BadSelectors},
        {2150858767, 2150858769, Trouble::Rejected},
        {2150858791, 2150858791, Trouble::Rejected},
};

struct KnownSubcode
{
    const char *name;
    Trouble trouble;
};

constexpr KnownSubcode knownSubcodes[] = {
        {"AccessDenied", Trouble::AccessDenied},
        {"DestinationUnreachable", Trouble::NotFound},
        {"InvalidSelectors", Trouble::BadSelectors},
        {"InsufficientSelectors", Trouble::BadSelectors},
        {"EndpointUnavailable", Trouble::Busy},
        {"TimedOut", Trouble::TimedOut},
        {"QuotaLimit", Trouble::Quota},
        {"Concurrency", Trouble::Concurrency},
        {"EncodingLimit", Trouble::TooBig},
        {"InvalidEnumerationContext", Trouble::BadContext},
        {"FilteringNotSupported", Trouble::NoFilter},
        {"FilterDialectRequestedUnavailable", Trouble::NoFilter},
        {"CannotProcessFilter", Trouble::NoFilter},
        {"ActionNotSupported", Trouble::NotSupported},
        {"UnsupportedFeature", Trouble::NotSupported},
        {"AlreadyExists", Trouble::AlreadyExists},
        {"InvalidMessageInformationHeader", Trouble::Rejected},
        {"MessageInformationHeaderRequired", Trouble::Rejected},
        {"SchemaValidationError", Trouble::Rejected},
        {"InvalidParameter", Trouble::Rejected},
        {"InvalidRepresentation", Trouble::Rejected},
};

} // namespace

Fault readFault(pugi::xml_node node)
{
    Fault fault;
    const pugi::xml_node code = childElement(node, names::soap, "Code");
    fault.code = afterColon(textOf(childElement(code, names::soap, "Value")));
    const pugi::xml_node subcode = childElement(code, names::soap, "Subcode");
    fault.subcode = afterColon(textOf(childElement(subcode, names::soap, "Value")));
    const pugi::xml_node reason = childElement(node, names::soap, "Reason");
    fault.reason = cleanText(qt(trimmedXml(textOf(childElement(reason, names::soap, "Text")))));
    DetailReader reader(&fault);
    childElement(node, names::soap, "Detail").traverse(reader);
    fault.message = cleanText(fault.message.trimmed());
    std::ostringstream raw;
    node.print(raw, " ", pugi::format_indent);
    fault.raw = cleanText(QString::fromStdString(raw.str()));
    return fault;
}

Trouble Fault::trouble() const
{
    if (cimStatus) {
        if (const auto known = ofCimStatus(*cimStatus))
            return *known;
    }
    // The innermost code is the provider's own and says most.
    for (auto value = codes.rbegin(); value != codes.rend(); ++value) {
        for (const KnownCode &known : knownCodes) {
            if (*value >= known.first && *value <= known.last)
                return known.trouble;
        }
    }
    for (const KnownSubcode &known : knownSubcodes) {
        if (subcode == QLatin1String(known.name))
            return known.trouble;
    }
    if (code == QLatin1String("MustUnderstand") || code == QLatin1String("VersionMismatch"))
        return Trouble::Rejected;
    return Trouble::Other;
}

bool Fault::isRefusal() const
{
    switch (trouble()) {
    case Trouble::Busy: // the service may be stopping
    case Trouble::TimedOut:
    case Trouble::TooBig: // it may be the answer that is
        return false;
    case Trouble::Other:
        return code == QLatin1String("Sender") && !subcode.isEmpty() && subcode != QLatin1String("InternalError");
    default:
        return true;
    }
}

quint16 Fault::writeStatus() const
{
    if (cimStatus && *cimStatus > 0 && *cimStatus < 0x10000)
        return quint16(*cimStatus);
    switch (trouble()) {
    case Trouble::NotFound:
    case Trouble::BadSelectors:
        return 6;
    case Trouble::NotSupported:
        return 7;
    case Trouble::AlreadyExists:
        return 11;
    case Trouble::Rejected:
        return 4; // invalid parameter
    default:
        return 1; // failed
    }
}

QString Fault::text() const
{
    return message.isEmpty() ? reason : message;
}

bool isTransient(Trouble trouble)
{
    return trouble == Trouble::Busy || trouble == Trouble::TimedOut || trouble == Trouble::Quota
            || trouble == Trouble::Concurrency;
}

} // namespace portalbind::wsman
