// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/wsman/connecting.h"

using namespace portalbind;
using namespace portalbind::wsman;

namespace {

Task<CertificateAnswer> once()
{
    co_return CertificateAnswer::Once;
}

} // namespace

ServerProfile profileFor(quint16 port)
{
    using namespace std::chrono_literals;
    ServerProfile profile;
    profile.host = QStringLiteral("127.0.0.1");
    profile.port = port;
    profile.signIn = SignIn::Basic;
    profile.user = QStringLiteral("maria");
    profile.password = Secret(QStringLiteral("p:w"));
    profile.uriStyle = UriStyle::Dmtf;
    profile.deadlines.backoff = 5ms;
    profile.deadlines.firstByte = 5s;
    profile.deadlines.stall = 5s;
    profile.deadlines.answer = 10s;
    profile.deadlines.release = 2s;
    return profile;
}

ConnectionHooks trusting()
{
    ConnectionHooks hooks;
    hooks.ask = [](const CertificateQuestion &) { return once(); };
    return hooks;
}
