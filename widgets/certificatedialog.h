// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "widgets/fittingdialog.h"
#include "widgets/remoteservices.h"

namespace portalbind {

/// Asks whether the certificate of a server is to be trusted: whose it is, until when, for which names, its
/// fingerprint, and what trusting means. The safe answer has the focus, and closing the dialog is that answer. Where
/// another certificate was trusted before, both fingerprints stand side by side.
class CertificateDialog : public FittingDialog
{
    Q_OBJECT
public:
    CertificateDialog(CertificateFacts facts, QWidget *parent);

    [[nodiscard]] const CertificateFacts &facts() const { return m_facts; }

signals:
    /// Exactly once; not when the dialog is destroyed unanswered.
    void answered(portalbind::Trust trust);

private:
    [[nodiscard]] QWidget *makeFacts();
    [[nodiscard]] QString meaning() const;
    void answer(Trust trust);

    CertificateFacts m_facts;
};

/// A fingerprint in lines of sixteen bytes, which can be compared by eye.
[[nodiscard]] QStringList fingerprintLines(const QByteArray &sha256);

} // namespace portalbind
