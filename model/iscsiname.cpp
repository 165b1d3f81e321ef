// SPDX-License-Identifier: Apache-2.0
#include "model/iscsiname.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind {
namespace {

constexpr qsizetype maximumNameBytes = 223; // RFC 7143 4.2.7.1

QString tr(const char *text)
{
    return QCoreApplication::translate("IscsiName", text);
}

tl::unexpected<Error> bad(QStringView text, const QString &why)
{
    const QString shown = text.size() > 80 ? text.left(80).toString() + QStringLiteral("…") : text.toString();
    return failure(Error::Kind::BadInput, tr("“%1” is not an iSCSI name: %2.").arg(shown, why), {},
                   tr("Write it like iqn.2026-11.com.example:mail."));
}

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isHex(QStringView text)
{
    return std::all_of(text.begin(), text.end(),
                       [](QChar c) { return isDigit(c) || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F'); });
}

/// Printable without ASCII signs other than `-`, `.`, `:` (RFC 3722 6.2).
bool isNameCharacter(QChar c)
{
    if (c.unicode() >= 0x80)
        return c.isLetterOrNumber() || c.isSurrogate() || c.isMark();
    return isDigit(c) || (c >= u'a' && c <= u'z') || c == u'-' || c == u'.' || c == u':';
}

bool isDomain(QStringView reversed)
{
    for (const QStringView label : reversed.tokenize(u'.')) {
        if (label.isEmpty() || label.size() > 63 || label.front() == u'-' || label.back() == u'-')
            return false;
        if (label.contains(u':'))
            return false;
    }
    return true;
}

std::optional<quint64> number(QStringView text, int base)
{
    bool ok = false;
    const bool plain = !text.isEmpty() && text.size() <= 16 && isHex(text);
    const quint64 value = plain ? text.toULongLong(&ok, base) : 0;
    return ok ? std::optional(value) : std::nullopt;
}

} // namespace

Result<QString> parseIscsiName(QStringView text)
{
    const QString name = text.toString().normalized(QString::NormalizationForm_KC).toLower();
    if (name.isEmpty())
        return bad(text, tr("it is empty"));
    if (name.toUtf8().size() > maximumNameBytes)
        return bad(text, tr("it is longer than %1 bytes").arg(maximumNameBytes));
    if (!name.isValidUtf16())
        return bad(text, tr("it holds half a character"));
    for (const QChar c : name) {
        if (!isNameCharacter(c))
            return bad(text,
                       c.isPrint() && !c.isSpace() ? tr("the character “%1” is not allowed").arg(c)
                                                   : tr("it holds a space or a control character"));
    }
    const QStringView rest = QStringView(name).mid(4);
    if (name.startsWith(QLatin1String("eui.")))
        return rest.size() == 16 && isHex(rest) ? Result<QString>(name)
                                                : bad(text, tr("eui. is followed by 16 hex digits"));
    if (name.startsWith(QLatin1String("naa.")))
        return (rest.size() == 16 || rest.size() == 32) && isHex(rest)
                ? Result<QString>(name)
                : bad(text, tr("naa. is followed by 16 or 32 hex digits"));
    if (!name.startsWith(QLatin1String("iqn.")))
        return bad(text, tr("it begins with none of iqn., eui. and naa."));

    const bool date = rest.size() > 8 && isDigit(rest[0]) && isDigit(rest[1]) && isDigit(rest[2]) && isDigit(rest[3])
            && rest[4] == u'-' && isDigit(rest[5]) && isDigit(rest[6]) && rest[7] == u'.';
    const int month = date ? rest.mid(5, 2).toInt() : 0;
    if (month < 1 || month > 12)
        return bad(text, tr("iqn. is followed by year and month, as in 2026-11, and a dot"));
    const qsizetype colon = rest.indexOf(u':');
    if (!isDomain(colon < 0 ? rest.mid(8) : rest.mid(8, colon - 8)))
        return bad(text, tr("a reversed domain name follows the date, as in com.example"));
    if (colon >= 0 && colon + 1 == rest.size())
        return bad(text, tr("nothing follows the colon"));
    return name;
}

QString shortIscsiName(const QString &name)
{
    const qsizetype colon = name.indexOf(u':');
    return colon < 0 ? name : QStringLiteral("…") + name.mid(colon);
}

Result<EndpointName> EndpointName::parse(QStringView text)
{
    const qsizetype comma = text.lastIndexOf(u',');
    const QString remedy = tr("Write it like iqn.2026-11.com.example:mail,t,0x0001 or iqn.2026-11.com.example:mail,1.");
    const QString shown = text.left(300).toString();
    if (comma <= 0)
        return failure(Error::Kind::BadInput, tr("“%1” is not an endpoint: it has no tag.").arg(shown), {}, remedy);

    EndpointName result;
    QStringView node = text.left(comma);
    QStringView tag = text.mid(comma + 1);
    if (node.endsWith(QLatin1String(",t"), Qt::CaseInsensitive)
        || node.endsWith(QLatin1String(",i"), Qt::CaseInsensitive)) {
        result.initiator = node.back().toLower() == u'i';
        node.chop(2);
    }
    const bool hex = tag.startsWith(QLatin1String("0x"), Qt::CaseInsensitive);
    if (hex)
        tag = tag.mid(2);
    const auto value = number(tag, hex || result.initiator.value_or(false) ? 16 : 10);
    const quint64 most = result.initiator.value_or(true) ? maximumInitiatorTag : maximumTargetTag;
    if (!value || *value > most)
        return failure(Error::Kind::BadInput,
                       tr("“%1” is not an endpoint: the tag is no number of its kind.").arg(shown), {}, remedy);
    result.node = node.toString();
    result.tag = *value;
    if (result.node.isEmpty() || result.node.contains(u','))
        return failure(Error::Kind::BadInput,
                       tr("“%1” is not an endpoint: the name before the tag is not an iSCSI name.").arg(shown), {},
                       remedy);
    return result;
}

QString endpointName(const QString &node, bool initiator, quint64 tag)
{
    return node + (initiator ? QLatin1String(",i,0x") : QLatin1String(",t,0x"))
            + QString::number(tag, 16).rightJustified(initiator ? 12 : 4, u'0');
}

} // namespace portalbind
