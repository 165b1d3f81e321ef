// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/secret.h"

#include <QByteArray>
#include <QHash>
#include <QString>

#include <chrono>

namespace portalbind::wsman {

/// How to prove who we are. It is chosen before connecting and never changed by what a server offers: a server, or
/// somebody between, cannot turn Negotiate into a password in clear text.
enum class SignIn {
    Basic, ///< user and password in each request; over TLS only
    Negotiate, ///< SPNEGO: Kerberos where a ticket can be had, else NTLM
    Kerberos, ///< SPNEGO with Kerberos alone; without a password the ticket cache is used
    Ntlm, ///< NTLM under the scheme Negotiate, as Windows takes it
};

/// How a server names classes. Learnt from its Identify answer unless it is set.
enum class UriStyle {
    Automatic,
    Dmtf, ///< `http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Class` and a selector `__cimnamespace`
    Wmi, ///< `http://schemas.microsoft.com/wbem/wsman/1/wmi/namespace/Class`
};

struct Deadlines
{
    using ms = std::chrono::milliseconds;
    ms connect = std::chrono::seconds(10); ///< name look-up and TCP
    ms tls = std::chrono::seconds(10);
    ms signIn = std::chrono::seconds(30); ///< one leg, with the tickets it needs: a silent KDC blocks for 27 s
    std::chrono::seconds operation = std::chrono::seconds(60); ///< asked of the server (OperationTimeout)
    ms firstByte = std::chrono::seconds(75); ///< operation and the time that a loaded server is late
    ms stall = std::chrono::seconds(30); ///< between two pieces of one answer
    ms answer = std::chrono::minutes(5); ///< from the request to the last byte of its answer
    ms release = std::chrono::seconds(5); ///< to give back an enumeration that was cancelled, all in all
    ms idle = std::chrono::seconds(45); ///< a connection unused for longer is not used again (servers close at 60 s)
    ms backoff = std::chrono::milliseconds(
            250); ///< before the first repetition of a read; doubled for each further one
    ms patience = std::chrono::seconds(30); ///< a server that asks to wait for longer (Retry-After) is not asked again
    ms enumeration = std::chrono::minutes(15); ///< the whole of one: a million instances take openwsman five
};

struct Limits
{
    quint32 headerBytes = 64 * 1024;
    int headerFields = 100;
    quint32 envelope = 512'000; ///< asked of the server (MaxEnvelopeSize)
    quint32 body = 1024 * 1024; ///< what is read of one answer at most
    int depth = 64; ///< of elements; CIM needs about 15
    int elements = 200'000; ///< in one answer
    int attributes = 64; ///< of one element; an envelope declares about a dozen namespaces
    int batch = 1000; ///< instances asked for at once
    quint32 text = 256 * 1024; ///< bytes between two elements: of one text, its markup included
    quint64 instances = 3'000'000; ///< of one enumeration: a million portals have two million BindsTo
    quint64 bytes = quint64(4) << 30; ///< of one enumeration; those two million take OMI 3.6. They pass through
    size_t referring = 100'000; ///< associations of one object
    int emptyAnswers = 3; ///< in a row, without an end: not believed further
    int attempts = 4; ///< of a read
    int connections = 2; ///< at once
    int operations = 4; ///< at once, open enumerations included; lowered when the server names a quota
};

/// All that is needed to reach one server. A value: copied into the connection when that is made.
struct ServerProfile
{
    QString host; ///< name or address, IPv6 without brackets
    quint16 port = 5986;
    bool tls = true;
    QByteArray path = "/wsman";
    SignIn signIn = SignIn::Negotiate;
    QString user; ///< `user`, `user@REALM` or `DOMAIN\user`
    Secret password; ///< never logged, never part of an Error; overwritten when the last copy goes
    QString service = QStringLiteral("HTTP"); ///< first part of the service principal
    QString serviceHost; ///< its second part; empty: host
    bool kerberosScheme = false; ///< HTTP scheme `Kerberos` with bare Kerberos tokens in place of Negotiate
    bool oldTls = false; ///< TLS 1.0 and 1.1 too, for servers that have nothing newer
    UriStyle uriStyle = UriStyle::Automatic;
    /// Class prefix → URI base of vendors whose classes are not under the schema's own (openwsman,
    /// `vendor_namespaces`).
    QHash<QString, QString> vendorUris;
    Deadlines deadlines;
    Limits limits;

    [[nodiscard]] QString hostInUrl() const
    {
        return host.contains(QLatin1Char(':')) ? QLatin1Char('[') + host + QLatin1Char(']') : host;
    }
    /// `host:port`, for sentences and as the key of a pin.
    [[nodiscard]] QString address() const { return hostInUrl() + QLatin1Char(':') + QString::number(port); }
    /// The value of wsa:To.
    [[nodiscard]] QString url() const
    {
        return QLatin1String(tls ? "https://" : "http://") + address() + QString::fromLatin1(path);
    }
};

} // namespace portalbind::wsman
