// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/targetbackend.h"

namespace portalbind {

/// The embedded backend: the servers of a workbook file. All SQL runs on one worker. Another process's changes are
/// noticed within half a second and told by changed(). URL: `workbook:PATH`, with `?scenario=FILE` for servers that are
/// to misbehave as docs/scenario.md describes.
class WorkbookBackend : public TargetBackend
{
    Q_OBJECT
public:
    /// Nothing is opened before the first load or execute; what is wrong with \a url is told there (BadInput).
    explicit WorkbookBackend(const QUrl &url);
    ~WorkbookBackend() override;

    /// The URL of the workbook \a path.
    [[nodiscard]] static QUrl urlOf(const QString &path);
    /// The absolute path that \a url names; empty when it names none.
    [[nodiscard]] static QString pathOf(const QUrl &url);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] Task<Result<SnapshotPtr>> load(Sink sink, std::stop_token stop) override;
    [[nodiscard]] Task<Result<Answer>> execute(Operation operation, std::stop_token stop) override;

private:
    class Core;
    static Task<Result<SnapshotPtr>> loadFrom(std::shared_ptr<Core> core, QUrl url, std::shared_ptr<IdTable> ids,
                                              Sink sink, std::stop_token stop);
    static Task<Result<Answer>> executeOn(std::shared_ptr<Core> core, std::shared_ptr<IdTable> ids, Operation operation,
                                          std::stop_token stop);

    std::shared_ptr<Core> m_core; // coroutines that are under way keep it as well
};

} // namespace portalbind
