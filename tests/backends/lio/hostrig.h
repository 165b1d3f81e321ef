// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "fakehelper.h"

#include "backends/lio/hostsnapshot.h"
#include "backends/lio/hoststatereader.h"
#include "model/inventory.h"

#include <QJsonDocument>

namespace portalbind {

/// A host written down as JSON, as the console shows it.
struct HostRig
{
    std::shared_ptr<IdTable> ids = std::make_shared<IdTable>();
    lio::HostView view;
    Inventory inventory;

    explicit HostRig(const QJsonObject &read, const lio::Greeting &greeting = {},
                     const QList<PortalAddress> &remembered = {})
    {
        const auto state = lio::readHostState(read);
        if (!state)
            qFatal("%s", qPrintable(state.error().detail));
        lio::Greeting told = greeting;
        told.host = QStringLiteral("san1");
        view = lio::showHost(*state, told, {}, {}, remembered, ids);
        inventory = Inventory(view.snapshot);
    }

    [[nodiscard]] PortalHandle portal(const char *address) const
    {
        return ids->find<PortalHandle>(QByteArrayView(address));
    }
    [[nodiscard]] EndpointHandle tpg(const char *target, int tag) const
    {
        return ids->find<EndpointHandle>(QByteArray("iqn.2026-11.com.example:") + target + "/tpgt_"
                                         + QByteArray::number(tag));
    }
    [[nodiscard]] Server server() const { return inventory.server(inventory.servers().first()); }
    /// `name: address address` of each group, sorted.
    [[nodiscard]] QStringList groups() const
    {
        QStringList all;
        for (const GroupHandle group : inventory.groups()) {
            QString text = inventory.group(group).name + QLatin1String(" =");
            for (const PortalHandle member : inventory.portalsOf(group))
                text += u' ' + inventory.portal(member).address.toString();
            all += text;
        }
        all.sort();
        return all;
    }
    /// `initiator over address` of each session, sorted; `?` where it cannot be told.
    [[nodiscard]] QStringList sessions() const
    {
        QStringList all;
        for (const SessionHandle h : inventory.sessions()) {
            const LoginSession session = inventory.session(h);
            all += session.initiator.section(u':', -1) + QLatin1String(" over ")
                    + (session.portal ? inventory.portal(session.portal).address.toString() : QStringLiteral("?"));
        }
        all.sort();
        return all;
    }
};

/// JSON as it stands in a test.
inline QJsonObject json(const char *text)
{
    QJsonParseError error;
    QJsonObject object = QJsonDocument::fromJson(text, &error).object();
    if (error.error != QJsonParseError::NoError)
        qFatal("%s: %s", qPrintable(error.errorString()), text);
    return object;
}

} // namespace portalbind
