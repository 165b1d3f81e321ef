// SPDX-License-Identifier: Apache-2.0
#include "widgets/rowdelegate.h"

#include "model/inventorytreemodel.h"
#include "widgets/icons.h"

#include <QStandardItemModel>
#include <QTest>

using namespace portalbind;

namespace {

class OpenDelegate : public RowDelegate
{
public:
    using RowDelegate::initStyleOption;
};

} // namespace

class TestRowDelegate : public QObject
{
    Q_OBJECT
private slots:
    void iconOfASelection_data();
    void iconOfASelection();
};

void TestRowDelegate::iconOfASelection_data()
{
    QTest::addColumn<QColor>("words"); // of a selected row
    QTest::addColumn<bool>("isLikeOthers");
    QTest::newRow("pane with the keys") << QColor(Qt::white) << false;
    QTest::newRow("another pane") << QColor(Qt::black) << true;
}

/// A filled dot (bound) must not become a pale one, which looks like an empty one (free).
void TestRowDelegate::iconOfASelection()
{
    QFETCH(QColor, words);
    QFETCH(bool, isLikeOthers);
    const QString name = QStringLiteral("portal-bound");
    QStandardItemModel model(1, 1);
    model.setData(model.index(0, 0), name, InventoryTreeModel::IconNameRole);
    QStyleOptionViewItem option;
    option.decorationSize = QSize(16, 16);
    option.palette.setColor(QPalette::Text, Qt::black);
    option.palette.setColor(QPalette::HighlightedText, words);
    option.state = QStyle::State_Enabled | QStyle::State_Selected;
    const OpenDelegate delegate;
    delegate.initStyleOption(&option, model.index(0, 0));
    const QImage shown = option.icon.pixmap(QSize(16, 16), 1.0, QIcon::Selected).toImage();
    const QImage other = icon(name).pixmap(QSize(16, 16), 1.0, QIcon::Normal).toImage();
    QVERIFY(!shown.isNull());
    QCOMPARE(shown == other, isLikeOthers);
}

QTEST_MAIN(TestRowDelegate)

#include "tst_rowdelegate.moc"
