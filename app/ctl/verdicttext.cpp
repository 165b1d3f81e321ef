// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/verdicttext.h"

#include "model/inventory.h"

#include <QCoreApplication>

namespace portalbind {

QJsonObject verdictObject(const Verdict &verdict, const Inventory &inventory)
{
    const Explanation words = explain(verdict, inventory);
    return {{QStringLiteral("decision"), toString(verdict.decision)},
            {QStringLiteral("origin"), toString(verdict.origin)},
            {QStringLiteral("code"), verdict.code},
            {QStringLiteral("symbol"), codeSymbol(verdict.method, verdict.code)},
            {QStringLiteral("reason"), words.reason},
            {QStringLiteral("remedy"), words.remedy}};
}

QString verdictText(const Verdict &verdict, const Inventory &inventory)
{
    const auto tr = [](const char *text) { return QCoreApplication::translate("VerdictText", text); };
    const Explanation words = explain(verdict, inventory);
    QString text;
    switch (verdict.decision) {
    case Decision::Allowed:
        text = tr("Allowed: %1");
        break;
    case Decision::ServerDecides:
        text = tr("The server decides: %1");
        break;
    case Decision::Refused:
        text = verdict.origin == Origin::Policy ? tr("Refused by policy: %1") : tr("Refused: %1");
        break;
    }
    text = text.arg(words.reason);
    if (!words.remedy.isEmpty())
        text += QLatin1String("\n  ") + words.remedy;
    if (verdict.canOverride())
        text += QLatin1String("\n  ") + tr("With --force it is done all the same.");
    return text;
}

} // namespace portalbind
