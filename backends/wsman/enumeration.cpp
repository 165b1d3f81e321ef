// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/enumeration.h"

#include "backends/wsman/farewell.h"
#include "backends/wsman/httperror.h"
#include "backends/wsman/soapnames.h"
#include "backends/wsman/xmlnames.h"

#include <QCoreApplication>

#include <algorithm>

namespace portalbind::wsman {
namespace {

struct Text
{
    Q_DECLARE_TR_FUNCTIONS(wsman)
};

QString english(const char *text)
{
    return QString::fromLatin1(text);
}

} // namespace

tl::expected<Page, QString> readPage(const SoapDocument &document)
{
    const pugi::xml_node answer = document.content();
    if (!isElement(answer, names::enumeration, "EnumerateResponse")
        && !isElement(answer, names::enumeration, "PullResponse"))
        return tl::unexpected(english("it is no answer to Enumerate or Pull"));
    Page page;
    bool hasItems = false, hasContext = false;
    for (pugi::xml_node part = firstElement(answer); part; part = nextElement(part)) {
        const std::string_view name = localName(part);
        const std::string_view space = namespaceOf(part);
        if (space != names::enumeration && space != names::wsman)
            continue;
        if (name == "Items") {
            if (std::exchange(hasItems, true))
                return tl::unexpected(english("Items are there twice"));
            page.items = part;
        } else if (name == "EnumerationContext") {
            if (std::exchange(hasContext, true))
                return tl::unexpected(english("EnumerationContext is there twice"));
            page.context = trimmedXml(textOf(part));
        } else if (name == "EndOfSequence") {
            if (std::exchange(page.end, true))
                return tl::unexpected(english("EndOfSequence is there twice"));
        }
    }
    // The end counts, not the context: Windows empties it, OMI keeps it, others leave it out.
    if (!page.end && page.context.empty())
        return tl::unexpected(english("neither EndOfSequence nor an EnumerationContext is there"));
    return page;
}

std::string guessContext(std::string_view body)
{
    constexpr size_t edge = 4096, longest = 1024; // OMI's header takes 1 kB
    constexpr std::string_view name = "EnumerationContext";
    const auto inEdge = [name](std::string_view part) -> std::string_view {
        const size_t at = part.find(name);
        if (at == std::string_view::npos || at == 0 || (part[at - 1] != '<' && part[at - 1] != ':'))
            return {};
        const size_t open = part.find('>', at);
        const size_t close = part.find('<', at);
        if (open == std::string_view::npos || close == std::string_view::npos || close < open || part[open - 1] == '/')
            return {};
        return trimmedXml(part.substr(open + 1, close - open - 1));
    };
    const std::string_view begin = body.substr(0, edge);
    const std::string_view end = body.substr(body.size() - std::min(body.size(), edge));
    for (const std::string_view part : {begin, end}) {
        if (part.find("EndOfSequence") != std::string_view::npos)
            return {};
    }
    const std::string_view context = inEdge(begin).empty() ? inEdge(end) : inEdge(begin);
    const bool plain = context.size() <= longest
            && std::all_of(context.begin(), context.end(), [](char c) { return c > ' ' && c != '&'; });
    return plain ? std::string(context) : std::string();
}

Enumeration::Enumeration(std::shared_ptr<SoapClient> client, Naming naming, Target target,
                         const std::vector<std::string> &properties, Handler handler)
    : m_client(std::move(client))
    , m_writer(m_client->profile(), naming)
    , m_naming(std::move(naming))
    , m_target(std::move(target))
    , m_properties(properties)
    , m_handler(std::move(handler))
    , m_batch(m_client->profile().limits.batch)
{
}

Task<Enumeration::Outcome> Enumeration::run(QString subject, std::stop_token stop)
{
    const auto self = shared_from_this();
    const std::stop_callback<Forward> stopsToo(stop, Forward{m_stop});
    m_since.start();
    Outcome outcome = co_await pages(subject);
    m_stop.request_stop();
    if (m_ahead && !outcome)
        m_context = m_ahead->context; // the newest is the one to give back
    co_await settleAhead();
    co_await settleBatch();
    if (!m_context.empty()) {
        // OMI lets nobody else enumerate for minutes when one is left open.
        const Result<Envelope> envelope = m_writer.release(m_target, m_context);
        if (envelope)
            spawn<bool>(m_client->release(*envelope), [client = m_client, told = farewell()](bool) {});
    }
    co_return outcome;
}

Task<bool> Enumeration::settleBatch()
{
    if (!m_handling)
        co_return true;
    const Completion<bool> handling = *m_handling;
    m_handling.reset();
    co_return co_await handling;
}

/// The end of what was sent ahead in vain.
Task<bool> Enumeration::settleAhead()
{
    if (!m_ahead)
        co_return true;
    const Completion<SoapReply> reply = m_ahead->reply;
    m_ahead.reset();
    const SoapReply dropped = co_await reply;
    co_return dropped.has_value();
}

Enumeration::Asked Enumeration::ask(const std::string &context, const QString &subject)
{
    const auto self = shared_from_this();
    SoapClient::Maker maker = [self, context] {
        return context.empty() ? self->m_writer.enumerate(self->m_target, self->m_paths, self->m_batch,
                                                          self->m_query ? &*self->m_query : nullptr)
                               : self->m_writer.pull(self->m_target, context, self->m_batch);
    };
    const auto repeat = context.empty() ? SoapClient::Repeat::Freely : SoapClient::Repeat::Unanswered;
    Asked asked{++m_asked, context, {}};
    SoapClient::Glimpse look = [self, number = asked.number, subject](std::string_view body) {
        self->glimpse(number, body, subject);
    };
    spawn<SoapReply>(m_client->read(std::move(maker), repeat, subject, m_stop.get_token(), std::move(look)),
                     [reply = asked.reply](SoapReply got) { reply.finish(std::move(got)); });
    return asked;
}

/// An answer has arrived: the server can make the next one while this is parsed.
void Enumeration::glimpse(int number, std::string_view body, const QString &subject)
{
    std::string context = guessContext(body);
    if (context.empty() || m_stop.stop_requested())
        return;
    if (number == m_current && !m_ahead)
        m_ahead = ask(context, subject);
    else if (m_ahead && number == m_ahead->number)
        m_guess = std::move(context); // the answer before it is not done with
}

Task<SoapReply> Enumeration::answer(const QString &subject)
{
    const Asked asked = m_ahead ? *m_ahead : ask(m_context, subject);
    m_current = asked.number;
    m_ahead.reset();
    if (!m_guess.empty())
        m_ahead = ask(std::exchange(m_guess, {}), subject);
    SoapReply reply = co_await asked.reply;
    co_return reply;
}

Task<Enumeration::Outcome> Enumeration::pages(QString subject)
{
    for (;;) {
        SoapReply reply = co_await answer(subject);
        if (!reply) {
            SoapFailure &failed = reply.error();
            if (makeSmaller(failed))
                continue;
            // OMI says of a context that it cannot be found: never to be taken for a class that is not there.
            const bool isLost = failed.is(Trouble::BadContext) || (m_begun && failed.is(Trouble::NotFound));
            if (isLost) {
                m_context.clear(); // nothing to release
                failed.error = faultError(*failed.fault, m_client->profile(), subject, Trouble::BadContext);
            }
            co_return tl::unexpected(std::move(failed));
        }
        const DocumentPtr document = *reply;
        const auto page = readPage(*document);
        if (!page)
            co_return tl::unexpected(refuse(subject, page.error()));
        m_begun = true;
        m_context = page->end ? std::string() : page->context;
        if (m_ahead && !page->end && m_ahead->context != m_context) // instances may be lost with its answer
            co_return tl::unexpected(
                    refuse(subject, english("its EnumerationContext cannot be told from its contents")));
        co_await settleBatch();
        if (auto wrong = progress(*document, *page, subject))
            co_return tl::unexpected(*std::move(wrong));
        if (page->items) {
            std::function<bool()> work = [self = shared_from_this(), document, items = page->items] {
                const DocumentBatch batch(document, items, self->m_properties, self->m_naming, self->m_onlyClass);
                if (batch.size() > 0)
                    self->m_handler(batch);
                return true;
            };
            m_handling = onParser<bool>(std::move(work));
        }
        if (page->end)
            co_return Outcome();
    }
}

/// An answer was too big for one of the limits: fewer instances may fit. openwsman drops the enumeration as well, which
/// shows at the next Pull: it is begun anew, once for each size.
bool Enumeration::makeSmaller(const SoapFailure &failed)
{
    if (failed.is(Trouble::TooBig) && m_batch > 1) {
        m_batch = std::max(1, m_batch / 8);
        m_hasShrunk = true;
        return true;
    }
    if (!failed.is(Trouble::BadContext) || !m_begun || m_instances > 0 || !m_hasShrunk)
        return false;
    m_hasShrunk = m_begun = false;
    m_context.clear();
    m_empty = 0;
    return true;
}

/// Bounds an enumeration that would never end.
std::optional<SoapFailure> Enumeration::progress(const SoapDocument &document, const Page &page, const QString &subject)
{
    const Limits &limits = m_client->profile().limits;
    const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(m_client->profile().deadlines.enumeration);
    quint64 items = 0;
    for (pugi::xml_node item = firstElement(page.items); item; item = nextElement(item))
        ++items;
    m_instances += items;
    m_bytes += document.size();
    m_empty = items == 0 ? m_empty + 1 : 0;
    if (m_instances > limits.instances)
        return tooMuch(subject, Text::tr("%n object(s)", nullptr, int(limits.instances)));
    if (m_bytes > limits.bytes)
        return tooMuch(subject, Text::tr("%1 MB").arg(limits.bytes >> 20));
    if (!page.end && m_since.hasExpired(m_client->profile().deadlines.enumeration.count()))
        return tooMuch(subject, Text::tr("%n minute(s)", nullptr, int(minutes.count())));
    if (!page.end && m_empty >= limits.emptyAnswers)
        return refuse(subject, english("answers without instances, and no end"));
    return {};
}

SoapFailure Enumeration::refuse(const QString &subject, const QString &detail) const
{
    SoapFailure failed;
    const QString who = m_client->profile().address();
    failed.error = Error{
            Error::Kind::Server,
            Text::tr("%1 lists %2 in a way that makes no sense; the list is incomplete.").arg(who, subject), who,
            Text::tr("Refresh. If it stays so, please report this with the details."), cleanText(detail)};
    return failed;
}

SoapFailure Enumeration::tooMuch(const QString &subject, const QString &limit) const
{
    SoapFailure failed;
    const QString who = m_client->profile().address();
    failed.error = Error{Error::Kind::Server,
                         Text::tr("%1 lists %2 without an end: it was stopped after %3, and the list is incomplete.")
                                 .arg(who, subject, limit),
                         who,
                         Text::tr("A server with so much is more than can be held here; look at what it lists."),
                         {}};
    return failed;
}

} // namespace portalbind::wsman
