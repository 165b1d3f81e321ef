// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimvalue.h"
#include "model/task.h"

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace portalbind::cim {

/// The instances that one answer of an enumeration brought, in the order of the answer. Views into the answer itself:
/// nothing is copied, so they are valid only while the handler runs.
class InstanceBatch
{
public:
    virtual ~InstanceBatch() = default;
    [[nodiscard]] virtual size_t size() const = 0;
    /// Class of the instance itself, which may be a subclass of the one asked for.
    [[nodiscard]] virtual std::string_view className(size_t instance) const = 0;
    /// Text of the n-th property that was asked for; null (a view without data) when it is NULL or absent. An array
    /// gives its first element.
    [[nodiscard]] virtual std::string_view text(size_t instance, size_t property) const = 0;
    /// The reference that the n-th property holds; none when it is NULL, absent or no reference.
    [[nodiscard]] virtual std::optional<ObjectPath> reference(size_t instance, size_t property) const = 0;
    /// Canonical key of the same reference (ObjectPath::key()) without making the path; empty when there is none.
    [[nodiscard]] virtual std::string referenceKey(size_t instance, size_t property) const = 0;
    /// Path of the instance, with the server's own form of it kept for echoing; none when paths were not asked for.
    [[nodiscard]] virtual std::optional<ObjectPath> path(size_t instance) const = 0;
    [[nodiscard]] virtual std::string pathKey(size_t instance) const = 0;
    /// Whether path() holds nothing that class, namespace and keys do not tell, so that a path made of these again
    /// means the same object: an EPR of address, resource URI and selectors. Others are kept whole, which costs memory.
    [[nodiscard]] virtual bool hasPlainPath(size_t /*instance*/) const { return false; }
    /// All instances embedded in the n-th property (WT_Session.Connections); empty when there are none.
    [[nodiscard]] virtual std::vector<Instance> embedded(size_t instance, size_t property) const = 0;
};

/// One way to a server that speaks CIM: WS-Management, WMI. Tasks are awaited in the GUI thread; sockets and parsers
/// are elsewhere. Reads may be tried again inside (connect failures, 429, 503, quota faults); a write is sent once, and
/// if its fate is not known the error is OutcomeUnknown.
class CimConnection
{
public:
    virtual ~CimConnection() = default;

    /// Connects, signs in, and makes sure that what answers is a service of this kind: once, the next time it does
    /// nothing. Error: whichever of these fails; none of what follows would do better.
    [[nodiscard]] virtual Task<Result<>> reach(std::stop_token stop) = 0;

    struct Enumeration
    {
        QString nameSpace; ///< `root/cimv2/storage/iscsitarget`
        QString className;
        std::vector<std::string> properties; ///< those wanted, in the order in which text() and reference() count
        bool paths = true; ///< ask for the path of each instance
        bool subclasses = true;
    };
    /// Called for each answer, in a parser thread, one call after another.
    using BatchHandler = std::function<void(const InstanceBatch &)>;

    /// All instances of a class. A class that the server does not have is an error (NoSuchObject).
    [[nodiscard]] virtual Task<Result<>> enumerate(Enumeration what, BatchHandler handler, std::stop_token stop) = 0;
    [[nodiscard]] virtual Task<Result<Instance>> get(ObjectPath path, std::stop_token stop) = 0;
    /// Association instances of \a associationClass that refer to \a object in \a role.
    [[nodiscard]] virtual Task<Result<std::vector<Instance>>> references(ObjectPath object, QString associationClass,
                                                                         QString role, std::stop_token stop) = 0;
    /// Calls an extrinsic method. A return value other than 0 is an answer, not an error; so is a fault that says that
    /// the server has or supports no such method: return value 1 (Not Supported), with the fault's text in `text`.
    [[nodiscard]] virtual Task<Result<MethodAnswer>> invoke(ObjectPath object, QString method, Parameters in) = 0;
    /// Writes back an instance that was got, with properties changed. A refusal is an answer, as with remove().
    [[nodiscard]] virtual Task<Result<WriteAnswer>> modify(Instance instance) = 0;
    /// Deletes an instance. Not found (CIM status 6), not supported (7) and other refusals are answers; what keeps the
    /// request from being judged at all (sign-in, rights, transport) is an error, and so is a failure inside the server
    /// (OutcomeUnknown: it may come after the deed).
    [[nodiscard]] virtual Task<Result<WriteAnswer>> remove(ObjectPath path) = 0;

    /// How many operations may be open at once; an open enumeration counts. Falls when the server speaks of a quota.
    [[nodiscard]] virtual int operationLimit() const { return 4; }
    /// What the server says it is, for the log and the connect dialog; never a base for decisions.
    [[nodiscard]] virtual QString serverText() const = 0;
};

} // namespace portalbind::cim
