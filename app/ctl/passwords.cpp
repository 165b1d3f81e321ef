// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/passwords.h"

#include "app/oneshot.h"

#include <QCoreApplication>
#include <QFile>
#include <QSocketNotifier>
#include <QStringDecoder>

#include <array>

#ifdef Q_OS_UNIX
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>
#endif

namespace portalbind {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(Passwords)
};

Error cancelled()
{
    return Error{Error::Kind::Cancelled, Text::tr("Cancelled."), {}, {}, {}};
}

#ifdef Q_OS_UNIX

using Line = Result<Secret>;

/// A descriptor that is closed, unless it is standard input.
class Descriptor
{
public:
    explicit Descriptor(int number)
        : m_number(number)
    {
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    ~Descriptor()
    {
        if (m_number > STDIN_FILENO)
            ::close(m_number);
    }
    [[nodiscard]] int number() const { return m_number; }

private:
    int m_number;
};

/// Reads one line, as it comes.
class LineReader
{
public:
    LineReader(int descriptor, QString name, Oneshot<Line> line)
        : m_descriptor(descriptor)
        , m_name(std::move(name))
        , m_line(std::move(line))
        , m_notifier(descriptor, QSocketNotifier::Read)
    {
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { take(); });
    }
    LineReader(const LineReader &) = delete;
    LineReader &operator=(const LineReader &) = delete;
    ~LineReader()
    {
        volatile char *const raw = m_bytes.data();
        for (size_t i = 0; i < m_bytes.size(); ++i)
            raw[i] = 0;
    }

private:
    void take()
    {
        const auto got = ::read(m_descriptor, m_bytes.data() + m_size, m_bytes.size() - m_size);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got < 0)
            return end(
                    failure(Error::Kind::File,
                            Text::tr("%1 cannot be read: %2.").arg(m_name, QString::fromLocal8Bit(strerror(errno)))));
        const auto *const newline = std::find(m_bytes.begin() + m_size, m_bytes.begin() + m_size + got, '\n');
        m_size += size_t(got);
        const bool hasEnd = newline != m_bytes.begin() + m_size;
        if (!hasEnd && got > 0) {
            if (m_size == m_bytes.size())
                end(failure(Error::Kind::BadInput,
                            Text::tr("The first line of %1 is too long for a password.").arg(m_name)));
            return;
        }
        size_t length = hasEnd ? size_t(newline - m_bytes.begin()) : m_size;
        if (length > 0 && m_bytes[length - 1] == '\r')
            --length;
        if (length == 0)
            return end(failure(Error::Kind::BadInput,
                               Text::tr("The first line of %1 is empty: no password.").arg(m_name)));
        QStringDecoder utf8(QStringDecoder::Utf8);
        Secret secret(utf8.decode(QByteArrayView(m_bytes.data(), qsizetype(length))));
        end(utf8.hasError()
                    ? Line(failure(Error::Kind::BadInput, Text::tr("The password in %1 is not UTF-8.").arg(m_name)))
                    : Line(std::move(secret)));
    }
    void end(Line line)
    {
        m_notifier.setEnabled(false);
        m_line.finish(std::move(line));
    }

    int m_descriptor;
    QString m_name;
    Oneshot<Line> m_line;
    QSocketNotifier m_notifier;
    std::array<char, 4096> m_bytes{};
    size_t m_size = 0;
};

/// The terminal shows nothing of what is typed while this lives.
class Silence
{
public:
    explicit Silence(int terminal)
        : m_terminal(terminal)
        , m_isTerminal(::tcgetattr(terminal, &m_before) == 0)
    {
        if (!m_isTerminal)
            return;
        termios silent = m_before;
        silent.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK | ECHONL);
        m_isTerminal = ::tcsetattr(terminal, TCSAFLUSH, &silent) == 0;
    }
    Silence(const Silence &) = delete;
    Silence &operator=(const Silence &) = delete;
    ~Silence()
    {
        if (m_isTerminal)
            ::tcsetattr(m_terminal, TCSAFLUSH, &m_before);
    }
    [[nodiscard]] bool isSilent() const { return m_isTerminal; }

private:
    int m_terminal;
    termios m_before = {};
    bool m_isTerminal;
};

void say(int terminal, const QByteArray &text)
{
    [[maybe_unused]] const auto written = ::write(terminal, text.constData(), size_t(text.size()));
}

/// Looked at after it was opened: what is checked is what is read.
Result<> isPrivate(int descriptor, const QString &path)
{
    struct stat about = {};
    if (::fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode) || (about.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return {};
    return failure(
            Error::Kind::File, Text::tr("The password file %1 can be read by others. It was not used.").arg(path), path,
            Text::tr("Run: chmod 600 %1 — and change the password if others have had it before their eyes.").arg(path));
}

#endif

} // namespace

#ifdef Q_OS_UNIX

Task<Result<Secret>> passwordFromFile(QString path, std::stop_token stop)
{
    const bool isInput = path == QLatin1String("-");
    const QString name = isInput ? Text::tr("standard input") : path;
    // Without waiting for somebody to write into a pipe.
    const Descriptor file(isInput ? STDIN_FILENO
                                  : ::open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (file.number() < 0)
        co_return failure(
                Error::Kind::File,
                Text::tr("The password file %1 cannot be read: %2.").arg(path, QString::fromLocal8Bit(strerror(errno))),
                path);
    if (!isInput) {
        const Result<> hidden = isPrivate(file.number(), path);
        if (!hidden)
            co_return tl::unexpected<Error>(hidden.error());
        ::fcntl(file.number(), F_SETFL, 0);
    }
    const Oneshot<Line> line;
    const FinishOnStop<Line> onStop(stop, line, tl::unexpected(cancelled()));
    LineReader reader(file.number(), name, line);
    Line result = co_await line;
    co_return result;
}

Task<Result<Secret>> passwordFromTerminal(QString prompt, std::stop_token stop)
{
    const Descriptor terminal(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC));
    const Silence silence(terminal.number());
    if (terminal.number() < 0 || !silence.isSilent())
        co_return failure(
                Error::Kind::SignIn, Text::tr("A password is needed, and there is no terminal to ask for it."), {},
                Text::tr("Give it by --password-file FILE (- is standard input), keep it in the keyring, or sign "
                         "in with a Kerberos ticket."));
    say(terminal.number(), prompt.toUtf8());
    const Oneshot<Line> line;
    const FinishOnStop<Line> onStop(stop, line, tl::unexpected(cancelled()));
    LineReader reader(terminal.number(), Text::tr("the terminal"), line);
    Line result = co_await line;
    say(terminal.number(), "\n");
    co_return result;
}

#else

Task<Result<Secret>> passwordFromFile(QString path, std::stop_token)
{
    co_return failure(Error::Kind::File, Text::tr("Password files are read on Unix only."), path);
}

Task<Result<Secret>> passwordFromTerminal(QString, std::stop_token)
{
    co_return failure(Error::Kind::SignIn, Text::tr("A password is needed, and there is no terminal to ask for it."));
}

#endif

} // namespace portalbind
