// SPDX-License-Identifier: Apache-2.0
#include "tests/backends/wsman/composing.h"

using namespace portalbind;

namespace {

const QString rig = QStringLiteral("root/cimv2/storage/iscsitarget");

} // namespace

cim::CimConnection::Enumeration all(const char *className, std::vector<std::string> properties)
{
    return {rig, QString::fromLatin1(className), std::move(properties), true, true};
}

cim::ObjectPath portalPath()
{
    cim::ObjectPath path;
    path.nameSpace = rig;
    path.className = QStringLiteral("CIM_TCPProtocolEndpoint");
    path.keys = {{QStringLiteral("CreationClassName"), cim::Value::of(QStringLiteral("CIM_TCPProtocolEndpoint"))},
                 {QStringLiteral("Name"), cim::Value::of(QStringLiteral("tcp-000001"))},
                 {QStringLiteral("SystemCreationClassName"), cim::Value::of(QStringLiteral("CIM_ComputerSystem"))},
                 {QStringLiteral("SystemName"), cim::Value::of(QStringLiteral("rig-host"))}};
    return path;
}

QByteArray page(const char *kind, const QByteArray &items, const QByteArray &context)
{
    const QByteArray name = kind;
    return "<n:" + name + ">"
            + (context.isEmpty() ? "<w:EndOfSequence/>"
                                 : "<n:EnumerationContext>" + context + "</n:EnumerationContext>")
            + "<w:Items>" + items + "</w:Items></n:" + name + ">";
}

QByteArray items(int from, int count)
{
    QByteArray xml;
    for (int i = from; i < from + count; ++i) {
        xml += "<w:Item><c:CIM_X xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_X\"><c:Name>n"
                + QByteArray::number(i) + "</c:Name></c:CIM_X></w:Item>";
    }
    return xml;
}

QByteArray fault(const QByteArray &subcode)
{
    return "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:" + subcode
            + "</s:Value></s:Subcode></s:Code><s:Reason><s:Text>no</s:Text></s:Reason></s:Fault>";
}

cim::CimConnection::BatchHandler Names::handler()
{
    return [this](const cim::InstanceBatch &batch) {
        for (size_t i = 0; i < batch.size(); ++i) {
            const auto text = batch.text(i, 0);
            seen << QString::fromUtf8(text.data(), qsizetype(text.size()));
        }
    };
}
