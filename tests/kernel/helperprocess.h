// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/failure.h"

#include <QByteArray>
#include <QProcess>
#include <QString>

#include <string>

/// QCOMPARE for whatever JSON can hold: texts, numbers, truths, lists, parts of an answer.
#define SAME(actual, expected) QCOMPARE(jsonText(actual), jsonText(expected))
inline QString jsonText(const portalbind::kernel::Json &value)
{
    return QString::fromStdString(value.dump(-1, ' ', false, portalbind::kernel::Json::error_handler_t::replace));
}

/// portalbind-lio-helper as a console drives it: the real program over its standard streams.
class HelperProcess
{
public:
    using Json = portalbind::kernel::Json;

    HelperProcess();
    ~HelperProcess();

    /// The whole answer to \a verb with \a arguments (an object), which gets the next id. Null after 20 s without one.
    Json ask(const char *verb, Json arguments = Json::object());
    /// `ok` of the answer. Anything else is a failure of the test, and null.
    Json ok(const char *verb, Json arguments = Json::object());
    /// `refused.why`, `failed.why`, or `ok`.
    std::string why(const char *verb, Json arguments = Json::object());

    void write(const QByteArray &bytes) { m_process.write(bytes); }
    /// The next line, parsed; null after \a milliseconds without one.
    Json line(int milliseconds = 20'000);
    [[nodiscard]] bool isSilent(int milliseconds); ///< no line comes in that time
    [[nodiscard]] QProcess &process() { return m_process; }

    static QString program();

private:
    QProcess m_process;
    QByteArray m_read;
    int m_id = 0;
};
