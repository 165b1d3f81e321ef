// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/httpparser.h"

// The only file that knows Boost. Its parser is strict where it matters: conflicting lengths, broken chunks and bad
// field names are errors.
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <optional>

namespace portalbind::wsman {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr int maxInterimResponses = 10;

class Parser : public http::basic_parser<false>
{
public:
    explicit Parser(const HttpLimits &limits)
        : m_limits(limits)
    {
        header_limit(limits.headerBytes);
        body_limit(std::uint64_t(limits.body));
        eager(true);
    }
    HttpResponse response;

private:
    void on_request_impl(http::verb, string_view, string_view, int, error_code &) override { }
    void on_response_impl(int code, string_view reason, int, error_code &) override
    {
        response.status = code;
        response.reason.assign(reason.data(), reason.size());
    }
    void on_field_impl(http::field, string_view name, string_view value, error_code &error) override
    {
        if (is_header_done())
            return; // a trailer: nothing that may change what the header said
        if (response.fields.size() >= size_t(m_limits.headerFields)) {
            error = http::error::header_limit;
            return;
        }
        response.fields.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    void on_header_impl(error_code &) override { }
    void on_body_init_impl(const boost::optional<std::uint64_t> &length, error_code &error) override
    {
        if (!length)
            return;
        if (*length > m_limits.body)
            error = http::error::body_limit;
        else
            response.body.reserve(size_t(*length));
    }
    std::size_t on_body_impl(string_view body, error_code &error) override { return append(body, error); }
    void on_chunk_header_impl(std::uint64_t size, string_view, error_code &error) override
    {
        if (size > m_limits.body - response.body.size())
            error = http::error::body_limit;
    }
    std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code &error) override
    {
        return append(body, error);
    }
    void on_finish_impl(error_code &) override { }

    std::size_t append(string_view body, error_code &error)
    {
        if (body.size() > m_limits.body - response.body.size()) {
            error = http::error::body_limit;
            return 0;
        }
        response.body.append(body.data(), body.size());
        return body.size();
    }

    HttpLimits m_limits;
};

bool sameName(std::string_view a, std::string_view b)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace

std::vector<std::string_view> HttpResponse::values(std::string_view name) const
{
    std::vector<std::string_view> all;
    for (const auto &[key, text] : fields) {
        if (sameName(key, name))
            all.push_back(text);
    }
    return all;
}

std::string_view HttpResponse::value(std::string_view name) const
{
    for (const auto &[key, text] : fields) {
        if (sameName(key, name))
            return text;
    }
    return {};
}

bool HttpResponse::carriesXml() const
{
    const std::string_view type = value("Content-Type");
    const QByteArray lower = QByteArray(type.data(), qsizetype(type.size())).toLower();
    const bool isXml = lower.startsWith("application/soap+xml") || lower.startsWith("text/xml")
            || lower.startsWith("application/xml");
    return isXml && !body.empty();
}

class HttpResponseParser::Private
{
public:
    explicit Private(HttpLimits given)
        : limits(given)
    {
        parser.emplace(limits);
    }

    State fail(const char *text)
    {
        error = QString::fromLatin1(text);
        return state = State::Failed;
    }
    State fail(const error_code &code)
    {
        error = QString::fromStdString(code.message());
        return state = State::Failed;
    }
    State advance(std::string_view data);
    bool put(std::string_view data);
    bool skipInterim();

    HttpLimits limits;
    std::optional<Parser> parser;
    std::string pending; ///< what the parser has not taken yet: part of a header, a chunk header or a trailer
    size_t at = 0; ///< of the first byte that advance() did not take
    State state = State::More;
    QString error;
    int interim = 0;
};

/// Gives the parser what is left of \a data; false when it wants more, or failed.
bool HttpResponseParser::Private::put(std::string_view data)
{
    // Beast takes for granted that a last chunk (its size is 0) goes on with five bytes at least; what follows is never
    // less.
    const std::string_view rest = data.substr(at);
    if (parser->is_header_done() && parser->chunked() && rest.size() < 5 && rest.find('0') != std::string_view::npos)
        return false;
    error_code code;
    const size_t used = parser->put(boost::asio::const_buffer(data.data() + at, data.size() - at), code);
    at += used;
    if (code == http::error::need_more) {
        // Only a header, a chunk header or a trailer may wait for its rest.
        if (data.size() - at > limits.headerBytes)
            fail("the header is too long");
        return false;
    }
    if (code) {
        fail(code);
        return false;
    }
    return used > 0 || parser->is_done();
}

/// After an interim response: makes ready for what follows it.
bool HttpResponseParser::Private::skipInterim()
{
    if (parser->response.status == 101) {
        fail("the server switches protocols");
        return false;
    }
    if (++interim > maxInterimResponses) {
        fail("too many interim responses");
        return false;
    }
    parser.emplace(limits);
    return true;
}

/// Reads as much of \a data as can be; at tells how much that was.
HttpResponseParser::State HttpResponseParser::Private::advance(std::string_view data)
{
    at = 0;
    while (state == State::More && at < data.size()) {
        if (!put(data))
            break;
        if (!parser->is_done())
            continue;
        if (parser->response.status / 100 != 1)
            state = State::Complete;
        else if (!skipInterim())
            break;
    }
    return state;
}

HttpResponseParser::HttpResponseParser(HttpLimits limits)
    : d(std::make_unique<Private>(limits))
{
}
HttpResponseParser::~HttpResponseParser() = default;

HttpResponseParser::State HttpResponseParser::feed(const char *data, size_t size)
{
    if (d->pending.empty()) { // most of a body: not copied on its way
        d->advance({data, size});
        d->pending.assign(data + d->at, size - d->at);
        return d->state;
    }
    d->pending.append(data, size);
    d->advance(d->pending);
    d->pending.erase(0, d->at);
    return d->state;
}

HttpResponseParser::State HttpResponseParser::end()
{
    if (d->state != State::More)
        return d->state;
    if (!d->parser->is_header_done())
        return d->fail("the connection was closed inside the header");
    error_code code;
    d->parser->put_eof(code);
    if (code)
        return d->fail("the connection was closed inside the body");
    return d->state = State::Complete;
}

HttpResponse HttpResponseParser::take()
{
    d->parser->response.keepAlive = d->parser->keep_alive();
    return std::move(d->parser->response);
}

bool HttpResponseParser::hasSurplus() const
{
    return d->state == State::Complete && !d->pending.empty();
}

const QString &HttpResponseParser::error() const
{
    return d->error;
}

} // namespace portalbind::wsman
