// SPDX-License-Identifier: Apache-2.0

// An encrypted body: the first line of the input is the Content-Type.

#include "backends/wsman/encryptedbody.h"

#include <cstdint>
#include <cstdlib>
#include <string>

using namespace portalbind::wsman;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view all(reinterpret_cast<const char *>(data), size);
    const size_t line = std::min(all.find('\n'), all.size());
    const std::string_view body = all.substr(std::min(line + 1, all.size()));
    (void)isEncryptedType(all.substr(0, line));
    const auto read = readEncryptedBody(all.substr(0, line), body);
    if (!read)
        return 0;
    // Views into the body, one after the other.
    if (read->header.data() < body.data() || read->data.data() != read->header.data() + read->header.size()
        || read->data.data() + read->data.size() > body.data() + body.size())
        std::abort();
    // What was read can be written, and comes out the same.
    const SealedMessage message{QByteArray(read->header.data(), qsizetype(read->header.size())),
                                QByteArray(read->data.data(), qsizetype(read->data.size())),
                                qsizetype(read->plainLength)};
    const QByteArray protocol = sealingProtocol(false);
    const QByteArray type = encryptedContentType(protocol);
    const QByteArray bytes = writeEncryptedBody(protocol, message);
    const auto again = readEncryptedBody({type.constData(), size_t(type.size())},
                                         {bytes.constData(), size_t(bytes.size())});
    if (!again || again->header != read->header || again->data != read->data || again->plainLength != read->plainLength)
        std::abort();
    return 0;
}
