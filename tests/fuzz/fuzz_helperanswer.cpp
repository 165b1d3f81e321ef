// SPDX-License-Identifier: Apache-2.0
// What the helper at the other end of a stream says: a line, the answer in it, and what it would show. The other end is
// another host, and not trusted.
#include "backends/lio/changerequests.h"
#include "backends/lio/helperline.h"
#include "backends/lio/hostsnapshot.h"
#include "backends/lio/hoststatereader.h"
#include "model/findings.h"
#include "model/rules.h"
#include "model/snapshotjson.h"

using namespace portalbind;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const QByteArray line(reinterpret_cast<const char *>(data), qsizetype(size));
    const auto read = lio::readHelperLine(line);
    if (!read)
        return 0;
    if (read->kind == lio::HelperLine::Kind::Failed)
        (void)lio::errorOfFailure(read->body);
    if (read->kind == lio::HelperLine::Kind::Refused)
        (void)lio::refusalText(read->body);
    const auto greeting = lio::readGreeting(read->body);
    const auto state = lio::readHostState(read->body);
    if (!state)
        return 0;
    const lio::HostView view = lio::showHost(*state, greeting.value_or(lio::Greeting()), QStringLiteral("host"), {}, {},
                                             std::make_shared<IdTable>());
    const Inventory inventory(view.snapshot);
    (void)findings(inventory);
    (void)writeSnapshotJson(inventory);
    if (inventory.portals().size() * inventory.endpoints().size() > 2000)
        return 0;
    for (const PortalHandle portal : inventory.portals()) {
        for (const EndpointHandle endpoint : inventory.endpoints()) {
            const Verdict verdict = canBind(inventory, portal, endpoint);
            (void)explain(verdict, inventory);
            (void)lio::changeOf(Bind{endpoint, portal}, view.snapshot.get(), *view.snapshot->ids());
        }
    }
    return 0;
}
