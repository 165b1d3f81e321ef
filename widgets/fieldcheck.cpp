// SPDX-License-Identifier: Apache-2.0
#include "widgets/fieldcheck.h"

#include "model/address.h"
#include "model/iscsiname.h"
#include "model/showntext.h"

#include <QCoreApplication>

#include <vector>

namespace portalbind {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(FieldCheck)
};

QString sentence(const Error &error)
{
    return error.remedy.isEmpty() ? error.what : error.what + QLatin1Char(' ') + error.remedy;
}

} // namespace

FieldCheck allOf(std::initializer_list<FieldCheck> checks)
{
    return [all = std::vector<FieldCheck>(checks)](const QString &text) {
        for (const FieldCheck &check : all) {
            if (QString objection = check(text); !objection.isEmpty())
                return objection;
        }
        return QString();
    };
}

FieldCheck emptyOr(FieldCheck check)
{
    return [check = std::move(check)](const QString &text) { return text.isEmpty() ? QString() : check(text); };
}

FieldCheck notEmpty(const QString &what)
{
    return [what](const QString &text) { return text.trimmed().isEmpty() ? what : QString(); };
}

FieldCheck isIpAddress()
{
    return [](const QString &text) {
        const Result<IpAddress> address = IpAddress::parse(text.trimmed());
        return address ? QString() : sentence(address.error());
    };
}

FieldCheck isIscsiName()
{
    return [](const QString &text) {
        const Result<QString> name = parseIscsiName(text.trimmed());
        return name ? QString() : sentence(name.error());
    };
}

quint64 numberOf(const QString &text, bool *ok)
{
    const QString trimmed = text.trimmed();
    return trimmed.startsWith(QLatin1String("0x"), Qt::CaseInsensitive) ? trimmed.mid(2).toULongLong(ok, 16)
                                                                        : trimmed.toULongLong(ok, 10);
}

FieldCheck isNumber(quint64 least, quint64 most)
{
    return [least, most](const QString &text) {
        bool ok = false;
        const quint64 number = numberOf(text, &ok);
        return ok && number >= least && number <= most
                ? QString()
                : Words::tr("Type a whole number from %1 to %2").arg(least).arg(most);
    };
}

FieldCheck isName(int most)
{
    return [most](const QString &text) {
        if (text.size() > most)
            return Words::tr("At most %n character(s)", nullptr, most);
        return isShownAsItIs(text) ? QString() : Words::tr("Control characters are not allowed");
    };
}

} // namespace portalbind
