// SPDX-License-Identifier: Apache-2.0
#include "model/editdistance.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace portalbind {

int editDistance(QStringView a, QStringView b, int limit)
{
    while (!a.isEmpty() && !b.isEmpty() && a.front() == b.front()) {
        a = a.mid(1);
        b = b.mid(1);
    }
    while (!a.isEmpty() && !b.isEmpty() && a.back() == b.back()) {
        a.chop(1);
        b.chop(1);
    }
    if (std::abs(a.size() - b.size()) >= limit)
        return limit;
    std::vector<int> row(size_t(b.size()) + 1);
    for (size_t j = 0; j < row.size(); ++j)
        row[j] = int(j);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = row[0];
        int least = row[0] = int(i) + 1;
        for (size_t j = 1; j < row.size(); ++j) {
            const int changed = diagonal + (a[i] == b[qsizetype(j) - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
            least = std::min(least, row[j]);
        }
        if (least >= limit)
            return limit;
    }
    return std::min(row.back(), limit);
}

} // namespace portalbind
