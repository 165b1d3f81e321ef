// SPDX-License-Identifier: Apache-2.0
#include "app/ctl/output.h"

#include "app/ctl/exitcode.h"
#include "model/showntext.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>

#include <cerrno>
#include <cstdio>
#ifdef Q_OS_WIN
#include <io.h>
#else
#include <unistd.h>
#endif

namespace portalbind {
namespace {

qint64 writeSome(int descriptor, const char *data, qint64 size)
{
    const auto piece = size_t(std::min<qint64>(size, 1 << 20));
#ifdef Q_OS_WIN
    return _write(descriptor, data, unsigned(piece));
#else
    return ::write(descriptor, data, piece);
#endif
}

/// What stands below the sentences: the names that an ambiguous one fits, or the words of a server or a library, of
/// which the remedies speak. All of it is in the JSON.
QString detailText(const Error &error)
{
    constexpr qsizetype longest = 1000;
    switch (error.kind) {
    case Error::Kind::Ambiguous:
        return error.detail;
    case Error::Kind::Server:
    case Error::Kind::NoService:
    case Error::Kind::Transport:
    case Error::Kind::Timeout:
    case Error::Kind::SignIn:
    case Error::Kind::Rights:
    case Error::Kind::OutcomeUnknown: {
        const QString detail = error.detail.trimmed();
        const QString cut = detail.size() > longest ? detail.left(longest) + QChar(0x2026) : detail;
        return cut.isEmpty() ? cut : QCoreApplication::translate("Output", "Details: %1").arg(cut);
    }
    default: // said in the sentences
        return {};
    }
}

constexpr int standardOutput = 1;
constexpr qsizetype bufferBytes = 64 << 10;

} // namespace

StandardOutput::StandardOutput()
{
    open(QIODevice::WriteOnly | QIODevice::Unbuffered);
}

qint64 StandardOutput::writeData(const char *data, qint64 size)
{
    qint64 written = 0;
    while (written < size && !m_closed && !m_failed) {
        const qint64 n = writeSome(standardOutput, data + written, size - written);
        if (n >= 0) {
            written += n;
        } else if (errno == EPIPE) {
            m_closed = true;
        } else if (errno != EINTR) {
            m_failed = true;
            setErrorString(qt_error_string(errno));
        }
    }
    return m_closed || m_failed ? -1 : written;
}

void Output::text(const QString &text)
{
    m_buffer += text.toUtf8();
    if (m_buffer.size() >= bufferBytes)
        flush();
}

void Output::json(const QJsonObject &object)
{
    m_buffer += QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
    flush();
}

void Output::message(const QString &text)
{
    flush(); // data that came first is shown first
    QByteArray lines;
    for (const QString &line : text.split(u'\n'))
        lines += shownText(line) + '\n';
    (void)std::fwrite(lines.constData(), 1, size_t(lines.size()), stderr);
    (void)std::fflush(stderr);
}

void Output::error(const Error &error, const QJsonObject &certificate)
{
    QString all = error.text();
    const QString more = detailText(error);
    if (!more.isEmpty())
        all += QLatin1String("\n  ") + QString(more).replace(QLatin1String("\n"), QLatin1String("\n  "));
    message(QLatin1String("portalbindctl: ") + all);
    if (!m_json)
        return;
    QJsonObject object = errorObject(error);
    if (!certificate.isEmpty()) {
        QJsonObject inner = object.value(QLatin1String("error")).toObject();
        inner.insert(QStringLiteral("certificate"), certificate);
        object.insert(QStringLiteral("error"), inner);
    }
    json(object);
}

void Output::flush()
{
    if (!m_buffer.isEmpty())
        m_out.write(m_buffer);
    m_buffer.resize(0);
}

bool Output::finish()
{
    flush();
    if (m_out.isFailed())
        message(QLatin1String("portalbindctl: ")
                + QCoreApplication::translate("Output", "Standard output cannot be written: %1.")
                          .arg(m_out.errorString()));
    return !m_out.isFailed();
}

QJsonObject errorObject(const Error &error)
{
    const bool names = error.kind == Error::Kind::Ambiguous || error.kind == Error::Kind::NoSuchObject;
    const auto candidates = names && !error.detail.isEmpty() ? QJsonArray::fromStringList(error.detail.split(u'\n'))
                                                             : QJsonArray();
    return {{QStringLiteral("error"),
             QJsonObject{{QStringLiteral("kind"), errorWord(error.kind)},
                         {QStringLiteral("what"), error.what},
                         {QStringLiteral("where"), error.where},
                         {QStringLiteral("remedy"), error.remedy},
                         {QStringLiteral("detail"), names ? QString() : error.detail},
                         {QStringLiteral("candidates"), candidates}}}};
}

} // namespace portalbind
