// SPDX-License-Identifier: Apache-2.0

// The way of an HTTP response: first byte of the input is the size of the pieces in which it arrives, second whether
// the connection is closed at the end. However it is cut up, the outcome has to be the same.

#include "backends/wsman/authchallenge.h"
#include "backends/wsman/httperror.h"
#include "backends/wsman/httpparser.h"

#include <cstdint>
#include <cstdlib>

using namespace portalbind::wsman;
using State = HttpResponseParser::State;

namespace {

struct Outcome
{
    State state = State::More;
    HttpResponse response;
};

Outcome read(const char *data, size_t size, size_t piece, bool end)
{
    HttpResponseParser parser(HttpLimits{4096, 20, 16 * 1024});
    Outcome outcome;
    for (size_t at = 0; at < size && outcome.state == State::More; at += piece)
        outcome.state = parser.feed(data + at, std::min(piece, size - at));
    if (end && outcome.state == State::More)
        outcome.state = parser.end();
    if (outcome.state == State::Complete)
        outcome.response = parser.take();
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    if (size < 2)
        return 0;
    const char *const bytes = reinterpret_cast<const char *>(data) + 2;
    const bool end = data[1] & 1;
    const Outcome pieces = read(bytes, size - 2, size_t(data[0]) + 1, end);
    const Outcome whole = read(bytes, size - 2, size, end);
    // Pieces may show a fault earlier than the whole shows its end, never another answer.
    if (pieces.state == State::Complete && whole.state == State::Complete
        && (pieces.response.body != whole.response.body || pieces.response.status != whole.response.status))
        std::abort();
    if (whole.state == State::Complete) {
        if (whole.response.body.size() > std::size_t(16) * 1024 || whole.response.status / 100 == 1)
            std::abort();
        (void)parseChallenges(whole.response.values("WWW-Authenticate"));
        (void)httpStatus(ServerProfile{}, whole.response.status, whole.response.body);
    }
    return 0;
}
