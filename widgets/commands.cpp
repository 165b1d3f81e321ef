// SPDX-License-Identifier: Apache-2.0
#include "widgets/commands.h"

#include "model/refusal.h"
#include "model/saving.h"
#include "widgets/actionstate.h"
#include "widgets/bindpicker.h"
#include "widgets/formdialog.h"

#include <QClipboard>
#include <QGuiApplication>

namespace portalbind {

Commands::Commands(Workspace &workspace, QWidget *window)
    : QObject(window)
    , m_workspace(workspace)
    , m_window(window)
{
    connect(&workspace, &Workspace::aboutToClose, this, [this](Session *session) {
        if (m_clipboardSession == session) {
            m_clipboardSession = nullptr;
            m_clipboard.clear();
            emit clipboardChanged();
        }
    });
}

void Commands::carryOut(Session *session, const DropIntent &intent)
{
    if (intent.otherPort) {
        show(otherPortForm(session, intent.otherPort, intent.verdict.endpoint, m_window));
        return;
    }
    if (!intent.doesSomething()) {
        emit told(intent.sentence);
        return;
    }
    const QString text = intent.operations.size() == 1 ? describe(intent.operations.first(), session->inventory())
                                                       : intent.sentence.section(QLatin1Char(';'), 0, 0);
    stage(session, intent.operations, text, intent.overrides);
}

void Commands::stage(Session *session, const QList<Operation> &operations, const QString &text, bool overridePolicy)
{
    if (operations.isEmpty())
        return;
    m_workspace.setCurrent(session);
    const Verdict verdict = session->stage(operations, text, overridePolicy);
    if (verdict.isRefused() && !(overridePolicy && verdict.canOverride())) {
        emit told(refusalText(verdict, session->inventory()));
        return;
    }
    emit told(tr("Pending: %1").arg(text));
    emit staged(session);
}

void Commands::take(const RowSelection &selection, bool cut)
{
    const QList<DragItem> items = selection.dragItems();
    if (!selection.session || items.isEmpty())
        return;
    m_clipboardSession = selection.session;
    m_clipboard = items;
    m_isCut = cut;
    emit told(cut ? tr("Cut %n row(s): paste on an endpoint or group to move", nullptr, int(items.size()))
                  : tr("Copied %n row(s): paste on an endpoint or group to bind there as well", nullptr,
                       int(items.size())));
    emit clipboardChanged();
}

void Commands::cut(const RowSelection &selection)
{
    take(selection, true);
}
void Commands::copy(const RowSelection &selection)
{
    take(selection, false);
}

void Commands::paste(const RowSelection &selection)
{
    if (!m_clipboardSession || !selection.session)
        return;
    if (m_clipboardSession != selection.session) {
        emit told(tr("What was cut or copied is from %1; it cannot be pasted to %2")
                          .arg(m_clipboardSession->title(), selection.session->title()));
        return;
    }
    const DropIntent intent = dropIntent(selection.session->inventory(), m_clipboard, dropPlace(selection.current),
                                         {.move = m_isCut, .override = false});
    const bool wasCut = m_isCut && intent.doesSomething();
    carryOut(selection.session, intent);
    if (wasCut) { // what was moved is no longer where it was cut
        m_clipboard.clear();
        m_clipboardSession = nullptr;
        emit clipboardChanged();
    }
}

void Commands::copyIdentity(const QStringList &identities)
{
    QGuiApplication::clipboard()->setText(identities.join(QLatin1Char('\n')));
    emit told(tr("Copied the full identity of %n row(s)", nullptr, int(identities.size())));
}

void Commands::bindTo(const RowSelection &selection)
{
    if (!selection.session)
        return;
    auto *picker = selection.current.kind == RowKind::Endpoint
            ? new BindPicker(selection.session, EndpointHandle{selection.current.handle}, m_window)
            : new BindPicker(selection.session, selection.dragItems(), m_window);
    connect(picker, &BindPicker::chosen, this, &Commands::carryOut);
    picker->show();
}

void Commands::unbind(const RowSelection &selection)
{
    if (selection.session)
        carryOut(selection.session,
                 dropIntent(selection.session->inventory(), selection.dragItems(), DropPlace::unbindZone()));
}

void Commands::enable(const RowSelection &selection, bool enabled)
{
    const QList<Operation> operations = enabling(selection, enabled);
    stage(selection.session, operations,
          enabled ? tr("Enable %n endpoint(s)", nullptr, int(operations.size()))
                  : tr("Disable %n endpoint(s)", nullptr, int(operations.size())));
}

void Commands::leaveGroups(const RowSelection &selection)
{
    const QList<Operation> operations = leaving(selection);
    stage(selection.session, operations, tr("Take %n portal(s) out of their group", nullptr, int(operations.size())));
}

void Commands::remove(const RowSelection &selection)
{
    const QList<Operation> operations = deletions(selection);
    if (operations.isEmpty())
        return;
    const QString lossy = inverse(operations.first(), selection.session->inventory()).lossy;
    const QString text = operations.size() == 1 ? describe(operations.first(), selection.session->inventory())
                                                : tr("Delete %n object(s)", nullptr, int(operations.size()));
    stage(selection.session, operations, text);
    if (!lossy.isEmpty())
        emit told(tr("Pending: %1. Once applied: %2").arg(text, lossy));
}

void Commands::show(FormDialog *form)
{
    connect(form, &FormDialog::made, this, [this](Session *session, const QList<Operation> &operations) {
        const Inventory after = session->inventory().with(std::span(operations.constData(), size_t(operations.size())));
        stage(session, operations, describe(operations.first(), after));
    });
    form->show();
}

void Commands::rename(const RowSelection &selection)
{
    show(renameGroupForm(selection.session, GroupHandle{selection.current.handle}, m_window));
}

void Commands::createPortal(const RowSelection &selection)
{
    show(newPortalForm(selection.session, selection.server(), m_window));
}

void Commands::createGroup(const RowSelection &selection)
{
    show(newGroupForm(selection.session, selection.server(), m_window));
}

void Commands::createEndpoint(const RowSelection &selection)
{
    show(newEndpointForm(selection.session, selection.node(), m_window));
}

void Commands::createNode(const RowSelection &selection)
{
    show(newNodeForm(selection.session, selection.server(), m_window));
}

void Commands::adoptGroup(const RowSelection &selection)
{
    show(adoptGroupForm(selection.session, selection.group(), m_window));
}

void Commands::replaceWildcard(const RowSelection &selection)
{
    if (const PortalHandle wildcard = wildcardOf(selection))
        show(replaceWildcardForm(selection.session, wildcard, m_window));
}

void Commands::saveForReboot(Session *session)
{
    QList<Operation> operations;
    for (const ServerHandle server : session->inventory().servers()) {
        const SaveForReboot save = saveAll(session->inventory(), server);
        if (!save.isEmpty())
            operations.append(save);
    }
    if (!operations.isEmpty())
        stage(session, operations, describe(operations.first(), session->inventory()));
}

} // namespace portalbind
