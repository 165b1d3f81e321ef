// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/error.h"

#include <QByteArray>
#include <QIODevice>

#include <stop_token>

namespace portalbind {

/// Writes a report piece by piece to a device. After a failed write or a stop request nothing more is written, and
/// isFailed() tells the renderer to come to an end.
class ReportStream
{
public:
    ReportStream(QIODevice &device, std::stop_token stop);

    ReportStream &operator<<(QByteArrayView text)
    {
        m_buffer.append(text);
        if (m_buffer.size() >= bufferBytes)
            flush();
        return *this;
    }
    ReportStream &operator<<(const QByteArray &text) { return *this << QByteArrayView(text); }
    ReportStream &operator<<(const char *text) { return *this << QByteArrayView(text); }
    ReportStream &operator<<(char c) { return *this << QByteArrayView(&c, 1); }
    ReportStream &operator<<(const QString &text) { return *this << QByteArrayView(text.toUtf8()); }

    [[nodiscard]] bool isFailed() const { return m_failed; }
    /// Writes what is left. Returns how many bytes there were in all. Errors: Cancelled, File.
    [[nodiscard]] Result<qint64> finish();

private:
    static constexpr qsizetype bufferBytes = 64 << 10;
    void flush();

    QIODevice &m_device;
    std::stop_token m_stop;
    QByteArray m_buffer;
    qint64 m_written = 0;
    bool m_failed = false;
    Error m_error;
};

} // namespace portalbind
