// SPDX-License-Identifier: Apache-2.0
#include "app/coredumps.h"
#include "app/ctl/commandline.h"
#include "app/ctl/execution.h"
#include "app/ctl/interrupts.h"
#include "app/windup.h"

#include <QCoreApplication>
#include <QLocale>
#include <QTranslator>

#include <clocale>
#include <csignal>
#include <cstdio>

#ifdef Q_OS_UNIX
#include <langinfo.h>
#endif

using namespace portalbind;

namespace {

/// Names are UTF-8. Under cron and in pipelines the locale is often "C", of which Qt would complain on standard error.
void useUtf8()
{
#ifdef Q_OS_UNIX
    std::setlocale(LC_ALL, "");
    if (QByteArrayView(nl_langinfo(CODESET)) != "UTF-8")
        qputenv("LC_ALL", "C.UTF-8");
#endif
}

int printParsed(const ParsedCommandLine &parsed)
{
    std::fwrite(parsed.output.data(), 1, parsed.output.size(), stdout);
    std::fwrite(parsed.message.data(), 1, parsed.message.size(), stderr);
    return parsed.exitCode;
}

} // namespace

int main(int argc, char **argv)
{
    leaveNoCoreDump();
#ifdef SIGPIPE
    std::signal(SIGPIPE, SIG_IGN); // a closed pipe is seen where it is written to
#endif
    useUtf8();
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("portalbindctl"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PORTALBIND_VERSION));

    QTranslator words; // English needs one, too: for its plurals
    if (words.load(QLocale(), QStringLiteral("portalbind"), QStringLiteral("_"), QStringLiteral(":/translations"))
        || words.load(QStringLiteral(":/translations/portalbind_en")))
        QCoreApplication::installTranslator(&words);

    const ParsedCommandLine parsed = parseCommandLine(std::vector<std::string>(argv + 1, argv + argc));
    if (!parsed.request)
        return printParsed(parsed);

    int exitCode = 0;
    int interruptedBy = 0;
    {
        Interrupts interrupts;
        Execution execution(*parsed.request);
        QObject::connect(&interrupts, &Interrupts::interrupted, &execution, &Execution::cancel);
        QObject::connect(&execution, &Execution::finished, &app, &QCoreApplication::exit, Qt::QueuedConnection);
        QMetaObject::invokeMethod(&execution, &Execution::start, Qt::QueuedConnection);
        exitCode = QCoreApplication::exec();
        interruptedBy = execution.isCancelled() ? interrupts.received() : 0;
    }
    windUp();
    if (interruptedBy)
        Interrupts::endBy(interruptedBy);
    return exitCode;
}
