// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QString>

namespace portalbind {

/// What is at a path that somebody types, found out while the window goes on. Where it takes long, what was asked in
/// between is left out: only the last path counts.
class FileLook : public QObject
{
    Q_OBJECT
public:
    struct Seen
    {
        QString path;
        QString folder; ///< that the file is in, or would be
        bool isFolder = false;
        bool exists = false;
        bool hasFolder = false;
    };

    using QObject::QObject;

    /// What is known of \a path; null while it is being looked at, which ends with seen().
    [[nodiscard]] const Seen *at(const QString &path);

signals:
    void seen();

private:
    void start(const QString &path);

    Seen m_seen;
    QString m_wanted;
    QFutureWatcher<Seen> *m_watcher = nullptr; ///< of a look that goes on
};

} // namespace portalbind
