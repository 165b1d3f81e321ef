// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/ctl/objectview.h"
#include "app/ctl/output.h"
#include "app/ctl/request.h"

namespace portalbind {

/// `list [KIND]`: a table of one kind of objects, or a tree of all.
void listObjects(const Request &request, const Inventory &inventory, Output &out);

/// `show OBJECT`: its attributes and all it is related to. Errors: NoSuchObject, Ambiguous.
[[nodiscard]] Result<> showObject(const Request &request, const Inventory &inventory, Output &out);

} // namespace portalbind
