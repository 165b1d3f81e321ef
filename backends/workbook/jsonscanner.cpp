// SPDX-License-Identifier: Apache-2.0
#include "backends/workbook/jsonscanner.h"

#include "backends/workbook/workbooktext.h"

#include <QSet>

#include <algorithm>
#include <cstring>

namespace portalbind {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isHexDigit(char c)
{
    return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

} // namespace

JsonScanner::JsonScanner(const QByteArray &json)
    : m_begin(json.constData())
    , m_at(m_begin)
    , m_end(m_begin + json.size())
{
    if (json.startsWith("\xEF\xBB\xBF"))
        m_at += 3; // a byte order mark, which some editors put there
}

QString JsonScanner::path() const
{
    return m_path.isEmpty() ? QStringLiteral("/") : QLatin1Char('/') + m_path.join(QLatin1Char('/'));
}

bool JsonScanner::fail(const QString &what)
{
    return failAt(path(), what);
}

bool JsonScanner::failAt(const QString &path, const QString &what)
{
    if (!m_error)
        m_error = Error{Error::Kind::BadInput, what, path, {}, {}};
    m_at = m_end;
    return false;
}

bool JsonScanner::syntaxError(const QString &what)
{
    if (m_error)
        return false;
    const auto line = 1 + std::count(m_begin, m_at, '\n');
    const char *lineStart = m_at;
    while (lineStart > m_begin && lineStart[-1] != '\n')
        --lineStart;
    // Columns count characters: continuation bytes of UTF-8 are none.
    const auto column = 1 + std::count_if(lineStart, m_at, [](char c) { return (quint8(c) & 0xc0) != 0x80; });
    return failAt(QStringLiteral("%1:%2").arg(line).arg(column), what);
}

void JsonScanner::skipSpace()
{
    while (m_at < m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\t' || *m_at == '\r'))
        ++m_at;
}

bool JsonScanner::take(char c)
{
    skipSpace();
    if (m_at == m_end || *m_at != c)
        return false;
    ++m_at;
    return true;
}

JsonScanner::Type JsonScanner::peek()
{
    skipSpace();
    if (m_at == m_end)
        return Type::Broken;
    switch (*m_at) {
    case 'n':
        return startsWith("null") ? Type::Null : Type::Broken;
    case 't':
        return startsWith("true") ? Type::Boolean : Type::Broken;
    case 'f':
        return startsWith("false") ? Type::Boolean : Type::Broken;
    case '"':
        return Type::Text;
    case '[':
        return Type::Array;
    case '{':
        return Type::Object;
    default:
        return *m_at == '-' || isDigit(*m_at) ? Type::Number : Type::Broken;
    }
}

bool JsonScanner::deeper()
{
    if (++m_depth <= maximumDepth)
        return true;
    return syntaxError(WorkbookText::tr("The JSON is nested deeper than %1 levels.").arg(maximumDepth));
}

template <class Item>
bool JsonScanner::items(char close, Item item)
{
    if (!deeper())
        return false;
    ++m_at;
    for (qsizetype index = 0; !take(close); ++index) {
        if (index > 0 && !take(','))
            return syntaxError(WorkbookText::tr("A comma or %1 is needed here.").arg(QLatin1Char(close)));
        if (!item(index) || m_error)
            return false;
    }
    --m_depth;
    return true;
}

bool JsonScanner::key(QString *to)
{
    skipSpace();
    if (m_at == m_end || *m_at != '"')
        return syntaxError(WorkbookText::tr("A member's name in quotes is needed here."));
    if (!scanText(to))
        return false;
    return take(':') || syntaxError(WorkbookText::tr("A colon is needed here."));
}

bool JsonScanner::object(const std::function<bool(const QString &key)> &member)
{
    if (m_error)
        return false;
    if (peek() != Type::Object)
        return peek() == Type::Broken ? syntaxError(WorkbookText::tr("A JSON object is needed here."))
                                      : fail(WorkbookText::tr("An object is needed here."));
    QSet<QString> seen;
    return items('}', [&](qsizetype) {
        QString name;
        if (!key(&name))
            return false;
        const bool isRepeated = seen.contains(name);
        seen.insert(name);
        QString step = name; // as in a JSON pointer (RFC 6901)
        m_path.append(
                step.replace(QLatin1Char('~'), QLatin1String("~0")).replace(QLatin1Char('/'), QLatin1String("~1")));
        if (isRepeated) // nobody knows which of them is meant
            return fail(WorkbookText::tr("This key stands twice in its object."));
        if (!member(name) || m_error)
            return false;
        m_path.removeLast();
        return true;
    });
}

bool JsonScanner::array(const std::function<bool()> &element)
{
    if (m_error)
        return false;
    if (peek() != Type::Array)
        return peek() == Type::Broken ? syntaxError(WorkbookText::tr("A JSON array is needed here."))
                                      : fail(WorkbookText::tr("An array is needed here."));
    return items(']', [&](qsizetype index) {
        m_path.append(QString::number(index));
        if (!element() || m_error)
            return false;
        m_path.removeLast();
        return true;
    });
}

bool JsonScanner::skip()
{
    if (m_error)
        return false;
    switch (peek()) {
    case Type::Null:
        return literal("null");
    case Type::Boolean:
        return literal(*m_at == 't' ? "true" : "false");
    case Type::Number:
        return scanNumber(nullptr);
    case Type::Text:
        return scanText(nullptr);
    // What can be wrong in here is told by line and column: no path is kept.
    case Type::Array:
        return items(']', [this](qsizetype) { return skip(); });
    case Type::Object:
        return items('}', [this](qsizetype) { return key(nullptr) && skip(); });
    case Type::Broken:
        break;
    }
    return syntaxError(m_at == m_end ? WorkbookText::tr("The file ends in the middle of a value.")
                                     : WorkbookText::tr("A JSON value is needed here."));
}

bool JsonScanner::skipNull()
{
    return !m_error && peek() == Type::Null && literal("null");
}

std::optional<QString> JsonScanner::text()
{
    if (m_error)
        return {};
    if (peek() != Type::Text) {
        (void)(peek() == Type::Broken ? skip() : fail(WorkbookText::tr("A text is needed here.")));
        return {};
    }
    QString read;
    if (!scanText(&read))
        return {};
    return read;
}

std::optional<bool> JsonScanner::boolean()
{
    if (m_error)
        return {};
    if (peek() != Type::Boolean) {
        (void)(peek() == Type::Broken ? skip() : fail(WorkbookText::tr("true or false is needed here.")));
        return {};
    }
    const bool value = *m_at == 't';
    if (!literal(value ? "true" : "false"))
        return {};
    return value;
}

std::optional<qint64> JsonScanner::number(qint64 least, qint64 most)
{
    if (m_error)
        return {};
    bool whole = false;
    qint64 value = 0;
    if (peek() == Type::Number) {
        QByteArrayView digits;
        if (!scanNumber(&digits))
            return {};
        value = digits.toByteArray().toLongLong(&whole);
    } else if (peek() == Type::Text) {
        QString digits;
        if (!scanText(&digits))
            return {};
        value = digits.toLongLong(&whole);
    } else if (peek() == Type::Broken) {
        (void)skip();
        return {};
    }
    if (!whole || value < least || value > most) {
        fail(WorkbookText::tr("A whole number from %1 to %2 is needed here.").arg(least).arg(most));
        return {};
    }
    return value;
}

bool JsonScanner::end()
{
    if (m_error)
        return false;
    skipSpace();
    return m_at == m_end || syntaxError(WorkbookText::tr("There is something behind the end of the JSON value."));
}

bool JsonScanner::literal(const char *word)
{
    if (!startsWith(word))
        return syntaxError(WorkbookText::tr("A JSON value is needed here."));
    m_at += std::strlen(word);
    return true;
}

bool JsonScanner::startsWith(const char *word) const
{
    const size_t size = std::strlen(word);
    return size_t(m_end - m_at) >= size && std::memcmp(m_at, word, size) == 0;
}

bool JsonScanner::scanNumber(QByteArrayView *to)
{
    const char *const start = m_at;
    const auto digits = [this] {
        const char *const first = m_at;
        while (m_at < m_end && isDigit(*m_at))
            ++m_at;
        return m_at > first;
    };
    if (*m_at == '-')
        ++m_at;
    const bool leadingZero = m_at < m_end && *m_at == '0';
    const char *const whole = m_at;
    bool ok = digits() && (!leadingZero || m_at == whole + 1);
    if (ok && m_at < m_end && *m_at == '.') {
        ++m_at;
        ok = digits();
    }
    if (ok && m_at < m_end && (*m_at == 'e' || *m_at == 'E')) {
        ++m_at;
        if (m_at < m_end && (*m_at == '+' || *m_at == '-'))
            ++m_at;
        ok = digits();
    }
    if (!ok)
        return syntaxError(WorkbookText::tr("This is not a number in JSON."));
    if (to)
        *to = QByteArrayView(start, m_at);
    return true;
}

bool JsonScanner::scanText(QString *to)
{
    ++m_at; // the quote
    const char *plain = m_at;
    const auto flush = [&] {
        if (to)
            to->append(QString::fromUtf8(plain, m_at - plain));
    };
    while (m_at < m_end && *m_at != '"') {
        if (quint8(*m_at) < 0x20)
            return syntaxError(WorkbookText::tr("A control character must be escaped in a JSON text."));
        if (*m_at != '\\') {
            ++m_at;
            continue;
        }
        flush();
        ++m_at;
        if (!scanEscape(to))
            return false;
        plain = m_at;
    }
    if (m_at == m_end)
        return syntaxError(WorkbookText::tr("The file ends in the middle of a text."));
    flush();
    ++m_at;
    return true;
}

bool JsonScanner::scanEscape(QString *to)
{
    static constexpr char names[] = "\"\\/bfnrt";
    static constexpr char meanings[] = "\"\\/\b\f\n\r\t";
    if (m_at < m_end && *m_at == 'u') {
        const bool hex = m_end - m_at > 4 && std::all_of(m_at + 1, m_at + 5, isHexDigit);
        const ushort code = hex ? QByteArray(m_at + 1, 4).toUShort(nullptr, 16) : ushort(0);
        if (!hex)
            return syntaxError(WorkbookText::tr("\\u needs four hexadecimal digits."));
        if (to)
            to->append(QChar(code));
        m_at += 5;
        return true;
    }
    const char *const found = m_at < m_end && *m_at ? std::strchr(names, *m_at) : nullptr;
    if (!found)
        return syntaxError(WorkbookText::tr("This is not an escape in a JSON text."));
    if (to)
        to->append(QLatin1Char(meanings[found - names]));
    ++m_at;
    return true;
}

} // namespace portalbind
