// SPDX-License-Identifier: Apache-2.0
#include "widgets/reportdialog.h"

#include "model/report/reportformat.h"
#include "widgets/filethreads.h"
#include "widgets/harmtext.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QThreadPool>
#include <QtConcurrentRun>

namespace portalbind {

namespace {

constexpr qsizetype mostPendingListed = 1'000;

Result<qint64> write(const Inventory &inventory, const ReportSource &source, const ReportFormat *format,
                     const QString &file, const std::stop_token &stop)
{
    const Result<ReportContent> content = makeReportContent(inventory, source, stop);
    if (!content)
        return tl::unexpected(content.error());
    return saveReport(*content, *format, file, stop);
}

} // namespace

ReportDialog::ReportDialog(Workspace &workspace, const QString &folder, QWidget *parent)
    : QDialog(parent)
    , m_workspace(workspace)
    , m_scope(new QComboBox(this))
    , m_format(new QComboBox(this))
    , m_file(new QLineEdit(this))
    , m_message(new QLabel(this))
    , m_progress(new QProgressBar(this))
    , m_folder(folder.isEmpty() ? QDir::homePath() : folder)
{
    setWindowTitle(tr("Report"));
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);
    m_scope->setObjectName(QStringLiteral("reportScope"));
    m_scope->setAccessibleName(tr("Connection to report on"));
    for (Session *session : workspace.sessions()) {
        if (session->inventory().isComplete())
            m_scope->addItem(session->title(), QVariant::fromValue(static_cast<QObject *>(session)));
        if (session == workspace.current())
            m_scope->setCurrentIndex(m_scope->count() - 1);
    }
    m_format->setObjectName(QStringLiteral("reportFormat"));
    m_format->setAccessibleName(tr("Format"));
    for (const ReportFormat &format : reportFormats())
        m_format->addItem(QString::fromUtf8(format.title), QString::fromUtf8(format.id));
    m_file->setObjectName(QStringLiteral("reportFile"));
    m_file->setAccessibleName(tr("File"));
    m_message->setObjectName(QStringLiteral("reportMessage"));
    m_message->setWordWrap(true);
    m_message->setMinimumHeight(m_message->fontMetrics().lineSpacing() * 2);
    m_message->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    m_progress->setRange(0, 0);
    m_progress->hide();
    auto *browseButton = new QPushButton(tr("Browse…"), this);
    auto *line = new QHBoxLayout;
    line->addWidget(m_file, 1);
    line->addWidget(browseButton);
    auto *form = new QFormLayout;
    form->addRow(tr("&Report on"), m_scope);
    form->addRow(tr("&Format"), m_format);
    form->addRow(tr("Fi&le"), line);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_write = buttons->addButton(tr("Write report"), QDialogButtonBox::AcceptRole);
    m_write->setObjectName(QStringLiteral("writeReport"));
    m_write->setDefault(true);
    auto *all = new QVBoxLayout(this);
    all->addLayout(form);
    all->addWidget(m_message);
    all->addWidget(m_progress);
    all->addStretch();
    all->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 76);

    connect(m_scope, &QComboBox::currentIndexChanged, this, &ReportDialog::suggestName);
    connect(m_format, &QComboBox::currentIndexChanged, this, &ReportDialog::suggestName);
    connect(m_file, &QLineEdit::textChanged, this, &ReportDialog::review);
    connect(&m_look, &FileLook::seen, this, &ReportDialog::review);
    connect(browseButton, &QPushButton::clicked, this, &ReportDialog::browse);
    connect(buttons, &QDialogButtonBox::accepted, this, &ReportDialog::start);
    connect(buttons, &QDialogButtonBox::rejected, this, &ReportDialog::reject);
    connect(&m_watcher, &QFutureWatcherBase::finished, this, &ReportDialog::finished);
    connect(&workspace, &Workspace::aboutToClose, this, &ReportDialog::reject);
    suggestName();
}

ReportDialog::~ReportDialog()
{
    m_stop.request_stop(); // what is being written ends by itself, and is not waited for
}

void ReportDialog::suggestName()
{
    const QString typed = m_file->text();
    if (!typed.isEmpty() && typed != m_suggested) { // the person's own name stays, with the suffix that fits
        const QFileInfo info(typed);
        const ReportFormat *format = reportFormat(m_format->currentData().toString());
        if (format && !info.suffix().isEmpty())
            m_file->setText(info.path() + QLatin1Char('/') + info.completeBaseName() + QLatin1Char('.')
                            + QLatin1String(format->suffix));
        review();
        return;
    }
    QString name = m_scope->currentText();
    for (QChar &c : name) {
        if (!c.isLetterOrNumber() && c != QLatin1Char('-') && c != QLatin1Char('.'))
            c = QLatin1Char('-');
    }
    const ReportFormat *format = reportFormat(m_format->currentData().toString());
    m_suggested = QDir(m_folder).filePath(name + QLatin1String("-report.")
                                          + QLatin1String(format ? format->suffix : "txt"));
    m_file->setText(m_suggested);
    review();
}

QString ReportDialog::objection(const FileLook::Seen *seen) const
{
    if (m_scope->count() == 0)
        return tr("Nothing has been read completely yet.");
    if (m_file->text().isEmpty())
        return tr("Type the name of the file to write.");
    if (seen && seen->isFolder)
        return tr("This is a folder. Type the name of a file in it.");
    if (seen && !seen->hasFolder)
        return tr("There is no folder %1.").arg(seen->folder);
    return {};
}

void ReportDialog::review()
{
    // Not known yet is no objection: who writes at once is told the same by the writing.
    const FileLook::Seen *const seen = m_look.at(m_file->text());
    const QString wrong = objection(seen);
    m_write->setEnabled(wrong.isEmpty() && !m_watcher.isRunning());
    if (m_watcher.isRunning())
        return;
    if (!wrong.isEmpty())
        m_message->setText(wrong);
    else if (seen && seen->exists)
        m_message->setText(tr("The file exists and will be replaced."));
    else
        m_message->setText(tr("What the server shows is reported; changes that are not applied are listed apart."));
}

void ReportDialog::browse()
{
    auto *dialog = new QFileDialog(this, tr("Write report to"), m_file->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, m_file, &QLineEdit::setText);
    dialog->open();
}

void ReportDialog::start()
{
    auto *session = qobject_cast<Session *>(m_scope->currentData().value<QObject *>());
    const ReportFormat *format = reportFormat(m_format->currentData().toString());
    if (!session || !format || !m_write->isEnabled())
        return;
    ReportSource source;
    source.title = session->title();
    source.url = session->backend()->url().toString(QUrl::RemovePassword);
    source.program = QCoreApplication::applicationName() + QLatin1Char(' ') + QCoreApplication::applicationVersion();
    source.writtenAt = QDateTime::currentDateTimeUtc();
    for (qsizetype i = 0; i < qMin(session->pending().size(), mostPendingListed); ++i)
        source.pending += changeText(*session, i);
    m_write->setEnabled(false);
    m_progress->show();
    m_message->setText(tr("Writing %1…").arg(QDir::toNativeSeparators(m_file->text())));
    m_stop = {};
    m_watcher.setFuture(QtConcurrent::run(&fileThreads(), write, session->inventory(), source, format, m_file->text(),
                                          m_stop.get_token()));
}

void ReportDialog::finished()
{
    m_progress->hide();
    const Result<qint64> result = m_watcher.result();
    if (result) {
        emit written(m_file->text());
        accept();
        return;
    }
    review();
    m_message->setText(result.error().kind == Error::Kind::Cancelled ? tr("Cancelled. Nothing was written.")
                                                                     : result.error().text());
}

void ReportDialog::reject()
{
    if (m_watcher.isRunning()) {
        m_stop.request_stop();
        m_message->setText(tr("Cancelling…"));
        return;
    }
    QDialog::reject();
}

} // namespace portalbind
