// SPDX-License-Identifier: Apache-2.0
#include "backends/cim/cimbackend.h"

#include "backends/cim/knowledge.h"
#include "backends/cim/writer.h"

#include <QUrlQuery>

#include <algorithm>

namespace portalbind {

using cim::Knowledge;

namespace {

Task<Result<SnapshotPtr>> read(std::shared_ptr<Knowledge> knowledge, CimBackend::ConnectionFactory connect,
                               TargetBackend::Sink sink, std::stop_token stop)
{
    Knowledge &k = *knowledge;
    if (!k.connection)
        k.connection = connect();
    if (!k.connection)
        co_return failure(Error::Kind::Transport, CimBackend::tr("There is no way to %1.").arg(k.host));
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
    co_return k.snapshot;
}

} // namespace

CimBackend::CimBackend(const QUrl &url, ConnectionFactory factory)
    : TargetBackend(url)
    , m_connect(std::move(factory))
    , m_knowledge(std::make_shared<Knowledge>())
{
    m_knowledge->ids = ids();
    m_knowledge->host = url.host();
    m_knowledge->nameSpace = namespaceOf(url);
    m_knowledge->learnt = [self = QPointer<CimBackend>(this)] {
        if (self)
            emit self->changed(); // what can be done is part of the snapshot
    };
    m_clock.start();
    m_poll.setObjectName(QStringLiteral("poll"));
    m_poll.setSingleShot(true);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        m_pace.told(m_clock.elapsed());
        schedule();
        emit changed();
    });
}

CimBackend::~CimBackend() = default;

QString CimBackend::namespaceOf(const QUrl &url)
{
    QString name = QUrlQuery(url).queryItemValue(QStringLiteral("namespace"), QUrl::FullyDecoded);
    name.replace(u'\\', u'/');
    while (name.startsWith(u'/'))
        name.remove(0, 1);
    while (name.endsWith(u'/'))
        name.chop(1);
    return name;
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
    m_pace.setVisible(visible);
    schedule();
}

void CimBackend::setConnection(ConnectionFactory factory)
{
    m_connect = std::move(factory);
    m_knowledge = std::make_shared<Knowledge>(*m_knowledge);
    m_knowledge->connection.reset();
}

void CimBackend::schedule()
{
    const std::optional<qint64> due = m_pace.due();
    if (due)
        m_poll.start(int(std::clamp<qint64>(*due - m_clock.elapsed(), 0, 3'600'000)));
    else
        m_poll.stop();
}

void CimBackend::started()
{
    m_pace.started();
    schedule();
}

void CimBackend::setNotes(const QStringList &notes)
{
    if (notes == m_notes)
        return;
    m_notes = notes;
    emit notesChanged();
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
    QElapsedTimer timer;
    timer.start();
    if (self)
        self->started();
    const auto snapshot = co_await read(knowledge, std::move(connect), std::move(sink), std::move(stop));
    if (!self)
        co_return snapshot;
    if (snapshot)
        self->m_pace.loaded(self->m_clock.elapsed(), timer.elapsed());
    else
        self->m_pace.failed(self->m_clock.elapsed(), snapshot.error().kind);
    self->schedule();
    if (snapshot)
        self->setNotes(knowledge->catalogue->notes);
    co_return snapshot;
}

Task<Result<Answer>> CimBackend::executeWith(std::shared_ptr<Knowledge> knowledge, QPointer<CimBackend> self,
                                             Operation operation, std::stop_token stop)
{
    if (self)
        self->started();
    const Result<Answer> answer = co_await cim::perform(knowledge, std::move(operation), std::move(stop));
    if (self) {
        self->m_pace.wrote(self->m_clock.elapsed());
        self->schedule();
    }
    co_return answer;
}

} // namespace portalbind
