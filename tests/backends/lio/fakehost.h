// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <functional>

namespace portalbind {

/// A host as `read` tells it, with the verbs of docs/lio-helper.md done to it as far as tests of the console need them.
/// It knows the rules of the kernel that refuse: a portal in another TPG of its target, a taken port, wildcards.
class FakeHost
{
public:
    struct Reply
    {
        bool isRefused = false;
        QJsonObject body;
    };

    explicit FakeHost(QJsonObject state)
        : m_state(std::move(state))
    {
    }
    [[nodiscard]] Reply perform(const QString &verb, const QJsonObject &request);
    [[nodiscard]] const QJsonObject &state() const { return m_state; }

private:
    using Edit = std::function<Reply(QJsonObject &)>;
    Reply onTarget(const QJsonObject &request, const Edit &edit);
    Reply onTpg(const QJsonObject &request, const Edit &edit);
    Reply makePortal(const QJsonObject &request);
    Reply removePortal(const QJsonObject &request);
    Reply makeTpg(const QJsonObject &request);
    Reply removeTpg(const QJsonObject &request);
    Reply makeTarget(const QJsonObject &request);
    Reply removeTarget(const QJsonObject &request);
    Reply onPools(const QString &verb, const QJsonObject &request);
    Reply save(const QJsonObject &request);
    /// Why the kernel would refuse a portal; `why` empty when it would not.
    [[nodiscard]] QJsonObject objection(const QJsonObject &request) const;

    QJsonObject m_state;
};

} // namespace portalbind
