// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/gsscontext.h"

#include "backends/wsman/gsserror.h"
#include "backends/wsman/overwrite.h"

#include <QCoreApplication>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <cstring>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

char spnegoBytes[] = "\x2b\x06\x01\x05\x05\x02"; // 1.3.6.1.5.5.2
char ntlmBytes[] = "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a"; // 1.3.6.1.4.1.311.2.2.10
char krb5Bytes[] = "\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"; // 1.2.840.113554.1.2.2
gss_OID_desc spnego{6, spnegoBytes};
gss_OID_desc ntlm{10, ntlmBytes};
gss_OID_desc krb5{9, krb5Bytes};

constexpr qsizetype ntlmSignatureBytes = 16; // NTLMSSP_MESSAGE_SIGNATURE
constexpr quint64 maxPadding = 16;

bool same(gss_OID a, const gss_OID_desc &b)
{
    return a && a->length == b.length && std::memcmp(a->elements, b.elements, b.length) == 0;
}

/// What is negotiated inside the HTTP scheme.
gss_OID_desc mechanismOf(const ServerProfile &profile)
{
    if (profile.signIn == SignIn::Ntlm)
        return ntlm; // bare: Windows and GSSAPI acceptors take NTLM under the scheme Negotiate without SPNEGO around it
    return profile.signIn == SignIn::Kerberos && profile.kerberosScheme ? krb5 : spnego;
}

class Name
{
public:
    Name(const QByteArray &text, gss_OID type)
    {
        gss_buffer_desc buffer{size_t(text.size()), const_cast<char *>(text.constData())};
        major = gss_import_name(&minor, &buffer, type, &name);
    }
    ~Name()
    {
        OM_uint32 ignored = 0;
        if (name)
            gss_release_name(&ignored, &name);
    }
    Name(const Name &) = delete;
    Name &operator=(const Name &) = delete;
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major = 0, minor = 0;
};

} // namespace

struct GssCredential::Handles
{
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;

    OM_uint32 acquire(OM_uint32 *minor, const ServerProfile &profile, gss_name_t name, gss_OID_desc mechanism)
    {
        OM_uint32 ignored = 0;
        gss_release_cred(&ignored, &credential);
        gss_OID_set_desc wanted{1, &mechanism};
        if (profile.password.isEmpty())
            return gss_acquire_cred(minor, name, GSS_C_INDEFINITE, &wanted, GSS_C_INITIATE, &credential, nullptr,
                                    nullptr);
        QByteArray password = profile.password.text().toUtf8();
        gss_buffer_desc buffer{size_t(password.size()), password.data()};
        const OM_uint32 major = gss_acquire_cred_with_password(minor, name, &buffer, GSS_C_INDEFINITE, &wanted,
                                                               GSS_C_INITIATE, &credential, nullptr, nullptr);
        overwrite(password);
        return major;
    }
};

GssCredential::GssCredential()
    : d(std::make_unique<Handles>())
{
}

GssCredential::~GssCredential()
{
    OM_uint32 ignored = 0;
    gss_release_cred(&ignored, &d->credential);
}

Result<std::shared_ptr<GssCredential>> GssCredential::acquire(const ServerProfile &profile)
{
    const std::shared_ptr<GssCredential> made(new GssCredential);
    std::optional<Name> name;
    if (!profile.user.isEmpty()) {
        name.emplace(profile.user.toUtf8(), GSS_C_NT_USER_NAME);
        if (GSS_ERROR(name->major))
            return tl::unexpected(gssError(profile, name->major, name->minor, nullptr));
    }
    gss_name_t user = name ? name->name : GSS_C_NO_NAME;
    gss_OID_desc mechanism = mechanismOf(profile);
    OM_uint32 minor = 0;
    if (profile.signIn == SignIn::Kerberos && same(&mechanism, spnego)) {
        // By itself first: SPNEGO would hide why there is no ticket behind an NTLM credential of no use.
        const OM_uint32 major = made->d->acquire(&minor, profile, user, krb5);
        if (GSS_ERROR(major))
            return tl::unexpected(gssError(profile, major, minor, &krb5));
    }
    const OM_uint32 major = made->d->acquire(&minor, profile, user, mechanism);
    if (GSS_ERROR(major))
        return tl::unexpected(gssError(profile, major, minor, &mechanism));
    if (same(&mechanism, spnego)) {
        gss_OID_desc both[] = {krb5, ntlm};
        gss_OID_set_desc allowed{profile.signIn == SignIn::Kerberos ? size_t(1) : size_t(2), both};
        const OM_uint32 set = gss_set_neg_mechs(&minor, made->d->credential, &allowed);
        if (GSS_ERROR(set))
            return tl::unexpected(gssError(profile, set, minor, &mechanism));
    }
    return made;
}

struct GssContext::Handles
{
    std::shared_ptr<GssCredential> credential;
    ServerProfile profile;
    QByteArray binding;
    gss_ctx_id_t context = GSS_C_NO_CONTEXT;
    gss_OID mechanism = GSS_C_NO_OID; ///< the one that came out of the negotiation; static storage
    OM_uint32 flags = 0;
    bool complete = false;

    Result<SealedMessage> wrapKerberos(const QByteArray &plain) const;
    Result<SealedMessage> wrapNtlm(const QByteArray &plain);
    [[nodiscard]] Error notSealed() const
    {
        return Error{Error::Kind::SignIn,
                     Text::tr("Messages to %1 could not be encrypted.").arg(profile.address()),
                     {},
                     Text::tr("Use HTTPS."),
                     {}};
    }
};

GssContext::GssContext(std::shared_ptr<GssCredential> credential, const ServerProfile &profile, QByteArray binding)
    : d(std::make_unique<Handles>())
{
    d->credential = std::move(credential);
    d->profile = profile;
    d->profile.password = Secret();
    d->binding = std::move(binding);
}

GssContext::~GssContext()
{
    OM_uint32 ignored = 0;
    if (d->context)
        gss_delete_sec_context(&ignored, &d->context, GSS_C_NO_BUFFER);
}

Result<QByteArray> GssContext::step(const QByteArray &token)
{
    const QString host = d->profile.serviceHost.isEmpty() ? d->profile.host : d->profile.serviceHost;
    const Name server((d->profile.service + QLatin1Char('@') + host).toUtf8(), GSS_C_NT_HOSTBASED_SERVICE);
    gss_OID_desc mechanism = mechanismOf(d->profile);
    if (GSS_ERROR(server.major))
        return tl::unexpected(gssError(d->profile, server.major, server.minor, &mechanism));
    gss_channel_bindings_struct bindings{};
    bindings.application_data = {size_t(d->binding.size()), d->binding.data()};
    gss_buffer_desc in{size_t(token.size()), const_cast<char *>(token.constData())};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0;
    const OM_uint32 demanded = GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG | GSS_C_REPLAY_FLAG
            | GSS_C_SEQUENCE_FLAG;
    const OM_uint32 major = gss_init_sec_context(
            &minor, d->credential->d->credential, &d->context, server.name, &mechanism, demanded, 0,
            d->binding.isEmpty() ? GSS_C_NO_CHANNEL_BINDINGS : &bindings, token.isEmpty() ? GSS_C_NO_BUFFER : &in,
            &d->mechanism, &out, &d->flags, nullptr);
    const QByteArray ours(static_cast<const char *>(out.value), qsizetype(out.length));
    OM_uint32 ignored = 0;
    gss_release_buffer(&ignored, &out);
    if (GSS_ERROR(major))
        return tl::unexpected(gssError(d->profile, major, minor, &mechanism));
    d->complete = major == GSS_S_COMPLETE;
    return ours;
}

bool GssContext::isComplete() const
{
    return d->complete;
}

QString GssContext::mechanism() const
{
    return same(d->mechanism, krb5) ? QStringLiteral("Kerberos") : QStringLiteral("NTLM");
}

Result<> GssContext::verify(bool sealing) const
{
    const auto refuse = [this](const QString &what) {
        return failure(Error::Kind::SignIn, what, d->profile.address(),
                       Text::tr("Nothing was sent. Ask who runs this server."));
    };
    const bool kerberos = same(d->mechanism, krb5);
    if (!kerberos && !same(d->mechanism, ntlm))
        return refuse(Text::tr("%1 negotiated a way of sign-in that was not offered.").arg(d->profile.address()));
    if (d->profile.signIn == SignIn::Kerberos && !kerberos)
        return refuse(Text::tr("%1 wants NTLM where only Kerberos is allowed.").arg(d->profile.address()));
    if (kerberos && !(d->flags & GSS_C_MUTUAL_FLAG))
        return refuse(Text::tr("%1 did not prove who it is.").arg(d->profile.address()));
    if (sealing && (d->flags & (GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG)) != (GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG))
        return tl::unexpected(d->notSealed());
    return {};
}

Result<SealedMessage> GssContext::Handles::wrapKerberos(const QByteArray &plain) const
{
    // Header, data and padding apart: the order of bytes that Windows expects. gss_wrap rotates them in another way.
    QByteArray data = plain;
    gss_iov_buffer_desc parts[3] = {};
    parts[0].type = GSS_IOV_BUFFER_TYPE_HEADER | GSS_IOV_BUFFER_FLAG_ALLOCATE;
    parts[1].type = GSS_IOV_BUFFER_TYPE_DATA;
    parts[1].buffer = {size_t(data.size()), data.data()};
    parts[2].type = GSS_IOV_BUFFER_TYPE_PADDING | GSS_IOV_BUFFER_FLAG_ALLOCATE;
    OM_uint32 minor = 0, ignored = 0;
    int sealed = 0;
    const OM_uint32 major = gss_wrap_iov(&minor, context, 1, GSS_C_QOP_DEFAULT, &sealed, parts, 3);
    SealedMessage message;
    if (!GSS_ERROR(major)) {
        message.header = QByteArray(static_cast<const char *>(parts[0].buffer.value),
                                    qsizetype(parts[0].buffer.length));
        message.data = data
                + QByteArray(static_cast<const char *>(parts[2].buffer.value), qsizetype(parts[2].buffer.length));
        message.plainLength = message.data.size();
    }
    gss_release_iov_buffer(&ignored, parts, 3);
    if (GSS_ERROR(major))
        return tl::unexpected(gssError(profile, major, minor, mechanism));
    if (!sealed)
        return tl::unexpected(notSealed());
    return message;
}

Result<SealedMessage> GssContext::Handles::wrapNtlm(const QByteArray &plain)
{
    gss_buffer_desc in{size_t(plain.size()), const_cast<char *>(plain.constData())};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, ignored = 0;
    int sealed = 0;
    const OM_uint32 major = gss_wrap(&minor, context, 1, GSS_C_QOP_DEFAULT, &in, &sealed, &out);
    const QByteArray all(static_cast<const char *>(out.value), qsizetype(out.length));
    gss_release_buffer(&ignored, &out);
    if (GSS_ERROR(major))
        return tl::unexpected(gssError(profile, major, minor, mechanism));
    if (!sealed || all.size() < ntlmSignatureBytes)
        return tl::unexpected(notSealed());
    return SealedMessage{all.left(ntlmSignatureBytes), all.mid(ntlmSignatureBytes), plain.size()};
}

Result<SealedMessage> GssContext::wrap(const QByteArray &plain)
{
    return same(d->mechanism, krb5) ? d->wrapKerberos(plain) : d->wrapNtlm(plain);
}

Result<std::string> GssContext::unwrap(const EncryptedBody &body)
{
    std::string all(body.header);
    all += body.data;
    gss_buffer_desc in{all.size(), all.data()};
    gss_buffer_desc out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, ignored = 0;
    int sealed = 0;
    const OM_uint32 major = gss_unwrap(&minor, d->context, &in, &out, &sealed, nullptr);
    std::string plain(static_cast<const char *>(out.value), out.value ? out.length : 0);
    gss_release_buffer(&ignored, &out);
    const auto refuse = [this](const QString &detail) {
        return failure(Error::Kind::Transport,
                       Text::tr("An encrypted answer of %1 is damaged or forged.").arg(d->profile.address()),
                       Text::tr("%1, encryption").arg(d->profile.address()),
                       Text::tr("Connect again; if it stays so, use HTTPS."), detail);
    };
    if (GSS_ERROR(major))
        return refuse(gssError(d->profile, major, minor, d->mechanism).detail);
    if (!sealed)
        return refuse(QStringLiteral("the message is not confidential"));
    if (plain.size() > body.plainLength || body.plainLength - plain.size() > maxPadding)
        return refuse(QStringLiteral("%1 bytes where %2 are announced").arg(plain.size()).arg(body.plainLength));
    while (!plain.empty() && (plain.back() == '\0' || plain.back() == ' '))
        plain.pop_back();
    return plain;
}

} // namespace portalbind::wsman
