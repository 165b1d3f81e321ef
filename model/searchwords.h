// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/address.h"
#include "model/treerow.h"

#include <QStringList>

#include <array>
#include <string>
#include <vector>

namespace portalbind {

/// The words of a search. A text matches when every word is found in one of its fields, in any case of letters.
class SearchWords
{
public:
    explicit SearchWords(const QString &text);

    [[nodiscard]] bool isEmpty() const { return m_words.isEmpty(); }
    [[nodiscard]] bool matchAll(const QStringList &fields) const;
    /// The same for the name and state of a portal, made for hundreds of thousands of them.
    [[nodiscard]] bool matchPortal(const PortalAddress &address, PortalState state) const;

private:
    QStringList m_words;
    std::vector<std::string> m_latin; // lower case; empty for a word that no address can hold
    /// By state and IP version: which words (bit by bit) the state's text holds.
    std::array<std::array<quint64, 2>, portalStateCount> m_states{};
    quint64 m_all = 0; // a bit for each word
};

} // namespace portalbind
