// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

namespace portalbind::lio {

/// One JSON object of an answer, read strictly: what is of another type, too long or out of range makes the whole
/// answer wrong. Whoever sits at the other end of the stream is not trusted. The first thing that is wrong is told.
class Fields
{
public:
    static constexpr qsizetype longestText = 4096; // characters: names have 255 bytes, sentences fit as well
    static constexpr qsizetype mostElements = 1'000'000; // of one list

    /// \a wrong outlives this; empty while all is well.
    Fields(QJsonObject object, QString path, QString *wrong)
        : m_object(std::move(object))
        , m_path(std::move(path))
        , m_wrong(wrong)
    {
    }

    [[nodiscard]] bool isWrong() const { return !m_wrong->isEmpty(); }
    [[nodiscard]] bool has(const char *key) const { return m_object.contains(QLatin1String(key)); }

    /// Absent and empty are the same.
    [[nodiscard]] QString text(const char *key) const
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        if (value.isUndefined())
            return {};
        QString text = value.toString();
        if (!value.isString() || text.size() > longestText || !text.isValidUtf16())
            refuse(key, "no text");
        return text;
    }
    /// Absent and empty are wrong.
    [[nodiscard]] QString neededText(const char *key) const
    {
        QString found = text(key);
        if (found.isEmpty())
            refuse(key, "missing");
        return found;
    }
    /// Absent and false are the same.
    [[nodiscard]] bool flag(const char *key) const
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        if (!value.isUndefined() && !value.isBool())
            refuse(key, "neither true nor false");
        return value.toBool();
    }
    /// From 0 to \a most.
    [[nodiscard]] quint32 number(const char *key, quint32 most) const
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        const qint64 number = value.toInteger(-1);
        if (!value.isDouble() || number < 0 || number > qint64(most)) {
            refuse(key, "no whole number in range");
            return 0;
        }
        return quint32(number);
    }
    [[nodiscard]] Fields object(const char *key) const
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        if (!value.isUndefined() && !value.isObject())
            refuse(key, "no object");
        return {value.toObject(), place(key), m_wrong};
    }
    /// Absent and empty are the same. \a read gets Fields of each element; it ends at the first that is wrong.
    template <class Read>
    void each(const char *key, Read read) const
    {
        const QJsonArray array = list(key);
        for (qsizetype i = 0; i < array.size() && !isWrong(); ++i) {
            if (array.at(i).isObject())
                read(Fields(array.at(i).toObject(), place(key) + QStringLiteral("[%1]").arg(i), m_wrong));
            else
                refuse(key, "a list of other things than objects");
        }
    }
    [[nodiscard]] QStringList texts(const char *key) const
    {
        const QJsonArray array = list(key);
        QStringList all;
        for (const QJsonValue value : array) {
            if (!value.isString() || value.toString().size() > longestText || !value.toString().isValidUtf16()) {
                refuse(key, "a list of other things than texts");
                break;
            }
            all += value.toString();
        }
        return all;
    }
    void refuse(const char *key, const char *why) const
    {
        if (m_wrong->isEmpty())
            *m_wrong = place(key) + QLatin1String(": ") + QLatin1String(why);
    }

private:
    [[nodiscard]] QString place(const char *key) const { return m_path + u'.' + QLatin1String(key); }
    [[nodiscard]] QJsonArray list(const char *key) const
    {
        const QJsonValue value = m_object.value(QLatin1String(key));
        QJsonArray array = value.toArray();
        if ((!value.isUndefined() && !value.isArray()) || array.size() > mostElements) {
            refuse(key, "no list");
            return {};
        }
        return array;
    }

    QJsonObject m_object;
    QString m_path;
    QString *m_wrong;
};

} // namespace portalbind::lio
