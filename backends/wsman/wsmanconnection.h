// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"
#include "backends/wsman/link.h"
#include "backends/wsman/serverprofile.h"
#include "backends/wsman/soapclient.h"

#include <QCoreApplication>

#include <memory>

namespace portalbind::wsman {

/// A CimConnection over WS-Management. Lives in the GUI thread; nothing is sent before the first call. Destroying it
/// cancels the reads that go on; writes that were sent run to their end.
class WsmanConnection : public cim::CimConnection
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
public:
    explicit WsmanConnection(ServerProfile profile, ConnectionHooks hooks = {});
    ~WsmanConnection() override;

    /// Connects, signs in and asks who the server is: what *Test connection* does.
    [[nodiscard]] Task<Result<Identity>> identify(std::stop_token stop);

    [[nodiscard]] Task<Result<>> reach(std::stop_token stop) override;
    [[nodiscard]] Task<Result<>> enumerate(Enumeration what, BatchHandler handler, std::stop_token stop) override;
    [[nodiscard]] Task<Result<cim::Instance>> get(cim::ObjectPath path, std::stop_token stop) override;
    [[nodiscard]] Task<Result<std::vector<cim::Instance>>> references(cim::ObjectPath object, QString associationClass,
                                                                      QString role, std::stop_token stop) override;
    [[nodiscard]] Task<Result<cim::MethodAnswer>> invoke(cim::ObjectPath object, QString method,
                                                         cim::Parameters in) override;
    [[nodiscard]] Task<Result<cim::WriteAnswer>> modify(cim::Instance instance) override;
    [[nodiscard]] Task<Result<cim::WriteAnswer>> remove(cim::ObjectPath path) override;
    [[nodiscard]] int operationLimit() const override;
    [[nodiscard]] QString serverText() const override;

private:
    class Core;
    std::shared_ptr<Core> m_core;
    std::stop_source m_end;
};

} // namespace portalbind::wsman
