// SPDX-License-Identifier: Apache-2.0
#include "smallsite.h"

namespace portalbind {

SmallSite::SmallSite()
{
    san = builder.addServer("san", Server{QStringLiteral("san-a"), QStringLiteral("192.0.2.1"), Dialect::Smis, {}});
    mail = builder.addNode(
            "mail",
            Node{san, Role::Target, QStringLiteral("iqn.2026-11.com.example:mail"), QStringLiteral("Mail store")});
    one = builder.addEndpoint("one", Endpoint{san, mail, Role::Target, BindingScope::Endpoint, true, 1});
    two = builder.addEndpoint("two", Endpoint{san, mail, Role::Target, BindingScope::Endpoint, false, 2});
    a = builder.addPortal("a", portal("10.0.0.1:3260"));
    b = builder.addPortal("b", portal("10.0.0.2:3260"));
    c = builder.addPortal("c", portal("[2001:db8::3]:860"));
    red = builder.addGroup("red", Group{san, QStringLiteral("red"), false});
    blue = builder.addGroup("blue", Group{san, QStringLiteral("blue"), false});
}

Portal SmallSite::portal(const char *address) const
{
    Portal made;
    made.server = san;
    made.address = *PortalAddress::parse(QString::fromLatin1(address));
    made.nic = QStringLiteral("eth0");
    return made;
}

} // namespace portalbind
