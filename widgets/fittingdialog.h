// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDialog>

namespace portalbind {

/// A dialog that is always tall enough for its sentences: QDialog alone forgets that wrapped text gets taller as it
/// gets narrower, or longer.
class FittingDialog : public QDialog
{
    Q_OBJECT
public:
    using QDialog::QDialog;

protected:
    bool event(QEvent *event) override;
};

} // namespace portalbind
