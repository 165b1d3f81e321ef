// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "model/entities.h"

#include <array>
#include <optional>
#include <utility>

namespace portalbind {

/// The words that JSON has for the values of an enumeration. They are part of the schema: never change one.
template <class E>
inline constexpr std::array<std::pair<const char *, E>, 0> schemaWords{};
template <>
inline constexpr std::array<std::pair<const char *, Role>, 4> schemaWords<Role>{
        {{"unknown", Role::Unknown}, {"initiator", Role::Initiator}, {"target", Role::Target}, {"both", Role::Both}}};
template <>
inline constexpr std::array<std::pair<const char *, PortalKind>, 2> schemaWords<PortalKind>{
        {{"tcp", PortalKind::Tcp}, {"ip", PortalKind::Ip}}};
template <>
inline constexpr std::array<std::pair<const char *, BindingScope>, 2> schemaWords<BindingScope>{
        {{"endpoint", BindingScope::Endpoint}, {"server", BindingScope::Server}}};
template <>
inline constexpr std::array<std::pair<const char *, Enforcement>, 3> schemaWords<Enforcement>{
        {{"target", Enforcement::Target}, {"policy", Enforcement::Policy}, {"nobody", Enforcement::Nobody}}};
template <>
inline constexpr std::array<std::pair<const char *, Support>, 3> schemaWords<Support>{
        {{"no", Support::No}, {"yes", Support::Yes}, {"unknown", Support::Unknown}}};
template <>
inline constexpr std::array<std::pair<const char *, GroupSource>, 3> schemaWords<GroupSource>{
        {{"none", GroupSource::None}, {"read-only", GroupSource::ReadOnly}, {"editable", GroupSource::Editable}}};
template <>
inline constexpr std::array<std::pair<const char *, Dialect>, 5> schemaWords<Dialect>{
        {{"workbook", Dialect::Workbook},
         {"smis", Dialect::Smis},
         {"windows-smis", Dialect::WindowsSmis},
         {"windows-native", Dialect::WindowsNative},
         {"lio", Dialect::Lio}}};

template <class E>
[[nodiscard]] QLatin1String schemaWord(E value)
{
    for (const auto &[word, meaning] : schemaWords<E>) {
        if (meaning == value)
            return QLatin1String(word);
    }
    return QLatin1String("unknown");
}

template <class E>
[[nodiscard]] std::optional<E> fromSchemaWord(QStringView text)
{
    for (const auto &[word, meaning] : schemaWords<E>) {
        if (text == QLatin1String(word))
            return meaning;
    }
    return std::nullopt;
}

/// The flags of Capabilities, under the names that they have there.
inline constexpr std::array<std::pair<const char *, bool Capabilities::*>, 7> capabilityFlags{
        {{"editPortals", &Capabilities::editPortals},
         {"createEndpoint", &Capabilities::createEndpoint},
         {"chooseTag", &Capabilities::chooseTag},
         {"createNode", &Capabilities::createNode},
         {"chooseNodeName", &Capabilities::chooseNodeName},
         {"initiatorNodes", &Capabilities::initiatorNodes},
         {"enableEndpoint", &Capabilities::enableEndpoint}}};

} // namespace portalbind
