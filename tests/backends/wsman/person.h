// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/wsmanconnection.h"

#include <QHash>

#include <functional>
#include <optional>

namespace portalbind::wsman {

/// Who is asked about certificates, and where pins are kept.
struct Person
{
    CertificateAnswer says = CertificateAnswer::Pin;
    QList<CertificateQuestion> asked;
    QHash<QString, QByteArray> pins;
    std::function<void()> whileAsked;

    ConnectionHooks hooks()
    {
        ConnectionHooks all;
        all.ask = [this](const CertificateQuestion &question) { return answer(this, question); };
        all.pins.find = [this](const QString &address) { return find(this, address); };
        all.pins.keep = [this](const QString &address, const QByteArray &pin) { pins.insert(address, pin); };
        return all;
    }
    static Task<Result<std::optional<QByteArray>>> find(const Person *self, QString address)
    {
        co_return self->pins.contains(address) ? std::optional(self->pins.value(address)) : std::nullopt;
    }
    static Task<CertificateAnswer> answer(Person *self, CertificateQuestion question)
    {
        self->asked << question;
        if (self->whileAsked)
            self->whileAsked();
        co_return self->says;
    }
};

} // namespace portalbind::wsman
