// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/knowledge.h"

/// The pieces that writes are made of. Private to the writer.
namespace portalbind::cim {

using KnowledgePtr = std::shared_ptr<Knowledge>;

[[nodiscard]] QString writerText(const char *text); ///< translated
[[nodiscard]] Result<Answer> answer(Method method, quint16 code, const QString &detail = {});
/// The server said that it is done and does not show it.
[[nodiscard]] Result<Answer> notShown(const QString &detail);
/// Reading after the write failed: nobody knows.
[[nodiscard]] Result<Answer> notVerified(const Error &error);

/// Whether a write that failed so may have been carried out all the same, so that the server has to be looked at.
[[nodiscard]] bool mayBeDone(const Error &error);
/// What such a write came to: done, when the server shows what was wanted; an answer of \a gone, when an object was not
/// there; else the error.
[[nodiscard]] Result<Answer> settledFailure(Method method, Error error, const Result<bool> &shown, bool wanted,
                                            quint16 gone);

/// Whether two canonical keys mean one object, also when it goes by two names.
[[nodiscard]] bool sameObject(std::string_view key, std::string_view id);
/// Nothing when no object of this id was shown: a stale or made-up one.
[[nodiscard]] std::optional<ObjectPath> pathOf(const Knowledge &knowledge, const QByteArray &id);
/// Refused without asking: the object was not there when the server was read.
[[nodiscard]] Result<Answer> unknownObject(Method method, quint16 code, const QByteArray &id);
/// \a read, when the last snapshot told the server of the object; else the one that its key tells, or the only one.
/// What an earlier step of a plan created is in no snapshot yet.
[[nodiscard]] ServerHandle serverOr(const Knowledge &knowledge, ServerHandle read, const QByteArray &id);
/// What is known of the server that an object of the last snapshot belongs to; null when it is gone.
[[nodiscard]] const Catalogue::ServerFacts *factsOf(const Knowledge &knowledge, ServerHandle server);
[[nodiscard]] QString className(const Knowledge &knowledge, Source source);

/// Association instances of \a source whose end \a role is \a object: by a query about the object, or, where the server
/// has none, by enumerating the class.
[[nodiscard]] Task<Result<std::vector<Instance>>> associations(KnowledgePtr k, Source source, ObjectPath object,
                                                               QString role, std::stop_token stop);
/// The one among them whose end \a role is the object \a id; null when there is none.
[[nodiscard]] const Instance *find(const std::vector<Instance> &instances, const QString &role, std::string_view id);

/// Whether the server knows the object.
[[nodiscard]] Task<Result<bool>> exists(KnowledgePtr k, ObjectPath path);

// One for each way to write.
[[nodiscard]] Task<Result<Answer>> bindPortal(KnowledgePtr k, Bind operation, std::stop_token stop);
[[nodiscard]] Task<Result<Answer>> unbindPortal(KnowledgePtr k, Unbind operation, std::stop_token stop);
[[nodiscard]] Task<Result<Answer>> switchPortal(KnowledgePtr k, Method method, QByteArray portal, bool listen,
                                                std::stop_token stop);
[[nodiscard]] Task<Result<Answer>> createEndpoint(KnowledgePtr k, CreateEndpoint operation, std::stop_token stop);
[[nodiscard]] Task<Result<Answer>> createNode(KnowledgePtr k, CreateNode operation, std::stop_token stop);
/// DeleteiSCSIProtocolEndpoint or DeleteiSCSINode.
[[nodiscard]] Task<Result<Answer>> deleteObject(KnowledgePtr k, Method method, ServerHandle server, QByteArray id,
                                                std::stop_token stop);
[[nodiscard]] Task<Result<Answer>> enableEndpoint(KnowledgePtr k, ObjectPath endpoint, bool enabled,
                                                  std::stop_token stop);

} // namespace portalbind::cim
