// SPDX-License-Identifier: Apache-2.0
#include "widgets/filelook.h"

#include "widgets/filethreads.h"

#include <QDir>
#include <QFileInfo>
#include <QThreadPool>
#include <QtConcurrentRun>

namespace portalbind {

namespace {

FileLook::Seen look(const QString &path)
{
    const QFileInfo info(path);
    return {path, info.absolutePath(), info.isDir(), info.exists(), info.absoluteDir().exists()};
}

} // namespace

const FileLook::Seen *FileLook::at(const QString &path)
{
    if (path.isEmpty() || m_seen.path == path)
        return &m_seen;
    m_wanted = path;
    if (!m_watcher)
        start(path);
    return nullptr;
}

void FileLook::start(const QString &path)
{
    m_watcher = new QFutureWatcher<Seen>(this);
    connect(m_watcher, &QFutureWatcherBase::finished, this, [this] {
        m_seen = m_watcher->result();
        m_watcher->deleteLater();
        m_watcher = nullptr;
        if (m_seen.path != m_wanted)
            start(m_wanted);
        else
            emit seen();
    });
    m_watcher->setFuture(QtConcurrent::run(&fileThreads(), look, path));
}

} // namespace portalbind
