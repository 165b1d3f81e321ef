// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QList>

#include <optional>

/// What happens to the nth answer (or request) of a conversation, and where in it.
struct Effect
{
    enum class Kind {
        Reset, ///< RST
        Close, ///< FIN
        Stall, ///< nothing more, the connection stays open
        Drip, ///< one byte each `number` milliseconds from there on
        Garbage, ///< `number` bytes of noise, then the rest
        Duplicate, ///< the whole message twice
        Length, ///< Content-Length is wrong by `number`
    };
    enum class Place { Line, Headers, Body, End, Byte };

    Kind kind = Kind::Reset;
    bool ofRequest = false;
    int nth = 0; ///< from 1, since the effect was ordered; 0: every one
    int seen = 0;
    Place place = Place::Line;
    qint64 offset = 0; ///< bytes into that place
    int number = 0;

    /// on N [request] reset|close|stall|drip MS|garbage BYTES|duplicate|length DELTA [at line|headers|body|byte OFFSET
    /// | at end]
    [[nodiscard]] static std::optional<Effect> parse(const QByteArrayList &words);
    /// How many bytes of \a message come before the effect.
    [[nodiscard]] qint64 position(const QByteArray &message) const;
};

/// Cuts a stream of HTTP messages with Content-Length into messages.
class Splitter
{
public:
    void add(const QByteArray &bytes) { m_buffer += bytes; }
    /// The next whole message; empty when there is none yet.
    [[nodiscard]] QByteArray next();

private:
    QByteArray m_buffer;
};
