// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>

#include <optional>

/// The acceptor's side of GSSAPI, in Qt's types.
namespace peer::gss {

enum class Progress { Failed, Continue, Done };

/// Credentials to accept with, out of the keytab (KRB5_KTNAME) and NTLM_USER_FILE. \a mechanisms: kerberos, ntlm.
bool acquire(const QStringList &mechanisms, bool kerberosOnly, gss_cred_id_t *credential, QString *error);

Progress accept(gss_ctx_id_t *context, gss_cred_id_t credential, const QByteArray &token, const QByteArray &binding,
                QByteArray *answer, unsigned *flags, QString *user, QString *error);
[[nodiscard]] bool isNtlm(gss_ctx_id_t context);

struct Sealed
{
    QByteArray header;
    QByteArray data; ///< with padding at its end
    int padding = 0;
};
/// As Windows lays it out: Kerberos by gss_wrap_iov without a trailer, NTLM as 16 bytes of signature and the rest.
[[nodiscard]] std::optional<Sealed> wrap(gss_ctx_id_t context, const QByteArray &plain);
[[nodiscard]] std::optional<QByteArray> unwrap(gss_ctx_id_t context, const QByteArray &header, const QByteArray &data,
                                               QString *error);

} // namespace peer::gss
