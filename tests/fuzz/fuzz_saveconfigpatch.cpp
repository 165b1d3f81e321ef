// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/hostmarks.h"
#include "backends/lio/helper/portalpools.h"
#include "backends/lio/helper/saveconfig.h"

#include <cstdlib>

using namespace portalbind::kernel;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

std::vector<SaveObject> objectsFor(const std::vector<SavedTarget> &targets, bool isThere)
{
    std::vector<SaveObject> objects(3);
    const std::string name = targets.empty() ? "iqn.2026-11.org.example:x" : targets.front().name;
    for (SaveObject &object : objects) {
        object.target = name;
        object.isThere = isThere;
    }
    objects[1].tag = targets.empty() || targets.front().tpgs.empty() ? std::uint16_t(1)
                                                                     : targets.front().tpgs.front().tag;
    objects[2].tag = objects[1].tag;
    objects[2].portal = parseSocketAddress("10.0.0.5:3260");
    return objects;
}

} // namespace

/// A saveconfig.json, or a file of pools, that somebody else has written.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    if (const auto pools = PortalPools::parse(text)) {
        const auto again = PortalPools::parse(PortalPools::text(*pools));
        require(again && PortalPools::text(*again) == PortalPools::text(*pools));
    }
    Ownership ownership;
    parseKeepalived(text, ownership);
    parsePacemaker(std::string(text), ownership);

    const auto document = parseBounded(text, saveconfigLimits);
    if (!document)
        return 0;
    // Written and read again it is the same.
    const auto again = parseBounded(saveconfigText(*document), saveconfigLimits);
    require(again && *again == *document);
    const auto targets = readSavedTargets(*document);
    if (!targets)
        return 0;
    static_cast<void>(describeSavedTargets(*document, *targets).dump(-1, ' ', false, Json::error_handler_t::replace));
    for (const bool isThere : {true, false}) {
        Json patched = *document;
        const auto objects = objectsFor(*targets, isThere);
        const auto changed = patchSaveconfig(patched, objects);
        if (!changed)
            continue;
        require(readSavedTargets(patched).has_value());
        require(changed->empty() == (patched == *document));
        const auto twice = patchSaveconfig(patched, objects); // it is so already
        require(twice && twice->empty());
    }
    return 0;
}
