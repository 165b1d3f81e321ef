// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"
#include "widgets/filelook.h"
#include "widgets/workspace.h"

#include <QDialog>
#include <QFutureWatcher>

#include <stop_token>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QPushButton;

namespace portalbind {

/// Format, file and connection of a report; it is written off the GUI thread and can be cancelled.
class ReportDialog : public QDialog
{
    Q_OBJECT
public:
    ReportDialog(Workspace &workspace, const QString &folder, QWidget *parent);
    ~ReportDialog() override;

signals:
    void written(const QString &file);

public slots:
    void reject() override;

private:
    void suggestName();
    void browse();
    void start();
    void finished();
    void review();
    /// Why what is typed cannot be written; \a seen: null while nobody knows what is there.
    [[nodiscard]] QString objection(const FileLook::Seen *seen) const;

    Workspace &m_workspace;
    QComboBox *m_scope;
    QComboBox *m_format;
    QLineEdit *m_file;
    QLabel *m_message;
    QProgressBar *m_progress;
    QPushButton *m_write;
    QString m_folder;
    QString m_suggested;
    FileLook m_look;
    std::stop_source m_stop;
    QFutureWatcher<Result<qint64>> m_watcher;
};

} // namespace portalbind
