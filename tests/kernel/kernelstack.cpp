// SPDX-License-Identifier: Apache-2.0
#include "tests/kernel/kernelstack.h"

#include "tests/kernel/guestkernel.h"
#include "tests/kernel/helperprocess.h"

namespace portalbind {

Texts inConfigfs()
{
    Texts all;
    const std::string root = guest::fabric.toStdString();
    for (const std::string &target : guest::names(root)) {
        if (target == "discovery_auth")
            continue;
        all.insert(target);
        for (const std::string &tpg : guest::names(root + target)) {
            if (!tpg.starts_with("tpgt_"))
                continue;
            const std::string path = target + '/' + tpg;
            all.insert(path + (guest::read(root + path + "/enable") == "1\n" ? " on" : " off"));
            for (const std::string &portal : guest::names(root + path + "/np"))
                all.insert(path + '/' + portal);
        }
    }
    return all;
}

QString words(const Texts &texts)
{
    QStringList all;
    for (const std::string &text : texts)
        all += QString::fromStdString(text);
    return all.join(QStringLiteral(", "));
}

KernelStack::KernelStack()
{
    lio::Launch launch;
    launch.program = HelperProcess::program();
    backend = std::make_shared<LioBackend>(lio::HostUrl(), [launch] { return launch; });
    session = std::make_unique<Session>(backend);
    QObject::connect(session.get(), &Session::applyFinished, session.get(),
                     [this](const PlanOutcome &o) { outcome = o; });
    tree.setSections(TreeSections::Targets);
    tree.addSession(session.get());
    session->refresh();
}

Texts KernelStack::shown(const QModelIndex &parent) const
{
    Texts all;
    for (int row = 0; row < tree.rowCount(parent); ++row) {
        const QModelIndex index = tree.index(row, 0, parent);
        const TreeHandles at = tree.handles(index);
        const Inventory &inventory = session->inventory();
        if (at.kind == RowKind::Node)
            all.insert(inventory.node(at.node).name.toStdString());
        else if (at.kind == RowKind::Endpoint)
            all.insert(backend->ids()->id(at.endpoint).toStdString()
                       + (inventory.endpoint(at.endpoint).enabled ? " on" : " off"));
        else if (at.kind == RowKind::Binding)
            all.insert(backend->ids()->id(at.endpoint).toStdString() + '/'
                       + inventory.portal(at.portal).address.toString().toStdString());
        all.merge(shown(index));
    }
    return all;
}

Texts KernelStack::shownAddresses() const
{
    Texts all;
    for (const std::string &text : shown()) {
        if (const auto slash = text.rfind('/'); slash != std::string::npos && text.find("/tpgt_") != slash)
            all.insert(text.substr(slash + 1));
    }
    return all;
}

} // namespace portalbind
