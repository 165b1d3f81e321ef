// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QIODevice>
#include <QJsonObject>
#include <QString>

namespace portalbind {

/// Standard output: data only, unbuffered beneath. Where nobody reads any more (`| head`), writing fails and isClosed()
/// says so; SIGPIPE must be ignored.
class StandardOutput : public QIODevice
{
    Q_OBJECT
public:
    StandardOutput();
    [[nodiscard]] bool isSequential() const override { return true; }
    [[nodiscard]] bool isClosed() const { return m_closed; } ///< the reader has gone: not a failure
    [[nodiscard]] bool isFailed() const { return m_failed; } ///< no space left, or the like

protected:
    qint64 readData(char *, qint64) override { return -1; }
    qint64 writeData(const char *data, qint64 size) override;

private:
    bool m_closed = false;
    bool m_failed = false;
};

/// What a command says: data to standard output, messages to standard error. Text of servers is made safe for
/// terminals.
class Output
{
public:
    explicit Output(bool json)
        : m_json(json)
    {
    }

    [[nodiscard]] bool isJson() const { return m_json; }
    [[nodiscard]] StandardOutput &device() { return m_out; }

    /// Text for people and pipes; newlines are the caller's. Must be safe already (shownString).
    void text(const QString &text);
    /// The one JSON object of a call, on one line.
    void json(const QJsonObject &object);
    /// To standard error.
    void message(const QString &text);
    /// An error, to standard error and, with --json, as an object to standard output.
    void error(const Error &error, const QJsonObject &certificate = {});
    /// Writes what is left. False when data could not be written though somebody wants it.
    [[nodiscard]] bool finish();

private:
    void flush();

    bool m_json;
    StandardOutput m_out;
    QByteArray m_buffer;
};

[[nodiscard]] QJsonObject errorObject(const Error &error);

} // namespace portalbind
