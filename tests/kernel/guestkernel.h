// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <set>
#include <string>

/// The guest's kernel target, touched as any other tool would: by mkdir, rmdir, write. Nothing of the program under
/// test.
namespace guest {

inline const QString fabric = QStringLiteral("/sys/kernel/config/target/iscsi/");

/// Whether this runs in the guest: everything here changes the kernel.
[[nodiscard]] bool isGuest();

/// 0 or errno.
[[nodiscard]] int make(const std::string &path);
[[nodiscard]] int remove(const std::string &path);
[[nodiscard]] int write(const std::string &path, const std::string &text);
[[nodiscard]] std::string read(const std::string &path);
[[nodiscard]] std::set<std::string> names(const std::string &path); ///< folders
/// Removes all targets, with LUNs and ACLs, and all backstores.
void clear();

/// `10.0.0.5:3260`, `[::]:3260` of every listening TCP socket, from ss(8), without interfaces.
[[nodiscard]] std::set<std::string> listening();

struct Outcome
{
    int status = -1; ///< exit status; -1: it did not end
    QByteArray output; ///< standard output and standard error
};
Outcome run(const QString &program, const QStringList &arguments, int milliseconds = 60'000);

/// An address on the interface dummy0, which is made.
void addAddress(const QString &address);
/// A 4 MiB file as a LUN of a TPG, under the index 0.
void addLun(const std::string &tpg, const std::string &name);
/// An ACL that is given the LUN 0.
void addAcl(const std::string &tpg, const std::string &initiator);

} // namespace guest
