// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/cim/cimconnection.h"

#include <QHash>
#include <QMap>
#include <QSet>
#include <QStringList>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>

namespace portalbind::cim {

/// The classes of tests/data/cim/classes.json: what the schema and Microsoft's reference say, so that a misspelt class,
/// property, method or parameter is found here and not at a customer's array.
class ClassModel
{
public:
    ClassModel();
    [[nodiscard]] bool has(const QString &className) const { return m_classes.contains(className); }
    [[nodiscard]] bool isA(const QString &className, const QString &base) const;
    [[nodiscard]] QStringList keys(const QString &className) const { return m_classes[className].keys; }
    [[nodiscard]] bool hasProperty(const QString &className, const QString &property) const;
    /// Parameters that go in; nothing when the class has no such method.
    [[nodiscard]] std::optional<QStringList> parameters(const QString &className, const QString &method) const;

private:
    struct Class
    {
        QStringList is, keys, properties;
        QMap<QString, QStringList> methods;
    };
    QHash<QString, Class> m_classes;
};

/// A CIM server made of a few lines of text, one instance a line:
///
///     namespace root/cimv2
///     system array                              SystemName of what follows
///     e1 CIM_iSCSIProtocolEndpoint Name=iqn…,t,0x0001 Role=3
///     - CIM_BindsTo Dependent=@e1 Antecedent=@t1
///
/// `-` names nothing; `@name` refers to another line; `"…"` holds blanks; SystemCreationClassName, SystemName and
/// CreationClassName are filled in where the class has them as keys. What is misspelt ends the test.
class FakeCim
{
public:
    explicit FakeCim(const QString &text);

    struct Object
    {
        QString nameSpace;
        Instance instance; ///< path included
    };

    // How it behaves; set before use.
    int batchSize = 3; ///< instances an answer
    int batchMilliseconds = 0; ///< time an answer takes
    bool plainPaths = true;
    bool repeatsAssociations = false; ///< association instances come twice
    bool spellsOtherwise = false; ///< references: class in capitals, SystemName in lower case
    bool noAssociationQuery = false; ///< references() gives Server
    bool answersWholeClass = false; ///< references() gives all instances of the class
    int limit = 4;
    std::optional<Error> unreachable; ///< what answers there is no such service
    QMap<QString, Error> faults; ///< by class: enumerating it fails so
    std::optional<Error> faultOfAll; ///< whatever is enumerated fails so
    QSet<QString> silent; ///< classes whose enumeration never ends by itself
    std::optional<Error> writeError; ///< all writes fail so, after they were done
    quint32 methodCode = 0; ///< of every method
    bool doesAnyway = false; ///< methodCode notwithstanding
    QString methodText;
    bool ignoresWrites = false; ///< answers, but does nothing
    int showsLate = 0; ///< reads of associations until a write is seen
    quint16 removeStatus = 0;
    quint16 modifyStatus = 0;
    bool tellsCreated = true; ///< creation methods give a reference out

    // What happened.
    [[nodiscard]] QStringList requests() const;
    [[nodiscard]] int mostAtOnce() const { return m_mostAtOnce; }
    [[nodiscard]] QStringList of(const QString &kind) const; ///< requests that begin with it
    void forget();

    /// Changes the server as if somebody else did.
    void add(const QString &line);
    void remove(const QString &name);
    void set(const QString &name, const QString &property, const QString &text);
    void refer(const QString &name, const QString &property, const ObjectPath &path);
    void call(const QString &name, const ObjectPath &path); ///< the server's own name of an object
    [[nodiscard]] bool has(const QString &className, const QString &end, const QString &otherEnd) const;
    [[nodiscard]] ObjectPath pathOf(const QString &name) const;
    [[nodiscard]] const ClassModel &model() const { return m_model; }

private:
    friend class FakeConnection;
    void readLine(const QString &line);
    [[nodiscard]] std::vector<Object> instancesOf(const QString &nameSpace, const QString &className) const;
    [[nodiscard]] bool knowsNamespace(const QString &nameSpace) const;
    [[nodiscard]] const Object *find(const ObjectPath &path) const;
    quint32 call(const ObjectPath &object, const QString &method, const Parameters &in, Parameters &out);
    void later(std::function<void()> change);
    void countRead();
    void note(const QString &request);
    [[nodiscard]] ObjectPath spelt(ObjectPath path) const;

    mutable std::mutex m_mutex;
    ClassModel m_model;
    QString m_namespace, m_system, m_systemClass = QStringLiteral("CIM_ComputerSystem");
    QMap<QString, Object> m_objects; // by name, or "#n"
    std::vector<std::pair<int, std::function<void()>>> m_later; // reads to wait, change
    QStringList m_requests;
    int m_atOnce = 0, m_mostAtOnce = 0;
    int m_made = 0;
};

/// A connection to it. Answers are parsed in threads of its own, as a real one's are.
[[nodiscard]] std::unique_ptr<CimConnection> connectTo(std::shared_ptr<FakeCim> server);

} // namespace portalbind::cim
