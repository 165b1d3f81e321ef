// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/gss.h"

#include <array>

namespace peer::gss {

namespace {

// 1.3.6.1.5.5.2, 1.2.840.113554.1.2.2, 1.3.6.1.4.1.311.2.2.10
std::array<unsigned char, 6> spnegoBytes{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
std::array<unsigned char, 9> kerberosBytes{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
std::array<unsigned char, 10> ntlmBytes{0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a};

template <size_t size>
gss_OID_desc oid(std::array<unsigned char, size> &bytes)
{
    return {OM_uint32(size), bytes.data()};
}

QString message(OM_uint32 major, OM_uint32 minor)
{
    QString text;
    const auto add = [&text](OM_uint32 status, int type) {
        OM_uint32 ignored = 0;
        OM_uint32 more = 0;
        do {
            gss_buffer_desc part = GSS_C_EMPTY_BUFFER;
            gss_display_status(&ignored, status, type, GSS_C_NO_OID, &more, &part);
            text += QString::fromUtf8(static_cast<const char *>(part.value), qsizetype(part.length))
                    + QLatin1String("; ");
            gss_release_buffer(&ignored, &part);
        } while (more);
    };
    add(major, GSS_C_GSS_CODE);
    add(minor, GSS_C_MECH_CODE);
    return text;
}

QByteArray taken(gss_buffer_desc *buffer)
{
    QByteArray bytes(static_cast<const char *>(buffer->value), qsizetype(buffer->length));
    OM_uint32 minor = 0;
    gss_release_buffer(&minor, buffer);
    return bytes;
}

gss_buffer_desc given(const QByteArray &bytes)
{
    return {size_t(bytes.size()), const_cast<char *>(bytes.constData())};
}

} // namespace

bool acquire(const QStringList &mechanisms, bool kerberosOnly, gss_cred_id_t *credential, QString *error)
{
    gss_OID_desc spnego = oid(spnegoBytes);
    std::array<gss_OID_desc, 2> inner{oid(kerberosBytes), oid(ntlmBytes)};
    gss_OID_set_desc wanted{2, inner.data()};
    if (kerberosOnly || (mechanisms.size() == 1 && mechanisms.front() == QLatin1String("kerberos")))
        wanted.count = 1;
    else if (mechanisms.size() == 1)
        wanted = {1, &inner[1]};
    // Under Negotiate Windows takes NTLM and Kerberos also without SPNEGO around them.
    std::array<gss_OID_desc, 3> all{spnego, wanted.elements[0], wanted.elements[wanted.count - 1]};
    gss_OID_set_desc outer{wanted.count + 1, all.data()};
    if (kerberosOnly)
        outer = {1, inner.data()};
    OM_uint32 minor = 0;
    OM_uint32 major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &outer, GSS_C_ACCEPT, credential,
                                       nullptr, nullptr);
    if (!GSS_ERROR(major) && !kerberosOnly)
        major = gss_set_neg_mechs(&minor, *credential, &wanted);
    if (GSS_ERROR(major))
        *error = message(major, minor);
    return !GSS_ERROR(major);
}

Progress accept(gss_ctx_id_t *context, gss_cred_id_t credential, const QByteArray &token, const QByteArray &binding,
                QByteArray *answer, unsigned *flags, QString *user, QString *error)
{
    gss_channel_bindings_struct bindings{};
    bindings.application_data = given(binding);
    gss_buffer_desc input = given(token);
    gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
    gss_name_t client = GSS_C_NO_NAME;
    OM_uint32 minor = 0;
    OM_uint32 ignored = 0;
    const OM_uint32 major = gss_accept_sec_context(&minor, context, credential, &input,
                                                   binding.isEmpty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, &client,
                                                   nullptr, &output, flags, nullptr, nullptr);
    *answer = taken(&output);
    if (GSS_ERROR(major)) {
        *error = message(major, minor);
        return Progress::Failed;
    }
    if (client != GSS_C_NO_NAME) {
        gss_buffer_desc name = GSS_C_EMPTY_BUFFER;
        if (!GSS_ERROR(gss_display_name(&ignored, client, &name, nullptr)))
            // gss-ntlmssp counts the terminating NUL.
            *user = QString::fromUtf8(taken(&name)).remove(QChar(u'\0'));
        gss_release_name(&ignored, &client);
    }
    return major == GSS_S_COMPLETE ? Progress::Done : Progress::Continue;
}

bool isNtlm(gss_ctx_id_t context)
{
    OM_uint32 minor = 0;
    gss_OID mechanism = GSS_C_NO_OID;
    const gss_OID_desc ntlm = oid(ntlmBytes);
    gss_inquire_context(&minor, context, nullptr, nullptr, nullptr, &mechanism, nullptr, nullptr, nullptr);
    return mechanism && mechanism->length == ntlm.length
            && memcmp(mechanism->elements, ntlm.elements, ntlm.length) == 0;
}

std::optional<Sealed> wrap(gss_ctx_id_t context, const QByteArray &plain)
{
    OM_uint32 minor = 0;
    int confidential = 0;
    if (isNtlm(context)) {
        constexpr int signature = 16;
        gss_buffer_desc input = given(plain);
        gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
        if (GSS_ERROR(gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, &input, &confidential, &output)) || !confidential)
            return {};
        const QByteArray all = taken(&output);
        return Sealed{all.left(signature), all.mid(signature), 0};
    }
    QByteArray data = plain;
    std::array<gss_iov_buffer_desc, 3> parts{};
    parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE;
    parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
    parts[1].buffer = {size_t(data.size()), data.data()};
    parts[2].type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE;
    if (GSS_ERROR(gss_wrap_iov(&minor, context, 1, GSS_C_QOP_DEFAULT, &confidential, parts.data(), int(parts.size())))
        || !confidential)
        return {};
    const auto bytes = [](const gss_iov_buffer_desc &part) {
        return QByteArray(static_cast<const char *>(part.buffer.value), qsizetype(part.buffer.length));
    };
    Sealed sealed{bytes(parts[0]), bytes(parts[1]) + bytes(parts[2]), int(parts[2].buffer.length)};
    gss_release_iov_buffer(&minor, parts.data(), int(parts.size()));
    return sealed;
}

std::optional<QByteArray> unwrap(gss_ctx_id_t context, const QByteArray &header, const QByteArray &data, QString *error)
{
    OM_uint32 minor = 0;
    int confidential = 0;
    OM_uint32 major = 0;
    QByteArray plain;
    if (isNtlm(context)) {
        const QByteArray all = header + data;
        gss_buffer_desc input = given(all);
        gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
        major = gss_unwrap(&minor, context, &input, &output, &confidential, nullptr);
        if (!GSS_ERROR(major))
            plain = taken(&output);
    } else {
        // Taken apart by the layout of Windows alone: a token of gss_wrap, which rotates differently, does not pass
        // here.
        QByteArray head = header;
        plain = data;
        std::array<gss_iov_buffer_desc, 3> parts{};
        parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
        parts[0].buffer = {size_t(head.size()), head.data()};
        parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
        parts[1].buffer = {size_t(plain.size()), plain.data()};
        parts[2].type = GSS_IOV_BUFFER_TYPE_DATA;
        major = gss_unwrap_iov(&minor, context, &confidential, nullptr, parts.data(), int(parts.size()));
    }
    if (GSS_ERROR(major) || !confidential) {
        *error = GSS_ERROR(major) ? message(major, minor) : QStringLiteral("not confidential");
        return {};
    }
    return plain;
}

} // namespace peer::gss
