// SPDX-License-Identifier: Apache-2.0
#include "backends/wsman/authchallenge.h"

namespace portalbind::wsman {
namespace {

constexpr size_t maxChallenges = 32; // a server has four schemes or five

bool isTokenChar(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

bool isToken68Char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || (c != '\0' && std::string_view("-._~+/").find(c) != std::string_view::npos);
}

QByteArray copy(std::string_view text)
{
    return QByteArray(text.data(), qsizetype(text.size()));
}

class Reader
{
public:
    explicit Reader(std::string_view text)
        : m_rest(text)
    {
    }

    void read(std::vector<AuthChallenge> *all)
    {
        while (skipCommas() && all->size() < maxChallenges) {
            const std::string_view name = take(isTokenChar);
            if (name.empty()) {
                skipItem();
                continue;
            }
            const bool spaced = skipBlanks();
            if (!m_rest.empty() && m_rest.front() == '=' && !all->empty()) {
                readValue(name, &all->back()); // a further parameter of the challenge before
                continue;
            }
            AuthChallenge challenge;
            challenge.scheme = copy(name);
            if (spaced)
                readFirst(&challenge);
            all->push_back(std::move(challenge));
            skipItem();
        }
    }

private:
    template <class Predicate>
    std::string_view take(Predicate fits)
    {
        size_t n = 0;
        while (n < m_rest.size() && fits(m_rest[n]))
            ++n;
        const auto taken = m_rest.substr(0, n);
        m_rest.remove_prefix(n);
        return taken;
    }
    bool skipBlanks()
    {
        return !take([](char c) { return c == ' ' || c == '\t'; }).empty();
    }
    bool skipCommas()
    {
        take([](char c) { return c == ' ' || c == '\t' || c == ','; });
        return !m_rest.empty();
    }
    void skipItem()
    {
        while (!m_rest.empty() && m_rest.front() != ',') {
            if (m_rest.front() == '"')
                quoted();
            else
                m_rest.remove_prefix(1);
        }
    }

    /// What follows the scheme: a token68, or the first parameter.
    void readFirst(AuthChallenge *challenge)
    {
        const std::string_view before = m_rest;
        const std::string_view name = take(isTokenChar);
        skipBlanks();
        if (!name.empty() && m_rest.size() >= 2 && m_rest.front() == '=') {
            // `name=value` has something after the sign that base64 padding never has.
            const size_t next = m_rest.find_first_not_of(" \t", 1);
            if (next != std::string_view::npos && m_rest[next] != '=' && m_rest[next] != ',') {
                readValue(name, challenge);
                return;
            }
        }
        m_rest = before;
        const std::string_view token = take(isToken68Char);
        const std::string_view padding = take([](char c) { return c == '='; });
        challenge->token = copy(token) + copy(padding);
    }

    void readValue(std::string_view name, AuthChallenge *challenge)
    {
        m_rest.remove_prefix(1); // '='
        skipBlanks();
        const QByteArray value = !m_rest.empty() && m_rest.front() == '"' ? quoted() : copy(take(isTokenChar));
        challenge->parameters.emplace_back(copy(name).toLower(), value);
        skipItem();
    }

    QByteArray quoted()
    {
        QByteArray value;
        m_rest.remove_prefix(1);
        while (!m_rest.empty() && m_rest.front() != '"') {
            if (m_rest.front() == '\\' && m_rest.size() > 1)
                m_rest.remove_prefix(1);
            value += m_rest.front();
            m_rest.remove_prefix(1);
        }
        if (!m_rest.empty())
            m_rest.remove_prefix(1);
        return value;
    }

    std::string_view m_rest;
};

} // namespace

bool AuthChallenge::is(std::string_view name) const
{
    return scheme.compare(QByteArrayView(name.data(), qsizetype(name.size())), Qt::CaseInsensitive) == 0;
}

std::vector<AuthChallenge> parseChallenges(const std::vector<std::string_view> &fields)
{
    std::vector<AuthChallenge> all;
    for (const std::string_view field : fields) {
        std::vector<AuthChallenge> own; // a parameter belongs to a challenge of its own field
        Reader(field).read(&own);
        for (AuthChallenge &challenge : own) {
            if (all.size() < maxChallenges)
                all.push_back(std::move(challenge));
        }
    }
    return all;
}

const AuthChallenge *findChallenge(const std::vector<AuthChallenge> &all, std::string_view scheme)
{
    for (const AuthChallenge &challenge : all) {
        if (challenge.is(scheme))
            return &challenge;
    }
    return nullptr;
}

} // namespace portalbind::wsman
