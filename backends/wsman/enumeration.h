// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/wsman/documentbatch.h"
#include "backends/wsman/soapclient.h"

#include <QElapsedTimer>

#include <functional>

namespace portalbind::wsman {

/// What an answer to Enumerate or Pull holds besides instances.
struct Page
{
    pugi::xml_node items; ///< may be null
    std::string context; ///< empty when there is none
    bool end = false;
};

/// Reads either answer; both namespaces that servers use for its parts are taken. The error is a part of a sentence.
[[nodiscard]] tl::expected<Page, QString> readPage(const SoapDocument &document);

/// The EnumerationContext of an answer that is not parsed yet, by a look at its beginning and its end, where servers
/// put it; empty when there is none, when EndOfSequence is there, and in case of doubt. A guess: only readPage() knows.
[[nodiscard]] std::string guessContext(std::string_view body);

/// One enumeration from Enumerate to its end or Release. Lives in the I/O thread; make it with std::make_shared.
class Enumeration : public std::enable_shared_from_this<Enumeration>
{
public:
    using Handler = std::function<void(const DocumentBatch &)>;

    /// \a handler runs in a parser thread, once for each answer with instances, never twice at once. The next answer is
    /// asked for while one is parsed and handled; at most three are held at a time.
    Enumeration(std::shared_ptr<SoapClient> client, Naming naming, Target target,
                const std::vector<std::string> &properties, Handler handler);

    void setPaths(bool paths) { m_paths = paths; }
    void setOnlyClass(const QString &name) { m_onlyClass = name.toStdString(); }
    void setQuery(std::optional<AssociationQuery> query) { m_query = std::move(query); }

    /// Whoever stops it need not wait: the server gets its Release all the same.
    [[nodiscard]] Task<tl::expected<void, SoapFailure>> run(QString subject, std::stop_token stop);

private:
    using Outcome = tl::expected<void, SoapFailure>;
    /// A request that was sent, and where its answer comes.
    struct Asked
    {
        int number;
        std::string context; ///< that it pulls; empty: it enumerates
        Completion<SoapReply> reply;
    };
    [[nodiscard]] Task<Outcome> pages(QString subject);
    [[nodiscard]] Task<SoapReply> answer(const QString &subject);
    [[nodiscard]] Task<bool> settleBatch();
    [[nodiscard]] Task<bool> settleAhead();
    [[nodiscard]] Asked ask(const std::string &context, const QString &subject);
    void glimpse(int number, std::string_view body, const QString &subject);
    [[nodiscard]] std::optional<SoapFailure> progress(const SoapDocument &document, const Page &page,
                                                      const QString &subject);
    [[nodiscard]] SoapFailure refuse(const QString &subject, const QString &detail) const;
    [[nodiscard]] SoapFailure tooMuch(const QString &subject, const QString &limit) const;
    [[nodiscard]] bool makeSmaller(const SoapFailure &failed);

    struct Forward
    {
        std::stop_source source;
        void operator()() const { source.request_stop(); }
    };

    std::shared_ptr<SoapClient> m_client;
    EnvelopeWriter m_writer;
    Naming m_naming;
    Target m_target;
    PropertyTable m_properties;
    Handler m_handler;
    bool m_paths = true;
    std::string m_onlyClass;
    std::optional<AssociationQuery> m_query;

    std::stop_source m_stop; ///< of the requests: an enumeration that fails ends the one that was sent ahead
    int m_batch; ///< instances asked for at once
    std::string m_context;
    bool m_begun = false; ///< an answer has come
    bool m_hasShrunk = false; ///< m_batch has, since the enumeration was begun
    int m_empty = 0; ///< answers without instances in a row
    quint64 m_instances = 0, m_bytes = 0;
    QElapsedTimer m_since;
    std::optional<Completion<bool>> m_handling;
    int m_asked = 0; ///< requests so far
    int m_current = 0; ///< number of the one whose answer is waited for
    std::optional<Asked> m_ahead; ///< the one after it, sent before that answer was parsed
    std::string m_guess; ///< context in the answer to m_ahead, when that comes early
};

} // namespace portalbind::wsman
