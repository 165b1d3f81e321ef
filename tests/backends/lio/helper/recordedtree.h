// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

/// Makes folders and files below \a folder as tests/data/lio/configfs-tree.txt lists them (a configfs with two targets,
/// as targetcli made it), links included. Such a tree can be read as the kernel's; writing to it does not do what the
/// kernel does. False: the list is not there or cannot be read.
[[nodiscard]] bool makeRecordedTree(const QString &folder);
