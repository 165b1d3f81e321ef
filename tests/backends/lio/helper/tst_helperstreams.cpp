// SPDX-License-Identifier: Apache-2.0
// The real program and whatever may arrive on its streams. Nothing here asks it to change anything.
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <utility>

class tst_HelperStreams : public QObject
{
    Q_OBJECT
private slots:
    void arguments();
    void manyRequests();
    void longLine();
    void noise();
    void lineWithoutEnd();
    void readerGoes();
    void readerSleeps();
    void endingSignals_data();
    void endingSignals();
    void otherSignals();
    void closedStreams_data();
    void closedStreams();

private:
    [[nodiscard]] static QString program()
    {
        return qEnvironmentVariable("PORTALBIND_BIN") + QStringLiteral("/portalbind-lio-helper");
    }
    struct Ended
    {
        QByteArray output;
        QByteArray error;
        int status = -1;
    };
    static Ended run(const QByteArray &input, const QStringList &arguments = {});
    /// Highest use of memory so far, in KiB.
    static qint64 peak(qint64 process);
};

tst_HelperStreams::Ended tst_HelperStreams::run(const QByteArray &input, const QStringList &arguments)
{
    QProcess process;
    process.start(program(), arguments);
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        return {};
    return {process.readAllStandardOutput(), process.readAllStandardError(),
            process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1};
}

qint64 tst_HelperStreams::peak(qint64 process)
{
    QFile status(QStringLiteral("/proc/%1/status").arg(process));
    if (!status.open(QIODevice::ReadOnly))
        return -1;
    for (const QByteArray &line : status.readAll().split('\n')) {
        if (line.startsWith("VmHWM:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong();
    }
    return -1;
}

void tst_HelperStreams::arguments()
{
    QVERIFY(run({}, {QStringLiteral("--version")}).output.startsWith("portalbind-lio-helper "));
    for (const char *argument : {"--configfs=/tmp", "/etc/shadow", "", "--verbose=1", "-v"}) {
        const Ended ended = run("{\"id\":1,\"do\":\"hello\"}\n", {QString::fromLatin1(argument)});
        QCOMPARE(ended.status, 2);
        QVERIFY(ended.output.isEmpty());
    }
    QCOMPARE(run({}, {QStringLiteral("--version"), QStringLiteral("x")}).status, 2);
    const Ended loud = run("nonsense\n", {QStringLiteral("--verbose")});
    QCOMPARE(loud.status, 0);
    QVERIFY(loud.error.contains("refused a request"));
    QVERIFY(run("nonsense\n").error.isEmpty());
}

void tst_HelperStreams::manyRequests()
{
    QByteArray input;
    for (int id = 0; id < 2000; ++id)
        input += "{\"id\":" + QByteArray::number(id) + ",\"do\":\"" + (id % 2 == 0 ? "hello" : "what") + "\"}\n";
    const Ended ended = run(input);
    QCOMPARE(ended.status, 0);
    const QList<QByteArray> lines = ended.output.split('\n');
    QCOMPARE(lines.size(), 2001);
    for (int id = 0; id < 2000; ++id)
        QVERIFY2(
                lines[id].startsWith("{\"id\":" + QByteArray::number(id) + (id % 2 == 0 ? ",\"ok\":" : ",\"failed\":")),
                lines[id].constData());
}

/// 100 MB without a line feed: one complaint, little memory, and it goes on.
void tst_HelperStreams::longLine()
{
    QProcess process;
    process.start(program(), {});
    const QByteArray piece(1'000'000, '[');
    for (int i = 0; i < 100; ++i) {
        process.write(piece);
        while (process.bytesToWrite() > 4'000'000)
            QVERIFY(process.waitForBytesWritten(30'000));
    }
    process.write("\n{\"id\":5,\"do\":\"hello\"}\n");
    QByteArray output;
    while (output.count('\n') < 2) {
        QVERIFY(process.waitForReadyRead(60'000));
        output += process.readAllStandardOutput();
    }
    const qint64 memory = peak(process.processId());
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    const QList<QByteArray> lines = output.split('\n');
    QVERIFY2(lines[0].startsWith("{\"id\":null,\"failed\":{\"why\":\"protocol\""), lines[0].constData());
    QVERIFY2(lines[1].startsWith("{\"id\":5,\"ok\":"), lines[1].constData());
#if !defined(__SANITIZE_ADDRESS__) && !(defined(__has_feature) && __has_feature(address_sanitizer))
    QVERIFY2(memory > 0 && memory < 32 * 1024, QByteArray::number(memory).constData());
#else
    Q_UNUSED(memory);
#endif
}

void tst_HelperStreams::noise()
{
    QByteArray input;
    quint32 state = 1;
    for (int i = 0; i < 300'000; ++i) {
        state = state * 1664525U + 1013904223U;
        input += char(state >> 24);
    }
    input += "\n" + QByteArray(100'000, '{') + "\n" + QByteArray(500'000, '[') + "\n{\"id\":9,\"do\":\"hello\"}\n";
    const Ended ended = run(input);
    QCOMPARE(ended.status, 0);
    const QList<QByteArray> lines = ended.output.trimmed().split('\n');
    QCOMPARE(lines.size(), input.count('\n'));
    for (qsizetype i = 0; i + 1 < lines.size(); ++i)
        QVERIFY2(lines[i].contains("\"why\":\"protocol\""), lines[i].constData());
    QVERIFY(lines.last().startsWith("{\"id\":9,\"ok\":"));
}

void tst_HelperStreams::lineWithoutEnd()
{
    const Ended ended = run("{\"id\":1,\"do\":\"hello\"}");
    QCOMPARE(ended.status, 0);
    QVERIFY(ended.output.isEmpty()); // the console may have died in its middle
}

/// The program on two pipes of our own.
struct Piped
{
    explicit Piped(const QString &program)
    {
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        if (pipe2(in.data(), O_CLOEXEC) != 0 || pipe2(out.data(), O_CLOEXEC) != 0)
            qFatal("no pipe");
        const QByteArray path = program.toLocal8Bit();
        process = fork();
        if (process == 0) {
            dup2(in[0], STDIN_FILENO);
            dup2(out[1], STDOUT_FILENO);
            execl(path.constData(), path.constData(), nullptr);
            _exit(127);
        }
        close(in[0]);
        close(out[1]);
        input = in[1];
        output = out[0];
    }
    Piped(const Piped &) = delete;
    Piped &operator=(const Piped &) = delete;
    ~Piped()
    {
        close(input);
        if (output >= 0)
            close(output);
    }

    /// Exit status, -1 after a signal, -2 after 20 s.
    [[nodiscard]] int wait() const
    {
        int status = 0;
        for (int i = 0; i < 2000; ++i) {
            if (waitpid(process, &status, WNOHANG) == process)
                return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            QTest::qWait(10);
        }
        kill(process, SIGKILL);
        waitpid(process, &status, 0);
        return -2;
    }

    pid_t process = 0;
    int input = -1;
    int output = -1;
};

/// Nobody reads any more: it ends by itself, and not by a signal.
void tst_HelperStreams::readerGoes()
{
    Piped helper(program());
    close(std::exchange(helper.output, -1));
    const QByteArray request = "{\"id\":1,\"do\":\"hello\"}\n";
    QCOMPARE(::write(helper.input, request.constData(), std::size_t(request.size())), request.size());
    QCOMPARE(helper.wait(), 1);
}

/// A console that does not read holds nobody's memory, and a signal still ends it.
void tst_HelperStreams::readerSleeps()
{
    Piped helper(program());
    QByteArray many;
    for (int i = 0; i < 2000; ++i) // answered by more than a pipe holds
        many += "{\"id\":1,\"do\":\"hello\"}\n";
    QCOMPARE(::write(helper.input, many.constData(), 40'000), ssize_t(40'000));
    QTest::qWait(500);
    QVERIFY(kill(helper.process, SIGTERM) == 0);
    QCOMPARE(helper.wait(), 0);
}

void tst_HelperStreams::endingSignals_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGTERM") << SIGTERM;
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGHUP") << SIGHUP;
    QTest::newRow("SIGQUIT") << SIGQUIT;
    QTest::newRow("SIGXCPU") << SIGXCPU;
}

void tst_HelperStreams::endingSignals()
{
    QFETCH(int, number);
    QProcess process;
    process.start(program(), {});
    process.write("{\"id\":1,\"do\":\"hello\"}\n");
    QVERIFY(process.waitForReadyRead());
    QVERIFY(kill(pid_t(process.processId()), number) == 0);
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(process.readAllStandardOutput().endsWith('\n')); // whole answers only
}

/// What would end it in the middle of a step, and has nothing to tell it, is put off for ever.
void tst_HelperStreams::otherSignals()
{
    QProcess process;
    process.start(program(), {});
    process.write("{\"id\":1,\"do\":\"hello\"}\n");
    QVERIFY(process.waitForReadyRead());
    process.readAllStandardOutput();
    for (const int number : {SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGXFSZ, SIGIO, SIGPIPE, SIGRTMIN})
        QVERIFY(kill(pid_t(process.processId()), number) == 0);
    process.write("{\"id\":2,\"do\":\"hello\"}\n");
    QVERIFY(process.waitForReadyRead());
    QVERIFY(process.readAllStandardOutput().startsWith("{\"id\":2,\"ok\":"));
    process.closeWriteChannel();
    QVERIFY(process.waitForFinished());
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
}

void tst_HelperStreams::closedStreams_data()
{
    QTest::addColumn<QString>("redirections");
    QTest::newRow("input") << QStringLiteral("<&-");
    QTest::newRow("output") << QStringLiteral(">&-");
    QTest::newRow("error") << QStringLiteral("2>&-");
}

/// Without one of the three, a file that is opened later would take its number: it does not start.
void tst_HelperStreams::closedStreams()
{
    QFETCH(QString, redirections);
    QProcess shell;
    shell.start(QStringLiteral("sh"),
                {QStringLiteral("-c"),
                 QStringLiteral("echo '{\"id\":1,\"do\":\"hello\"}' | { \"$0\" ") + redirections
                         + QStringLiteral("; exit $?; }"),
                 program()});
    QVERIFY(shell.waitForFinished());
    QCOMPARE(shell.exitCode(), 2);
}

QTEST_GUILESS_MAIN(tst_HelperStreams)

#include "tst_helperstreams.moc"
