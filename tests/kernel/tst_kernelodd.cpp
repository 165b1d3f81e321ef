// SPDX-License-Identifier: Apache-2.0
// What the kernel holds and targetcli leaves nobody with: the rest of the host is shown all the same.
#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

#include <QTest>

namespace {

const std::string disk1 = "iqn.2026-11.org.example:disk1";
const std::string tpg = guest::fabric.toStdString() + disk1 + "/tpgt_1";

guest::Outcome list()
{
    return guest::run(qEnvironmentVariable("PORTALBIND_BIN") + QStringLiteral("/portalbindctl"),
                      {QStringLiteral("--connect"), QStringLiteral("lio:"), QStringLiteral("list")}, 120'000);
}

} // namespace

class tst_KernelOdd : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase()
    {
        QVERIFY(guest::isGuest());
        qputenv("PORTALBIND_LIO_HELPER", HelperProcess::program().toLocal8Bit());
    }
    void cleanup() { guest::clear(); }
    void unlinkedLun();
};

/// A LUN is mapped in two steps, a folder and then a link in it; a read may fall between them, or the link may be gone.
void tst_KernelOdd::unlinkedLun()
{
    HelperProcess helper;
    helper.ok("make-target", {{"target", disk1}});
    helper.ok("make-tpg", {{"target", disk1}, {"tpg", 1}});
    SAME(guest::make(tpg + "/acls/iqn.2026-11.org.example:init"), 0);
    SAME(guest::make(tpg + "/acls/iqn.2026-11.org.example:init/lun_0"), 0);
    const auto acl = helper.ok("read")["targets"][0]["tpgs"][0]["acls"][0];
    SAME(acl["luns"].size(), 1);
    QVERIFY2(!acl["luns"][0].contains("lun"), acl.dump().c_str());
    const guest::Outcome outcome = list();
    QVERIFY2(outcome.status == 0 && outcome.output.contains(disk1.c_str()), outcome.output.constData());
}

QTEST_GUILESS_MAIN(tst_KernelOdd)

#include "tst_kernelodd.moc"
