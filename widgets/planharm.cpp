// SPDX-License-Identifier: Apache-2.0
#include "widgets/planharm.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>

namespace portalbind {

namespace {

constexpr qsizetype mostLines = 4; // the steps need the room; the rest stands in the tip
constexpr qsizetype mostLinesInTip = 40;

QString shortened(const QStringList &lines, qsizetype most)
{
    const qsizetype more = lines.size() - most;
    QString text = lines.mid(0, most).join(QLatin1Char('\n'));
    if (more > 0)
        text += QLatin1Char('\n') + PlanHarm::tr("… and %n more", nullptr, int(more));
    return text;
}

} // namespace

PlanHarm::PlanHarm(QWidget *parent)
    : QWidget(parent)
    , m_list(new QLabel(this))
    , m_question(new QWidget(this))
    , m_asked(new QLabel(m_question))
    , m_line(new QLineEdit(m_question))
{
    m_list->setObjectName(QStringLiteral("planPaths"));
    m_list->setTextFormat(Qt::PlainText);
    m_list->setWordWrap(true);
    m_list->setAccessibleName(tr("Initiators that lose a path"));
    m_asked->setTextFormat(Qt::PlainText);
    m_asked->setWordWrap(true);
    m_asked->setBuddy(m_line);
    m_line->setObjectName(QStringLiteral("planTypeName"));
    m_line->setAccessibleName(tr("Name of the target that is cut off"));
    auto *line = new QHBoxLayout(m_question);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_asked, 1);
    line->addWidget(m_line, 1);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(m_list);
    all->addWidget(m_question);
    connect(m_line, &QLineEdit::textChanged, this, &PlanHarm::typed);
    hide();
}

QString PlanHarm::text() const
{
    return m_list->text();
}

void PlanHarm::show(const QList<PlanModel::Part> &parts)
{
    QStringList lines;
    m_toType.clear();
    for (const PlanModel::Part &part : parts) {
        for (const PathHarm &harm : part.plan.paths) {
            lines += pathHarmText(harm, part.inventory);
            if (!harm.losesLastPath() || !part.inventory.has(harm.node))
                continue;
            const Node node = part.inventory.node(harm.node);
            const QString name = node.name.isEmpty() ? node.alias : node.name;
            if (!name.isEmpty() && !m_toType.contains(name))
                m_toType += name;
        }
    }
    m_list->setText(shortened(lines, mostLines));
    m_list->setToolTip(lines.size() > mostLines ? shortened(lines, mostLinesInTip) : QString());
    ask();
    setVisible(!lines.isEmpty());
}

void PlanHarm::ask()
{
    m_question->setVisible(!m_toType.isEmpty());
    if (m_toType.isEmpty())
        return;
    m_line->clear();
    m_line->setPlaceholderText(m_toType.first());
    m_asked->setText(m_toType.size() == 1
                             ? tr("Somebody who is logged in would be cut off. Type the name of the target, %1:")
                                       .arg(m_toType.first())
                             : tr("Somebody who is logged in would be cut off from %n target(s). Type the name of the "
                                  "next one, %1:",
                                  nullptr, int(m_toType.size()))
                                       .arg(m_toType.first()));
}

void PlanHarm::typed(const QString &text)
{
    if (m_toType.isEmpty() || text.trimmed() != m_toType.first())
        return;
    m_toType.removeFirst();
    ask();
    if (m_toType.isEmpty())
        emit settled();
    else
        m_line->setFocus();
}

} // namespace portalbind
