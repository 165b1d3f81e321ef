// SPDX-License-Identifier: Apache-2.0
#include "app/coredumps.h"
#include "app/gui/display.h"
#include "app/gui/headlessdemo.h"
#include "app/gui/windowservices.h"
#include "app/windup.h"

#include <CLI/CLI.hpp>
#include <QApplication>
#include <QTemporaryDir>
#include <QTranslator>

#include <cstdio>

namespace {

using namespace portalbind;

struct Arguments
{
    std::vector<std::string> urls;
    bool sample = false;
    std::string demoFolder;
    std::string theme;
};

/// The exit code when the program is to end at once: --help, --version, or a wrong argument.
std::optional<int> parse(int argc, char **argv, Arguments &arguments)
{
    CLI::App cli("Desktop console for iSCSI target portals.");
    cli.set_version_flag("--version", std::string("portalbind ") + PORTALBIND_VERSION);
    cli.add_option("address", arguments.urls, "Servers or workbooks to open, by URL or path");
    cli.add_flag("--sample", arguments.sample, "Open your own copy of the sample workbook");
    cli.add_option("--theme", arguments.theme, "Look of the window")->check(CLI::IsMember({"system", "light", "dark"}));
    cli.add_option("--headless-demo", arguments.demoFolder,
                   "Do the main job on a fresh sample workbook with nobody there; leave window.png and report.html in "
                   "that folder");
    try {
        cli.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return cli.exit(error) == 0 ? 0 : 2;
    }
    return std::nullopt;
}

std::unique_ptr<Settings> demoSettings(const QTemporaryDir &folder)
{
    return std::make_unique<Settings>(folder.filePath(QStringLiteral("settings.ini")));
}

void openWhatIsWanted(MainWindow &window, const Arguments &arguments)
{
    QStringList urls;
    for (const std::string &url : arguments.urls)
        urls += QString::fromLocal8Bit(url.c_str());
    for (const QString &url : std::as_const(urls))
        window.openTyped(url);
    const QStringList before = urls.isEmpty() && !arguments.sample ? window.settings().lastOpen() : QStringList();
    for (const QString &url : before)
        window.reopen(url);
    if (arguments.sample || (urls.isEmpty() && before.isEmpty()))
        window.openSample();
}

/// The exit code.
int runWindow(const Arguments &arguments)
{
    const bool isDemo = !arguments.demoFolder.empty();
    const QTemporaryDir scratch;
    MainWindow window(windowServices(), isDemo ? demoSettings(scratch) : std::make_unique<Settings>());
    if (!arguments.theme.empty())
        window.setTheme(arguments.theme == "dark"            ? Settings::Theme::Dark
                                : arguments.theme == "light" ? Settings::Theme::Light
                                                             : Settings::Theme::System);
    window.show();
    if (isDemo) {
        HeadlessDemo demo(window, QString::fromLocal8Bit(arguments.demoFolder.c_str()));
        demo.start();
        return QApplication::exec();
    }
    openWhatIsWanted(window, arguments);
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    leaveNoCoreDump();
    Arguments arguments;
    if (const std::optional<int> code = parse(argc, argv, arguments))
        return *code;
    if (!arguments.demoFolder.empty() && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");

    if (const QString why = whyNoDisplay(); !why.isEmpty()) {
        std::fprintf(stderr, "portalbind: %s\n", qPrintable(why));
        return 1;
    }
    endWithoutDisplay();
    QApplication application(argc, argv);
    qInstallMessageHandler(nullptr);
    QApplication::setApplicationName(QStringLiteral("Portalbind"));
    QApplication::setApplicationVersion(QStringLiteral(PORTALBIND_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("portalbind"));
    QTranslator words;
    if (words.load(QLocale(), QStringLiteral("portalbind"), QStringLiteral("_"), QStringLiteral(":/translations"))
        || words.load(QStringLiteral(":/translations/portalbind_en")))
        QApplication::installTranslator(&words);

    const int exitCode = runWindow(arguments);
    windUp();
    return exitCode;
}
