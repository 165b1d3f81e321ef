// SPDX-License-Identifier: Apache-2.0
#include "model/pathharm.h"
#include "model/wording.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(PathHarm)
};

} // namespace

QString pathHarmText(const PathHarm &harm, const Inventory &inventory)
{
    const QString target = nodeText(inventory, harm.node);
    QString text;
    if (harm.losesLastPath())
        text = Words::tr("%1 is logged in to %2 and loses its last path").arg(harm.initiator, target);
    else if (harm.after == 0)
        text = Words::tr("%1: no path to %2 is left").arg(harm.initiator, target);
    else if (harm.after < harm.before)
        text = Words::tr("%1: %n of %2 path(s) to %3 remain(s)", nullptr, harm.after)
                       .arg(harm.initiator)
                       .arg(harm.before)
                       .arg(target);
    else
        text = Words::tr("%1: all %n path(s) to %2 remain(s)", nullptr, harm.after).arg(harm.initiator, target);
    if (!harm.mustDiscover())
        return text;
    const QString to = endpointInNodeText(inventory, harm.to);
    if (harm.lacksAcl)
        return Words::tr("%1; it has no ACL in %2, where a portal goes").arg(text, to);
    if (harm.findsOtherLuns)
        text = Words::tr("%1; it finds other LUNs in %2, where a portal goes").arg(text, to);
    return Words::tr("%1; it has to discover again, for the tag changes to that of %2").arg(text, to);
}

} // namespace portalbind
