// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/verdicttext.h"

#include "model/inventory.h"

#include <QCoreApplication>

namespace portalbind {
namespace {

struct Remedy
{
    const char *context; ///< of the translation
    const char *inWindow;
    const char *here;
};

constexpr Remedy remedies[] = {
        {"Verdict", "Refresh to see what does.",
         QT_TRANSLATE_NOOP("VerdictText", "See what does with: portalbindctl list")},
        {"Verdict", "Refresh to see what is bound.",
         QT_TRANSLATE_NOOP("VerdictText", "See what is bound with: portalbindctl list bindings")},
        {"Verdict", "Refresh to see what is.",
         QT_TRANSLATE_NOOP("VerdictText", "See what is with: portalbindctl show GROUP")},
        {"Verdict", "Refresh to see which, and unbind a portal from it first.",
         QT_TRANSLATE_NOOP("VerdictText",
                           "See which with: portalbindctl list bindings; unbind a portal from it first.")},
        {"Verdict", "Refresh, or connect to it.",
         QT_TRANSLATE_NOOP("VerdictText", "See which are with: portalbindctl list servers")},
        {"Verdict", "Refresh, and read the details.",
         QT_TRANSLATE_NOOP("VerdictText", "See what the server shows with: portalbindctl list")},
        {"Verdict", "Refresh to see the groups, and choose portals of one of them.",
         QT_TRANSLATE_NOOP("VerdictText",
                           "See the groups with: portalbindctl list groups; choose portals of one of them.")},
        {"Verdict", "Use All targets on this server.",
         QT_TRANSLATE_NOOP("VerdictText", "Name the endpoint all-targets instead.")},
        {"Verdict", "Log the initiators out first, or force it.",
         QT_TRANSLATE_NOOP("VerdictText", "Log the initiators out first.")},
        {"Verdict", "Wait until all of it is shown.", QT_TRANSLATE_NOOP("VerdictText", "Try again.")},
        {"portalbind::Session", "Apply it again.", QT_TRANSLATE_NOOP("VerdictText", "Give the command again.")},
};

} // namespace

QString remedyOnCommandLine(const QString &remedy)
{
    for (const Remedy &known : remedies) {
        // As the model translates it: the words that are met are those of the person's language.
        if (remedy == QCoreApplication::translate(known.context, known.inWindow))
            return QCoreApplication::translate("VerdictText", known.here);
    }
    return remedy;
}

QJsonObject verdictObject(const Verdict &verdict, const Inventory &inventory)
{
    const Explanation words = explain(verdict, inventory);
    return {{QStringLiteral("decision"), toString(verdict.decision)},
            {QStringLiteral("origin"), toString(verdict.origin)},
            {QStringLiteral("code"), verdict.code},
            {QStringLiteral("symbol"), codeSymbol(verdict.method, verdict.code)},
            {QStringLiteral("reason"), words.reason},
            {QStringLiteral("remedy"), remedyOnCommandLine(words.remedy)}};
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
        text += QLatin1String("\n  ") + remedyOnCommandLine(words.remedy);
    if (verdict.canOverride())
        text += QLatin1String("\n  ") + tr("With --force it is done all the same.");
    return text;
}

} // namespace portalbind
