// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperstream.h"
#include "model/worker.h"

namespace portalbind::lio {

/// A helper as the GUI thread sees it: everything happens in the link thread, and nothing here waits.
class HelperLink : public QObject
{
    Q_OBJECT
public:
    /// Nothing is started before the first call.
    explicit HelperLink(Launch launch);
    ~HelperLink() override;

    /// Awaitable in the GUI thread: `Result<HelperAnswer> answer = co_await link->call(request, stop)`. A read resumes
    /// at once with Cancelled when \a stop is requested; a write looks at it once, before it is sent, and is then
    /// waited for. Whoever awaits it keeps this link. Errors as of HelperStream::send().
    [[nodiscard]] auto call(HelperRequest request, std::stop_token stop);

signals:
    void changed(const QStringList &what);
    void lost();

private:
    HelperStream *m_stream; // lives in the link thread
};

namespace detail {

struct HelperCall
{
    HelperStream *stream;
    HelperRequest request;
    std::stop_token stop;
    std::shared_ptr<portalbind::detail::PendingJob<HelperAnswer>> pending =
            std::make_shared<portalbind::detail::PendingJob<HelperAnswer>>();

    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter);
    Result<HelperAnswer> await_resume() { return std::move(*pending->result); }
};

} // namespace detail

inline auto HelperLink::call(HelperRequest request, std::stop_token stop)
{
    return detail::HelperCall{m_stream, std::move(request), std::move(stop)};
}

} // namespace portalbind::lio
