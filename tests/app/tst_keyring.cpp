// SPDX-License-Identifier: Apache-2.0

// Run by test_secrets.sh with a keyring of its own, which is unlocked, locked, or not there. By itself it skips: a
// person's keyring is no place for tests.
#include "app/keyring.h"

#include <QProcess>
#include <QTest>

using namespace portalbind;

namespace {

template <class T>
std::optional<T> finished(Task<T> task)
{
    const auto result = std::make_shared<std::optional<T>>();
    spawn<T>(std::move(task), [result](T value) { result->emplace(std::move(value)); });
    (void)QTest::qWaitFor([result] { return result->has_value(); }, 30'000);
    return *result;
}

const QString account = QStringLiteral("maria@san-a:5986");

} // namespace

class TestKeyring : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void keepsAndForgets();
    void isTheDesktopsOwn();
    void othersAreNotTouched();
    void lockedIsNotForced();
    void noneIsSaid();
    void readingCanBeStopped();

private:
    [[nodiscard]] bool is(const char *state) const { return m_state == QLatin1String(state); }
    QString m_state = qEnvironmentVariable("PORTALBIND_KEYRING");
};

void TestKeyring::initTestCase()
{
    if (m_state.isEmpty())
        QSKIP("needs a keyring of its own: tests/app/test_secrets.sh");
}

void TestKeyring::keepsAndForgets()
{
    if (!is("unlocked"))
        QSKIP("only with an unlocked keyring");
    auto read = finished(Keyring::read(account, {}));
    QVERIFY(read && *read);
    QVERIFY(!**read); // nothing there: no error
    for (const char *text : {"correct horse", "pässwörd \"'\\ 漢字", "replaced"}) {
        const QString secret = QString::fromUtf8(text);
        const auto written = finished(Keyring::write(account, Secret(secret)));
        QVERIFY(written);
        QVERIFY2(*written, *written ? "" : qPrintable(written->error().text()));
        read = finished(Keyring::read(account, {}));
        QVERIFY(read && *read && **read);
        QCOMPARE((**read)->text(), secret);
    }
    for (int time = 0; time < 2; ++time) { // what is not there is forgotten as well
        const auto forgotten = finished(Keyring::forget(account));
        QVERIFY(forgotten && *forgotten);
    }
    read = finished(Keyring::read(account, {}));
    QVERIFY(read && *read && !**read);
}

void TestKeyring::isTheDesktopsOwn()
{
    if (!is("unlocked"))
        QSKIP("only with an unlocked keyring");
    const auto written = finished(Keyring::write(account, Secret(QStringLiteral("correct horse"))));
    QVERIFY(written && *written);
    QProcess tool;
    tool.start(QStringLiteral("secret-tool"),
               {QStringLiteral("search"), QStringLiteral("--all"), QStringLiteral("server"),
                QStringLiteral("Portalbind")});
    QVERIFY(tool.waitForFinished(30'000));
    const QByteArray found = tool.readAllStandardOutput() + tool.readAllStandardError();
    QVERIFY2(found.contains("correct horse") && found.contains("maria@san-a:5986"), found);
}

void TestKeyring::othersAreNotTouched()
{
    if (!is("unlocked"))
        QSKIP("only with an unlocked keyring");
    const QString other = QStringLiteral("joe@san-a:5986");
    QVERIFY(finished(Keyring::write(account, Secret(QStringLiteral("one")))).value());
    QVERIFY(finished(Keyring::write(other, Secret(QStringLiteral("two")))).value());
    QVERIFY(finished(Keyring::forget(account)).value());
    const auto read = finished(Keyring::read(other, {}));
    QVERIFY(read && *read && **read);
    QCOMPARE((**read)->text(), QStringLiteral("two"));
}

void TestKeyring::lockedIsNotForced()
{
    if (!is("locked"))
        QSKIP("only with a locked keyring");
    const auto written = finished(Keyring::write(account, Secret(QStringLiteral("correct horse"))));
    QVERIFY(written);
    QVERIFY(!*written);
    QVERIFY(written->error().kind == Error::Kind::SignIn);
    QVERIFY(!written->error().what.isEmpty() && !written->error().remedy.isEmpty());
    QVERIFY(!written->error().detail.contains(QLatin1String("correct horse")));
}

void TestKeyring::noneIsSaid()
{
    if (!is("none"))
        QSKIP("only without a keyring");
    const auto read = finished(Keyring::read(account, {}));
    const auto written = finished(Keyring::write(account, Secret(QStringLiteral("correct horse"))));
    const auto forgotten = finished(Keyring::forget(account));
    QVERIFY(read && written && forgotten);
    for (const Error &error : {read->error(), written->error(), forgotten->error()}) {
        QVERIFY(error.kind == Error::Kind::SignIn);
        QVERIFY2(error.what.contains(QLatin1String("no keyring")), qPrintable(error.what));
        QVERIFY(error.remedy.contains(QLatin1String("each time")));
    }
    // Nothing went to a file instead.
    QProcess find;
    find.start(QStringLiteral("grep"),
               {QStringLiteral("-rl"), QStringLiteral("correct horse"), qEnvironmentVariable("HOME")});
    QVERIFY(find.waitForFinished(30'000));
    QVERIFY(find.readAllStandardOutput().isEmpty());
}

void TestKeyring::readingCanBeStopped()
{
    std::stop_source stop;
    stop.request_stop();
    const auto read = finished(Keyring::read(account, stop.get_token()));
    QVERIFY(read && !*read);
    QVERIFY(read->error().kind == Error::Kind::Cancelled || is("none"));
}

QTEST_GUILESS_MAIN(TestKeyring)
#include "tst_keyring.moc"
