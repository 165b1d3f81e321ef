// SPDX-License-Identifier: Apache-2.0
#include "tests/widgets/windowfixture.h"
#include "widgets/inventorypane.h"
#include "widgets/notebar.h"

#include <QTest>
#include <QToolButton>

using namespace portalbind;

namespace {

class NotedBackend final : public MemoryBackend
{
public:
    [[nodiscard]] QStringList notes() const override { return m_notes; }
    void find(const QStringList &notes)
    {
        m_notes = notes;
        emit notesChanged();
    }

private:
    QStringList m_notes;
};

} // namespace

class TestNoteBar : public QObject
{
    Q_OBJECT
private slots:
    void saidInThePane();
    void goesWithItsConnection();

private:
    NotedBackend *open(WindowFixture &f);
    static NoteBar *shown(const WindowFixture &f)
    {
        for (NoteBar *bar : f.window->findChildren<NoteBar *>()) {
            if (bar->isVisible())
                return bar;
        }
        return nullptr;
    }
};

NotedBackend *TestNoteBar::open(WindowFixture &f)
{
    auto backend = std::make_unique<NotedBackend>();
    NotedBackend *made = backend.get();
    f.window->workspace().open(std::move(backend));
    return made;
}

void TestNoteBar::saidInThePane()
{
    WindowFixture f;
    NotedBackend *backend = open(f);
    QVERIFY(!shown(f));
    backend->find({QStringLiteral("It is a cluster."), QStringLiteral("Node 2 is away.")});
    QVERIFY(shown(f));
    QCOMPARE(shown(f)->text(), backend->title() + QStringLiteral(": It is a cluster. Node 2 is away."));
    QVERIFY(f.window->portalsPane()->isAncestorOf(shown(f))); // once, not in both panes
    QCOMPARE(f.window->findChildren<NoteBar *>().size(), 1);
    shown(f)->findChild<QToolButton *>(QStringLiteral("noteAway"))->click();
    QVERIFY(!shown(f));
    backend->find(backend->notes()); // nothing new
    QVERIFY(!shown(f));
    backend->find({QStringLiteral("Node 2 is back.")});
    QVERIFY(shown(f));
    backend->find({});
    QVERIFY(!shown(f));
}

void TestNoteBar::goesWithItsConnection()
{
    WindowFixture f;
    NotedBackend *backend = open(f);
    backend->find({QStringLiteral("It is a cluster.")});
    QVERIFY(shown(f));
    f.window->workspace().close(f.session());
    QVERIFY(f.window->findChildren<NoteBar *>().isEmpty());
}

QTEST_MAIN(TestNoteBar)
#include "tst_notebar.moc"
