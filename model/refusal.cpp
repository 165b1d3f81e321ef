// SPDX-License-Identifier: Apache-2.0
#include "model/refusal.h"

#include <QRegularExpression>

namespace portalbind {

QString refusalText(const Explanation &explanation)
{
    QString reason = explanation.reason;
    QString remedy = explanation.remedy;
    if (remedy.isEmpty())
        return reason;
    static const QRegularExpression codeAtEnd(QStringLiteral(" \\((\\d+)\\)\\.?$"));
    const QRegularExpressionMatch code = codeAtEnd.match(reason);
    if (code.hasMatch())
        reason.truncate(code.capturedStart());
    const auto withoutPoint = [](QString text) {
        while (text.endsWith(QLatin1Char('.')))
            text.chop(1);
        return text;
    };
    remedy = withoutPoint(remedy);
    if (code.hasMatch())
        remedy += QStringLiteral(" (%1)").arg(code.captured(1));
    return withoutPoint(reason) + QLatin1String(". ") + remedy;
}

QString refusalText(const Verdict &verdict, const Inventory &inventory)
{
    return refusalText(explain(verdict, inventory));
}

} // namespace portalbind
