// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/helperprocess.h"

#include <QElapsedTimer>
#include <QTest>

HelperProcess::HelperProcess()
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(program(), {});
    QVERIFY2(m_process.waitForStarted(), qPrintable(m_process.errorString()));
}

HelperProcess::~HelperProcess()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(10'000)) {
        m_process.kill();
        m_process.waitForFinished();
        QTest::qFail("the helper does not end at the end of its input", __FILE__, __LINE__);
    }
}

QString HelperProcess::program()
{
    return qEnvironmentVariable("PORTALBIND_BIN") + QStringLiteral("/portalbind-lio-helper");
}

HelperProcess::Json HelperProcess::line(int milliseconds)
{
    QElapsedTimer timer;
    timer.start();
    while (!m_read.contains('\n')) {
        const int left = milliseconds - int(timer.elapsed());
        if (left <= 0 || (!m_process.waitForReadyRead(left) && m_process.state() == QProcess::NotRunning))
            break;
        m_read += m_process.readAllStandardOutput();
    }
    const auto feed = m_read.indexOf('\n');
    if (feed < 0)
        return nullptr;
    const std::string text = m_read.left(feed).toStdString();
    m_read.remove(0, feed + 1);
    return Json::parse(text, nullptr, false);
}

bool HelperProcess::isSilent(int milliseconds)
{
    return line(milliseconds).is_null();
}

HelperProcess::Json HelperProcess::ask(const char *verb, Json arguments)
{
    Json request = {{"id", ++m_id}, {"do", verb}};
    request.update(arguments);
    m_process.write(QByteArray::fromStdString(request.dump() + '\n'));
    while (true) {
        Json answer = line();
        if (answer.is_null() || answer.is_discarded() || answer.contains("id"))
            return answer;
    }
}

HelperProcess::Json HelperProcess::ok(const char *verb, Json arguments)
{
    Json answer = ask(verb, std::move(arguments));
    if (answer.is_object() && answer.contains("ok"))
        return answer["ok"];
    QTest::qFail((std::string(verb) + ": " + answer.dump()).c_str(), __FILE__, __LINE__);
    return nullptr;
}

std::string HelperProcess::why(const char *verb, Json arguments)
{
    const Json answer = ask(verb, std::move(arguments));
    for (const char *kind : {"refused", "failed"}) {
        if (answer.is_object() && answer.contains(kind))
            return answer[kind]["why"].get<std::string>();
    }
    return answer.is_object() && answer.contains("ok") ? "ok" : answer.dump();
}
