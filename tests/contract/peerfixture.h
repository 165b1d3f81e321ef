// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cimview.h"
#include "contractfixture.h"

#include "backends/cim/cimbackend.h"
#include "tests/peers/peerprocess.h"
#include "tests/peers/realm.h"

#include <QTemporaryDir>

namespace portalbind {

/// A server of a workbook behind WS-Management: a peer in a process of its own on loopback, TLS and Basic, and the CIM
/// backend connected to it. One peer for all inventories; its workbook is written anew for each.
class PeerFixture : public ContractFixture
{
public:
    explicit PeerFixture(const ServedAs &as);

    [[nodiscard]] QString error() const { return m_error; } ///< empty when it runs
    [[nodiscard]] bool canShow(const Snapshot &wanted) const override { return cimView(wanted, m_as) != nullptr; }
    /// \a wanted must be a cimView().
    Result<SnapshotPtr> make(const Snapshot &wanted, HandleMap &handles) override;
    Result<SnapshotPtr> load() override;
    Result<Answer> execute(const Operation &operation) override;
    Result<Answer> elsewhere(const Operation &operation) override;
    [[nodiscard]] const std::shared_ptr<IdTable> &ids() const override { return m_backend->ids(); }

    [[nodiscard]] const ServedAs &as() const { return m_as; }
    [[nodiscard]] WsmanPeer &peer() { return *m_peer; }
    /// A further connection to the peer, with another memory of what was learnt.
    [[nodiscard]] std::shared_ptr<CimBackend> connect() const;

private:
    Result<> write(const Snapshot &wanted);
    void start();

    ServedAs m_as;
    QTemporaryDir m_folder;
    Certificates m_certificates{{QStringLiteral("self-signed")}};
    QString m_workbook;
    std::unique_ptr<WsmanPeer> m_peer;
    std::shared_ptr<CimBackend> m_backend;
    SnapshotPtr m_shown;
    QString m_error;
};

} // namespace portalbind
