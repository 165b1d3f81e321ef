// SPDX-License-Identifier: Apache-2.0
// Preloaded into a Qt program by startup.sh: tells when a tree with rows in it was first painted, and ends the program.
#include <QAbstractItemView>
#include <QApplication>
#include <QFile>
#include <QTimer>

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace {

long residentKilobytes()
{
    QFile status(QStringLiteral("/proc/self/status"));
    if (!status.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).simplified().split(' ').first().toLong();
    }
    return 0;
}

class PaintWatch : public QObject
{
public:
    explicit PaintWatch(QObject *parent)
        : QObject(parent)
    {
    }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && !m_seen) {
            const auto *view = qobject_cast<const QAbstractItemView *>(watched->parent());
            if (view && view->viewport() == watched && view->inherits("QTreeView") && view->model()
                && view->model()->rowCount(view->rootIndex()) > 0) {
                m_seen = true;
                QTimer::singleShot(0, qApp, &PaintWatch::tell); // once the paint is over
            }
        }
        return false;
    }

private:
    static void tell()
    {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        const double start = qEnvironmentVariable("PAINTWATCH_START_NS").toDouble();
        const double painted = double(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
        std::printf("%.1f %ld\n", (painted - start) / 1e6, residentKilobytes());
        std::fflush(stdout);
        _exit(0); // closing down is not measured, and nothing is asked or saved
    }
    bool m_seen = false;
};

void watch()
{
    qApp->installEventFilter(new PaintWatch(qApp));
}
Q_COREAPP_STARTUP_FUNCTION(watch)

} // namespace
