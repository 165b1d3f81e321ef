// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/gsserror.h"

#include "backends/wsman/httperror.h"

#include <QCoreApplication>

#include <krb5/krb5.h>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

QString statusText(OM_uint32 status, int type, gss_OID mechanism)
{
    QStringList texts;
    OM_uint32 more = 0;
    do {
        gss_buffer_desc buffer = GSS_C_EMPTY_BUFFER;
        OM_uint32 minor = 0;
        if (GSS_ERROR(gss_display_status(&minor, status, type, mechanism, &more, &buffer)))
            break;
        texts << QString::fromUtf8(static_cast<const char *>(buffer.value), qsizetype(buffer.length));
        gss_release_buffer(&minor, &buffer);
    } while (more && texts.size() < 8);
    return texts.join(QLatin1String("; "));
}

struct Words
{
    QString what, remedy;
};

constexpr OM_uint32 firstMadeUpCode = 100'000; // mechglue, util_errmap.c

/// GSSAPI makes a code up when another mechanism has reported the same one before, as SPNEGO does after Kerberos by
/// itself. The text is left then, as far as it is English; else the general words have to do.
krb5_error_code kerberosCode(OM_uint32 minor, const QString &text)
{
    struct Known
    {
        QLatin1String begin, end;
        krb5_error_code code;
    };
    static const Known known[] = {
            {QLatin1String("Clock skew too great"), {}, KRB5KRB_AP_ERR_SKEW},
            {QLatin1String("Preauthentication failed"), {}, KRB5KDC_ERR_PREAUTH_FAILED},
            {QLatin1String("Client "), QLatin1String("not found in Kerberos database"),
             KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN},
            {QLatin1String("Server "), QLatin1String("not found in Kerberos database"),
             KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN},
            {QLatin1String("Cannot contact any KDC"), {}, KRB5_KDC_UNREACH},
            {QLatin1String("Cannot find KDC"), {}, KRB5_REALM_UNKNOWN},
            {QLatin1String("No credentials cache"), {}, KRB5_CC_NOTFOUND},
            {QLatin1String("Ticket expired"), {}, KRB5KRB_AP_ERR_TKT_EXPIRED},
    };
    if (minor < firstMadeUpCode || minor > firstMadeUpCode * 2) // codes of Kerberos are negative
        return static_cast<krb5_error_code>(minor);
    for (const Known &one : known) {
        if (text.startsWith(one.begin) && text.contains(one.end))
            return one.code;
    }
    return 0;
}

Words wordsFor(const ServerProfile &profile, OM_uint32 major, krb5_error_code code)
{
    const QString user = profile.user.isEmpty() ? Text::tr("the current user") : profile.user;
    switch (code) {
    case KRB5KRB_AP_ERR_SKEW:
        return {Text::tr("The clock of this host and that of the domain differ by more than five minutes."),
                Text::tr("Set the clocks.")};
    case KRB5KDC_ERR_PREAUTH_FAILED:
    case KRB5KRB_AP_ERR_BAD_INTEGRITY:
        return {Text::tr("The password of %1 is wrong.").arg(user),
                Text::tr("Type it again. It was tried once, so that no account gets locked.")};
    case KRB5KDC_ERR_C_PRINCIPAL_UNKNOWN:
        return {Text::tr("The domain does not know %1.").arg(user), Text::tr("Check user name and realm.")};
    case KRB5KDC_ERR_CLIENT_REVOKED:
        return {Text::tr("The account of %1 is locked or disabled.").arg(user), Text::tr("Ask who runs the domain.")};
    case KRB5KDC_ERR_KEY_EXP:
        return {Text::tr("The password of %1 has expired.").arg(user), Text::tr("Change it, then connect again.")};
    case KRB5KDC_ERR_S_PRINCIPAL_UNKNOWN:
        return {Text::tr("The domain has no service principal %1/%2.")
                        .arg(profile.service, profile.serviceHost.isEmpty() ? profile.host : profile.serviceHost),
                Text::tr("Use the full name of the server as the domain knows it, not an address or an alias.")};
    case KRB5_KDC_UNREACH:
    case KRB5_REALM_UNKNOWN:
    case KRB5_REALM_CANT_RESOLVE:
        return {Text::tr("No Kerberos server of the domain could be reached."),
                Text::tr("Check the network and the realm, or sign in with NTLM.")};
    case KRB5_FCC_NOFILE:
    case KRB5_CC_NOTFOUND:
    case KRB5_CC_NOSUPP:
    case KRB5KRB_AP_ERR_TKT_EXPIRED:
        return {Text::tr("There is no valid Kerberos ticket for %1.").arg(user),
                Text::tr("Run kinit, or give a password.")};
    default:
        break;
    }
    if (GSS_ROUTINE_ERROR(major) == GSS_S_BAD_MECH) {
        return {Text::tr("This way of sign-in is not installed here."),
                Text::tr("For NTLM install the GSSAPI mechanism gss-ntlmssp.")};
    }
    if (GSS_ROUTINE_ERROR(major) == GSS_S_NO_CRED) {
        return {Text::tr("There are no credentials for %1.").arg(user),
                Text::tr("Run kinit, or give user and password.")};
    }
    if (GSS_ROUTINE_ERROR(major) == GSS_S_BAD_BINDINGS) {
        return {Text::tr("Somebody stands between this host and %1: the TLS connection is not the server's own.")
                        .arg(profile.address()),
                Text::tr("Do not go on. Look for a proxy that opens TLS.")};
    }
    return {Text::tr("The sign-in to %1 failed.").arg(profile.address()),
            Text::tr("Check user, password and the kind of sign-in.")};
}

} // namespace

Error gssError(const ServerProfile &profile, OM_uint32 major, OM_uint32 minor, gss_OID mechanism)
{
    const QString reason = minor ? statusText(minor, GSS_C_MECH_CODE, mechanism) : QString();
    const krb5_error_code code = kerberosCode(minor, reason);
    const Words words = wordsFor(profile, major, code);
    QStringList raw{statusText(major, GSS_C_GSS_CODE, GSS_C_NO_OID)};
    if (minor)
        raw << reason;
    // A domain that cannot be reached has refused nobody.
    const bool unreachable = code == KRB5_KDC_UNREACH || code == KRB5_REALM_UNKNOWN || code == KRB5_REALM_CANT_RESOLVE;
    return Error{unreachable ? Error::Kind::Transport : Error::Kind::SignIn, words.what,
                 Text::tr("%1, sign-in").arg(profile.address()), words.remedy,
                 cleanText(raw.join(QLatin1String("; ")))};
}

} // namespace portalbind::wsman
