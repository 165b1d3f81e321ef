// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/wsman/script.h"

namespace peer {

namespace {

bool fits(const QString &wanted, const QString &operation)
{
    return wanted == QLatin1String("*") || wanted == operation
            || (wanted == QLatin1String("Invoke") && operation.startsWith(QLatin1String("Invoke:")));
}

Script::Step::Kind kindOf(const QByteArray &word)
{
    using Kind = Script::Step::Kind;
    static const QHash<QByteArray, Kind> words{{"fault", Kind::Fault},     {"delay", Kind::Delay},
                                               {"silence", Kind::Silence}, {"lose", Kind::Lose},
                                               {"status", Kind::Status},   {"clear-text", Kind::ClearText}};
    return words.value(word, Kind::None);
}

} // namespace

QByteArray Script::command(const QByteArray &line)
{
    const QList<QByteArray> words = line.simplified().split(' ');
    if (words.front() == "clear") {
        m_entries.clear();
        return "ok";
    }
    if (words.front() == "count" && words.size() == 2) {
        int sum = 0;
        for (auto it = m_counts.begin(); it != m_counts.end(); ++it)
            sum += fits(QString::fromUtf8(words[1]), it.key()) ? it.value() : 0;
        return QByteArray::number(sum);
    }
    Entry entry;
    entry.step.kind = kindOf(words.front());
    bool isNumber = words.size() >= 3;
    if (isNumber)
        entry.nth = words[2].toInt(&isNumber);
    if (entry.step.kind == Step::Kind::None || !isNumber)
        return "error: " + line;
    entry.operation = QString::fromUtf8(words[1]);
    if (entry.step.kind == Step::Kind::Fault) {
        const auto trouble = troubleOf(words.value(3));
        if (!trouble)
            return "error: no such fault: " + words.value(3);
        entry.step.trouble = *trouble;
    } else if (entry.step.kind == Step::Kind::Delay || entry.step.kind == Step::Kind::Status) {
        entry.step.number = words.value(3).toInt(&isNumber);
        if (!isNumber)
            return "error: " + line;
    }
    m_entries.append(entry);
    return "ok";
}

Script::Step Script::arrived(const QString &operation)
{
    ++m_counts[operation];
    Step step;
    for (Entry &entry : m_entries) {
        if (!fits(entry.operation, operation))
            continue;
        ++entry.seen;
        if (entry.nth == 0 || entry.nth == entry.seen)
            step = entry.step;
    }
    return step;
}

} // namespace peer
