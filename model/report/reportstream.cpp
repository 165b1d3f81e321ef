// SPDX-License-Identifier: Apache-2.0
#include "model/report/reportstream.h"

#include <QCoreApplication>

namespace portalbind {

ReportStream::ReportStream(QIODevice &device, std::stop_token stop)
    : m_device(device)
    , m_stop(std::move(stop))
{
    m_buffer.reserve(bufferBytes + (bufferBytes >> 2));
}

void ReportStream::flush()
{
    if (!m_failed && m_stop.stop_requested()) {
        m_failed = true;
        m_error = Error{
                Error::Kind::Cancelled, QCoreApplication::translate("Report", "The report was cancelled."), {}, {}, {}};
    }
    if (!m_failed && m_device.write(m_buffer) != m_buffer.size()) {
        m_failed = true;
        m_error = Error{
                Error::Kind::File,
                QCoreApplication::translate("Report", "The report cannot be written."),
                {},
                QCoreApplication::translate("Report", "See that there is space left and that you may write there."),
                m_device.errorString()};
    }
    m_buffer.resize(0); // keeps its memory
}

Result<> ReportStream::finish()
{
    flush();
    if (m_failed)
        return tl::unexpected(m_error);
    return {};
}

} // namespace portalbind
