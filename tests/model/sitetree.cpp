// SPDX-License-Identifier: Apache-2.0
#include "sitetree.h"

namespace portalbind {

QString treeSite()
{
    return QStringLiteral(
            "server san;"
            "group fabric-10: p1 p2; group fabric-9: p3;"
            "portal p4 at=[2001:db8::5]:3260; portal p5 gone at=10.0.9.9:3260; portal p6 at=0.0.0.0:3260;"
            "portal i1 ip at=10.0.7.1;"
            "endpoint mail1 mail tag=1: p1 p6; endpoint mail2 mail tag=12 disabled;"
            "endpoint db1 db tag=2: p1 p5; endpoint lost - tag=9; endpoint hba host initiator tag=4096: i1;"
            "session mail1 p1; session mail1 -");
}

QString cell(const QModelIndex &index, TreeColumn column)
{
    return index.siblingAtColumn(int(column)).data().toString();
}

QString cells(const QModelIndex &index)
{
    QStringList texts;
    for (int column = 0; column < treeColumnCount; ++column)
        texts += cell(index, TreeColumn(column));
    return texts.join(QLatin1String(" | "));
}

} // namespace portalbind
