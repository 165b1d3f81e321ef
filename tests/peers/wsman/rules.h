// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QList>
#include <QSqlDatabase>
#include <QVariant>

namespace peer {

/// What the server does with a method call: judges it by questions to the workbook and carries it out, in one
/// transaction. A reference is a row id; 0 stands for NULL, a negative one for something that does not exist. Each call
/// gives the code of its method in the CIM schema (BindiSCSIProtocolEndPoint and CreateiSCSIProtocolEndpoint differ).
class Rules
{
public:
    Rules(QSqlDatabase &database, qint64 server)
        : m_database(database)
        , m_server(server)
    {
    }

    /// What binding again what is bound already answers; the schema leaves it open.
    void setRebindCode(quint16 code) { m_rebindCode = code; }

    quint16 bind(qint64 endpoint, qint64 portal);
    /// Intrinsic DeleteInstance: answers with a CIM status (6 not found, 7 not supported).
    quint16 unbind(qint64 endpoint, qint64 portal);
    struct NewEndpoint
    {
        qint64 node = 0;
        int role = 0;
        QString identifier; ///< 12 hex digits; empty: the server chooses
        QList<qint64> portals;
    };
    quint16 createEndpoint(const NewEndpoint &wanted, qint64 *made);
    quint16 deleteEndpoint(qint64 endpoint);
    /// RequestStateChange of an endpoint.
    quint16 setEnabled(qint64 endpoint, int requestedState);
    quint16 createNode(const QString &alias, qint64 *made);
    quint16 deleteNode(qint64 node);
    /// Put of WT_Portal: the switch for all targets. Answers with a CIM status.
    quint16 listen(qint64 portal, bool on, int port);

    /// Whether the last call changed the workbook.
    [[nodiscard]] bool changed() const { return m_changed; }
    [[nodiscard]] const QString &error() const { return m_error; }

private:
    class Step;
    using Values = QVariantList;
    [[nodiscard]] bool holds(const char *sql, const Values &values);
    [[nodiscard]] QVariant value(const char *sql, const Values &values);
    bool write(const char *sql, const Values &values, qint64 *row = nullptr);
    [[nodiscard]] quint16 judgeBinding(qint64 endpoint, qint64 portal);
    [[nodiscard]] bool sharesNoGroup(qint64 endpoint, qint64 portal);
    [[nodiscard]] quint16 judgePortals(const NewEndpoint &wanted);
    [[nodiscard]] quint16 judgeEndpoint(const NewEndpoint &wanted, bool *tagOk, quint64 *tag);

    QSqlDatabase &m_database;
    qint64 m_server;
    quint16 m_rebindCode = 0;
    bool m_changed = false;
    QString m_error;
};

} // namespace peer
