// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/cimbackend.h"

#include "backends/cim/knowledge.h"
#include "backends/cim/writer.h"

#include <QElapsedTimer>

#include <algorithm>

namespace portalbind {

using cim::Knowledge;

namespace {

// Milliseconds.
constexpr qint64 shortestPause = 10'000, longestPause = 30'000, eagerPause = 3'000;
constexpr int eagerPolls = 3;

} // namespace

/// Counts a load or write of a backend that may die meanwhile.
class CimBackend::Busy
{
public:
    explicit Busy(QPointer<CimBackend> backend) : m_backend(std::move(backend))
    {
        if (m_backend)
            ++m_backend->m_busy;
    }
    ~Busy()
    {
        if (m_backend && --m_backend->m_busy == 0)
            m_backend->schedule();
    }
    Busy(const Busy &) = delete;
    Busy &operator=(const Busy &) = delete;

private:
    QPointer<CimBackend> m_backend;
};

CimBackend::CimBackend(const QUrl &url, ConnectionFactory factory)
    : TargetBackend(url), m_connect(std::move(factory)), m_knowledge(std::make_shared<Knowledge>())
{
    m_knowledge->ids = ids();
    m_knowledge->host = url.host();
    m_knowledge->nameSpace = namespaceOf(url);
    m_knowledge->learnt = [self = QPointer<CimBackend>(this)] {
        if (self)
            emit self->changed(); // what can be done is part of the snapshot
    };
    m_poll.setObjectName(QStringLiteral("poll"));
    m_poll.setSingleShot(true);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        m_eager = std::max(0, m_eager - 1);
        emit changed();
        schedule();
    });
}

CimBackend::~CimBackend() = default;

QString CimBackend::namespaceOf(const QUrl &url)
{
    QString path = url.path(QUrl::FullyDecoded);
    path.replace(u'\\', u'/');
    while (path.startsWith(u'/'))
        path.remove(0, 1);
    while (path.endsWith(u'/'))
        path.chop(1);
    return path;
}

QString CimBackend::title() const
{
    return url().host();
}

QString CimBackend::serverText() const
{
    return m_knowledge->connection ? m_knowledge->connection->serverText() : QString();
}

void CimBackend::setPatience(std::vector<int> milliseconds)
{
    m_knowledge->patience = std::move(milliseconds);
}

void CimBackend::setVisible(bool visible)
{
    if (m_visible == visible)
        return;
    m_visible = visible;
    schedule();
}

void CimBackend::schedule()
{
    if (!m_visible || !m_everLoaded || m_busy > 0) {
        m_poll.stop();
        return;
    }
    const qint64 calm = std::clamp(10 * m_loadMilliseconds, shortestPause, longestPause);
    // A server that takes long to read is not asked all the time.
    const qint64 pause = std::max(m_eager > 0 ? eagerPause : calm, 2 * m_loadMilliseconds);
    m_poll.start(int(std::min<qint64>(pause, 3'600'000)));
}

void CimBackend::loaded(const QStringList &notes, qint64 milliseconds)
{
    m_everLoaded = true;
    m_loadMilliseconds = milliseconds;
    if (notes == m_notes)
        return;
    m_notes = notes;
    emit notesChanged();
}

void CimBackend::wrote()
{
    m_eager = eagerPolls;
}

Task<Result<SnapshotPtr>> CimBackend::load(Sink sink, std::stop_token stop)
{
    return loadWith(m_knowledge, this, m_connect, std::move(sink), std::move(stop));
}

Task<Result<Answer>> CimBackend::execute(Operation operation, std::stop_token stop)
{
    return executeWith(m_knowledge, this, std::move(operation), std::move(stop));
}

Task<Result<SnapshotPtr>> CimBackend::loadWith(std::shared_ptr<Knowledge> knowledge, QPointer<CimBackend> self,
                                               ConnectionFactory connect, Sink sink, std::stop_token stop)
{
    const Busy busy(self);
    QElapsedTimer timer;
    timer.start();
    Knowledge &k = *knowledge;
    if (!k.connection)
        k.connection = connect();
    if (!k.connection)
        co_return failure(Error::Kind::Transport, tr("There is no way to %1.").arg(k.host));
    if (!k.form) {
        auto form = co_await cim::discover(k.connection, k.nameSpace, k.host, stop);
        if (!form)
            co_return tl::unexpected<Error>(form.error());
        k.form = *std::move(form);
    }
    cim::JoinContext context;
    context.ids = k.ids;
    context.host = k.host;
    context.bind = k.bind;
    context.unbind = k.unbind;
    auto reading = co_await cim::readServer(k.connection, *k.form, std::move(context), std::move(sink), stop);
    if (!reading) {
        Error error = reading.error();
        if (error.kind == Error::Kind::NoSuchObject) {
            k.form.reset(); // what was found is not there any more: look anew next time
            error.kind = Error::Kind::Server;
        }
        co_return tl::unexpected<Error>(std::move(error));
    }
    k.snapshot = reading->snapshot;
    k.catalogue = reading->catalogue;
    k.paths = reading->paths;
    if (self)
        self->loaded(k.catalogue->notes, timer.elapsed());
    co_return k.snapshot;
}

Task<Result<Answer>> CimBackend::executeWith(std::shared_ptr<Knowledge> knowledge, QPointer<CimBackend> self,
                                             Operation operation, std::stop_token stop)
{
    const Busy busy(self);
    const Result<Answer> answer = co_await cim::perform(knowledge, std::move(operation), std::move(stop));
    if (self)
        self->wrote();
    co_return answer;
}

} // namespace portalbind
