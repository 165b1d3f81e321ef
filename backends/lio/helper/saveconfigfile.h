// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/lio/helper/hostmarks.h"
#include "backends/lio/helper/places.h"
#include "backends/lio/helper/saveconfig.h"

#include <string>
#include <vector>

namespace portalbind::kernel {

struct SaveOutcome
{
    std::vector<std::string> changed; ///< places in the file; empty: it was so already, and was not written
    std::string backup; ///< path of the copy of what it was before; empty: there was nothing, or the newest copy is the
                        ///< same
};

/// The saveconfig.json of this host. What goes wrong is a Refusal (`no-file`, `locked`, `unreadable`,
/// `parent-not-saved`, `saved-holds-more`, `saved-twice`, `changed-meanwhile`) or, from the system, a Failure; the file
/// is then as it was, but where the outcome is unknown.
class SaveconfigFile
{
public:
    explicit SaveconfigFile(const Places &places);

    [[nodiscard]] const SaveFile &file() const { return m_file; }
    /// For an answer: path, exists, manager, unit, restoreUnit, and with \a content error and targets too.
    [[nodiscard]] Json describe(bool content) const;

    /// Patches \a objects into the file under targetcli's lock, with a backup as targetcli makes it.
    [[nodiscard]] tl::expected<SaveOutcome, tl::expected<Refusal, Failure>>
    save(const std::vector<SaveObject> &objects) const;

    static constexpr int lockMilliseconds = 2000;
    /// targetcli's default max_backup_files; more where its targetcli.conf says so, as targetcli takes it.
    static constexpr std::size_t keptBackups = 10;

private:
    struct Content
    {
        bool exists = false;
        std::string text;
        Json document = Json::object();
        std::uint64_t inode = 0;
        std::int64_t modified = 0; ///< nanoseconds
    };

    [[nodiscard]] tl::expected<Content, JsonFault> read(int folder) const;
    [[nodiscard]] bool isUnchanged(int folder, const Content &content) const;
    [[nodiscard]] tl::expected<std::string, Failure> backUp(int folder, const std::string &text) const;

    Places m_places;
    SaveFile m_file;
};

/// \a text as a gzip file; what is in one (at most \a most bytes, empty if it is none).
[[nodiscard]] std::string gzipped(const std::string &text);
[[nodiscard]] std::string gunzipped(const std::string &file, std::size_t most);

} // namespace portalbind::kernel
