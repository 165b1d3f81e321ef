// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/peers/wsman/filter.h"
#include "tests/peers/wsman/rules.h"

#include <QJsonObject>
#include <QSqlDatabase>

namespace peer {

/// What the command line says of the service.
struct Settings
{
    Dialect dialect;
    Naming naming;
    QString workbook;
    QString server; ///< name of one in the workbook; empty: the first
    QStringList methods; ///< the only ones that the provider has; empty: all
    int quota = 0; ///< open enumerations at once; 0: any number
    quint16 rebindCode = 0;
    int trickle = 0; ///< most items in an answer, however many were asked for; 0: as asked
};

struct Answer
{
    int status = 200;
    QByteArray body;
    QJsonObject log; ///< what was asked and how it went
};

/// WS-Management over the CIM iSCSI model of a workbook.
class Service
{
public:
    explicit Service(Settings settings);
    ~Service();

    /// Empty when the workbook can be served, else why not.
    [[nodiscard]] QString check();
    /// Answers one SOAP message.
    Answer handle(const QByteArray &message);
    /// The answer to a message that is not to be carried out.
    Answer refuse(const QByteArray &message, Trouble trouble);
    [[nodiscard]] qsizetype openEnumerations() const { return m_contexts.size(); }
    [[nodiscard]] const Dialect &dialect() const { return m_settings.dialect; }
    /// Operation and method of a message: Enumerate, Invoke:BindiSCSIProtocolEndPoint …
    [[nodiscard]] static QString operationOf(const QByteArray &message);

private:
    struct Context
    {
        std::shared_ptr<const Provider> provider; // as it was when the enumeration began
        Selection selection;
        Resource resource;
        QString resourceUri;
        QString to;
        size_t next = 0;
        bool objects = true;
        bool references = false;
        bool dmtf = false;
    };

    // service.cpp
    Answer dispatch(const Request &request);
    Answer fault(const Request *request, Trouble trouble, const QByteArray &notUnderstood = {});
    Answer reply(const Request &request, const QByteArray &action, const Writing &writing, qint64 estimate = -1);
    [[nodiscard]] QByteArray envelope(const QByteArray &action, const QString &relatesTo, const Writing &writing,
                                      const Fault *fault, qint64 estimate = -1) const;
    [[nodiscard]] QByteArray openEnvelope(const Writing &writing, bool estimated) const;
    [[nodiscard]] Answer identify() const;
    std::shared_ptr<const Provider> provider();
    [[nodiscard]] QByteArray nextId();

    // transfer.cpp
    Answer get(const Request &request);
    Answer remove(const Request &request);
    Answer put(const Request &request);
    Answer invoke(const Request &request);
    [[nodiscard]] tl::expected<Object, Trouble> locate(const Request &request, const Provider &provider,
                                                       Resource *found, bool classAlone = false) const;
    quint16 call(const Provider &provider, Object object, const QByteArray &method, const Element &input,
                 QByteArray *out, std::optional<Path> *made);
    [[nodiscard]] qint64 rowOf(const Provider &provider, const Element *reference, Kind kind) const;

    // enumerating.cpp
    Answer enumerate(const Request &request);
    Answer pull(const Request &request);
    Answer release(const Request &request);
    bool writeItems(Context &context, size_t most, qint64 limit, const char *prefix, Writing &writing) const;
    [[nodiscard]] qint64 limitOf(const Request &request) const;
    [[nodiscard]] bool isDone(const Context &context, size_t most, size_t written) const;
    void writeEnd(Writing &writing, const char *prefix) const;

    Settings m_settings;
    Classes m_classes;
    QSqlDatabase m_database;
    std::shared_ptr<const Provider> m_provider;
    qint64 m_dataVersion = -1;
    QHash<QString, std::shared_ptr<Context>> m_contexts;
    QByteArray m_idSeed;
    quint32 m_ids = 0;
};

} // namespace peer
