// SPDX-License-Identifier: Apache-2.0
#include "widgets/certificatedialog.h"

#include "widgets/icons.h"

#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>

namespace portalbind {

namespace {

constexpr int iconSize = 32;
constexpr int bytesPerLine = 16; // of a fingerprint
constexpr int mostNames = 12;

QLabel *text(const QString &words, QWidget *parent)
{
    auto *label = new QLabel(words, parent);
    label->setTextFormat(Qt::PlainText); // what a server says is no markup
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    label->setFocusPolicy(Qt::ClickFocus);
    return label;
}

QLabel *fingerprint(const QByteArray &sha256, const QString &name, const QString &title, QWidget *parent)
{
    auto *label = text(fingerprintLines(sha256).join(QLatin1Char('\n')), parent);
    label->setObjectName(name);
    label->setAccessibleName(title);
    label->setWordWrap(false);
    label->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    return label;
}

QString validity(const CertificateFacts &facts)
{
    const QLocale locale;
    const QString span = CertificateDialog::tr("%1 to %2")
                                 .arg(locale.toString(facts.from.toLocalTime().date(), QLocale::ShortFormat),
                                      locale.toString(facts.until.toLocalTime().date(), QLocale::ShortFormat));
    const QDateTime now = QDateTime::currentDateTimeUtc();
    if (facts.until < now)
        return CertificateDialog::tr("%1: it has expired").arg(span);
    return facts.from > now ? CertificateDialog::tr("%1: not yet valid").arg(span) : span;
}

} // namespace

QStringList fingerprintLines(const QByteArray &sha256)
{
    QStringList lines;
    for (qsizetype at = 0; at < sha256.size(); at += bytesPerLine)
        lines += fingerprintText(sha256.mid(at, bytesPerLine));
    return lines;
}

CertificateDialog::CertificateDialog(CertificateFacts facts, QWidget *parent)
    : FittingDialog(parent)
    , m_facts(std::move(facts))
{
    const bool isChanged = !m_facts.pinned.isEmpty();
    setObjectName(QStringLiteral("certificateDialog"));
    setWindowTitle(isChanged ? tr("The certificate of %1 has changed").arg(m_facts.address)
                             : tr("Certificate of %1").arg(m_facts.address));
    setWindowModality(Qt::WindowModal);
    setAttribute(Qt::WA_DeleteOnClose);

    auto *symbol = new QLabel(this);
    symbol->setPixmap(icon(isChanged ? QStringLiteral("error") : QStringLiteral("warning"))
                              .pixmap(QSize(iconSize, iconSize), devicePixelRatioF()));
    auto *headline = text(isChanged ? tr("%1 shows another certificate than the one you trusted.").arg(m_facts.address)
                                    : tr("Nobody whom this host trusts vouches for %1.").arg(m_facts.address),
                          this);
    QFont bold = headline->font();
    bold.setBold(true);
    headline->setFont(bold);
    auto *top = new QHBoxLayout;
    top->addWidget(symbol, 0, Qt::AlignTop);
    top->addWidget(headline, 1);

    auto *buttons = new QDialogButtonBox(this);
    auto *refuse = buttons->addButton(isChanged ? tr("Keep refusing it") : tr("Do not connect"),
                                      QDialogButtonBox::RejectRole);
    refuse->setObjectName(QStringLiteral("certificateRefuse"));
    auto *always = buttons->addButton(isChanged ? tr("Trust the new one instead") : tr("Trust this certificate"),
                                      QDialogButtonBox::AcceptRole);
    always->setObjectName(QStringLiteral("certificateTrust"));
    if (!isChanged) {
        auto *once = buttons->addButton(tr("Connect this time"), QDialogButtonBox::AcceptRole);
        once->setObjectName(QStringLiteral("certificateOnce"));
        once->setAutoDefault(false);
        connect(once, &QPushButton::clicked, this, [this] { answer(Trust::Once); });
    }
    always->setAutoDefault(false);
    refuse->setDefault(true);
    connect(always, &QPushButton::clicked, this, [this] { answer(Trust::Always); });
    connect(refuse, &QPushButton::clicked, this, &QDialog::reject);
    connect(this, &QDialog::rejected, this, [this] { emit answered(Trust::Refuse); });

    auto *all = new QVBoxLayout(this);
    all->setSpacing(12);
    all->addLayout(top);
    all->addWidget(makeFacts());
    auto *means = text(meaning(), this);
    means->setObjectName(QStringLiteral("certificateMeaning"));
    all->addWidget(means);
    all->addStretch();
    all->addWidget(buttons);
    setMinimumWidth(fontMetrics().averageCharWidth() * 84);
    refuse->setFocus();
}

QWidget *CertificateDialog::makeFacts()
{
    auto *box = new QFrame(this);
    box->setFrameShape(QFrame::StyledPanel);
    auto *form = new QFormLayout(box);
    const auto row = [&](const QString &title, const QString &words) {
        auto *label = text(words.isEmpty() ? tr("not told") : words, box);
        label->setAccessibleName(title);
        form->addRow(title, label);
    };
    row(tr("Issued to"), m_facts.subject);
    row(tr("Issued by"), m_facts.issuer);
    row(tr("Valid"), validity(m_facts));
    QString names = m_facts.names.mid(0, mostNames).join(QLatin1String(", "));
    if (m_facts.names.size() > mostNames)
        names += tr(" and %n more", nullptr, int(m_facts.names.size()) - mostNames);
    row(tr("Names"), names);
    if (!m_facts.pinned.isEmpty())
        form->addRow(tr("SHA-256 trusted"),
                     fingerprint(m_facts.pinned, QStringLiteral("certificatePinned"), tr("Fingerprint trusted"), box));
    form->addRow(m_facts.pinned.isEmpty() ? tr("SHA-256") : tr("SHA-256 now"),
                 fingerprint(m_facts.sha256, QStringLiteral("certificateFingerprint"), tr("Fingerprint shown"), box));
    if (!m_facts.reasons.isEmpty())
        row(tr("Not trusted"), m_facts.reasons.join(QLatin1Char(' ')));
    return box;
}

QString CertificateDialog::meaning() const
{
    const QString compare = tr(
            "Compare the fingerprint with what the server itself shows (on Windows in the certificate "
            "of its WinRM listener).");
    if (!m_facts.pinned.isEmpty())
        return tr("Either it was renewed, or somebody stands between and would read your password. Nothing was sent.")
                + QLatin1Char(' ') + compare + QLatin1Char(' ')
                + tr("Trusting the new one forgets the old one: from then on only the new one is accepted at %1.")
                          .arg(m_facts.address);
    return tr("Self-signed certificates are usual with WinRM, but anybody can make one. Nothing was sent yet.")
            + QLatin1Char(' ') + compare + QLatin1Char(' ')
            + tr("Trusting it means: from now on this certificate, and no other, is accepted at %1, and your password "
                 "goes to whoever holds its key.")
                      .arg(m_facts.address);
}

void CertificateDialog::answer(Trust trust)
{
    emit answered(trust);
    accept();
}

} // namespace portalbind
