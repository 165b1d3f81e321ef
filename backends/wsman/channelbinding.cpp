// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/channelbinding.h"

#include <optional>
#include <string_view>

namespace portalbind::wsman {
namespace {

constexpr unsigned char sequence = 0x30, objectId = 0x06, context0 = 0xa0;

struct Element
{
    unsigned char tag;
    std::string_view content, rest;
};

/// The first element of DER data, and what follows it.
std::optional<Element> first(std::string_view der)
{
    if (der.size() < 2)
        return {};
    const auto at = [&](size_t i) { return static_cast<unsigned char>(der[i]); };
    size_t length = at(1);
    size_t head = 2;
    if (length & 0x80) {
        const size_t count = length & 0x7f;
        if (count == 0 || count > 4 || der.size() < 2 + count)
            return {};
        length = 0;
        for (size_t i = 0; i < count; ++i)
            length = length << 8 | at(2 + i);
        head += count;
    }
    if (length > der.size() - head)
        return {};
    return Element{at(0), der.substr(head, length), der.substr(head + length)};
}

std::optional<std::string_view> content(std::string_view der, unsigned char tag)
{
    const auto element = first(der);
    return element && element->tag == tag ? std::optional(element->content) : std::nullopt;
}

struct Known
{
    std::string_view oid;
    QCryptographicHash::Algorithm hash;
};

// Bodies of the object identifiers of signatures, and of the hashes that RSASSA-PSS names in its parameters.
constexpr std::string_view rsaPss("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", 9);
constexpr Known known[] = {
        {{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", 9}, QCryptographicHash::Sha384}, // sha384WithRSAEncryption
        {{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", 9}, QCryptographicHash::Sha512}, // sha512WithRSAEncryption
        {{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", 9}, QCryptographicHash::Sha224}, // sha224WithRSAEncryption
        {{"\x2a\x86\x48\xce\x3d\x04\x03\x01", 8}, QCryptographicHash::Sha224}, // ecdsa-with-SHA224
        {{"\x2a\x86\x48\xce\x3d\x04\x03\x03", 8}, QCryptographicHash::Sha384}, // ecdsa-with-SHA384
        {{"\x2a\x86\x48\xce\x3d\x04\x03\x04", 8}, QCryptographicHash::Sha512}, // ecdsa-with-SHA512
        {{"\x60\x86\x48\x01\x65\x03\x04\x02\x02", 9}, QCryptographicHash::Sha384}, // id-sha384
        {{"\x60\x86\x48\x01\x65\x03\x04\x02\x03", 9}, QCryptographicHash::Sha512}, // id-sha512
        {{"\x60\x86\x48\x01\x65\x03\x04\x02\x04", 9}, QCryptographicHash::Sha224}, // id-sha224
};

QCryptographicHash::Algorithm hashOf(std::string_view oid)
{
    for (const Known &one : known) {
        if (one.oid == oid)
            return one.hash;
    }
    return QCryptographicHash::Sha256;
}

/// Of `RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] AlgorithmIdentifier DEFAULT sha1, … }` (RFC 4055).
QCryptographicHash::Algorithm pssHash(std::string_view parameters)
{
    const auto list = content(parameters, sequence);
    const auto tagged = list ? content(*list, context0) : std::nullopt;
    const auto algorithm = tagged ? content(*tagged, sequence) : std::nullopt;
    const auto oid = algorithm ? content(*algorithm, objectId) : std::nullopt;
    return oid ? hashOf(*oid) : QCryptographicHash::Sha256;
}

} // namespace

QCryptographicHash::Algorithm endPointHash(const QByteArray &der)
{
    // Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE { OID, parameters }, … }
    const auto certificate = content(std::string_view(der.constData(), size_t(der.size())), sequence);
    const auto signedPart = certificate ? first(*certificate) : std::nullopt;
    const auto algorithm = signedPart ? content(signedPart->rest, sequence) : std::nullopt;
    const auto oid = algorithm ? first(*algorithm) : std::nullopt;
    if (!oid || oid->tag != objectId)
        return QCryptographicHash::Sha256;
    return oid->content == rsaPss ? pssHash(oid->rest) : hashOf(oid->content);
}

QByteArray endPointBinding(const QByteArray &der)
{
    return "tls-server-end-point:" + QCryptographicHash::hash(der, endPointHash(der));
}

} // namespace portalbind::wsman
