// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QSslSocket>
#include <QString>

#include <gssapi/gssapi.h>

/// What an HTTP server answered.
struct HttpReply
{
    int status = 0; ///< 0: nothing whole
    QByteArray head;
    QByteArray body;
    [[nodiscard]] QByteArray field(const QByteArray &name) const;
};

/// One connection to a peer, requests one after another; blocking.
class HttpClient
{
public:
    [[nodiscard]] bool open(quint16 port, bool tls); ///< any certificate will do
    HttpReply post(const QByteArray &body, const QByteArray &authorization = {},
                   const QByteArray &type = "application/soap+xml;charset=UTF-8");
    [[nodiscard]] QByteArray certificate() const { return m_socket.peerCertificate().toDer(); }

private:
    QSslSocket m_socket;
};

/// The initiator's side of a security context, on GSSAPI alone: what clients are tested against must itself be right.
class Initiator
{
public:
    /// \a scheme: Negotiate or Kerberos. Without a password the ticket cache is used. \a bare: NTLM without SPNEGO
    /// around it, as some clients send it under Negotiate.
    Initiator(QByteArray scheme, bool useNtlm, const QString &user = {}, const QString &password = {},
              bool bare = false);
    ~Initiator();
    Initiator(const Initiator &) = delete;
    Initiator &operator=(const Initiator &) = delete;

    /// Signs in with empty bodies; the last reply.
    HttpReply signIn(HttpClient &client, const QByteArray &binding = {});
    [[nodiscard]] QByteArray protocol() const;
    [[nodiscard]] QByteArray type() const; ///< Content-Type of a sealed message
    QByteArray seal(const QByteArray &plain);
    /// The plain text of an answer whose every other byte is as it has to be, else what is wrong: framing, unwrap,
    /// length.
    QByteArray unseal(const QByteArray &body);
    [[nodiscard]] qsizetype headerLength() const { return m_headerLength; } ///< of what was sealed last

private:
    QByteArray step(const QByteArray &token, const QByteArray &binding);

    QByteArray m_scheme;
    bool m_ntlm;
    bool m_bare;
    gss_ctx_id_t m_context = GSS_C_NO_CONTEXT;
    gss_cred_id_t m_credential = GSS_C_NO_CREDENTIAL;
    gss_name_t m_service = GSS_C_NO_NAME;
    bool m_done = false;
    bool m_failed = false;
    qsizetype m_headerLength = 0;
};
