// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/initiator.h"

#include <gssapi/gssapi_ext.h>

#include <array>

namespace {

constexpr int patience = 10000; // ms

std::array<unsigned char, 6> spnego{0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};
std::array<unsigned char, 9> kerberos{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02};
std::array<unsigned char, 10> ntlm{0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a};

template <size_t size>
gss_OID_desc oid(std::array<unsigned char, size> &bytes)
{
    return {OM_uint32(size), bytes.data()};
}

gss_buffer_desc given(const QByteArray &bytes)
{
    return {size_t(bytes.size()), const_cast<char *>(bytes.constData())};
}

QByteArray taken(gss_buffer_desc *buffer)
{
    QByteArray bytes(static_cast<const char *>(buffer->value), qsizetype(buffer->length));
    OM_uint32 minor = 0;
    gss_release_buffer(&minor, buffer);
    return bytes;
}

} // namespace

QByteArray HttpReply::field(const QByteArray &name) const
{
    for (const QByteArray &line : head.split('\n')) {
        if (line.toLower().startsWith(name.toLower() + ':'))
            return line.mid(name.size() + 1).trimmed();
    }
    return {};
}

bool HttpClient::open(quint16 port, bool tls)
{
    if (tls) {
        m_socket.setPeerVerifyMode(QSslSocket::VerifyNone);
        m_socket.connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
        return m_socket.waitForEncrypted(patience);
    }
    m_socket.connectToHost(QStringLiteral("127.0.0.1"), port);
    return m_socket.waitForConnected(patience);
}

HttpReply HttpClient::post(const QByteArray &body, const QByteArray &authorization, const QByteArray &type)
{
    m_socket.write("POST /wsman HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type
                   + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n"
                   + (authorization.isEmpty() ? QByteArray() : "Authorization: " + authorization + "\r\n") + "\r\n"
                   + body);
    QByteArray all;
    HttpReply reply;
    while (true) {
        const qsizetype end = all.indexOf("\r\n\r\n");
        if (end >= 0) {
            reply.head = all.left(end);
            reply.body = all.mid(end + 4);
            if (reply.body.size() >= reply.field("Content-Length").toLongLong())
                break;
        }
        if (!m_socket.waitForReadyRead(patience))
            return {};
        all += m_socket.readAll();
    }
    reply.status = reply.head.split(' ').value(1).toInt();
    return reply;
}

Initiator::Initiator(QByteArray scheme, bool useNtlm, const QString &user, const QString &password, bool bare)
    : m_scheme(std::move(scheme))
    , m_ntlm(useNtlm)
    , m_bare(bare)
{
    OM_uint32 minor = 0;
    if (!password.isEmpty()) {
        gss_OID_desc inner = useNtlm ? oid(ntlm) : oid(kerberos);
        gss_OID_set_desc negotiated{1, &inner};
        gss_OID_desc mechanism = bare ? inner : oid(spnego);
        gss_OID_set_desc mechanisms{1, &mechanism};
        const QByteArray name = user.toUtf8();
        const QByteArray secret = password.toUtf8();
        gss_buffer_desc nameBuffer = given(name);
        gss_buffer_desc secretBuffer = given(secret);
        gss_name_t parsed = GSS_C_NO_NAME;
        gss_import_name(&minor, &nameBuffer, GSS_C_NT_USER_NAME, &parsed);
        gss_acquire_cred_with_password(&minor, parsed, &secretBuffer, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE,
                                       &m_credential, nullptr, nullptr);
        gss_release_name(&minor, &parsed);
        if (!bare)
            gss_set_neg_mechs(&minor, m_credential, &negotiated);
    }
    const QByteArray service = "HTTP@localhost";
    gss_buffer_desc serviceBuffer = given(service);
    gss_import_name(&minor, &serviceBuffer, GSS_C_NT_HOSTBASED_SERVICE, &m_service);
}

Initiator::~Initiator()
{
    OM_uint32 minor = 0;
    gss_delete_sec_context(&minor, &m_context, GSS_C_NO_BUFFER);
    gss_release_cred(&minor, &m_credential);
    gss_release_name(&minor, &m_service);
}

HttpReply Initiator::signIn(HttpClient &client, const QByteArray &binding)
{
    QByteArray token;
    HttpReply reply;
    for (int leg = 0; leg < 4; ++leg) {
        const QByteArray mine = step(token, binding);
        if (m_failed)
            return reply;
        if (mine.isEmpty() && m_done)
            return reply;
        reply = client.post({}, m_scheme + ' ' + mine.toBase64());
        const QByteArray challenge = reply.field("WWW-Authenticate");
        token = challenge.startsWith(m_scheme + ' ') ? QByteArray::fromBase64(challenge.mid(m_scheme.size() + 1))
                                                     : QByteArray();
        if (token.isEmpty())
            return reply;
        if (m_done)
            return reply;
    }
    return reply;
}

QByteArray Initiator::protocol() const
{
    return m_scheme == "Kerberos" ? "application/HTTP-Kerberos-session-encrypted"
                                  : "application/HTTP-SPNEGO-session-encrypted";
}

QByteArray Initiator::type() const
{
    return "multipart/encrypted;protocol=\"" + protocol() + "\";boundary=\"Encrypted Boundary\"";
}

QByteArray Initiator::seal(const QByteArray &plain)
{
    OM_uint32 minor = 0;
    int confidential = 0;
    QByteArray header, data;
    if (m_ntlm) {
        gss_buffer_desc input = given(plain);
        gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
        gss_wrap(&minor, m_context, 1, GSS_C_QOP_DEFAULT, &input, &confidential, &output);
        const QByteArray all = taken(&output);
        header = all.left(16);
        data = all.mid(16);
    } else {
        data = plain;
        std::array<gss_iov_buffer_desc, 3> parts{};
        parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE;
        parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
        parts[1].buffer = {size_t(data.size()), data.data()};
        parts[2].type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE;
        gss_wrap_iov(&minor, m_context, 1, GSS_C_QOP_DEFAULT, &confidential, parts.data(), 3);
        header = QByteArray(static_cast<const char *>(parts[0].buffer.value), qsizetype(parts[0].buffer.length));
        gss_release_iov_buffer(&minor, parts.data(), 3);
    }
    m_headerLength = header.size();
    QByteArray length(4, '\0');
    length[0] = char(header.size());
    return "--Encrypted Boundary\r\n\tContent-Type: " + protocol()
            + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
            + QByteArray::number(plain.size())
            + "\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n" + length + header + data
            + "--Encrypted Boundary--\r\n";
}

QByteArray Initiator::unseal(const QByteArray &body)
{
    const QByteArray first = "--Encrypted Boundary\r\n\tContent-Type: " + protocol()
            + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=";
    if (!body.startsWith(first) || !body.endsWith("--Encrypted Boundary--\r\n"))
        return "framing";
    const QByteArray second = "\r\n--Encrypted Boundary\r\n\tContent-Type: application/octet-stream\r\n";
    const qsizetype middle = body.indexOf(second, first.size());
    const qint64 length = body.mid(first.size(), middle - first.size()).toLongLong();
    QByteArray sealed = body.mid(middle + second.size());
    sealed.chop(qsizetype(qstrlen("--Encrypted Boundary--\r\n")));
    const qsizetype header = quint8(sealed[0]);
    OM_uint32 minor = 0;
    int confidential = 0;
    QByteArray plain;
    if (m_ntlm) {
        const QByteArray token = sealed.mid(4);
        gss_buffer_desc input = given(token);
        gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
        if (GSS_ERROR(gss_unwrap(&minor, m_context, &input, &output, &confidential, nullptr)))
            return "unwrap";
        plain = taken(&output);
    } else {
        QByteArray head = sealed.mid(4, header);
        plain = sealed.mid(4 + header);
        std::array<gss_iov_buffer_desc, 3> parts{};
        parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER;
        parts[0].buffer = {size_t(head.size()), head.data()};
        parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
        parts[1].buffer = {size_t(plain.size()), plain.data()};
        parts[2].type = GSS_IOV_BUFFER_TYPE_DATA;
        if (GSS_ERROR(gss_unwrap_iov(&minor, m_context, &confidential, nullptr, parts.data(), 3)))
            return "unwrap";
    }
    return confidential && plain.size() == length ? plain : "length";
}

QByteArray Initiator::step(const QByteArray &token, const QByteArray &binding)
{
    gss_OID_desc mechanism = m_scheme == "Kerberos" ? oid(kerberos) : (m_bare ? oid(ntlm) : oid(spnego));
    gss_channel_bindings_struct bindings{};
    bindings.application_data = given(binding);
    gss_buffer_desc input = given(token);
    gss_buffer_desc output = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    const OM_uint32 major = gss_init_sec_context(
            &minor, m_credential, &m_context, m_service, &mechanism,
            GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG, 0,
            binding.isEmpty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, &input, nullptr, &output, nullptr, nullptr);
    m_failed = GSS_ERROR(major);
    m_done = major == GSS_S_COMPLETE;
    return taken(&output);
}
