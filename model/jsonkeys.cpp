// SPDX-License-Identifier: Apache-2.0
#include "model/jsonkeys.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>

#include <algorithm>
#include <vector>

namespace portalbind {
namespace {

/// The characters of \a raw, which stands between quotes.
QString decoded(QByteArrayView raw)
{
    if (!raw.contains('\\'))
        return QString::fromUtf8(raw);
    const QByteArray array = "[\"" + raw.toByteArray() + "\"]";
    return QJsonDocument::fromJson(array).array().at(0).toString();
}

/// The keys of one object so far. Objects have few, so looking at each is quickest; hostile ones have millions.
class Keys
{
public:
    /// False when it is there already.
    bool add(QByteArrayView raw)
    {
        if (raw.contains('\\') || m_few.size() == mostCompared)
            return addToMany(raw);
        if (std::find(m_few.begin(), m_few.end(), raw) != m_few.end()
            || (!m_many.isEmpty() && m_many.contains(raw.toByteArray())))
            return false;
        m_few.push_back(raw);
        return true;
    }
    void clear()
    {
        m_few.clear();
        m_many.clear();
    }

private:
    static constexpr size_t mostCompared = 24;

    bool addToMany(QByteArrayView raw)
    {
        const QByteArray key = decoded(raw).toUtf8();
        if (m_many.contains(key) || std::find(m_few.begin(), m_few.end(), QByteArrayView(key)) != m_few.end())
            return false;
        m_many.insert(key);
        return true;
    }

    std::vector<QByteArrayView> m_few; // as they stand in the file
    QSet<QByteArray> m_many; // decoded
};

struct Level
{
    bool isObject = false;
    bool expectsKey = false;
    qsizetype index = 0; ///< in an array
    QByteArrayView key; ///< in an object
    Keys keys;
};

class Scan
{
public:
    explicit Scan(const QByteArray &json)
        : m_json(json)
    {
    }

    std::optional<QString> run()
    {
        for (qsizetype i = 0; i < m_json.size(); ++i) {
            switch (m_json[i]) {
            case '{':
                open(true);
                break;
            case '[':
                open(false);
                break;
            case '}':
            case ']':
                m_depth = std::max<size_t>(m_depth, 1) - 1;
                break;
            case ',':
                next();
                break;
            case '"': {
                const qsizetype start = i + 1;
                for (++i; i < m_json.size() && m_json[i] != '"'; ++i)
                    i += m_json[i] == '\\' ? 1 : 0;
                if (!take(m_json.sliced(start, std::min(i, m_json.size()) - start)))
                    return path();
                break;
            }
            default:
                break;
            }
        }
        return std::nullopt;
    }

private:
    void open(bool isObject)
    {
        if (m_levels.size() == m_depth) // levels are used again: that spares their memory
            m_levels.emplace_back();
        Level &level = m_levels[m_depth++];
        level.isObject = level.expectsKey = isObject;
        level.index = 0;
        level.keys.clear();
    }
    void next()
    {
        if (m_depth == 0)
            return;
        Level &level = m_levels[m_depth - 1];
        level.expectsKey = level.isObject;
        ++level.index;
    }
    /// A text: false when it is a key that was there before.
    bool take(QByteArrayView raw)
    {
        if (m_depth == 0 || !m_levels[m_depth - 1].expectsKey)
            return true;
        Level &level = m_levels[m_depth - 1];
        level.expectsKey = false;
        level.key = raw;
        return level.keys.add(raw);
    }
    [[nodiscard]] QString path() const
    {
        QString all;
        for (size_t i = 0; i < m_depth; ++i) {
            const Level &level = m_levels[i];
            QString step = level.isObject ? decoded(level.key) : QString::number(level.index);
            all += u'/' + step.replace(u'~', QLatin1String("~0")).replace(u'/', QLatin1String("~1"));
        }
        return all;
    }

    const QByteArrayView m_json;
    std::vector<Level> m_levels;
    size_t m_depth = 0;
};

} // namespace

std::optional<QString> repeatedJsonKey(const QByteArray &json)
{
    return Scan(json).run();
}

} // namespace portalbind
