// SPDX-License-Identifier: Apache-2.0
#include "fakecim.h"

#include "backends/cim/pathkey.h"
#include "model/worker.h"

#include <QThread>

namespace portalbind::cim {
namespace {

/// Some instances, as views into text that dies with them.
class FakeBatch : public InstanceBatch
{
public:
    FakeBatch(std::vector<Instance> instances, const CimConnection::Enumeration &what, bool plain)
        : m_instances(std::move(instances))
        , m_what(what)
        , m_plain(plain)
    {
        for (const Instance &instance : m_instances) {
            m_classes.push_back(instance.className.toStdString());
            auto &texts = m_texts.emplace_back();
            for (const std::string &property : what.properties) {
                const Value *value = instance.property(QString::fromStdString(property)).first();
                const bool isText = value && std::holds_alternative<QString>(value->data);
                texts.push_back(isText ? std::optional(value->text().toStdString()) : std::nullopt);
            }
        }
    }

    size_t size() const override { return m_instances.size(); }
    std::string_view className(size_t i) const override { return m_classes[i]; }
    std::string_view text(size_t i, size_t property) const override
    {
        const auto &text = m_texts[i][property];
        return text ? std::string_view(*text) : std::string_view();
    }
    std::optional<ObjectPath> reference(size_t i, size_t property) const override
    {
        const ObjectPath *path = value(i, property).reference();
        return path ? std::optional(*path) : std::nullopt;
    }
    std::string referenceKey(size_t i, size_t property) const override
    {
        const ObjectPath *path = value(i, property).reference();
        return path ? path->key() : std::string();
    }
    std::optional<ObjectPath> path(size_t i) const override
    {
        return m_what.paths ? m_instances[i].path : std::nullopt;
    }
    std::string pathKey(size_t i) const override { return m_what.paths ? m_instances[i].path->key() : std::string(); }
    bool hasPlainPath(size_t) const override { return m_plain; }
    std::vector<Instance> embedded(size_t i, size_t property) const override
    {
        std::vector<Instance> all;
        if (const auto *list = std::get_if<Value::List>(&value(i, property).data)) {
            for (const Value &one : *list)
                all.push_back(*std::get<std::shared_ptr<const Instance>>(one.data));
        }
        return all;
    }

private:
    const Value &value(size_t i, size_t property) const
    {
        return m_instances[i].property(QString::fromStdString(m_what.properties[property]));
    }

    std::vector<Instance> m_instances;
    CimConnection::Enumeration m_what;
    bool m_plain;
    std::vector<std::string> m_classes;
    std::vector<std::vector<std::optional<std::string>>> m_texts;
};

} // namespace

class FakeConnection : public CimConnection
{
public:
    explicit FakeConnection(std::shared_ptr<FakeCim> server)
        : m_server(std::move(server))
    {
        for (int i = 0; i < 8; ++i)
            m_parsers.push_back(std::make_shared<Worker>(QStringLiteral("parser")));
    }

    Task<Result<>> reach(std::stop_token) override
    {
        if (m_server->unreachable)
            co_return tl::unexpected<Error>(*m_server->unreachable);
        co_return Result<>();
    }
    Task<Result<>> enumerate(Enumeration what, BatchHandler handler, std::stop_token stop) override
    {
        m_server->note(QStringLiteral("enumerate %1:%2").arg(what.nameSpace, what.className));
        const auto worker = m_parsers[m_next++ % m_parsers.size()];
        co_return co_await enumerateWith(m_server, worker, std::move(what), std::move(handler), std::move(stop));
    }
    Task<Result<Instance>> get(ObjectPath path, std::stop_token stop) override
    {
        m_server->note(QStringLiteral("get %1").arg(QString::fromStdString(path.key())));
        return ask<Instance>(
                [path](FakeCim &server) -> Result<Instance> {
                    server.countRead();
                    const std::lock_guard lock(server.m_mutex);
                    const FakeCim::Object *object = server.find(path);
                    if (!object)
                        return failure(Error::Kind::NoSuchObject, QStringLiteral("Not found."));
                    return object->instance;
                },
                stop);
    }
    Task<Result<std::vector<Instance>>> references(ObjectPath object, QString associationClass, QString role,
                                                   std::stop_token stop) override
    {
        m_server->note(QStringLiteral("references %1").arg(associationClass));
        return ask<std::vector<Instance>>(
                [object, associationClass, role](FakeCim &server) -> Result<std::vector<Instance>> {
                    if (server.noAssociationQuery)
                        return failure(Error::Kind::Server, QStringLiteral("No filter."));
                    server.countRead();
                    {
                        const std::lock_guard lock(server.m_mutex);
                        if (!server.find(object))
                            return failure(Error::Kind::NoSuchObject, QStringLiteral("Not found."));
                    }
                    std::vector<Instance> all;
                    for (const FakeCim::Object &one : server.instancesOf(object.nameSpace, associationClass)) {
                        const ObjectPath *end = one.instance.property(role).reference();
                        if (server.answersWholeClass || (end && end->key() == object.key()))
                            all.push_back(spelt(server, one.instance));
                    }
                    return all;
                },
                stop);
    }
    Task<Result<MethodAnswer>> invoke(ObjectPath object, QString method, Parameters in) override
    {
        QStringList words;
        for (const auto &[name, value] : in) {
            const auto *list = std::get_if<Value::List>(&value.data);
            const QString text = value.reference() ? value.reference()->keys.back().second.text() : value.text();
            words.append(name + u'=' + text + (list ? QStringLiteral("[%1]").arg(list->size()) : QString()));
        }
        m_server->note(QStringLiteral("invoke %1 %2").arg(method, words.join(u' ')));
        const auto parameters = m_server->model().parameters(object.className, method);
        if (!parameters)
            qFatal("no method %s of %s", qPrintable(method), qPrintable(object.className));
        for (const auto &[name, value] : in) {
            if (!parameters->contains(name))
                qFatal("no parameter %s of %s", qPrintable(name), qPrintable(method));
        }
        return ask<MethodAnswer>(
                [object, method, in](FakeCim &server) -> Result<MethodAnswer> {
                    const std::lock_guard lock(server.m_mutex);
                    if (!server.find(object))
                        return failure(Error::Kind::NoSuchObject, QStringLiteral("Not found."));
                    MethodAnswer said;
                    said.returnValue = server.call(object, method, in, said.out);
                    said.text = server.methodText;
                    if (server.writeError)
                        return tl::unexpected<Error>(*server.writeError);
                    return said;
                },
                {});
    }
    Task<Result<WriteAnswer>> modify(Instance instance) override
    {
        m_server->note(
                QStringLiteral("modify %1 Listen=%2").arg(instance.className, instance.property(u"Listen").text()));
        return ask<WriteAnswer>(
                [instance](FakeCim &server) -> Result<WriteAnswer> {
                    const std::lock_guard lock(server.m_mutex);
                    const std::string key = instance.path->key();
                    if (server.modifyStatus == 0)
                        server.later([&server, instance, key] {
                            for (FakeCim::Object &one : server.m_objects) {
                                if (one.instance.path->key() == key)
                                    one.instance = instance;
                            }
                        });
                    if (server.writeError)
                        return tl::unexpected<Error>(*server.writeError);
                    return WriteAnswer{server.modifyStatus, QStringLiteral("modified")};
                },
                {});
    }
    Task<Result<WriteAnswer>> remove(ObjectPath path) override
    {
        m_server->note(QStringLiteral("remove %1 %2").arg(path.className, QString::fromUtf8(path.verbatim)));
        return ask<WriteAnswer>(
                [path](FakeCim &server) -> Result<WriteAnswer> {
                    const std::lock_guard lock(server.m_mutex);
                    const std::string key = path.key();
                    if (server.removeStatus == 0)
                        server.later([&server, key] {
                            for (auto at = server.m_objects.begin(); at != server.m_objects.end();)
                                at = at->instance.path->key() == key ? server.m_objects.erase(at) : std::next(at);
                        });
                    if (server.writeError)
                        return tl::unexpected<Error>(*server.writeError);
                    return WriteAnswer{server.removeStatus, QStringLiteral("removed")};
                },
                {});
    }
    int operationLimit() const override { return m_server->limit; }
    QString serverText() const override { return QStringLiteral("fake"); }

private:
    static Instance spelt(const FakeCim &server, Instance instance)
    {
        for (auto &[name, value] : instance.properties) {
            if (const ObjectPath *path = value.reference())
                value = Value::of(server.spelt(*path));
        }
        return instance;
    }

    template <class R>
    Task<Result<R>> ask(std::function<Result<R>(FakeCim &)> question, std::stop_token stop)
    {
        return askWith<R>(m_server, m_parsers[m_next++ % m_parsers.size()], std::move(question), std::move(stop));
    }
    template <class R>
    static Task<Result<R>> askWith(std::shared_ptr<FakeCim> server, std::shared_ptr<Worker> worker,
                                   std::function<Result<R>(FakeCim &)> question, std::stop_token stop)
    {
        std::function<Result<R>(std::stop_token)> job = [server, question](const std::stop_token &) {
            return question(*server);
        };
        co_return co_await worker->run<R>(stop, std::move(job));
    }

    static Task<Result<>> enumerateWith(std::shared_ptr<FakeCim> server, std::shared_ptr<Worker> worker,
                                        Enumeration what, BatchHandler handler, std::stop_token stop)
    {
        server->m_mostAtOnce = std::max(server->m_mostAtOnce, ++server->m_atOnce);
        std::function<Result<>(std::stop_token)> job = [server, what, handler](const std::stop_token &stopped) {
            return answer(*server, what, handler, stopped);
        };
        Result<> done = co_await worker->run<void>(stop, std::move(job));
        --server->m_atOnce;
        co_return done;
    }

    static Result<> answer(FakeCim &server, const Enumeration &what, const BatchHandler &handler,
                           const std::stop_token &stop)
    {
        const auto &model = server.model();
        for (const std::string &property : what.properties) {
            if (model.has(what.className) && !model.hasProperty(what.className, QString::fromStdString(property)))
                qFatal("no property %s of %s", property.c_str(), qPrintable(what.className));
        }
        if (server.silent.contains(what.className)) {
            while (!stop.stop_requested())
                QThread::msleep(5);
            return failure(Error::Kind::Cancelled, QStringLiteral("Cancelled."));
        }
        if (server.faultOfAll)
            return tl::unexpected<Error>(*server.faultOfAll);
        if (server.faults.contains(what.className))
            return tl::unexpected<Error>(server.faults[what.className]);
        // A server has the classes of the schema, and those of a vendor where it has an instance of one.
        const auto objects = server.instancesOf(what.nameSpace, what.className);
        const bool isSchema = what.className.startsWith(QLatin1String("CIM_"));
        if (!server.knowsNamespace(what.nameSpace) || !model.has(what.className) || (!isSchema && objects.empty()))
            return failure(Error::Kind::NoSuchObject, QStringLiteral("No class %1.").arg(what.className));
        for (size_t at = 0; at < objects.size(); at += size_t(server.batchSize)) {
            if (server.batchMilliseconds > 0)
                QThread::msleep(static_cast<unsigned long>(server.batchMilliseconds));
            if (stop.stop_requested())
                return failure(Error::Kind::Cancelled, QStringLiteral("Cancelled."));
            std::vector<Instance> some;
            for (size_t i = at; i < std::min(objects.size(), at + size_t(server.batchSize)); ++i)
                some.push_back(spelt(server, objects[i].instance));
            handler(FakeBatch(std::move(some), what, server.plainPaths));
        }
        return {};
    }

    std::shared_ptr<FakeCim> m_server;
    std::vector<std::shared_ptr<Worker>> m_parsers;
    size_t m_next = 0;
};

std::unique_ptr<CimConnection> connectTo(std::shared_ptr<FakeCim> server)
{
    return std::make_unique<FakeConnection>(std::move(server));
}

} // namespace portalbind::cim
