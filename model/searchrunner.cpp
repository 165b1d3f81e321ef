// SPDX-License-Identifier: Apache-2.0
#include "model/searchrunner.h"

namespace portalbind {

SearchRunner::SearchRunner(QObject *parent)
    : QObject(parent)
{
    m_pool.setMaxThreadCount(1);
}

SearchRunner::~SearchRunner()
{
    m_stop.request_stop();
    m_pool.waitForDone(); // a search looks at its stop token every few microseconds
}

void SearchRunner::cancel()
{
    m_stop.request_stop();
    ++m_generation;
    m_running = false;
}

void SearchRunner::start(const SearchQuery &query, std::vector<Part> parts, TreeSections sections, quint64 limit)
{
    cancel();
    m_stop = std::stop_source();
    m_running = true;
    m_pool.start([this, query, parts = std::move(parts), sections, limit, stop = m_stop.get_token(),
                  generation = m_generation] {
        std::vector<Found> found;
        quint64 left = limit;
        for (const Part &part : parts) {
            const auto hits = std::make_shared<const SearchHits>(search(
                    query, part.inventory, part.conflicts ? *part.conflicts : Conflicts(), sections, left, stop));
            if (stop.stop_requested())
                return;
            left -= hits->shown();
            found.push_back({part.source, hits});
        }
        QMetaObject::invokeMethod(
                this,
                [this, query, found = std::move(found), generation] {
                    if (generation != m_generation)
                        return;
                    m_running = false;
                    emit finished(query, found);
                },
                Qt::QueuedConnection);
    });
}

} // namespace portalbind
