// SPDX-License-Identifier: Apache-2.0
// What one portal costs on a host of many targets: everything is looked at before it is made.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>

using Json = HelperProcess::Json;

namespace {

std::string targetName(int number)
{
    return "iqn.2026-11.org.example:disk" + std::to_string(number);
}

Json portalOf(int number, const char *address)
{
    return {{"target", targetName(number)}, {"tpg", 1}, {"portal", address}};
}

} // namespace

class tst_KernelScale : public QObject
{
    Q_OBJECT
private slots:
    void manyTargets_data();
    void manyTargets();
};

void tst_KernelScale::manyTargets_data()
{
    QVERIFY(guest::isGuest());
    QTest::addColumn<int>("targets");
    QTest::newRow("1000") << 1000;
    if (qEnvironmentVariableIsSet("PORTALBIND_LONG"))
        QTest::newRow("4000") << 4000;
}

void tst_KernelScale::manyTargets()
{
    QFETCH(const int, targets);
    for (int i = static_cast<int>(guest::names(guest::fabric.toStdString()).size()); i <= targets; ++i) {
        const std::string path = guest::fabric.toStdString() + targetName(i) + "/tpgt_1";
        QCOMPARE(guest::make(guest::fabric.toStdString() + targetName(i)) | guest::make(path), 0);
        for (const char *address : {"127.0.0.1:3260", "127.0.0.2:3260"})
            QCOMPARE(guest::make(path + "/np/" + address), 0);
    }
    HelperProcess helper;
    // The first and the last are looked at: both are found.
    for (const int number : {1, targets}) {
        SAME(helper.ask("make-portal", portalOf(number, "127.0.0.1:3260"))["ok"]["already"], true);
        const Json wildcard = helper.ask("make-portal", portalOf(number, "0.0.0.0:3260"));
        SAME(wildcard["refused"]["why"], "wildcard-in-the-way");
    }
    constexpr int rounds = 15;
    std::vector<qint64> made, removed;
    for (int i = 0; i < rounds; ++i) {
        QElapsedTimer timer;
        timer.start();
        helper.ok("make-portal", portalOf(targets / 2, "127.0.0.3:3260"));
        made.push_back(timer.nsecsElapsed() / 1000);
        timer.start();
        helper.ok("remove-portal", portalOf(targets / 2, "127.0.0.3:3260"));
        removed.push_back(timer.nsecsElapsed() / 1000);
    }
    for (auto *times : {&made, &removed})
        std::sort(times->begin(), times->end());
    // The quickest is what it costs where nothing else runs.
    qInfo("%d targets: make-portal %.1f ms at best, %.1f usually; remove-portal %.1f at best", targets,
          double(made.front()) / 1000, double(made[rounds / 2]) / 1000, double(removed.front()) / 1000);
}

QTEST_GUILESS_MAIN(tst_KernelScale)

#include "tst_kernelscale.moc"
