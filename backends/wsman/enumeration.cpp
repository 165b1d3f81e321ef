// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/enumeration.h"

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
    if (!isElement(answer, names::enumeration, "EnumerateResponse") && !isElement(answer, names::enumeration, "PullResponse"))
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

Enumeration::Enumeration(std::shared_ptr<SoapClient> client, Naming naming, Target target,
                         std::vector<std::string> properties, Handler handler)
    : m_client(std::move(client)), m_writer(m_client->profile(), naming), m_naming(std::move(naming)),
      m_target(std::move(target)), m_properties(properties), m_handler(std::move(handler)),
      m_batch(m_client->profile().limits.batch)
{
}

Task<Enumeration::Outcome> Enumeration::run(QString subject, std::stop_token stop)
{
    const auto self = shared_from_this();
    Outcome outcome = co_await pages(subject, stop);
    co_await settleBatch();
    if (!m_context.empty()) {
        // OMI lets nobody else enumerate for minutes when one is left open.
        const Result<Envelope> envelope = m_writer.release(m_target, m_context);
        if (envelope)
            spawn<bool>(m_client->release(*envelope), [client = m_client](bool) { });
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

Task<SoapReply> Enumeration::next(QString subject, std::stop_token stop)
{
    const bool first = !m_begun;
    SoapClient::Maker maker = [this, first] {
        return first ? m_writer.enumerate(m_target, m_paths, m_batch, m_query ? &*m_query : nullptr)
                     : m_writer.pull(m_target, m_context, m_batch);
    };
    const auto repeat = first ? SoapClient::Repeat::Freely : SoapClient::Repeat::Unanswered;
    SoapReply reply = co_await m_client->read(std::move(maker), repeat, subject, stop);
    co_return reply;
}

Task<Enumeration::Outcome> Enumeration::pages(QString subject, std::stop_token stop)
{
    for (;;) {
        SoapReply reply = co_await next(subject, stop);
        if (!reply) {
            if (makeSmaller(reply.error()))
                continue;
            if (reply.error().is(Trouble::BadContext) || (m_begun && reply.error().is(Trouble::NotFound)))
                m_context.clear(); // nothing to release
            co_return tl::unexpected(reply.error());
        }
        const DocumentPtr document = *reply;
        const auto page = readPage(*document);
        if (!page)
            co_return tl::unexpected(refuse(subject, page.error()));
        m_begun = true;
        m_context = page->end ? std::string() : page->context;
        co_await settleBatch();
        if (const auto wrong = progress(*document, *page))
            co_return tl::unexpected(refuse(subject, *wrong));
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

/// An answer was too big for one of the limits: fewer instances may fit. openwsman drops the enumeration as well.
bool Enumeration::makeSmaller(const SoapFailure &failed)
{
    const bool restart = m_begun && m_instances == 0 && failed.is(Trouble::BadContext) && m_batch < m_client->profile().limits.batch;
    if (!failed.is(Trouble::TooBig) && !restart)
        return false;
    if (restart)
        m_begun = false;
    else if (m_batch == 1)
        return false;
    m_batch = std::max(1, m_batch / 8);
    return true;
}

/// Bounds an enumeration that would never end.
std::optional<QString> Enumeration::progress(const SoapDocument &document, const Page &page)
{
    const Limits &limits = m_client->profile().limits;
    quint64 items = 0;
    for (pugi::xml_node item = firstElement(page.items); item; item = nextElement(item))
        ++items;
    m_instances += items;
    m_bytes += document.size();
    m_empty = items == 0 ? m_empty + 1 : 0;
    if (m_instances > limits.instances)
        return english("more instances than can be");
    if (m_bytes > limits.bytes)
        return english("more bytes than can be");
    if (!page.end && m_empty >= limits.emptyAnswers)
        return english("answers without instances, and no end");
    return {};
}

SoapFailure Enumeration::refuse(const QString &subject, const QString &detail) const
{
    SoapFailure failed;
    const QString who = m_client->profile().address();
    failed.error = Error{Error::Kind::Server, Text::tr("%1 lists %2 in a way that makes no sense; the list is incomplete.").arg(who, subject),
                         who, Text::tr("Refresh. If it stays so, please report this with the details."), cleanText(detail)};
    return failed;
}

} // namespace portalbind::wsman
