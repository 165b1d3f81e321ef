// SPDX-License-Identifier: Apache-2.0
#include "backends/lio/helper/saveconfigfile.h"

#include "backends/lio/helper/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <ctime>

namespace portalbind::kernel {

namespace {

constexpr const char *fileName = "saveconfig.json";
constexpr const char *lockName = "targetcli.lock";
constexpr const char *backupFolder = "backup";

using Undone = tl::unexpected<tl::expected<Refusal, Failure>>;

Undone refuse(const std::string &why, const Json &more = Json::object())
{
    return Undone(refusal(why, more));
}

Undone fail(int error, const std::string &what)
{
    return Undone(tl::unexpected(fileFailure(error, what)));
}

tl::unexpected<Failure> notWritten(int error, const std::string &what)
{
    return tl::unexpected<Failure>(fileFailure(error, what));
}

std::int64_t nanoseconds(const timespec &time)
{
    return std::int64_t(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

/// `targetcli (4711)`, from who holds the lock; "" if the system does not tell.
std::string lockPhrase(const Places &places, int folder)
{
    const Descriptor lock(openat(folder, lockName, O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    const Descriptor locks = openAbsolute(places.proc + "/locks", O_RDONLY);
    const auto text = locks.isOpen() ? readAll(locks.number(), std::size_t(16) * 1024 * 1024) : std::nullopt;
    const int pid = text ? lockHolder(lock.number(), *text) : 0;
    if (pid == 0)
        return {};
    const Descriptor process = openAbsolute(places.proc + '/' + std::to_string(pid), O_RDONLY | O_DIRECTORY);
    const std::string name = process.isOpen() ? readTrimmed(process.number(), "comm") : std::string();
    return (name.empty() ? "?" : name) + " (" + std::to_string(pid) + ')';
}

bool isUnfinished(const std::string &name)
{
    constexpr std::string_view end = ".portalbind"; // of replaceFile()
    return name.size() > end.size() && name.compare(name.size() - end.size(), end.size(), end) == 0;
}

/// The backups that are there, oldest first: their names hold the time.
std::vector<std::string> backupsIn(int folder)
{
    auto names = listDirectory(folder).value_or(std::vector<std::string>());
    std::erase_if(names, [](const std::string &name) {
        return name.compare(0, 11, "saveconfig-") != 0 || name.find("json") == std::string::npos || isUnfinished(name);
    });
    return names;
}

/// What a save left that was killed while it wrote a backup.
void dropUnfinished(int folder)
{
    for (const std::string &name : listDirectory(folder).value_or(std::vector<std::string>())) {
        if (name.compare(0, 11, "saveconfig-") == 0 && isUnfinished(name))
            unlinkat(folder, name.c_str(), 0);
    }
}

/// max_backup_files of targetcli.conf, as targetcli reads it: the first such line, where it is more than the default.
std::size_t backupsToKeep(int folder)
{
    std::string_view text;
    const auto file = readSmall(folder, "targetcli.conf");
    for (text = file ? std::string_view(*file) : text; !text.empty();) {
        const auto feed = text.find('\n');
        std::string_view line = text.substr(0, feed);
        text = feed == std::string_view::npos ? std::string_view() : text.substr(feed + 1);
        constexpr std::string_view key = "max_backup_files";
        const auto equals = line.find('=');
        if (line.substr(0, key.size()) != key || equals == std::string_view::npos
            || line.substr(0, equals).find_first_not_of(" \t", key.size()) != std::string_view::npos)
            continue;
        line.remove_prefix(std::min(line.find_first_not_of(" \t", equals + 1), line.size()));
        std::size_t number = 0;
        std::from_chars(line.data(), line.data() + line.size(), number);
        return std::max(number, SaveconfigFile::keptBackups);
    }
    return SaveconfigFile::keptBackups;
}

/// As targetcli names it, by the second; `_01` and on behind that where \a names has it, which sorts behind it.
std::string backupName(const std::vector<std::string> &names)
{
    const std::time_t now = std::time(nullptr);
    std::tm local{};
    localtime_r(&now, &local);
    std::array<char, 64> name{};
    std::strftime(name.data(), name.size(), "saveconfig-%Y%m%d-%H:%M:%S", &local);
    const std::string second = name.data();
    std::string whole = second + "-json.gz";
    for (int i = 1; i <= 99 && std::binary_search(names.begin(), names.end(), whole); ++i)
        whole = second + (i < 10 ? "_0" : "_") + std::to_string(i) + "-json.gz";
    return whole;
}

std::string contentOf(int folder, const std::string &name)
{
    const Descriptor file(openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    const auto content = file.isOpen() ? readAll(file.number(), longestSaveconfig) : std::nullopt;
    if (!content)
        return {};
    return name.size() > 3 && name.compare(name.size() - 3, 3, ".gz") == 0 ? gunzipped(*content, longestSaveconfig)
                                                                           : *content;
}

} // namespace

std::string gzipped(const std::string &text)
{
    z_stream stream{};
    constexpr int gzipWindow = 15 + 16; // the largest window, in gzip's own format
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef *>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    out.resize(done ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

std::string gunzipped(const std::string &file, std::size_t most)
{
    z_stream stream{};
    constexpr int gzipOnly = 15 + 16;
    if (inflateInit2(&stream, gzipOnly) != Z_OK)
        return {};
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(file.data()));
    stream.avail_in = static_cast<uInt>(file.size());
    std::string out;
    std::array<char, std::size_t(64) * 1024> part{};
    int state = Z_OK;
    while (state == Z_OK && out.size() <= most) {
        stream.next_out = reinterpret_cast<Bytef *>(part.data());
        stream.avail_out = part.size();
        state = inflate(&stream, Z_NO_FLUSH);
        out.append(part.data(), part.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    return state == Z_STREAM_END && out.size() <= most ? out : std::string();
}

SaveconfigFile::SaveconfigFile(const Places &places)
    : m_places(places)
    , m_file(findSaveFile(places))
{
}

tl::expected<SaveconfigFile::Content, JsonFault> SaveconfigFile::read(int folder) const
{
    Content content;
    const Descriptor file = openChild(folder, fileName, O_RDONLY | O_NONBLOCK);
    if (!file.isOpen() && errno == ENOENT)
        return content;
    if (!file.isOpen())
        return tl::unexpected(JsonFault{m_file.path,
                                        errno == ELOOP ? "is a symbolic link"
                                                       : std::string("cannot be opened: ") + std::strerror(errno)});
    struct stat status
    {
    };
    if (fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
        return tl::unexpected(JsonFault{m_file.path, "is not a regular file"});
    const auto text = readAll(file.number(), longestSaveconfig);
    if (!text)
        return tl::unexpected(JsonFault{m_file.path, errno == EFBIG ? "is too large" : "cannot be read"});
    auto document = parseBounded(*text, saveconfigLimits);
    if (!document)
        return tl::unexpected(JsonFault{m_file.path + ", " + document.error().place, document.error().text});
    content.exists = true;
    content.text = *text;
    content.document = std::move(*document);
    content.inode = status.st_ino;
    content.modified = nanoseconds(status.st_mtim);
    return content;
}

bool SaveconfigFile::isUnchanged(int folder, const Content &content) const
{
    struct stat status
    {
    };
    if (fstatat(folder, fileName, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT && !content.exists;
    return content.exists && status.st_ino == content.inode && nanoseconds(status.st_mtim) == content.modified;
}

Json SaveconfigFile::describe(bool content) const
{
    Json described = {{"path", m_file.path},
                      {"exists", m_file.exists},
                      {"manager", m_file.isManaged() ? "targetcli" : "none"},
                      {"unit", m_file.unit},
                      {"restoreUnit", m_file.restoreUnit}};
    if (!content)
        return described;
    described["error"] = "";
    described["targets"] = Json::array();
    if (!m_file.exists)
        return described;
    const Descriptor folder = openAbsolute(m_file.folder, O_RDONLY | O_DIRECTORY);
    auto found = folder.isOpen()
            ? read(folder.number())
            : tl::unexpected(JsonFault{m_file.folder, errno == ELOOP ? "is a symbolic link" : std::strerror(errno)});
    auto targets = found ? readSavedTargets(found->document) : tl::unexpected(found.error());
    if (targets)
        described["targets"] = describeSavedTargets(found->document, *targets);
    else
        described["error"] = targets.error().place + ": " + targets.error().text;
    return described;
}

tl::expected<std::string, Failure> SaveconfigFile::backUp(int folder, const std::string &text) const
{
    if (mkdirat(folder, backupFolder, 0700) != 0 && errno != EEXIST)
        return notWritten(errno, m_file.folder + "/backup cannot be made");
    const Descriptor backups(openat(folder, backupFolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!backups.isOpen())
        return notWritten(errno, m_file.folder + "/backup cannot be opened");
    dropUnfinished(backups.number());
    std::vector<std::string> names = backupsIn(backups.number());
    if (!names.empty() && contentOf(backups.number(), names.back()) == text)
        return std::string();
    const std::string name = backupName(names);
    const Replacement written = replaceFile(backups.number(), name, gzipped(text), S_IRUSR | S_IWUSR,
                                            [] { return true; });
    if (written.error != 0)
        return notWritten(written.error, m_file.folder + "/backup/" + name + " cannot be written");
    if (names.empty() || names.back() != name)
        names.push_back(name);
    const std::size_t kept = backupsToKeep(folder);
    for (std::size_t i = 0; i + kept < names.size(); ++i)
        unlinkat(backups.number(), names[i].c_str(), 0);
    return m_file.folder + "/backup/" + name;
}

tl::expected<SaveOutcome, tl::expected<Refusal, Failure>>
SaveconfigFile::save(const std::vector<SaveObject> &objects) const
{
    if (m_file.folder.empty() || !m_file.isManaged())
        return refuse("no-file");
    const Descriptor lockFolder = openAbsolute(m_places.lockFolder, O_RDONLY | O_DIRECTORY);
    const Descriptor lock = lockFolder.isOpen() ? lockFile(lockFolder.number(), lockName, 0600, lockMilliseconds)
                                                : Descriptor();
    if (!lock.isOpen() && errno == EWOULDBLOCK)
        return refuse("locked", {{"by", lockPhrase(m_places, lockFolder.number())}});
    if (!lock.isOpen())
        return fail(errno, m_places.lockFolder + "/targetcli.lock cannot be locked");

    const Descriptor folder = openAbsolute(m_file.folder, O_RDONLY | O_DIRECTORY);
    if (!folder.isOpen())
        return errno == ELOOP ? refuse("unreadable", {{"place", m_file.folder}, {"text", "is a symbolic link"}})
                              : fail(errno, m_file.folder + " cannot be opened");
    auto content = read(folder.number());
    if (!content)
        return refuse("unreadable", {{"place", content.error().place}, {"text", content.error().text}});
    if (!content->exists)
        content->document = {
                {"fabric_modules", Json::array()}, {"storage_objects", Json::array()}, {"targets", Json::array()}};
    auto changed = patchSaveconfig(content->document, objects);
    if (!changed)
        return refuse(changed.error().why, {{"place", changed.error().place}, {"text", changed.error().text}});
    SaveOutcome outcome;
    outcome.changed = std::move(*changed);
    if (outcome.changed.empty())
        return outcome;

    if (content->exists) {
        auto backup = backUp(folder.number(), content->text);
        if (!backup)
            return Undone(tl::unexpected(backup.error()));
        outcome.backup = std::move(*backup);
    }
    const Replacement replaced = replaceFile(folder.number(), fileName, saveconfigText(content->document),
                                             S_IRUSR | S_IWUSR, [&] { return isUnchanged(folder.number(), *content); });
    if (replaced.error == ECANCELED)
        return refuse("changed-meanwhile");
    if (replaced.error != 0) {
        Failure failure = fileFailure(
                replaced.error,
                m_file.path
                        + (replaced.isInPlace ? " is written, and may not survive a power cut" : " cannot be written"));
        failure.unknownOutcome = replaced.isInPlace;
        return Undone(tl::unexpected(std::move(failure)));
    }
    return outcome;
}

} // namespace portalbind::kernel
