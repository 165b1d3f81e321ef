// SPDX-License-Identifier: Apache-2.0
#include "model/report/reporttext.h"

#include <algorithm>

namespace portalbind {
namespace {

bool isUnsafe(char16_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) // controls
            || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069)
            || c == 0xfeff;
}

} // namespace

QString shownString(QStringView text)
{
    const bool clean = std::none_of(text.begin(), text.end(),
                                    [](QChar c) { return isUnsafe(c.unicode()) || c.isSurrogate(); });
    if (clean)
        return text.toString();
    QString result;
    result.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate()) {
            result += text[i++];
            result += text[i];
        } else {
            result += text[i].isSurrogate() || isUnsafe(text[i].unicode()) ? QChar(QChar::ReplacementCharacter)
                                                                           : text[i];
        }
    }
    return result;
}

QByteArray shownText(QStringView text)
{
    return shownString(text).toUtf8();
}

} // namespace portalbind
