// SPDX-License-Identifier: Apache-2.0
#include "site.h"

#include "model/rules.h"

#include <QTest>

#include <set>

using namespace portalbind;

namespace {

/// One named situation: the site, what is asked, and the answer in the words of Site::words().
struct Case
{
    const char *name;
    const char *site;
    const char *question;
    const char *answer;
};

// Which predicates fail alone, and which hold although one might think otherwise.
const Case bindCases[] = {
        {"plain", "portal p; endpoint E T:", "bind p E", "allowed"},
        {"empty endpoint has free choice among groups", "group g: p; group h: q; endpoint E T:", "bind q E", "allowed"},
        {"empty endpoint takes an ungrouped portal", "group g: q; portal p; endpoint E T:", "bind p E", "allowed"},
        {"empty endpoint of a server without groups", "server san groups=none; portal p; endpoint E T:", "bind p E",
         "allowed"},
        {"disabled endpoint binds like any other", "portal p; endpoint E T disabled:", "bind p E", "allowed"},
        {"same group", "group g: p q; endpoint E T: p", "bind q E", "allowed"},
        {"one group of several in common", "group g: p q; group h: q; group i: p; endpoint E T: p", "bind q E",
         "allowed"},
        {"read-only groups are groups", "server san groups=readonly; group g: p q; endpoint E T: p", "bind q E",
         "allowed"},
        {"wildcard address", "portal p at=0.0.0.0:3260; endpoint E T:", "bind p E", "allowed"},
        {"orphan endpoint", "portal p; endpoint E -:", "bind p E", "allowed"},

        // R0
        {"R0 binding not supported", "server san bind=no; portal p; endpoint E T:", "bind p E",
         "refused 1 NotSupported"},
        {"R0 support unknown", "server san bind=unknown; portal p; endpoint E T:", "bind p E", "server SupportUnknown"},
        {"R0 single target of a server-wide switch", "portal p; endpoint E T:; endpoint ALL - switch:", "bind p E",
         "refused 1 WrongScope"},
        {"R0 the switch itself", "portal p; endpoint E T:; endpoint ALL - switch:", "bind p ALL", "allowed"},
        {"R0 the switch of another server",
         "server win; endpoint ALL - switch:; server san; portal p; endpoint E T:", "bind p E", "allowed"},
        // R1
        {"R1 no portal named", "portal p; endpoint E T:", "bind null E", "refused 5 Malformed"},
        {"R1 no endpoint named", "portal p; endpoint E T:", "bind p null", "refused 5 Malformed"},
        {"R1 nothing named", "portal p", "bind null null", "refused 5 Malformed"},
        {"R1 portal of another server", "server a; portal p; server b; endpoint E T:", "bind p E",
         "refused 5 OtherServer"},
        // R2, R3
        {"R2 no such portal", "endpoint E T:", "bind p E", "refused 4096 NoSuchPortal"},
        {"R3 no such endpoint", "portal p", "bind p E", "refused 4096 NoSuchEndpoint"},
        // R4
        {"R4 target endpoint, address without port", "portal p ip; endpoint E T:", "bind p E", "refused 5 NeedsPortal"},
        {"R4 initiator endpoint, TCP portal", "portal p; endpoint E N initiator:", "bind p E",
         "refused 5 NeedsAddress"},
        {"R4 initiator endpoint, address", "portal p ip; endpoint E N initiator:", "bind p E", "allowed"},
        {"R4 the role of the endpoint counts, not its node's", "portal p; node N both; endpoint E N:", "bind p E",
         "allowed"},
        {"R4 role unknown, TCP", "portal p; endpoint E T unknown:", "bind p E", "server RoleUnknown"},
        {"R4 role unknown, address", "portal p ip; endpoint E T unknown:", "bind p E", "server RoleUnknown"},
        {"R4 role both, TCP", "portal p; endpoint E T both:", "bind p E", "server RoleUnknown"},
        {"R4 role both, address", "portal p ip; endpoint E T both:", "bind p E", "server RoleUnknown"},
        // R5
        {"R5 address gone", "portal p gone; endpoint E T:", "bind p E", "refused 4097 AddressGone"},
        {"R5 by policy", "server san address=policy; portal p gone; endpoint E T:", "bind p E",
         "policy 4097 AddressGone"},
        {"R5 nobody minds", "server san address=nobody; portal p gone; endpoint E T:", "bind p E", "allowed"},
        {"R5 speaks of TCP portals only", "portal p ip gone; endpoint E N initiator:", "bind p E", "allowed"},
        {"R5 although the role is unknown", "portal p gone; endpoint E T unknown:", "bind p E",
         "refused 4097 AddressGone"},
        // R6
        {"R6 in use in the same target", "endpoint E T:; endpoint F T: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"R6 sharing across targets is normal", "endpoint E T:; endpoint F U: p; endpoint G V: p", "bind p E",
         "allowed"},
        {"R6 an initiator may use an address twice", "portal p ip; endpoint E N initiator:; endpoint F N initiator: p",
         "bind p E", "allowed"},
        {"R6 orphans have no target in common", "endpoint E -:; endpoint F -: p", "bind p E", "allowed"},
        {"R6 undecided with the role", "endpoint E T unknown:; endpoint F T: p", "bind p E", "server RoleUnknown"},
        {"R6 whatever the role of the other", "endpoint E T:; endpoint F T unknown: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        // R7
        {"R7 other group", "group g: p; group h: q; endpoint E T: p", "bind q E",
         "refused 4099 OtherGroup group=h otherGroup=g"},
        {"R7 ungrouped joins grouped", "group g: p; portal q; endpoint E T: p", "bind q E",
         "refused 4099 OtherGroup otherGroup=g"},
        {"R7 grouped joins ungrouped", "group g: q; portal p; endpoint E T: p", "bind q E",
         "refused 4099 OtherGroup group=g"},
        {"R7 pairwise is not enough", "group a: m n; group b: m k; group c: k n; endpoint E T: m k", "bind n E",
         "refused 4099 OtherGroup group=a otherGroup=b"},
        {"R7 three portals of one group", "group a: m n k; group b: m k; endpoint E T: m k", "bind n E", "allowed"},
        {"R7 what is bound shares none already", "group g: p; group h: q; endpoint E T: p q; group i: r p q",
         "bind r E", "allowed"},
        {"R7 what is bound shares none, nor would it", "group g: p r; group h: q; endpoint E T: p q", "bind r E",
         "refused 4099 OtherGroup group=g"},
        {"R7 none of them in a group", "group g: x; portal q; endpoint E T: p", "bind q E", "server NoneGrouped"},
        {"R7 the server tells no groups", "server san groups=none; portal q; endpoint E T: p", "bind q E",
         "server NoGroups"},
        {"R7 derived groups never refuse", "group g derived: p; group h derived: q; endpoint E T: p", "bind q E",
         "server NoneGrouped"},
        {"R7 a derived group in common is no common group", "group g: p; group d derived: p q; endpoint E T: p",
         "bind q E", "refused 4099 OtherGroup otherGroup=g"},
        {"R7 derived beside a real one", "group g: p q; group d derived: q; endpoint E T: p", "bind q E", "allowed"},
        {"R7 by policy", "server san group=policy; group g: p; group h: q; endpoint E T: p", "bind q E",
         "policy 4099 OtherGroup group=h otherGroup=g"},
        {"R7 nobody minds", "server san group=nobody; group g: p; group h: q; endpoint E T: p", "bind q E", "allowed"},
        {"R7 nobody minds, none grouped", "server san group=nobody; portal q; endpoint E T: p", "bind q E", "allowed"},
        {"R7 policy refuses nothing that it cannot see",
         "server san group=policy groups=none; portal q; endpoint E T: p", "bind q E", "allowed"},
        {"R7 policy has no ground where none is grouped", "server san group=policy; portal q; endpoint E T: p",
         "bind q E", "allowed"},
        {"R7 initiators too", "portal p ip; portal q ip; group g: p; group h: q; endpoint E N initiator: p", "bind q E",
         "refused 4099 OtherGroup group=h otherGroup=g"},
        {"R7 although the role is unknown", "group g: p; group h: q; endpoint E T unknown: p", "bind q E",
         "refused 4099 OtherGroup group=h otherGroup=g"},
        // R8
        {"R8 bound here already", "endpoint E T: p", "bind p E", "nothing Already"},
        {"R8 support unknown matters no more", "server san bind=unknown; endpoint E T: p", "bind p E",
         "nothing Already"},
        {"R8 nor does the role", "endpoint E T unknown: p", "bind p E", "nothing Already"},

        {"not read to the end", "portal p; endpoint E T:; loading", "bind p E", "server NotLoaded"},
        {"not read to the end: what is missing may still come", "endpoint E T:; loading", "bind p E",
         "server NotLoaded"},
        {"not read to the end: nor is a refusal sure", "endpoint E T:; endpoint F T: p; loading", "bind p E",
         "server NotLoaded"},
};

// Two predicates fail at once: the order R0, R1, R3, R2, R4, R8, R5, R6, R7 says which is told.
const Case precedenceCases[] = {
        {"R0 before R1", "server san bind=no; endpoint E T:", "bind null E", "refused 1 NotSupported"},
        {"R0 before R1 (other server)", "server a; portal p; server b bind=no; endpoint E T:", "bind p E",
         "refused 1 NotSupported"},
        {"R0 needs a server", "server san bind=no; portal p", "bind p E", "refused 4096 NoSuchEndpoint"},
        {"R0 before R2", "server san bind=no; endpoint E T:", "bind p E", "refused 1 NotSupported"},
        {"R0 before R4", "server san bind=no; portal p ip; endpoint E T:", "bind p E", "refused 1 NotSupported"},
        {"R0 before R8", "server san bind=no; endpoint E T: p", "bind p E", "refused 1 NotSupported"},
        {"R0 before R5", "server san bind=no; portal p gone; endpoint E T:", "bind p E", "refused 1 NotSupported"},
        {"R0 before R6", "server san bind=no; endpoint E T:; endpoint F T: p", "bind p E", "refused 1 NotSupported"},
        {"R0 before R7", "server san bind=no; group g: p; group h: q; endpoint E T: p", "bind q E",
         "refused 1 NotSupported"},
        {"R0 scope before R2", "endpoint E T:; endpoint ALL - switch:", "bind p E", "refused 1 WrongScope"},
        {"R0 scope before R5", "portal p gone; endpoint E T:; endpoint ALL - switch:", "bind p E",
         "refused 1 WrongScope"},
        {"R0 support before scope", "server san bind=no; portal p; endpoint E T:; endpoint ALL - switch:", "bind p E",
         "refused 1 NotSupported"},
        {"R0 unknown comes last: R2", "server san bind=unknown; endpoint E T:", "bind p E",
         "refused 4096 NoSuchPortal"},
        {"R0 unknown comes last: R4", "server san bind=unknown; portal p ip; endpoint E T:", "bind p E",
         "refused 5 NeedsPortal"},
        {"R0 unknown comes last: R5", "server san bind=unknown; portal p gone; endpoint E T:", "bind p E",
         "refused 4097 AddressGone"},
        {"R0 unknown comes last: R6", "server san bind=unknown; endpoint E T:; endpoint F T: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"R0 unknown comes last: R7", "server san bind=unknown; group g: p; portal q; endpoint E T: p", "bind q E",
         "refused 4099 OtherGroup otherGroup=g"},
        {"R1 before R3", "portal p", "bind null E", "refused 5 Malformed"},
        {"R1 before R2", "endpoint E T:", "bind p null", "refused 5 Malformed"},
        {"R1 before R4", "server a; portal p ip; server b; endpoint E T:", "bind p E", "refused 5 OtherServer"},
        {"R1 before R8", "server a; portal p; server b; endpoint E T: p", "bind p E", "refused 5 OtherServer"},
        {"R1 before R5", "server a; portal p gone; server b; endpoint E T:", "bind p E", "refused 5 OtherServer"},
        {"R1 before R6", "server a; portal p; server b; endpoint E T:; endpoint F T: p", "bind p E",
         "refused 5 OtherServer"},
        {"R1 before R7", "server a; portal p; server b; group g: q; endpoint E T: q", "bind p E",
         "refused 5 OtherServer"},
        {"R3 before R2", "node T", "bind p E", "refused 4096 NoSuchEndpoint"},
        {"R4 before R8", "endpoint E N initiator: p", "bind p E", "refused 5 NeedsAddress"},
        {"R4 before R5", "portal p gone; endpoint E N initiator:", "bind p E", "refused 5 NeedsAddress"},
        {"R4 before R6", "portal p ip; endpoint E T:; endpoint F T: p", "bind p E", "refused 5 NeedsPortal"},
        {"R4 before R7", "portal p ip; group g: q; endpoint E T: q", "bind p E", "refused 5 NeedsPortal"},
        {"R8 before R5", "portal p gone; endpoint E T: p", "bind p E", "nothing Already"},
        {"R8 before R6", "endpoint E T: p; endpoint F T: p", "bind p E", "nothing Already"},
        {"R8 before R7", "group g: p; group h: q; endpoint E T: p q", "bind p E", "nothing Already"},
        {"R5 before R6", "portal p gone; endpoint E T:; endpoint F T: p", "bind p E", "refused 4097 AddressGone"},
        {"R5 before R7", "portal p gone; group g: p; group h: q; endpoint E T: q", "bind p E",
         "refused 4097 AddressGone"},
        {"R6 before R7", "group g: p; group h: q; endpoint E T: q; endpoint F T: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        // A policy may be overridden; it must not hide what the target refuses all the same.
        {"policy R5 after R6", "server san address=policy; portal p gone; endpoint E T:; endpoint F T: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"policy R5 after R7", "server san address=policy; portal p gone; group g: p; group h: q; endpoint E T: q",
         "bind p E", "refused 4099 OtherGroup group=g otherGroup=h"},
        {"R5 before policy R7", "server san group=policy; portal p gone; group g: p; group h: q; endpoint E T: q",
         "bind p E", "refused 4097 AddressGone"},
        {"R6 before policy R7", "server san group=policy; group g: p; group h: q; endpoint E T: q; endpoint F T: p",
         "bind p E", "refused 4098 InUseInTarget other=F"},
        {"policy R5 before policy R7",
         "server san address=policy group=policy; portal p gone; group g: p; group h: q; endpoint E T: q", "bind p E",
         "policy 4097 AddressGone"},
        {"R5 nobody, then R6", "server san address=nobody; portal p gone; endpoint E T:; endpoint F T: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"R5 before what is undecided in R7", "portal p gone; portal q; endpoint E T: q", "bind p E",
         "refused 4097 AddressGone"},
        {"policy R5 before what is undecided in R7",
         "server san address=policy; portal p gone; portal q; endpoint E T: q", "bind p E", "policy 4097 AddressGone"},
        {"R6 before what is undecided in R7", "portal q; endpoint E T: q; endpoint F T: p", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"role before what is undecided in R7", "portal p; portal q; endpoint E T unknown: q", "bind p E",
         "server RoleUnknown"},
};

// The same, seen through pending operations.
const Case pendingCases[] = {
        {"freed in the same target", "endpoint E T:; endpoint F T: p | unbind p F", "bind p E", "allowed"},
        {"taken in the same target", "portal p; endpoint E T:; endpoint F T: | bind p F", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"moved away and back", "endpoint E T:; endpoint F T: p | move p F E, move p E F", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"staged already", "portal p; endpoint E T: | bind p E", "bind p E", "nothing Already"},
        {"unbound and bound again", "endpoint E T: p | unbind p E, bind p E", "bind p E", "nothing Already"},
        {"emptied: free choice again", "group g: p; group h: q; endpoint E T: p | unbind p E", "bind q E", "allowed"},
        {"first pending portal fixes the group", "group g: p; group h: q; endpoint E T: | bind p E", "bind q E",
         "refused 4099 OtherGroup group=h otherGroup=g"},
        {"narrowed by a pending portal", "group g: p q; group h: p r; endpoint E T: p | bind q E", "bind r E",
         "refused 4099 OtherGroup group=h otherGroup=g"},
        {"widened by a pending unbind", "group g: p q; group h: p r; endpoint E T: p q | unbind q E", "bind r E",
         "allowed"},
        {"joined the group", "group g: p; portal q; endpoint E T: p | join q g", "bind q E", "allowed"},
        {"left the group", "group g: p q; group h: p; endpoint E T: p | leave q g", "bind q E",
         "refused 4099 OtherGroup otherGroup=g"},
        {"what is bound joined the group", "portal p; group h: q; endpoint E T: p | join p h", "bind q E", "allowed"},
        {"group deleted: none grouped", "group g: p q; endpoint E T: p | delete-group g", "bind q E",
         "server NoneGrouped"},
        {"portal deleted", "portal p; endpoint E T: | delete-portal p", "bind p E", "refused 4096 NoSuchPortal"},
        {"endpoint deleted", "portal p; endpoint E T: | delete-endpoint E", "bind p E", "refused 4096 NoSuchEndpoint"},
        {"node deleted, its endpoint with it", "portal p; endpoint E T: | delete-node T", "bind p E",
         "refused 4096 NoSuchEndpoint"},
        {"sibling deleted", "endpoint E T:; endpoint F T: p | delete-endpoint F", "bind p E", "allowed"},
        {"staged portal", "endpoint E T: | create-portal n at=10.0.9.9:3260", "bind n E", "allowed"},
        {"staged address", "endpoint E N initiator: | create-portal n at=10.0.9.9 ip", "bind n E", "allowed"},
        {"staged portal on an address that is gone", "endpoint E T: | create-portal n at=10.0.9.9:3260 gone",
         "bind n E", "refused 4097 AddressGone"},
        {"staged portal is in no group", "group g: p; endpoint E T: p | create-portal n at=10.0.9.9:3260", "bind n E",
         "refused 4099 OtherGroup otherGroup=g"},
        {"staged portal in the group", "group g: p; endpoint E T: p | create-portal n at=10.0.9.9:3260, join n g",
         "bind n E", "allowed"},
        {"staged endpoint", "portal p; node T | create-endpoint E T", "bind p E", "allowed"},
        {"staged endpoint with portals", "group g: p; portal q; node T | create-endpoint E T : p", "bind q E",
         "refused 4099 OtherGroup otherGroup=g"},
        {"staged endpoint of a staged node",
         "portal p | create-node T, create-endpoint E T, create-endpoint F T, bind p F", "bind p E",
         "refused 4098 InUseInTarget other=F"},
        {"staged group", "portal p; portal q; endpoint E T: p | create-group g, join p g, join q g", "bind q E",
         "allowed"},
        {"staged endpoint, wrong kind", "portal p; node N initiator | create-endpoint E N initiator", "bind p E",
         "refused 5 NeedsAddress"},
};

const Case unbindCases[] = {
        {"plain", "endpoint E T: p q", "unbind p E", "allowed"},
        {"U1 not bound", "portal p; endpoint E T: q", "unbind p E", "refused 6 NotBound"},
        {"U1 bound elsewhere", "endpoint E T: q; endpoint F T: p", "unbind p E", "refused 6 NotBound"},
        {"U1 no such portal", "endpoint E T: q", "unbind p E", "refused 6 NoSuchPortal"},
        {"U1 no such endpoint", "portal p", "unbind p E", "refused 6 NoSuchEndpoint"},
        {"U1 nothing named", "endpoint E T: q", "unbind null null", "refused 6 NoSuchEndpoint"},
        {"U1 pending", "endpoint E T: p q | unbind p E", "unbind p E", "refused 6 NotBound"},
        {"U1 pending bind", "portal p; endpoint E T: q | bind p E", "unbind p E", "allowed"},
        {"U2 not supported", "server san unbind=no; endpoint E T: p q", "unbind p E", "refused 7 NotSupported"},
        {"U2 unknown", "server san unbind=unknown; endpoint E T: p q", "unbind p E", "server SupportUnknown"},
        {"U1 before U2", "server san unbind=no; portal p; endpoint E T: q", "unbind p E", "refused 6 NotBound"},
        {"binding support does not matter", "server san bind=no; endpoint E T: p q", "unbind p E", "allowed"},
        {"U4 last portal", "endpoint E T: p", "unbind p E", "allowed last"},
        {"U4 last but for a pending one", "portal q; endpoint E T: p | bind q E", "unbind p E", "allowed"},
        {"U4 last because of a pending unbind", "endpoint E T: p q | unbind q E", "unbind p E", "allowed last"},
        {"U5 sessions over it", "endpoint E T: p q; session E p; session E p; session E q", "unbind p E",
         "allowed sessions=2"},
        {"U5 not attributed", "endpoint E T: p q; session E -", "unbind p E", "allowed"},
        {"U5 of another endpoint", "endpoint E T: p q; endpoint F U: p; session F p", "unbind p E", "allowed"},
        {"U4 and U5", "endpoint E T: p; session E p", "unbind p E", "allowed sessions=1 last"},
        {"U5 where the server decides", "server san unbind=unknown; endpoint E T: p q; session E p", "unbind p E",
         "server SupportUnknown sessions=1"},
        {"address gone", "portal p gone; endpoint E T: p q", "unbind p E", "allowed"},
        {"the server-wide switch", "endpoint ALL - switch: p q", "unbind p ALL", "allowed"},
        {"not read to the end", "endpoint E T: p q; loading", "unbind p E", "server NotLoaded"},
};

const Case moveCases[] = {
        {"within the target", "endpoint E T: p q; endpoint F T:", "move p E F", "allowed other=E"},
        {"last portal", "endpoint E T: p; endpoint F T:", "move p E F", "allowed other=E last"},
        {"sessions", "endpoint E T: p q; endpoint F T:; session E p", "move p E F", "allowed other=E sessions=1"},
        {"to another target", "endpoint E T: p q; endpoint F U:", "move p E F", "allowed other=E"},
        {"a third endpoint of the target has it, too", "endpoint E T: p q; endpoint F T:; endpoint G T: p",
         "move p E F", "refused 4098 InUseInTarget other=G"},
        {"to another target where it is in use", "endpoint E T: p q; endpoint F U:; endpoint G U: p", "move p E F",
         "refused 4098 InUseInTarget other=G"},
        {"other group there", "group g: p q; group h: r; endpoint E T: p q; endpoint F T: r", "move p E F",
         "refused 4099 OtherGroup group=g otherGroup=h"},
        {"not bound where it comes from", "portal p; endpoint E T:; endpoint F T:", "move p E F", "refused 6 NotBound"},
        {"unbind not supported", "server san unbind=no; endpoint E T: p q; endpoint F T:", "move p E F",
         "refused 7 NotSupported"},
        {"bind not supported", "server san bind=no; endpoint E T: p q; endpoint F T:", "move p E F",
         "refused 1 NotSupported"},
        {"to where it is", "endpoint E T: p q", "move p E E", "nothing Already other=E"},
        {"bound at both ends", "endpoint E T: p q; endpoint F U: p", "move p E F", "allowed Already other=E"},
        {"address gone", "portal p gone; endpoint E T: p q; endpoint F T:", "move p E F", "refused 4097 AddressGone"},
        {"server decides about unbinding", "server san unbind=unknown; endpoint E T: p q; endpoint F T:", "move p E F",
         "server SupportUnknown other=E"},
        {"server decides about the group", "endpoint E T: p q; endpoint F T: r", "move p E F",
         "server NoneGrouped other=E"},
        {"no such endpoint to go to", "endpoint E T: p q", "move p E F", "refused 4096 NoSuchEndpoint"},
        {"to another server", "server a; endpoint E T: p q; server b; endpoint F U:", "move p E F",
         "refused 5 OtherServer"},
        {"by policy", "server san group=policy; group g: p q; group h: r; endpoint E T: p q; endpoint F T: r",
         "move p E F", "policy 4099 OtherGroup group=g otherGroup=h"},
        {"not read to the end", "endpoint E T: p q; endpoint F T:; loading", "move p E F", "server NotLoaded other=E"},
};

const Case endpointCases[] = {
        {"plain", "node T", "create-endpoint E T", "allowed"},
        {"with a tag", "endpoint F T tag=1:", "create-endpoint E T tag=2", "allowed"},
        {"with portals of one group", "node T; group g: p q", "create-endpoint E T : p q", "allowed"},
        {"1 not supported", "server san no-endpoints; node T", "create-endpoint E T", "refused 1 NotSupported"},
        {"5 no node named", "node T", "create-endpoint E null", "refused 5 Malformed"},
        {"5 role that is none", "node T", "create-endpoint E T unknown", "refused 5 Malformed"},
        {"5 tag of more than 16 bits", "node T", "create-endpoint E T tag=65536", "refused 5 TagOutOfRange"},
        {"highest tag", "node T", "create-endpoint E T tag=65535", "allowed"},
        {"an ISID has 48 bits", "node N initiator", "create-endpoint E N initiator tag=65536", "allowed"},
        {"5 ISID of more than 48 bits", "node N initiator", "create-endpoint E N initiator tag=281474976710656",
         "refused 5 TagOutOfRange"},
        {"4096 no such node", "node T", "create-endpoint E X", "refused 4096 NoSuchNode"},
        {"4097 initiator endpoint of a target", "node T", "create-endpoint E T initiator",
         "refused 4097 RoleNotSupported"},
        {"4097 target endpoint of an initiator", "node N initiator", "create-endpoint E N",
         "refused 4097 RoleNotSupported"},
        {"4097 server knows no initiators", "server san no-initiators; node N initiator",
         "create-endpoint E N initiator", "refused 4097 RoleNotSupported"},
        {"node that is both", "node N both", "create-endpoint E N initiator", "allowed"},
        {"4099 tag not selectable", "server san no-tags; node T", "create-endpoint E T tag=2",
         "refused 4099 TagNotSelectable"},
        {"no tag asked for", "server san no-tags; node T", "create-endpoint E T", "allowed"},
        {"4098 tag in use", "endpoint F T tag=2:", "create-endpoint E T tag=2", "refused 4098 TagInUse other=F"},
        {"tag in use in another target", "node T; endpoint F U tag=2:", "create-endpoint E T tag=2", "allowed"},
        {"4098 staged tag", "node T | create-endpoint F T tag=2", "create-endpoint E T tag=2",
         "refused 4098 TagInUse other=F"},
        {"tag free again", "endpoint F T tag=2: | delete-endpoint F", "create-endpoint E T tag=2", "allowed"},
        {"4100 no such portal", "node T; portal p", "create-endpoint E T : p q", "refused 4100 NoSuchPortal"},
        {"4101 address gone", "node T; portal p gone", "create-endpoint E T : p", "refused 4101 AddressGone"},
        {"4101 by policy", "server san address=policy; node T; portal p gone", "create-endpoint E T : p",
         "policy 4101 AddressGone"},
        {"4102 in use in this target", "endpoint F T: p", "create-endpoint E T : p",
         "refused 4102 InUseInTarget other=F"},
        {"shared with another target", "node T; endpoint F U: p", "create-endpoint E T : p", "allowed"},
        {"4103 no common group", "node T; group g: p; group h: q", "create-endpoint E T : p q",
         "refused 4103 OtherGroup group=h otherGroup=g"},
        {"4103 pairwise is not enough", "node T; group a: m n; group b: m k; group c: k n",
         "create-endpoint E T : m k n", "refused 4103 OtherGroup group=a otherGroup=b"},
        {"4103 by policy", "server san group=policy; node T; group g: p; group h: q", "create-endpoint E T : p q",
         "policy 4103 OtherGroup group=h otherGroup=g"},
        {"none grouped", "node T; portal p; portal q", "create-endpoint E T : p q", "server NoneGrouped"},
        {"one ungrouped portal", "node T; portal p", "create-endpoint E T : p", "allowed"},
        {"no groups told", "server san groups=none; node T; portal p; portal q", "create-endpoint E T : p q",
         "server NoGroups"},
        {"5 wrong kind of portal", "node T; portal p ip", "create-endpoint E T : p", "refused 5 NeedsPortal"},
        {"5 wrong kind of portal for an initiator", "node N initiator; portal p", "create-endpoint E N initiator : p",
         "refused 5 NeedsAddress"},
        {"5 portal of another server", "server a; portal p; server b; node T", "create-endpoint E T : p",
         "refused 5 OtherServer"},
        {"1 before 4097", "server san no-endpoints; node T", "create-endpoint E T initiator", "refused 1 NotSupported"},
        {"4096 before 1", "server san no-endpoints; node T", "create-endpoint E X", "refused 4096 NoSuchNode"},
        {"4097 before 4099", "server san no-tags; node T", "create-endpoint E T initiator tag=2",
         "refused 4097 RoleNotSupported"},
        {"4099 before 4098", "server san no-tags; endpoint F T tag=2:", "create-endpoint E T tag=2",
         "refused 4099 TagNotSelectable"},
        {"4098 before 4100", "endpoint F T tag=2:", "create-endpoint E T tag=2 : p", "refused 4098 TagInUse other=F"},
        {"4100 before 4101", "node T; portal p gone", "create-endpoint E T : p q", "refused 4100 NoSuchPortal"},
        {"4101 before 4102", "portal q gone; endpoint F T: p", "create-endpoint E T : p q", "refused 4101 AddressGone"},
        {"4102 before 4103", "group g: p; group h: q; endpoint F T: q", "create-endpoint E T : p q",
         "refused 4102 InUseInTarget other=F"},
        {"policy 4101 after 4102", "server san address=policy; portal q gone; endpoint F T: p",
         "create-endpoint E T : q p", "refused 4102 InUseInTarget other=F"},
        {"not read to the end", "node T; loading", "create-endpoint E T", "server NotLoaded"},

        {"delete", "endpoint E T: p q", "delete-endpoint E", "allowed"},
        {"delete 4096", "node T", "delete-endpoint E", "refused 4096 NoSuchEndpoint"},
        {"delete 1", "server san no-endpoints; endpoint E T:", "delete-endpoint E", "refused 1 NotSupported"},
        {"delete tells its sessions", "endpoint E T: p q; session E p; session E -", "delete-endpoint E",
         "allowed sessions=2"},
        {"the server-wide switch is not deleted", "endpoint ALL - switch:", "delete-endpoint ALL",
         "refused 1 NotSupported"},
        {"delete, not read to the end", "endpoint E T:; loading", "delete-endpoint E", "server NotLoaded"},

        {"enable", "endpoint E T disabled:", "enable E", "allowed"},
        {"enable again", "endpoint E T:", "enable E", "nothing Already"},
        {"enable, pending", "endpoint E T disabled: | enable E", "enable E", "nothing Already"},
        {"disable tells its sessions", "endpoint E T: p; session E p", "disable E", "allowed sessions=1"},
        {"disable again", "endpoint E T disabled: p; session E p", "disable E", "nothing Already"},
        {"enable 1", "server san no-enable; endpoint E T disabled:", "enable E", "refused 1 NotSupported"},
        {"enable 5", "node T", "enable E", "refused 5 NoSuchEndpoint"},
        {"enable, not read to the end", "endpoint E T disabled:; loading", "enable E", "server NotLoaded"},
};

const Case nodeCases[] = {
        {"plain", "server san", "create-node T", "allowed"},
        {"named", "server san", "create-node T named=iqn.2026-11.com.example:x", "allowed"},
        {"initiator", "server san", "create-node N initiator", "allowed"},
        {"4096 not supported", "server san no-nodes", "create-node T", "refused 4096 NotSupported"},
        {"4097 alias in use", "node U alias=mail", "create-node T alias=mail", "refused 4097 NameInUse"},
        {"4097 name in use", "node U", "create-node T named=iqn.2026-11.com.example:u", "refused 4097 NameInUse"},
        {"name in use on another server", "server a; node U; server san",
         "create-node T named=iqn.2026-11.com.example:u", "allowed"},
        {"no alias is no name", "node U", "create-node T", "allowed"},
        {"5 name not selectable", "server san no-names", "create-node T named=iqn.2026-11.com.example:x",
         "refused 5 NameNotSelectable"},
        {"5 bad name", "server san", "create-node T named=disk", "refused 5 BadName"},
        {"5 name not in lower case", "server san", "create-node T named=iqn.2026-11.com.example:X",
         "refused 5 BadName"},
        {"5 role", "server san", "create-node T both", "refused 5 RoleNotSupported"},
        {"5 no initiators here", "server san no-initiators", "create-node N initiator", "refused 5 RoleNotSupported"},
        {"no such server", "server a", "create-node T on=b", "refused 5 NoSuchServer"},
        {"4096 before 4097", "server san no-nodes; node U alias=mail", "create-node T alias=mail",
         "refused 4096 NotSupported"},
        {"name free again", "node U | delete-node U", "create-node T named=iqn.2026-11.com.example:u", "allowed"},
        {"not read to the end", "server san; loading", "create-node T", "server NotLoaded"},
        {"delete", "endpoint E T: p", "delete-node T", "allowed"},
        {"delete 4096", "node U", "delete-node T", "refused 4096 NoSuchNode"},
        {"delete 1", "server san no-nodes; node T", "delete-node T", "refused 1 NotSupported"},
        {"delete 4097", "endpoint E T: p; endpoint F T:; session E p; session F -", "delete-node T",
         "refused 4097 SessionsActive sessions=2"},
        {"sessions of another node", "node T; endpoint E U: p; session E p", "delete-node T", "allowed"},
        {"delete, the endpoint with sessions is deleted before", "endpoint E T: p; session E p | delete-endpoint E",
         "delete-node T", "allowed"},
        {"delete, not read to the end", "node T; loading", "delete-node T", "server NotLoaded"},
};

const Case portalCases[] = {
        {"plain", "server san", "create-portal p at=10.0.1.5:3260", "allowed"},
        {"address alone", "server san", "create-portal p at=10.0.1.5 ip", "allowed"},
        {"1 read-only", "server san no-portals", "create-portal p at=10.0.1.5:3260", "refused 1 ReadOnly"},
        {"5 no address", "server san", "create-portal p", "refused 5 Malformed"},
        {"5 TCP without a port", "server san", "create-portal p at=10.0.1.5", "refused 5 Malformed"},
        {"5 address with a port", "server san", "create-portal p at=10.0.1.5:3260 ip", "refused 5 Malformed"},
        {"4096 no such server", "server a", "create-portal p at=10.0.1.5:3260 on=b", "refused 4096 NoSuchServer"},
        {"4097 in use", "portal q at=10.0.1.5:3260", "create-portal p at=10.0.1.5:3260", "refused 4097 NameInUse"},
        {"4097 by value, not by spelling", "portal q at=[2001:db8::5]:3260", "create-portal p at=[2001:DB8:0::5]:3260",
         "refused 4097 NameInUse"},
        {"other port", "portal q at=10.0.1.5:3260", "create-portal p at=10.0.1.5:3261", "allowed"},
        {"address and portal of one IP", "portal q at=10.0.1.5:3260", "create-portal p at=10.0.1.5 ip", "allowed"},
        {"on another server", "server a; portal q at=10.0.1.5:3260; server san", "create-portal p at=10.0.1.5:3260",
         "allowed"},
        {"4097 staged", "server san | create-portal q at=10.0.1.5:3260", "create-portal p at=10.0.1.5:3260",
         "refused 4097 NameInUse"},
        {"address free again", "portal q at=10.0.1.5:3260 | delete-portal q", "create-portal p at=10.0.1.5:3260",
         "allowed"},
        {"not read to the end", "server san; loading", "create-portal p at=10.0.1.5:3260", "server NotLoaded"},
        {"delete", "portal p", "delete-portal p", "allowed"},
        {"delete a member", "group g: p q", "delete-portal p", "allowed"},
        {"delete 1", "server san no-portals; portal p", "delete-portal p", "refused 1 ReadOnly"},
        {"delete 4096", "server san", "delete-portal p", "refused 4096 NoSuchPortal"},
        {"delete 4097", "endpoint E T: p", "delete-portal p", "refused 4097 StillBound other=E"},
        {"delete, unbound before", "endpoint E T: p | unbind p E", "delete-portal p", "allowed"},
        {"delete 4097, bound before", "portal p; endpoint E T: | bind p E", "delete-portal p",
         "refused 4097 StillBound other=E"},
        {"delete, not read to the end", "portal p; loading", "delete-portal p", "server NotLoaded"},
};

const Case groupCases[] = {
        {"create", "server san", "create-group g", "allowed"},
        {"create 1", "server san groups=readonly", "create-group g", "refused 1 ReadOnly"},
        {"create 1, no groups at all", "server san groups=none", "create-group g", "refused 1 ReadOnly"},
        {"create 4096", "server a", "create-group g on=b", "refused 4096 NoSuchServer"},
        {"create 4097", "group g", "create-group h named=g", "refused 4097 NameInUse otherGroup=g"},
        {"create, name on another server", "server a; group g; server san", "create-group h named=g", "allowed"},
        {"create 5", "server san", "create-group g named=", "refused 5 BadName"},
        {"create, name free again", "group g | rename-group g old", "create-group h named=g", "allowed"},
        {"create, not read to the end", "server san; loading", "create-group g", "server NotLoaded"},
        {"rename", "group g", "rename-group g h", "allowed"},
        {"rename to the same", "group g", "rename-group g g", "nothing Already"},
        {"rename 1", "server san groups=readonly; group g", "rename-group g h", "refused 1 ReadOnly"},
        {"rename 1, derived", "group g derived", "rename-group g h", "refused 1 ReadOnly"},
        {"rename 4096", "server san", "rename-group g h", "refused 4096 NoSuchGroup"},
        {"rename 4097", "group g; group h", "rename-group g h", "refused 4097 NameInUse otherGroup=h"},
        {"rename 5", "group g", "rename-group g", "refused 5 BadName"},
        {"join", "group g; portal p", "join p g", "allowed"},
        {"join a second group", "group g: p; group h", "join p h", "allowed"},
        {"join again", "group g: p", "join p g", "nothing Already"},
        {"join 1", "server san groups=readonly; group g; portal p", "join p g", "refused 1 ReadOnly"},
        {"join 1, derived", "group g derived; portal p", "join p g", "refused 1 ReadOnly"},
        {"join 4096", "group g", "join p g", "refused 4096 NoSuchPortal"},
        {"join 4097", "portal p", "join p g", "refused 4097 NoSuchGroup"},
        {"join 4096 before 4097", "server san", "join p g", "refused 4096 NoSuchPortal"},
        {"join 5", "server a; portal p; server b; group g", "join p g", "refused 5 OtherServer"},
        {"join while bound", "group g; endpoint E T: p q", "join p g", "allowed"},
        {"join while bound in another", "group g: p q; group h; endpoint E T: p q", "join p h", "allowed"},
        {"join, not read to the end", "group g; portal p; loading", "join p g", "server NotLoaded"},
        {"leave", "group g: p q", "leave p g", "allowed"},
        {"leave 4098", "group g; portal p", "leave p g", "refused 4098 NotAMember"},
        {"leave 1", "server san groups=readonly; group g: p", "leave p g", "refused 1 ReadOnly"},
        {"leave 1, derived", "group g derived: p", "leave p g", "refused 1 ReadOnly"},
        {"leave 4096", "group g", "leave p g", "refused 4096 NoSuchPortal"},
        {"leave 4097", "portal p", "leave p g", "refused 4097 NoSuchGroup"},
        {"leave 4099", "group g: p q; endpoint E T: p q", "leave p g", "refused 4099 LosesCommonGroup other=E"},
        {"leave 4099, the only portal", "group g: p; endpoint E T: p", "leave p g",
         "refused 4099 LosesCommonGroup other=E"},
        {"leave, another group in common", "group g: p q; group h: p q; endpoint E T: p q", "leave p g", "allowed"},
        {"leave, the group is not the common one", "group g: p; group h: p q; endpoint E T: p q", "leave p g",
         "allowed"},
        {"leave, nothing in common before", "group g: p; group h: q; endpoint E T: p q", "leave p g", "allowed"},
        {"leave 4099 by another endpoint", "group g: p q; group h: p; endpoint E T: p; endpoint F U: p q", "leave p g",
         "refused 4099 LosesCommonGroup other=F"},
        {"leave 4099, three portals", "group a: m n k; group b: m n; endpoint E T: m n k", "leave m a",
         "refused 4099 LosesCommonGroup other=E"},
        {"leave 4099 by policy", "server san group=policy; group g: p q; endpoint E T: p q", "leave p g",
         "policy 4099 LosesCommonGroup other=E"},
        {"leave, nobody minds", "server san group=nobody; group g: p q; endpoint E T: p q", "leave p g", "allowed"},
        {"leave, unbound before", "group g: p q; endpoint E T: p q | unbind p E", "leave p g", "allowed"},
        {"leave 4099, bound before", "group g: p q; endpoint E T: p | bind q E", "leave q g",
         "refused 4099 LosesCommonGroup other=E"},
        {"leave, not read to the end", "group g: p; loading", "leave p g", "server NotLoaded"},
        {"delete", "group g: p q", "delete-group g", "allowed"},
        {"delete 1", "server san groups=readonly; group g", "delete-group g", "refused 1 ReadOnly"},
        {"delete 1, derived", "group g derived", "delete-group g", "refused 1 ReadOnly"},
        {"delete 4096", "server san", "delete-group g", "refused 4096 NoSuchGroup"},
        {"delete 4099", "group g: p q; endpoint E T: p q", "delete-group g", "refused 4099 LosesCommonGroup other=E"},
        {"delete, another group in common", "group g: p q; group h: p q; endpoint E T: p q", "delete-group g",
         "allowed"},
        {"delete 4099 by policy", "server san group=policy; group g: p q; endpoint E T: p q", "delete-group g",
         "policy 4099 LosesCommonGroup other=E"},
        {"delete, not read to the end", "group g; loading", "delete-group g", "server NotLoaded"},
};

struct Table
{
    const char *name;
    std::span<const Case> cases;
};
const Table tables[] = {
        {"bind", bindCases},  {"precedence", precedenceCases}, {"pending", pendingCases}, {"unbind", unbindCases},
        {"move", moveCases},  {"endpoint", endpointCases},     {"node", nodeCases},       {"portal", portalCases},
        {"group", groupCases}};

void addRows()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("question");
    QTest::addColumn<QString>("answer");
    for (const Table &table : tables) {
        for (const Case &row : table.cases)
            QTest::addRow("%s: %s", table.name, row.name)
                    << QString::fromLatin1(row.site) << QString::fromLatin1(row.question)
                    << QString::fromLatin1(row.answer);
    }
}

/// A drop of many: the verdicts one after another.
struct DropCase
{
    const char *name;
    const char *site;
    const char *portals;
    const char *answers; ///< apart by `,`
};
const DropCase dropCases[] = {
        {"all fit", "group g: p q r; endpoint E T:", "p q r", "allowed, allowed, allowed"},
        {"the first fixes the group", "group g: p r; group h: q; endpoint E T:", "p q r",
         "allowed, refused 4099 OtherGroup group=h otherGroup=g, allowed"},
        {"in drop order", "group g: p r; group h: q; endpoint E T:", "q p r",
         "allowed, refused 4099 OtherGroup group=g otherGroup=h, refused 4099 OtherGroup group=g otherGroup=h"},
        {"narrows step by step", "group a: m n; group b: m k; group c: k n; endpoint E T:", "m k n",
         "allowed, allowed, refused 4099 OtherGroup group=a otherGroup=b"},
        {"a refused one does not count", "portal p gone; group g: p; group h: q; endpoint E T:", "p q",
         "refused 4097 AddressGone, allowed"},
        {"dragged twice", "group g: p; endpoint E T:", "p p", "allowed, nothing Already"},
        {"dragged twice, narrowed in between", "group g: p; group h: p q; endpoint E T:", "p q p",
         "allowed, allowed, nothing Already"},
        {"bound already", "group g: p q; endpoint E T: p", "p q", "nothing Already, allowed"},
        {"none grouped", "portal p; portal q; endpoint E T:", "p q", "allowed, server NoneGrouped"},
        {"what the server decides counts as bound", "portal p; portal q; group g: r; endpoint E T: p", "q r",
         "server NoneGrouped, refused 4099 OtherGroup group=g"},
        {"by policy does not count", "server san group=policy; group g: p; group h: q r; endpoint E T: p", "q r",
         "policy 4099 OtherGroup group=h otherGroup=g, policy 4099 OtherGroup group=h otherGroup=g"},
        {"in use and gone", "portal q gone; endpoint E T:; endpoint F T: p", "p q r",
         "refused 4098 InUseInTarget other=F, refused 4097 AddressGone, refused 4096 NoSuchPortal"},
        {"mixed kinds", "portal p; portal i ip; endpoint E N initiator:", "p i", "refused 5 NeedsAddress, allowed"},
        {"no endpoint", "portal p", "p q", "refused 4096 NoSuchEndpoint, refused 4096 NoSuchEndpoint"},
        {"not read to the end", "portal p; portal q; endpoint E T:; loading", "p q",
         "server NotLoaded, server NotLoaded"},
        {"seen through pending operations", "group g: p q; group h: r; endpoint E T: r | unbind r E", "p r q",
         "allowed, refused 4099 OtherGroup group=h otherGroup=g, allowed"},
};

} // namespace

class TestRules : public QObject
{
    Q_OBJECT
private slots:
    void cases_data() { addRows(); }
    void cases();
    void explanations_data() { addRows(); }
    void explanations();
    void sentences_data();
    void sentences();
    void everyReasonIsReached();
    void drops_data();
    void drops();
    void dropInSlices();
    void unattended();
    void longNames();
    void symbols();
    void wordsOfJson();
};

void TestRules::cases()
{
    QFETCH(QString, site);
    QFETCH(QString, question);
    Site s(site);
    const Operation operation = s.operation(question);
    const Verdict verdict = canDo(s.inventory(), operation);
    QTEST(s.words(verdict), "answer");
    // The same question again gives the same verdict, and asking changed nothing.
    QVERIFY(canDo(s.inventory(), operation) == verdict);
    QCOMPARE(verdict.isAllowed() || verdict.decision == Decision::ServerDecides, verdict.code == 0);
}

void TestRules::explanations()
{
    QFETCH(QString, site);
    QFETCH(QString, question);
    Site s(site);
    const Operation operation = s.operation(question);
    const Verdict verdict = canDo(s.inventory(), operation);
    const Explanation words = explain(verdict, s.inventory());
    QVERIFY(!words.reason.trimmed().isEmpty());
    const auto says = [&](const QString &what) { return words.reason.contains(what) || words.remedy.contains(what); };
    // No placeholder left open, no handle number in place of a name, no doubled blank where a name is missing.
    const QString all = words.reason + QLatin1Char('\n') + words.remedy;
    QVERIFY2(!all.contains(QLatin1Char('%')), qPrintable(all));
    QVERIFY2(!all.contains(QLatin1String("  ")), qPrintable(all));
    QVERIFY2(!all.contains(QLatin1String(" ;")) && !all.contains(QLatin1String(" ,")), qPrintable(all));
    if (verdict.isRefused()) {
        QVERIFY2(words.reason.endsWith(QStringLiteral("(%1)").arg(verdict.code)), qPrintable(words.reason));
        QVERIFY2(!words.remedy.isEmpty(), qPrintable(words.reason));
    } else {
        QVERIFY2(!words.reason.contains(QLatin1String("(0)")), qPrintable(words.reason));
    }
    if (verdict.reason == Reason::OtherGroup) {
        for (const GroupHandle group : {verdict.group, verdict.otherGroup}) {
            if (group)
                QVERIFY2(says(s.inventory().group(group).name), qPrintable(all));
        }
    }
    const std::set<Reason> aboutThePortal{Reason::AddressGone,      Reason::InUseInTarget, Reason::OtherGroup,
                                          Reason::NotBound,         Reason::StillBound,    Reason::NeedsAddress,
                                          Reason::LosesCommonGroup, Reason::NotAMember,    Reason::NeedsPortal};
    if (aboutThePortal.contains(verdict.reason)) {
        const QString address = s.inventory().portal(verdict.portal).address.ip.toString();
        QVERIFY2(says(address), qPrintable(all));
    }
    if (verdict.other && verdict.isRefused() && s.inventory().has(verdict.other)) {
        // Told by its tag: siblings differ in nothing else.
        const Endpoint other = s.inventory().endpoint(verdict.other);
        QVERIFY2(says(QString::number(other.tag)), qPrintable(all));
    }
    if (verdict.reason == Reason::None && verdict.method == Method::Bind) {
        QVERIFY2(says(s.inventory().portal(verdict.portal).address.toString()), qPrintable(all));
    }
}

void TestRules::sentences_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("question");
    QTest::addColumn<QStringList>("parts");
    const auto row = [](const char *name, const char *site, const char *question, QStringList parts) {
        QTest::newRow(name) << QString::fromLatin1(site) << QString::fromLatin1(question) << parts;
    };
    const QString p = QStringLiteral("10.0.1.5:3260");
    row("0", "portal p at=10.0.1.5:3260; endpoint E mail tag=1:", "bind p E", {p, QStringLiteral("mail")});
    row("already", "portal p at=10.0.1.5:3260; endpoint E mail: p", "bind p E", {p, QStringLiteral("already")});
    row("4097", "portal p at=10.0.1.5:3260 gone; endpoint E mail:", "bind p E",
        {QStringLiteral("10.0.1.5"), QStringLiteral("san"), QStringLiteral("interface"), QStringLiteral("(4097)")});
    row("4098", "portal p at=10.0.1.5:3260; endpoint E mail tag=1:; endpoint F mail tag=2: p", "bind p E",
        {p, QStringLiteral("2"), QStringLiteral("same target"), QStringLiteral("(4098)"), QStringLiteral("nbind")});
    row("4099", "portal p at=10.0.1.5:3260; group fabric-B: p; group fabric-A: q; endpoint E mail: q", "bind p E",
        {p, QStringLiteral("fabric-B"), QStringLiteral("fabric-A"), QStringLiteral("(4099)")});
    row("4099 with two groups that share none", "portal p at=10.0.1.5:3260; group fabric-A: q; endpoint E mail: q",
        "bind p E", {p, QStringLiteral("no portal group"), QStringLiteral("fabric-A"), QStringLiteral("(4099)")});
    row("5", "portal p at=10.0.1.5:3260; endpoint E N initiator:", "bind p E",
        {QStringLiteral("nitiator"), QStringLiteral("address"), QStringLiteral("(5)")});
    row("1", "portal p; endpoint E mail:; endpoint ALL - switch:", "bind p E",
        {QStringLiteral("san"), QStringLiteral("(1)"), QStringLiteral("All targets")});
    row("policy", "server san address=policy; portal p at=10.0.1.5:3260 gone; endpoint E mail:", "bind p E",
        {QStringLiteral("10.0.1.5"), QStringLiteral("interface"), QStringLiteral("allow"), QStringLiteral("(4097)")});
    row("server decides", "server san groups=none; portal p; endpoint E mail: q", "bind p E",
        {QStringLiteral("san"), QStringLiteral("group"), QStringLiteral("itself")});
    row("membership", "portal p at=10.0.1.5:3260; group fabric-A: p q; endpoint E mail tag=7: p q", "leave p fabric-A",
        {p, QStringLiteral("fabric-A"), QStringLiteral("7"), QStringLiteral("mail"), QStringLiteral("(4099)")});
    row("sessions", "endpoint E mail: p; session E p; session E p", "delete-node mail",
        {QStringLiteral("2 session"), QStringLiteral("mail"), QStringLiteral("(4097)")});
}

void TestRules::sentences()
{
    QFETCH(QString, site);
    QFETCH(QString, question);
    QFETCH(QStringList, parts);
    Site s(site);
    const Explanation words = explain(canDo(s.inventory(), s.operation(question)), s.inventory());
    const QString all = words.reason + QLatin1Char(' ') + words.remedy;
    for (const QString &part : parts)
        QVERIFY2(all.contains(part), qPrintable(part + QLatin1String(" is not in: ") + all));
}

void TestRules::everyReasonIsReached()
{
    // A reason that no row of the table gives would be one that nobody has looked at.
    std::set<Reason> reached;
    for (const Table &table : tables) {
        for (const Case &row : table.cases) {
            Site s(QString::fromLatin1(row.site));
            const Operation operation = s.operation(QString::fromLatin1(row.question));
            reached.insert(canDo(s.inventory(), operation).reason);
        }
    }
    for (int i = 0; i < int(Reason::ServerAnswered); ++i)
        QVERIFY2(reached.contains(Reason(i)), qPrintable(reasonName(Reason(i))));
    // ServerAnswered comes from servers only; it needs words all the same.
    Verdict answered;
    answered.decision = Decision::Refused;
    answered.reason = Reason::ServerAnswered;
    answered.code = 32768;
    Site s(QStringLiteral("portal p; endpoint E T:"));
    answered.server = s.handle<ServerHandle>(QStringLiteral("san"));
    for (int method = 0; method <= int(Method::LeaveGroup); ++method) {
        answered.method = Method(method);
        const Explanation words = explain(answered, s.inventory());
        QVERIFY2(words.reason.endsWith(QLatin1String("(32768)")) && words.reason.contains(QLatin1String("san")),
                 qPrintable(words.reason));
        QVERIFY(!words.remedy.isEmpty());
    }
}

void TestRules::drops_data()
{
    QTest::addColumn<QString>("site");
    QTest::addColumn<QString>("portals");
    QTest::addColumn<QString>("answers");
    for (const DropCase &row : dropCases)
        QTest::newRow(row.name) << QString::fromLatin1(row.site) << QString::fromLatin1(row.portals)
                                << QString::fromLatin1(row.answers);
}

void TestRules::drops()
{
    QFETCH(QString, site);
    QFETCH(QString, portals);
    QFETCH(QString, answers);
    Site s(site);
    QList<PortalHandle> dropped;
    for (const QString &name : portals.split(QLatin1Char(' ')))
        dropped.append(s.handle<PortalHandle>(name));
    const auto endpoint = s.handle<EndpointHandle>(QStringLiteral("E"));
    const std::vector<Verdict> verdicts = canBindAll(s.inventory(), dropped, endpoint);
    QStringList words;
    for (const Verdict &verdict : verdicts)
        words.append(s.words(verdict));
    QCOMPARE(words.join(QLatin1String(", ")), answers);

    int would = 0;
    for (const Verdict &verdict : verdicts)
        would += !verdict.isRefused() && !verdict.changesNothing && verdict.reason != Reason::NotLoaded;
    BindAll all(s.inventory(), dropped, endpoint);
    QVERIFY(all.judge(1000));
    QCOMPARE(all.wouldBind(), would);
    QVERIFY(all.verdicts() == verdicts);
}

void TestRules::dropInSlices()
{
    Site s(QStringLiteral("group g: p q r; group h: u v; endpoint E T:"));
    QList<PortalHandle> dropped;
    for (const char *name : {"p", "u", "q", "v", "r"})
        dropped.append(s.handle<PortalHandle>(QLatin1String(name)));
    const auto endpoint = s.handle<EndpointHandle>(QStringLiteral("E"));
    BindAll all(s.inventory(), dropped, endpoint);
    QVERIFY(!all.isDone());
    QVERIFY(!all.judge(0));
    QVERIFY(!all.judge(2));
    QCOMPARE(all.verdicts().size(), size_t(2));
    QCOMPARE(all.wouldBind(), 1);
    QVERIFY(!all.judge(2));
    QVERIFY(all.judge(2)); // one more than there are
    QVERIFY(all.isDone());
    QVERIFY(all.judge(5));
    QCOMPARE(all.wouldBind(), 3);
    QVERIFY(all.verdicts() == canBindAll(s.inventory(), dropped, endpoint));
    BindAll none(s.inventory(), {}, endpoint);
    QVERIFY(none.isDone() && none.judge(1));
    QCOMPARE(none.wouldBind(), 0);
}

void TestRules::unattended()
{
    Site s(QStringLiteral("endpoint E T: p q; endpoint F T: r; endpoint G T:; session E p; session E p"));
    const auto ask = [&](const char *question) {
        return canDo(s.inventory(), s.operation(QString::fromLatin1(question)));
    };
    const Verdict cut = portalbind::unattended(ask("unbind p E"));
    QVERIFY(cut.isRefused());
    QVERIFY(cut.canOverride());
    QCOMPARE(cut.reason, Reason::SessionsActive);
    QCOMPARE(cut.sessions, 2u);
    QVERIFY(explain(cut, s.inventory()).reason.contains(QLatin1String("2 session")));
    QVERIFY(!explain(cut, s.inventory()).remedy.isEmpty());
    QVERIFY(portalbind::unattended(ask("move p E G")).canOverride());
    QVERIFY(portalbind::unattended(ask("delete-endpoint E")).canOverride());
    QVERIFY(portalbind::unattended(ask("disable E")).canOverride());
    // Without sessions, or refused anyway: as it was.
    for (const char *question :
         {"unbind r F", "unbind p F", "bind r G", "bind p E", "enable E", "delete-node T", "move p E X"})
        QVERIFY2(portalbind::unattended(ask(question)) == ask(question), question);
    Site unsure(QStringLiteral("server san unbind=unknown; endpoint E T: p q; session E p"));
    const Verdict verdict = canDo(unsure.inventory(), unsure.operation(QStringLiteral("unbind p E")));
    QVERIFY(verdict.decision == Decision::ServerDecides);
    QVERIFY(portalbind::unattended(verdict).canOverride());
}

void TestRules::longNames()
{
    Site s(QStringLiteral("group g"));
    const auto server = s.handle<ServerHandle>(QStringLiteral("san"));
    const auto create = [&](const QString &name) {
        return canCreateGroup(s.inventory(), CreateGroup{GroupHandle{99}, Group{server, name, false}});
    };
    QVERIFY(create(QString(128, QLatin1Char('a'))).isAllowed());
    QCOMPARE(create(QString(129, QLatin1Char('a'))).reason, Reason::BadName);
    QCOMPARE(create(QStringLiteral("   ")).reason, Reason::BadName);
    const auto group = s.handle<GroupHandle>(QStringLiteral("g"));
    QVERIFY(canRenameGroup(s.inventory(), group, QString(128, QLatin1Char('a'))).isAllowed());
    QCOMPARE(canRenameGroup(s.inventory(), group, QString(129, QLatin1Char('a'))).code, quint16(5));
    // CreateiSCSINode.Alias: 128 characters at most.
    const auto node = [&](const QString &alias) {
        return canCreateNode(s.inventory(), CreateNode{NodeHandle{99}, Node{server, Role::Target, {}, alias}});
    };
    QVERIFY(node(QString(128, QLatin1Char('a'))).isAllowed());
    QCOMPARE(node(QString(129, QLatin1Char('a'))).code, quint16(5));
}

void TestRules::symbols()
{
    // Labels of the CIM value maps: the same number is not the same thing in two methods.
    const auto symbol = [](Method method, quint16 code) { return codeSymbol(method, code); };
    QCOMPARE(symbol(Method::Bind, 0), QStringLiteral("Success"));
    QCOMPARE(symbol(Method::Bind, 1), QStringLiteral("Not Supported"));
    QCOMPARE(symbol(Method::Bind, 2), QStringLiteral("Unspecified Error"));
    QCOMPARE(symbol(Method::Bind, 3), QStringLiteral("Timeout"));
    QCOMPARE(symbol(Method::Bind, 4), QStringLiteral("Failed"));
    QCOMPARE(symbol(Method::Bind, 5), QStringLiteral("Invalid Parameter"));
    QCOMPARE(symbol(Method::Bind, 6), symbol(Method::Bind, 4095));
    QCOMPARE(symbol(Method::Bind, 4096), QStringLiteral("ProtocolEndpoint Non-Existent"));
    QCOMPARE(symbol(Method::Bind, 4097),
             QStringLiteral("TCPProtocolEndpoint Not Bound To Underlying IPProtocolEndpoint"));
    QCOMPARE(symbol(Method::Bind, 4098),
             QStringLiteral(
                     "ProtocolEndpoint In Use By Other iSCSIProtocolEndpoint In Same Target SCSIProtocolController"));
    QCOMPARE(symbol(Method::Bind, 4099), QStringLiteral("ProtocolEndpoint Not From Same Endpoint Collection"));
    QCOMPARE(symbol(Method::Bind, 4100), symbol(Method::Bind, 32767));
    QCOMPARE(symbol(Method::Bind, 32768), QStringLiteral("Vendor Specific"));
    QCOMPARE(symbol(Method::Bind, 65535), QStringLiteral("Vendor Specific"));
    QCOMPARE(symbol(Method::CreateEndpoint, 4101), symbol(Method::Bind, 4097));
    QCOMPARE(symbol(Method::CreateEndpoint, 4103),
             QStringLiteral("ProtocolEndpoints Not From Same Endpoint Collection"));
    QVERIFY(symbol(Method::CreateEndpoint, 4098) != symbol(Method::Bind, 4098));
    QVERIFY(symbol(Method::DeleteNode, 4097) != symbol(Method::CreateNode, 4097));
    // Unbind speaks in CIM status codes.
    QVERIFY(symbol(Method::Unbind, 6).contains(QLatin1String("NOT_FOUND"), Qt::CaseInsensitive)
            || symbol(Method::Unbind, 6).contains(QLatin1String("Not Found"), Qt::CaseInsensitive));
    for (int method = 0; method <= int(Method::LeaveGroup); ++method) {
        for (int code = 0; code <= 65535; code += code < 5000 ? 1 : 997)
            QVERIFY(!symbol(Method(method), quint16(code)).isEmpty());
    }
}

void TestRules::wordsOfJson()
{
    QCOMPARE(toString(Decision::Allowed), QStringLiteral("allowed"));
    QCOMPARE(toString(Decision::Refused), QStringLiteral("refused"));
    QCOMPARE(toString(Decision::ServerDecides), QStringLiteral("server"));
    QCOMPARE(toString(Origin::Target), QStringLiteral("target"));
    QCOMPARE(toString(Origin::Policy), QStringLiteral("policy"));
}

QTEST_GUILESS_MAIN(TestRules)
#include "tst_rules.moc"
