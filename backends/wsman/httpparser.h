// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace portalbind::wsman {

struct HttpResponse
{
    int status = 0;
    std::string reason;
    std::vector<std::pair<std::string, std::string>> fields; ///< in the order of the answer, names as they came
    std::string body;
    bool keepAlive = false;

    /// All values of a header field; its name is compared without regard to case.
    [[nodiscard]] std::vector<std::string_view> values(std::string_view name) const;
    [[nodiscard]] std::string_view value(std::string_view name) const; ///< the first; empty when there is none
    [[nodiscard]] bool carriesXml() const; ///< by its Content-Type: a message of a service, not a page of a proxy
};

struct HttpLimits
{
    quint32 headerBytes = 64 * 1024;
    int headerFields = 100;
    quint32 body = 1024 * 1024;
};

/// Reads one HTTP/1.x response out of the pieces in which it arrives. Interim (1xx) responses are passed over. Limits
/// are enforced while reading, so that no more memory is used than they allow.
class HttpResponseParser
{
public:
    enum class State { More, Complete, Failed };

    explicit HttpResponseParser(HttpLimits limits);
    ~HttpResponseParser();
    HttpResponseParser(const HttpResponseParser &) = delete;
    HttpResponseParser &operator=(const HttpResponseParser &) = delete;

    [[nodiscard]] State feed(const char *data, size_t size);
    /// The server closed the connection: the end of a response without a length, else a failure.
    [[nodiscard]] State end();

    [[nodiscard]] HttpResponse take(); ///< once Complete
    /// Bytes came after the end of the response: somebody sends what was not asked for.
    [[nodiscard]] bool hasSurplus() const;
    [[nodiscard]] const QString &error() const; ///< once Failed: a part of a sentence, in English, for Error::detail

private:
    class Private;
    std::unique_ptr<Private> d;
};

} // namespace portalbind::wsman
