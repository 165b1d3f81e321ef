// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <memory>

namespace portalbind {

/// A password, or nothing. Copies share one buffer, which is overwritten when the last of them goes. It has no way into
/// a log: whoever wants the text asks for it.
class Secret
{
public:
    Secret() = default;
    explicit Secret(QString text)
        : m_buffer(text.isEmpty() ? nullptr : std::make_shared<Buffer>(std::move(text)))
    {
    }

    [[nodiscard]] bool isEmpty() const { return !m_buffer; }
    /// Whether no copy but this one is left: its text goes with it.
    [[nodiscard]] bool isLast() const { return m_buffer.use_count() <= 1; }
    [[nodiscard]] QString text() const { return m_buffer ? m_buffer->text : QString(); }

private:
    struct Buffer
    {
        QString text;
        explicit Buffer(QString of)
            : text(std::move(of))
        {
        }
        Buffer(const Buffer &) = delete;
        Buffer &operator=(const Buffer &) = delete;
        ~Buffer()
        {
            if (!text.isDetached()) // somebody else holds it still, or it is a literal
                return;
            volatile ushort *const raw = reinterpret_cast<ushort *>(text.data());
            for (qsizetype i = 0; i < text.size(); ++i)
                raw[i] = 0;
        }
    };
    std::shared_ptr<const Buffer> m_buffer;
};

} // namespace portalbind
