// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helperlaunch.h"
#include "model/targetbackend.h"

#include <QElapsedTimer>
#include <QPointer>
#include <QTimer>

namespace portalbind {

/// The Linux kernel's target (LIO), on this host (`lio:`) or over SSH on another (`lio+ssh://user@host`): a small
/// helper with root's rights does what is asked, and nothing else (docs/lio-helper.md). Bindings are always what
/// configfs says; portal pools and kept candidates live in a file of the console's own on that host. What others change
/// there is told by changed() within a second.
class LioBackend : public TargetBackend
{
    Q_OBJECT
public:
    /// How to start the helper; called in a worker's thread before each new start of the conversation.
    using Launcher = std::function<Result<lio::Launch>()>;

    /// Nothing is started before the first load.
    explicit LioBackend(const lio::HostUrl &url, Launcher launcher = {});
    ~LioBackend() override;

    [[nodiscard]] QString title() const override { return m_title; }
    [[nodiscard]] Task<Result<SnapshotPtr>> load(Sink sink, std::stop_token stop) override;
    [[nodiscard]] Task<Result<Answer>> execute(Operation operation, std::stop_token stop) override;
    [[nodiscard]] QStringList notes() const override { return m_notes; }
    /// Another host that could not be reached is tried again now and then while somebody looks.
    void setVisible(bool visible) override;

private:
    class Core;
    static Task<Result<SnapshotPtr>> loadWith(std::shared_ptr<Core> core, QPointer<LioBackend> self,
                                              std::stop_token stop);
    static Task<Result<Answer>> executeWith(std::shared_ptr<Core> core, Operation operation, std::stop_token stop);
    void loaded(const Result<SnapshotPtr> &result, const QStringList &notes, qint64 milliseconds);
    void heard(); ///< something changed there
    void tell();
    void startedAgainLater();
    void linkLost();
    [[nodiscard]] int retryDelay() const; ///< milliseconds until the next start, if one is made by itself
    void retryLater();

    QString m_title;
    std::shared_ptr<Core> m_core; // coroutines that are under way keep it as well
    QStringList m_notes;
    QTimer m_news{this}; // runs while something is to be told
    int m_loads = 0; // under way
    bool m_isNewsDue = false; // of what was heard during one
    QTimer m_retry{this};
    int m_retries = 0;
    bool m_isRetryDue = false; // waits for m_retry, or for somebody to look
    bool m_endedSoon = false; // the helper, without having been asked
    QElapsedTimer m_good; // since the first good answer after a loss; invalid before one
    bool m_isVisible = true;
    qint64 m_lastRead = 0; // milliseconds that it took
};

} // namespace portalbind
