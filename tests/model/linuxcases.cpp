// SPDX-License-Identifier: Apache-2.0
#include "rulecases.h"

namespace portalbind {
namespace {

// Every collision of sockets below was tried on a real kernel (facts about LIO, section 2).
const Case portCases[] = {
        {"a wildcard keeps single addresses out",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p; "
         "endpoint E T: w; endpoint F U:",
         "bind p F", "refused 4 PortTaken other=E portal=w"},
        {"another port is free",
         "server san exclusive; portal w at=0.0.0.0:3261; portal p; endpoint E T: w; "
         "endpoint F U:",
         "bind p F", "allowed"},
        {"a wildcard that nobody binds is in nobody's way",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p; endpoint F U:", "bind p F", "allowed"},
        {"elsewhere both may be bound",
         "portal w at=0.0.0.0:3260; portal p; endpoint E T: w; endpoint F U:", "bind p F", "allowed"},
        {"a wildcard of another server",
         "server a exclusive; portal w at=0.0.0.0:3260; endpoint E T: w; "
         "server b exclusive; portal p; endpoint F U:",
         "bind p F", "allowed"},
        {"one socket serves several targets",
         "server san exclusive; portal p; portal w at=0.0.0.0:3261; "
         "endpoint E T: p w; endpoint F U:",
         "bind p F", "allowed"},
        {"a single IPv6 address stands beside 0.0.0.0",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p at=[2001:db8::5]:3260; endpoint E T: w; "
         "endpoint F U:",
         "bind p F", "allowed"},
        {":: takes IPv4 connections as well",
         "server san exclusive; portal w at=[::]:3260; portal p; endpoint E T: w; endpoint F U:", "bind p F",
         "refused 4 PortTaken other=E portal=w"},
        {":: and IPv6",
         "server san exclusive; portal w at=[::]:3260; portal p at=[2001:db8::5]:3260; "
         "endpoint E T: w; endpoint F U:",
         "bind p F", "refused 4 PortTaken other=E portal=w"},
        {"single addresses keep a wildcard out",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p; "
         "endpoint E T: p; endpoint F U:",
         "bind w F", "refused 4 PortTaken other=E portal=p"},
        {"0.0.0.0 is mistaken for IPv6 of the same target",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p at=[2001:db8::5]:3260; endpoint E T: p; "
         "endpoint F T:",
         "bind w F", "refused 4098 PortTaken other=E portal=p"},
        {"and of the same endpoint",
         "server san exclusive; portal w at=0.0.0.0:3260; "
         "portal p at=[2001:db8::5]:3260; endpoint E T: p",
         "bind w E", "refused 4098 PortTaken other=E portal=p"},
        {"of another target it would make a ghost",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p at=[2001:db8::5]:3260; endpoint E T: p; "
         "endpoint F U:",
         "bind w F", "refused 4 PortTaken other=E portal=p"},
        {"the same target has the word",
         "server san exclusive; portal w at=[::]:3260; portal p; portal q at=10.0.0.9:3260; endpoint E T: p; "
         "endpoint F U: q; endpoint G U:",
         "bind w G", "refused 4098 PortTaken other=F portal=q"},
        {"a shared socket does not help where the same target is mistaken",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p at=[2001:db8::5]:3260; endpoint E T: w; "
         "endpoint F U: p; endpoint G U:",
         "bind w G", "refused 4098 PortTaken other=F portal=p"},
        {"a free wildcard, by policy", "server san exclusive; portal w at=0.0.0.0:3260; endpoint E T:", "bind w E",
         "policy 4 Wildcard"},
        {"sharing one, by policy", "server san exclusive; portal w at=0.0.0.0:3260; endpoint E T: w; endpoint F U:",
         "bind w F", "policy 4 Wildcard"},
        {"another process has it", "server san exclusive; portal p taken=nginx; endpoint E T:", "bind p E",
         "refused 4 PortTaken"},
        {"elsewhere nobody looks", "portal p taken=nginx; endpoint E T:", "bind p E", "allowed"},
        {"the kernel's own socket is shared",
         "server san exclusive; portal p taken=nginx; endpoint E T: p; "
         "endpoint F U:",
         "bind p F", "allowed"},
        {"R6 comes first",
         "server san exclusive; portal w at=0.0.0.0:3261; portal p taken=nginx; "
         "endpoint E T: p w; endpoint F T:",
         "bind p F", "refused 4098 InUseInTarget other=E"},
        {"the target's word comes before policy",
         "server san exclusive address=policy group=policy; group g: p; group h: q; portal p gone taken=nginx; "
         "endpoint E T: q",
         "bind p E", "refused 4 PortTaken"},
        {"freed by a pending change",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p; endpoint E T: w; "
         "endpoint F U: | unbind w E",
         "bind p F", "allowed"},
        {"taken by a pending change",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p; endpoint E T:; "
         "endpoint F U: | bind w E",
         "bind p F", "refused 4 PortTaken other=E portal=w"},
        {"by a wildcard that is pending itself",
         "server san exclusive; portal p; endpoint E T:; endpoint F U: | create-portal w at=0.0.0.0:3260, bind w E",
         "bind p F", "refused 4 PortTaken other=E portal=w"},
        {"a move is not in its own way", "server san exclusive; portal p taken=nginx; endpoint E T: p; endpoint F T:",
         "move p E F", "allowed other=E last"},
        {"a new endpoint", "server san exclusive; portal w at=0.0.0.0:3260; portal p; endpoint E T: w; node U",
         "create-endpoint F U: p", "refused 4 PortTaken other=E portal=w"},
        {"a new endpoint of the same target",
         "server san exclusive; portal w at=0.0.0.0:3260; portal p at=[2001:db8::5]:3260; endpoint E T: p",
         "create-endpoint F T: w", "refused 4102 PortTaken other=E portal=p"},
};

const Case bareCases[] = {
        {"an empty endpoint goes", "server san bare; endpoint E T:", "delete-endpoint E", "allowed"},
        {"not one with a portal", "server san bare; endpoint E T: p", "delete-endpoint E", "refused 4 NotEmpty"},
        {"not one with a LUN", "server san bare; endpoint E T:; access E luns=0", "delete-endpoint E",
         "refused 4 NotEmpty"},
        {"not one with an ACL", "server san bare; endpoint E T:; access E: host", "delete-endpoint E",
         "refused 4 NotEmpty"},
        {"not one with a session", "server san bare; endpoint E T:; session E -", "delete-endpoint E",
         "refused 4 NotEmpty sessions=1"},
        {"elsewhere all goes at once", "endpoint E T: p; access E luns=0: host", "delete-endpoint E", "allowed"},
        {"once its portal is to be unbound", "server san bare; endpoint E T: p | unbind p E", "delete-endpoint E",
         "allowed"},
        {"a target without endpoints goes", "server san bare; node T", "delete-node T", "allowed"},
        {"not one with an endpoint", "server san bare; endpoint E T:", "delete-node T", "refused 4 NotEmpty"},
        {"sessions come first", "server san bare; endpoint E T: p; session E p", "delete-node T",
         "refused 4097 SessionsActive sessions=1"},
        {"once its endpoint is to go", "server san bare; endpoint E T: | delete-endpoint E", "delete-node T",
         "allowed"},
        {"nothing stands behind an offered portal", "portal p offered", "delete-portal p", "refused 4 NothingThere"},
        {"it binds like any other", "portal p offered; endpoint E T:", "bind p E", "allowed"},
};

const Case saveCases[] = {
        {"where something is kept", "server san saves; endpoint E T:", "save san: E", "allowed"},
        {"where nothing is", "server san; endpoint E T:", "save san: E", "refused 1 NotSupported"},
        {"where it may not be", "server san saves unsavable=Pacemaker; endpoint E T:", "save san: E",
         "refused 4 CannotSave"},
        {"on no server", "server san saves; endpoint E T:", "save other: E", "refused 5 NoSuchServer"},
        {"while reading", "server san saves; endpoint E T:; loading", "save san: E", "server NotLoaded"},
};

const CaseTable tables[] = {{"ports", portCases}, {"bare", bareCases}, {"save", saveCases}};

} // namespace

std::span<const CaseTable> linuxCases()
{
    return tables;
}

} // namespace portalbind
