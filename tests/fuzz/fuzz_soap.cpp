// SPDX-License-Identifier: Apache-2.0

// An answer of WS-Management from its bytes to all that is taken out of it. What is computed in two ways has to agree.

#include "backends/wsman/documentbatch.h"
#include "backends/wsman/enumeration.h"
#include "backends/wsman/fault.h"
#include "backends/wsman/referencewriter.h"
#include "backends/wsman/valuedecoder.h"
#include "backends/wsman/xmlnames.h"

#include <cstdint>
#include <cstdlib>

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

void check(bool good)
{
    if (!good)
        std::abort();
}

/// The server's own form of a path and the one that is made of its parts name the same object. Text that is not UTF-8
/// was refused before.
void checkPath(const cim::ObjectPath &path, const std::string &key, const Naming &naming)
{
    check(path.key() == key);
    if (path.verbatim.isEmpty())
        return;
    const auto writer = ReferenceWriter::of(path, naming);
    check(writer.has_value());
    QByteArray xml;
    QXmlStreamWriter to(&xml);
    to.writeStartElement(QStringLiteral("x"));
    (void)writer->writeContent(to);
    to.writeEndElement();
    pugi::xml_document again;
    check(bool(again.load_buffer(xml.constData(), size_t(xml.size()),
                                 pugi::parse_default | pugi::parse_ws_pcdata_single)));
    check(EndpointReference(firstElement(again.root())).key() == key);
}

void readBatch(const std::shared_ptr<const SoapDocument> &document, const Page &page)
{
    static const std::vector<std::string> wanted{"Name", "Antecedent", "Dependent", "Connections"};
    static const PropertyTable table(wanted);
    static const Naming naming;
    const DocumentBatch batch(document, page.items, table, naming, {});
    for (size_t i = 0; i < batch.size(); ++i) {
        (void)batch.className(i);
        (void)batch.hasPlainPath(i);
        if (const auto path = batch.path(i))
            checkPath(*path, batch.pathKey(i), naming);
        for (size_t p = 0; p < wanted.size(); ++p) {
            (void)batch.text(i, p);
            (void)batch.embedded(i, p);
            if (const auto reference = batch.reference(i, p))
                checkPath(*reference, batch.referenceKey(i, p), naming);
            else
                check(batch.referenceKey(i, p).empty());
        }
        (void)batch.instance(i);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    Limits limits;
    limits.elements = 10'000;
    const auto document = SoapDocument::parse(std::string(reinterpret_cast<const char *>(data), size), limits);
    if (!document)
        return 0;
    if ((*document)->isFault()) {
        const Fault fault = readFault((*document)->content());
        (void)faultError(fault, ServerProfile{}, QStringLiteral("x"));
        (void)fault.writeStatus();
        return 0;
    }
    if ((*document)->content()) {
        (void)decodeInstance((*document)->content());
        (void)decodeParameters((*document)->content());
    }
    if (const auto page = readPage(**document))
        readBatch(*document, *page);
    return 0;
}
