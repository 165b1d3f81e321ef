// SPDX-License-Identifier: Apache-2.0
// Canonical keys and the text of properties, from any bytes.
#include "backends/cim/cimtypes.h"
#include "backends/cim/cimvalue.h"
#include "backends/cim/pathkey.h"

#include <cstdlib>

using namespace portalbind;
using namespace portalbind::cim;

namespace {

void require(bool holds)
{
    if (!holds)
        std::abort();
}

std::string rebuilt(const KeyParts &parts)
{
    KeyBuilder builder;
    builder.begin(parts.className);
    for (const KeyPart &part : parts.parts) {
        if (part.reference)
            builder.addReference(part.name, part.value);
        else
            builder.add(part.name, part.value);
    }
    return builder.take();
}

/// A path made of the bytes: a count, then names and values between zero bytes; a value that begins with 1 is a path.
ObjectPath pathOf(std::string_view &bytes, int depth)
{
    const auto word = [&bytes] {
        const size_t end = std::min(bytes.find('\0'), bytes.size());
        const std::string_view taken = bytes.substr(0, end);
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        return taken;
    };
    ObjectPath path;
    path.className = toText(word());
    const std::string_view count = word();
    for (size_t i = 0; i < count.size() && i < 6 && !bytes.empty(); ++i) {
        const QString name = toText(word());
        if (depth > 0 && !bytes.empty() && bytes.front() == 1) {
            bytes.remove_prefix(1);
            path.keys.emplace_back(name, Value::of(pathOf(bytes, depth - 1)));
        } else {
            path.keys.emplace_back(name, Value::of(toText(word())));
        }
    }
    return path;
}

void readKey(std::string_view key)
{
    (void)classOfKey(key);
    (void)classEndsWith(key, "endpoint");
    (void)unescapedValue(systemOfKey(key));
    (void)valueInKey(key, "name");
    const std::string loose = looseKey(key);
    require(looseKey(loose) == loose || !parseKey(key));
    const auto parsed = parseKey(key);
    if (!parsed)
        return;
    // What was read and written again is canonical: reading and writing that changes nothing.
    const std::string once = rebuilt(*parsed);
    const auto again = parseKey(once);
    require(again && rebuilt(*again) == once);
}

void readText(std::string_view text)
{
    (void)toBoolean(text);
    (void)toUnsigned(text);
    (void)toTag(text);
    (void)tagOfName(text);
    (void)roleOfName(text);
    (void)toDateTime(text);
    const std::string_view node = nodeOfName(text);
    require(node.empty() || (node.data() >= text.data() && node.data() + node.size() <= text.data() + text.size()));
    if (const auto address = toAddress(text))
        require(toAddress(address->toString().toStdString()) == address);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    std::string_view bytes(reinterpret_cast<const char *>(data), size);
    readKey(bytes);
    readText(bytes);
    const std::string key = pathOf(bytes, 3).key();
    const auto parsed = parseKey(key);
    require(parsed && rebuilt(*parsed) == key);
    return 0;
}
