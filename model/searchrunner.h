// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/search.h"

#include <QObject>
#include <QThreadPool>

#include <memory>
#include <stop_token>
#include <vector>

namespace portalbind {

/// Runs searches off the thread it lives in, one at a time; a new one stops the one before, whose result is dropped.
class SearchRunner : public QObject
{
    Q_OBJECT
public:
    /// What one connection shows.
    struct Part
    {
        quint16 source = 0;
        TreeInventory inventory;
        std::shared_ptr<const Conflicts> conflicts;
    };
    struct Found
    {
        quint16 source = 0;
        std::shared_ptr<const SearchHits> hits;
    };

    explicit SearchRunner(QObject *parent = nullptr);
    ~SearchRunner() override;

    /// Ends with finished(), unless another call comes before. The limit counts over all \a parts, in their order.
    void start(const SearchQuery &query, std::vector<Part> parts, TreeSections sections, quint64 limit = searchLimit);
    void cancel();
    [[nodiscard]] bool isRunning() const { return m_running; }

signals:
    void finished(const portalbind::SearchQuery &query, const std::vector<portalbind::SearchRunner::Found> &found);

private:
    QThreadPool m_pool;
    std::stop_source m_stop;
    quint64 m_generation = 0;
    bool m_running = false;
};

} // namespace portalbind
