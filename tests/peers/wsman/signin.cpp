// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/signin.h"

#include "tests/peers/wsman/gss.h"

#include <QFile>

#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include <array>

namespace peer {

bool SignInSettings::readUsers(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    for (const QByteArray &line : file.readAll().split('\n')) {
        const QString text = QString::fromUtf8(line);
        if (text.count(QLatin1Char(':')) >= 2)
            passwords.insert(text.section(QLatin1Char(':'), 1, 1), text.section(QLatin1Char(':'), 2));
    }
    return true;
}

QByteArray endPointBinding(const QByteArray &certificate)
{
    const auto *data = reinterpret_cast<const unsigned char *>(certificate.constData());
    const std::unique_ptr<X509, decltype(&X509_free)> parsed(d2i_X509(nullptr, &data, long(certificate.size())),
                                                             &X509_free);
    int hash = NID_sha256;
    int bits = 0;
    if (!parsed || !X509_get_signature_info(parsed.get(), &hash, nullptr, &bits, nullptr) || hash == NID_md5
        || hash == NID_sha1)
        hash = NID_sha256;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_Digest(certificate.constData(), size_t(certificate.size()), digest.data(), &length, EVP_get_digestbynid(hash),
               nullptr);
    return "tls-server-end-point:" + QByteArray(reinterpret_cast<const char *>(digest.data()), int(length));
}

struct SignIn::Context
{
    gss_ctx_id_t handle = GSS_C_NO_CONTEXT;
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    ~Context()
    {
        OM_uint32 minor = 0;
        gss_delete_sec_context(&minor, &handle, GSS_C_NO_BUFFER);
        gss_release_cred(&minor, &credential);
    }
};

SignIn::SignIn(const SignInSettings &settings)
    : m_settings(settings)
{
    m_done = settings.schemes.isEmpty();
}

SignIn::~SignIn() = default;

SignIn::Outcome SignIn::check(const QByteArray &authorization)
{
    if (m_settings.schemes.isEmpty())
        return {State::Accepted, {}, {}};
    if (authorization.isEmpty())
        return {m_done ? State::Accepted : State::Refused, {}, {}};
    const qsizetype blank = authorization.indexOf(' ');
    const QByteArray scheme = authorization.left(blank < 0 ? authorization.size() : blank);
    if (!m_settings.schemes.contains(QString::fromUtf8(scheme), Qt::CaseInsensitive))
        return {};
    const auto token = QByteArray::fromBase64Encoding(authorization.mid(blank + 1).trimmed());
    if (!token)
        return {};
    return scheme.compare("Basic", Qt::CaseInsensitive) == 0 ? checkBasic(*token) : step(scheme, *token);
}

SignIn::Outcome SignIn::checkBasic(const QByteArray &token)
{
    const QString text = QString::fromUtf8(token);
    const QString user = text.section(QLatin1Char(':'), 0, 0).section(QLatin1Char('\\'), -1);
    if (!m_settings.passwords.contains(user) || m_settings.passwords.value(user) != text.section(QLatin1Char(':'), 1))
        return {};
    m_user = user;
    m_mechanism = QStringLiteral("basic");
    return {State::Accepted, {}, {}};
}

SignIn::Outcome SignIn::step(const QByteArray &scheme, const QByteArray &token)
{
    if (!m_context || m_done) { // a client may begin anew on the same connection
        m_context = std::make_unique<Context>();
        m_done = false;
        const bool kerberosOnly = scheme.compare("Kerberos", Qt::CaseInsensitive) == 0;
        QString error;
        if (!gss::acquire(m_settings.mechanisms, kerberosOnly, &m_context->credential, &error)) {
            m_context.reset();
            return {State::Refused, {}, error};
        }
    }
    QByteArray binding;
    if (!m_settings.certificate.isEmpty() && m_settings.binding != SignInSettings::Binding::None)
        binding = endPointBinding(m_settings.certificate);
    unsigned flags = 0;
    QByteArray answer;
    QString error;
    const gss::Progress progress = gss::accept(&m_context->handle, m_context->credential, token, binding, &answer,
                                               &flags, &m_user, &error);
    m_scheme = scheme;
    Outcome outcome;
    outcome.error = error;
    if (!answer.isEmpty())
        outcome.challenge = scheme + ' ' + answer.toBase64();
    if (progress == gss::Progress::Continue) {
        outcome.state = State::Continue;
        return outcome;
    }
    if (progress == gss::Progress::Done) {
        finish(flags);
        if (m_settings.binding != SignInSettings::Binding::Strict || binding.isEmpty() || m_bound) {
            outcome.state = State::Accepted;
            return outcome;
        }
        outcome.error = QStringLiteral("no channel binding");
    }
    m_context.reset();
    m_done = false;
    outcome.challenge.clear(); // the offers instead
    outcome.state = State::Refused;
    return outcome;
}

void SignIn::finish(unsigned flags)
{
    m_done = true;
    m_bound = flags & GSS_C_CHANNEL_BOUND_FLAG;
    m_mechanism = gss::isNtlm(m_context->handle) ? QStringLiteral("ntlm") : QStringLiteral("kerberos");
}

std::optional<QByteArray> SignIn::decrypt(const QByteArray &header, const QByteArray &data, QString *error)
{
    return gss::unwrap(m_context->handle, header, data, error);
}

namespace {

QByteArray protocolOf(const QByteArray &scheme)
{
    return scheme.compare("Kerberos", Qt::CaseInsensitive) == 0 ? "application/HTTP-Kerberos-session-encrypted"
                                                                : "application/HTTP-SPNEGO-session-encrypted";
}

constexpr char firstBoundary[] = "--Encrypted Boundary\r\n";
constexpr char lastBoundary[] = "--Encrypted Boundary--\r\n";
constexpr char octets[] = "\tContent-Type: application/octet-stream\r\n";
constexpr quint32 longestHeader = 1024;

QByteArray littleEndian(quint32 value)
{
    QByteArray bytes(4, '\0');
    for (int i = 0; i < 4; ++i)
        bytes[i] = char(value >> (8 * i));
    return bytes;
}

quint32 readLittleEndian(const QByteArray &bytes)
{
    quint32 value = 0;
    for (int i = 0; i < 4; ++i)
        value |= quint32(quint8(bytes[i])) << (8 * i);
    return value;
}

} // namespace

std::optional<QByteArray> SignIn::unseal(const QByteArray &contentType, const QByteArray &body, QString *error)
{
    const auto bad = [error](const char *what) {
        *error = QString::fromUtf8(what);
        return std::nullopt;
    };
    const QByteArray protocol = protocolOf(m_scheme);
    const QByteArray wanted = "multipart/encrypted;protocol=\"" + protocol + "\";boundary=\"Encrypted Boundary\"";
    if (QByteArray(contentType).replace("; ", ";").compare(wanted, Qt::CaseInsensitive) != 0)
        return bad("content type");
    // Byte for byte: nothing but the length and the sealed data may vary.
    QByteArray expected = QByteArray(firstBoundary) + "\tContent-Type: " + protocol
            + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=";
    if (!body.startsWith(expected))
        return bad("first part");
    const qsizetype end = body.indexOf("\r\n", expected.size());
    bool isNumber = false;
    const qint64 length = body.mid(expected.size(), end - expected.size()).toLongLong(&isNumber);
    if (end < 0 || !isNumber || length < 0)
        return bad("Length");
    qsizetype at = end + 2;
    const QByteArray second = QByteArray(firstBoundary) + octets;
    if (body.mid(at, second.size()) != second)
        return bad("second part");
    at += second.size();
    if (!body.endsWith(lastBoundary) || body.size() < at + 4 + qsizetype(sizeof lastBoundary) - 1)
        return bad("closing boundary");
    const QByteArray sealed = body.mid(at, body.size() - at - qsizetype(sizeof lastBoundary) + 1);
    const quint32 headerLength = readLittleEndian(sealed);
    if (headerLength > longestHeader || qsizetype(headerLength) + 4 > sealed.size())
        return bad("security header length");
    auto plain = decrypt(sealed.mid(4, headerLength), sealed.mid(4 + qsizetype(headerLength)), error);
    if (!plain)
        return std::nullopt;
    // Length counts the padding (one byte with RC4), which is not part of the plain text.
    if (plain->size() != length && plain->size() + 1 != length)
        return bad("Length differs from the plain text");
    return plain;
}

std::optional<QByteArray> SignIn::seal(const QByteArray &plain, QByteArray *contentType)
{
    const auto sealed = gss::wrap(m_context->handle, plain);
    if (!sealed)
        return {};
    const QByteArray protocol = protocolOf(m_scheme);
    *contentType = "multipart/encrypted;protocol=\"" + protocol + "\";boundary=\"Encrypted Boundary\"";
    return QByteArray(firstBoundary) + "\tContent-Type: " + protocol
            + "\r\n\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
            + QByteArray::number(plain.size() + sealed->padding) + "\r\n" + firstBoundary + octets
            + littleEndian(quint32(sealed->header.size())) + sealed->header + sealed->data + lastBoundary;
}

} // namespace peer
