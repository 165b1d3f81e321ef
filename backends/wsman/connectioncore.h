// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/enumeration.h"
#include "backends/wsman/iocall.h"
#include "backends/wsman/wsmanconnection.h"

namespace portalbind::wsman {

/// The part of a WsmanConnection that lives in the I/O thread, and lives on while one of its tasks does.
class WsmanConnection::Core : public std::enable_shared_from_this<Core>
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
public:
    explicit Core(std::shared_ptr<SoapClient> soap)
        : client(std::move(soap))
    {
    }

    [[nodiscard]] Task<Result<>> enumerate(CimConnection::Enumeration what,
                                           std::function<void(const DocumentBatch &)> handler, std::stop_token stop);
    [[nodiscard]] Task<Result<cim::Instance>> get(cim::ObjectPath path, std::stop_token stop);
    [[nodiscard]] Task<Result<std::vector<cim::Instance>>> references(cim::ObjectPath object, QString associationClass,
                                                                      QString role, std::stop_token stop);
    [[nodiscard]] Task<Result<cim::MethodAnswer>> invoke(cim::ObjectPath object, QString method, cim::Parameters in);
    [[nodiscard]] Task<Result<cim::WriteAnswer>> modify(cim::Instance instance);
    [[nodiscard]] Task<Result<cim::WriteAnswer>> remove(cim::ObjectPath path);

    const std::shared_ptr<SoapClient> client;

private:
    [[nodiscard]] Task<Result<>> instancesOf(Target target, Naming naming, AssociationQuery query, bool filtered,
                                             std::function<void(cim::Instance)> take, std::stop_token stop);
    [[nodiscard]] static Result<cim::WriteAnswer> writeAnswer(const SoapReply &reply);
};

} // namespace portalbind::wsman
