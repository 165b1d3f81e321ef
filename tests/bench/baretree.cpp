// SPDX-License-Identifier: Apache-2.0
// The baseline of startup.sh: a bare Qt window with a tree.
#include <QApplication>
#include <QMainWindow>
#include <QStandardItemModel>
#include <QTreeView>

int main(int argc, char **argv)
{
    const QApplication application(argc, argv);
    QStandardItemModel model;
    for (int i = 0; i < 40; ++i)
        model.appendRow(new QStandardItem(QStringLiteral("10.0.1.%1:3260").arg(i)));
    QMainWindow window;
    auto *tree = new QTreeView;
    tree->setModel(&model);
    window.setCentralWidget(tree);
    window.resize(1200, 800);
    window.show();
    return QApplication::exec();
}
