// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/boundedjson.h"
#include "backends/lio/helper/console.h"
#include "backends/lio/helper/directoryname.h"
#include "backends/lio/helper/files.h"
#include "backends/lio/helper/sessioninfo.h"

#include <cstdlib>

using namespace portalbind::kernel;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

/// What a request names never leaves the folder that it is about, and what is bound is what was read.
void checkNames(const Request &request)
{
    require(request.target.empty() || isComponent(request.target));
    require(request.directory.empty() || isComponent(request.directory));
    if (const auto *name = std::get_if<std::string>(&request.tpg))
        require(isComponent(*name) && readTpgName(*name).has_value());
    for (const ObjectName &object : request.objects)
        require(isComponent(object.target));
    if (request.portal) {
        const std::string name = request.portal->text();
        require(isComponent(name) && name.size() <= longestPortalName);
        require(parseSocketAddress(name) == request.portal && readPortalName(name) == request.portal);
    }
}

} // namespace

/// Everything that another side writes: lines of a console, and text of the kernel's.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char *>(data), size);
    LineReader reader;
    reader.add(text);
    std::string line;
    for (auto event = reader.next(line); event != LineReader::Event::None; event = reader.next(line)) {
        if (const auto request = parseRequest(line))
            checkNames(*request);
        else
            require(isUtf8(request.error().text));
    }
    require(isUtf8(printable(text)));
    require(isUtf8(compactText(std::string(text))));
    static_cast<void>(readSessionInfo(text));
    static_cast<void>(readDynamicSessions(text));
    if (const auto address = readPortalName(text); address && address->ip.scope.empty())
        require(readPortalName(address->text()) == address);
    return 0;
}
