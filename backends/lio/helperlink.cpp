// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helperlink.h"

#include "backends/lio/linkthread.h"

#include <QPointer>

namespace portalbind::lio {

HelperLink::HelperLink(Launch launch)
    : m_stream(new HelperStream(std::move(launch)))
{
    LinkThread &thread = LinkThread::instance();
    m_stream->moveToThread(thread.context()->thread());
    connect(m_stream, &HelperStream::changed, this, &HelperLink::changed, Qt::QueuedConnection);
    connect(m_stream, &HelperStream::lost, this, &HelperLink::lost, Qt::QueuedConnection);
}

HelperLink::~HelperLink()
{
    LinkThread::instance().post([stream = m_stream] { stream->end(); });
}

namespace detail {

void HelperCall::await_suspend(std::coroutine_handle<> waiter)
{
    using Job = portalbind::detail::PendingJob<HelperAnswer>;
    // The frame that owns this may be resumed, and end, as soon as the call is posted.
    const std::shared_ptr<Job> state = pending;
    HelperStream *const to = stream;
    state->waiter = waiter;
    state->home = new QObject;
    state->onStop.emplace(request.writes ? std::stop_token() : stop, Job::Stop{state});
    const auto promise = std::make_shared<Job::Promise>(state);
    HelperStream::Call call{std::move(request), std::move(stop),
                            [promise](Result<HelperAnswer> answer) { promise->job->settle(std::move(answer)); }};
    LinkThread::instance().post(
            [to, call = std::make_shared<HelperStream::Call>(std::move(call))] { to->send(std::move(*call)); });
}

} // namespace detail

} // namespace portalbind::lio
