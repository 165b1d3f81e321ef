// SPDX-License-Identifier: Apache-2.0
#include "model/inventoryorder.h"
#include "tests/model/randominventory.h"

#include <QTest>

namespace portalbind {

class TestInventoryOrder : public QObject
{
    Q_OBJECT
private slots:
    void partsAreOrderedAsTheWhole();
};

void TestInventoryOrder::partsAreOrderedAsTheWhole()
{
    int differing = 0; // lists that stood in another order before
    for (quint64 seed = 0; seed < 200; ++seed) {
        RandomInventory random(seed);
        const Inventory inventory(random.snapshot());
        const InventoryOrder whole(inventory);
        for (const ServerHandle server : inventory.servers()) {
            const QList<PortalHandle> portals = inventory.portalsOf(server);
            QCOMPARE(InventoryOrder::byAddress(inventory, portals), whole.portalsOf(server));
            const QList<NodeHandle> nodes = inventory.nodesOf(server);
            QCOMPARE(InventoryOrder::byName(inventory, nodes), whole.nodesOf(server));
            differing += int(portals != whole.portalsOf(server)) + int(nodes != whole.nodesOf(server));
        }
    }
    QVERIFY2(differing > 100, qPrintable(QString::number(differing)));
}

} // namespace portalbind

QTEST_APPLESS_MAIN(portalbind::TestInventoryOrder)
#include "tst_inventoryorder.moc"
