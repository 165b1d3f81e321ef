// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/wsman/gssacceptor.h"

#include <gssapi/gssapi.h>

#include <cstring>

namespace {

constexpr int signatureBytes = 16;

QByteArray take(gss_buffer_desc *buffer)
{
    QByteArray bytes(static_cast<const char *>(buffer->value), qsizetype(buffer->length));
    OM_uint32 minor = 0;
    gss_release_buffer(&minor, buffer);
    return bytes;
}

} // namespace

struct GssAcceptor::Private
{
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    OM_uint32 major = GSS_S_CONTINUE_NEEDED;
};

bool GssAcceptor::hasNtlm()
{
    char bytes[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"; // 1.3.6.1.4.1.311.2.2.10
    gss_OID_desc ntlm{10, bytes};
    gss_OID_set all = GSS_C_NO_OID_SET;
    OM_uint32 minor = 0;
    int present = 0;
    gss_indicate_mechs(&minor, &all);
    gss_test_oid_set_member(&minor, &ntlm, all, &present);
    gss_release_oid_set(&minor, &all);
    return present != 0;
}

GssAcceptor::GssAcceptor()
    : d(std::make_unique<Private>())
{
}

GssAcceptor::~GssAcceptor()
{
    OM_uint32 minor = 0;
    if (d->context)
        gss_delete_sec_context(&minor, &d->context, GSS_C_NO_BUFFER);
}

QByteArray GssAcceptor::step(const QByteArray &token, const QByteArray &binding)
{
    gss_channel_bindings_struct bindings{};
    bindings.application_data = {size_t(binding.size()), const_cast<char *>(binding.constData())};
    gss_buffer_desc in{size_t(token.size()), const_cast<char *>(token.constData())};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    d->major = gss_accept_sec_context(&minor, &d->context, GSS_C_NO_CREDENTIAL, &in,
                                      binding.isEmpty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, nullptr, nullptr, &out,
                                      nullptr, nullptr, nullptr);
    return take(&out);
}

bool GssAcceptor::isComplete() const
{
    return d->major == GSS_S_COMPLETE;
}

bool GssAcceptor::failed() const
{
    return GSS_ERROR(d->major) != 0;
}

QByteArray GssAcceptor::open(const QByteArray &body)
{
    const QByteArray mark = "Content-Type: application/octet-stream\r\n";
    const QByteArray closing = "--Encrypted Boundary--\r\n";
    const qsizetype from = body.indexOf(mark);
    if (from < 0 || !body.endsWith(closing) || !body.startsWith("--Encrypted Boundary\r\n\tContent-Type: "))
        return {};
    const QByteArray part = body.mid(from + mark.size(), body.size() - from - mark.size() - closing.size());
    if (part.size() < 4 + signatureBytes || part.left(4) != QByteArray("\x10\0\0\0", 4))
        return {};
    const QByteArray sealed = part.mid(4);
    gss_buffer_desc in{size_t(sealed.size()), const_cast<char *>(sealed.constData())};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    int confidential = 0;
    if (GSS_ERROR(gss_unwrap(&minor, d->context, &in, &out, &confidential, nullptr)) || !confidential)
        return {};
    const QByteArray plain = take(&out);
    return body.contains(";Length=" + QByteArray::number(plain.size()) + "\r\n") ? plain : QByteArray();
}

QByteArray GssAcceptor::seal(const QByteArray &plain, const QByteArray &dashes)
{
    gss_buffer_desc in{size_t(plain.size()), const_cast<char *>(plain.constData())};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    int confidential = 0;
    if (GSS_ERROR(gss_wrap(&minor, d->context, 1, GSS_C_QOP_DEFAULT, &in, &confidential, &out)) || !confidential)
        return {};
    const QByteArray boundary = dashes + "Encrypted Boundary";
    return boundary
            + "\r\n\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
              "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
            + QByteArray::number(plain.size()) + "\r\n" + boundary + "\r\n\tContent-Type: application/octet-stream\r\n"
            + QByteArray("\x10\0\0\0", 4) + take(&out) + boundary + "--\r\n";
}

QByteArray GssAcceptor::contentType()
{
    return "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";boundary=\"Encrypted Boundary\"";
}
