// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/wsmanconnection.h"

#include "backends/wsman/connectioncore.h"

namespace portalbind::wsman {
namespace {

/// Stops when either of two does.
class EitherStop
{
public:
    EitherStop(std::stop_token a, std::stop_token b)
        : m_a(std::move(a), Forward{m_source})
        , m_b(std::move(b), Forward{m_source})
    {
    }
    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }

private:
    struct Forward
    {
        std::stop_source source;
        void operator()() const { source.request_stop(); }
    };
    std::stop_source m_source;
    std::stop_callback<Forward> m_a, m_b;
};

/// Runs a read in the I/O thread, and ends when either stop asks for it.
template <class R>
Task<Result<R>> readCall(std::stop_token stop, std::stop_token end,
                         std::function<Task<Result<R>>(std::shared_ptr<CallState<R>>, std::stop_token)> start)
{
    const EitherStop either(std::move(stop), std::move(end));
    typename IoCall<R>::Start begin = [start, token = either.token()](std::shared_ptr<CallState<R>> state) {
        return start(std::move(state), token);
    };
    IoCall<R> call(either.token(), std::move(begin));
    Result<R> result = co_await call;
    co_return result;
}

template <class R>
Task<Result<R>> writeCall(std::function<Task<Result<R>>()> start)
{
    typename IoCall<R>::Start begin = [start](std::shared_ptr<CallState<R>>) { return start(); };
    IoCall<R> call(std::stop_token(), std::move(begin));
    Result<R> result = co_await call;
    co_return result;
}

} // namespace

WsmanConnection::WsmanConnection(ServerProfile profile, ConnectionHooks hooks)
{
    IoThread::instance(); // made here, in the GUI thread
    const auto state = std::make_shared<LinkState>();
    state->profile = std::move(profile);
    state->hooks = std::move(hooks);
    m_core = std::make_shared<Core>(std::make_shared<SoapClient>(std::make_shared<Transport>(state)));
}

WsmanConnection::~WsmanConnection()
{
    m_end.request_stop();
}

Task<Result<Identity>> WsmanConnection::identify(std::stop_token stop)
{
    return readCall<Identity>(std::move(stop), m_end.get_token(), [core = m_core](auto, const std::stop_token &token) {
        return core->client->identify(token);
    });
}

Task<Result<>> WsmanConnection::reach(std::stop_token stop)
{
    return readCall<void>(std::move(stop), m_end.get_token(),
                          [core = m_core](auto, const std::stop_token &token) { return core->client->reach(token); });
}

Task<Result<>> WsmanConnection::enumerate(Enumeration what, BatchHandler handler, std::stop_token stop)
{
    return readCall<void>(std::move(stop), m_end.get_token(),
                          [core = m_core, what = std::move(what), handler = std::move(handler)](
                                  const std::shared_ptr<CallState<void>> &state, const std::stop_token &token) {
                              return core->enumerate(
                                      what,
                                      [state, handler](const DocumentBatch &batch) {
                                          if (!state->enter())
                                              return;
                                          handler(batch);
                                          state->leave();
                                      },
                                      token);
                          });
}

Task<Result<cim::Instance>> WsmanConnection::get(cim::ObjectPath path, std::stop_token stop)
{
    return readCall<cim::Instance>(std::move(stop), m_end.get_token(),
                                   [core = m_core, path = std::move(path)](auto, const std::stop_token &token) {
                                       return core->get(path, token);
                                   });
}

Task<Result<std::vector<cim::Instance>>> WsmanConnection::references(cim::ObjectPath object, QString associationClass,
                                                                     QString role, std::stop_token stop)
{
    return readCall<std::vector<cim::Instance>>(
            std::move(stop), m_end.get_token(),
            [core = m_core, object = std::move(object), associationClass, role](auto, const std::stop_token &token) {
                return core->references(object, associationClass, role, token);
            });
}

Task<Result<cim::MethodAnswer>> WsmanConnection::invoke(cim::ObjectPath object, QString method, cim::Parameters in)
{
    return writeCall<cim::MethodAnswer>([core = m_core, object = std::move(object), method, in = std::move(in)] {
        return core->invoke(object, method, in);
    });
}

Task<Result<cim::WriteAnswer>> WsmanConnection::modify(cim::Instance instance)
{
    return writeCall<cim::WriteAnswer>(
            [core = m_core, instance = std::move(instance)] { return core->modify(instance); });
}

Task<Result<cim::WriteAnswer>> WsmanConnection::remove(cim::ObjectPath path)
{
    return writeCall<cim::WriteAnswer>([core = m_core, path = std::move(path)] { return core->remove(path); });
}

int WsmanConnection::operationLimit() const
{
    return m_core->client->operationLimit();
}

QString WsmanConnection::serverText() const
{
    return m_core->client->serverText();
}

} // namespace portalbind::wsman
