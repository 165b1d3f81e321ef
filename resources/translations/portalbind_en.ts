<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_GB" sourcelanguage="en_GB">
    <context>
        <name>Lio</name>
        <message numerus="yes">
            <source>%1 did not answer within %n s.</source>
            <translation>
                <numerusform>%1 did not answer within %n s.</numerusform>
                <numerusform>%1 did not answer within %n s.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%1 and %n more</source>
            <translation>
                <numerusform>%1 and %n more</numerusform>
                <numerusform>%1 and %n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>As found: %1 and %n more</source>
            <translation>
                <numerusform>As found: %1 and %n more</numerusform>
                <numerusform>As found: %1 and %n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>It is started again in %n s, or now with Retry.</source>
            <translation>
                <numerusform>It is started again in %n s, or now with Retry.</numerusform>
                <numerusform>It is started again in %n s, or now with Retry.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n TPG(s)</source>
            <translation>
                <numerusform>%n TPG</numerusform>
                <numerusform>%n TPGs</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n portal(s)</source>
            <translation>
                <numerusform>%n portal</numerusform>
                <numerusform>%n portals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n LUN(s)</source>
            <translation>
                <numerusform>%n LUN</numerusform>
                <numerusform>%n LUNs</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n ACL(s)</source>
            <translation>
                <numerusform>%n ACL</numerusform>
                <numerusform>%n ACLs</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n session(s)</source>
            <translation>
                <numerusform>%n session</numerusform>
                <numerusform>%n sessions</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>wsman</name>
        <message numerus="yes">
            <source>On %1 more than %n association(s) refer to one object; the list is incomplete.</source>
            <translation>
                <numerusform>On %1 more than %n association refer to one object; the list is incomplete.</numerusform>
                <numerusform>On %1 more than %n associations refer to one object; the list is incomplete.</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n object(s)</source>
            <translation>
                <numerusform>%n object</numerusform>
                <numerusform>%n objects</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n minute(s)</source>
            <translation>
                <numerusform>%n minute</numerusform>
                <numerusform>%n minutes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%1 did not take the connection within %n s.</source>
            <translation>
                <numerusform>%1 did not take the connection within %n s.</numerusform>
                <numerusform>%1 did not take the connection within %n s.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>DropJudge</name>
        <message numerus="yes">
            <source>Checking %n portal(s)…</source>
            <translation>
                <numerusform>Checking %n portal…</numerusform>
                <numerusform>Checking %n portals…</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Bind or move %n portal(s) to %1</source>
            <translation>
                <numerusform>Bind or move %n portal to %1</numerusform>
                <numerusform>Bind or move %n portals to %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Bind or move %1 of %n portal(s) to %2</source>
            <translation>
                <numerusform>Bind or move %1 of %n portal to %2</numerusform>
                <numerusform>Bind or move %1 of %n portals to %2</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Bind %n portal(s) to %1</source>
            <translation>
                <numerusform>Bind %n portal to %1</numerusform>
                <numerusform>Bind %n portals to %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Bind %1 of %n portal(s) to %2</source>
            <translation>
                <numerusform>Bind %1 of %n portal to %2</numerusform>
                <numerusform>Bind %1 of %n portals to %2</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Move %n portal(s) to %1</source>
            <translation>
                <numerusform>Move %n portal to %1</numerusform>
                <numerusform>Move %n portals to %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Move %1 of %n portal(s) to %2</source>
            <translation>
                <numerusform>Move %1 of %n portal to %2</numerusform>
                <numerusform>Move %1 of %n portals to %2</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Also serve %1 on %n portal(s), which keep what they serve</source>
            <translation>
                <numerusform>Also serve %1 on %n portal, which keep what they serve</numerusform>
                <numerusform>Also serve %1 on %n portals, which keep what they serve</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Also serve %2 on %1 of %n portal(s), which keep what they serve</source>
            <translation>
                <numerusform>Also serve %2 on %1 of %n portal, which keep what they serve</numerusform>
                <numerusform>Also serve %2 on %1 of %n portals, which keep what they serve</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Unbind %n portal(s)</source>
            <translation>
                <numerusform>Unbind %n portal</numerusform>
                <numerusform>Unbind %n portals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Unbind %1 of %n portal(s)</source>
            <translation>
                <numerusform>Unbind %1 of %n portal</numerusform>
                <numerusform>Unbind %1 of %n portals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Make %n portal(s) members of %1</source>
            <translation>
                <numerusform>Make %n portal members of %1</numerusform>
                <numerusform>Make %n portals members of %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Make %1 of %n portal(s) members of %2</source>
            <translation>
                <numerusform>Make %1 of %n portal members of %2</numerusform>
                <numerusform>Make %1 of %n portals members of %2</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>All %n portal(s) are there already</source>
            <translation>
                <numerusform>The portal is there already</numerusform>
                <numerusform>All %n portals are there already</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>None of %n portal(s) can be taken. %1</source>
            <translation>
                <numerusform>No portal can be taken. %1</numerusform>
                <numerusform>None of %n portals can be taken. %1</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>, %n more likewise not</source>
            <translation>
                <numerusform>, %n more likewise not</numerusform>
                <numerusform>, %n more likewise not</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Findings</name>
        <message numerus="yes">
            <source>%1 is on no interface of %2, but %n endpoint(s) are served from it</source>
            <translation>
                <numerusform>%1 is on no interface of %2, but %n endpoint is served from it</numerusform>
                <numerusform>%1 is on no interface of %2, but %n endpoints are served from it</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>All %n portal(s) of %1 on %2 stand on %3</source>
            <translation>
                <numerusform>The portal of %1 on %2 stands on %3</numerusform>
                <numerusform>All %n portals of %1 on %2 stand on %3</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>InventoryTree</name>
        <message numerus="yes">
            <source>%Ln portals</source>
            <translation>
                <numerusform>%Ln portals</numerusform>
                <numerusform>%Ln portals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln TPGs</source>
            <translation>
                <numerusform>%Ln TPGs</numerusform>
                <numerusform>%Ln TPGs</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln endpoints</source>
            <translation>
                <numerusform>%Ln endpoints</numerusform>
                <numerusform>%Ln endpoints</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%Ln sessions</source>
            <translation>
                <numerusform>%Ln sessions</numerusform>
                <numerusform>%Ln sessions</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Operation</name>
        <message numerus="yes">
            <source>Save for reboot on %1: %n object(s)</source>
            <translation>
                <numerusform>Save for reboot on %1: %n object</numerusform>
                <numerusform>Save for reboot on %1: %n objects</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Save for reboot on %1: %n object(s) in %2</source>
            <translation>
                <numerusform>Save for reboot on %1: %n object in %2</numerusform>
                <numerusform>Save for reboot on %1: %n objects in %2</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>PathHarm</name>
        <message numerus="yes">
            <source>%1: %n of %2 path(s) to %3 remain(s)</source>
            <translation>
                <numerusform>%1: %n of %2 path to %3 remain</numerusform>
                <numerusform>%1: %n of %2 paths to %3 remains</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%1: all %n path(s) to %2 remain(s)</source>
            <translation>
                <numerusform>%1: all %n path to %2 remain</numerusform>
                <numerusform>%1: all %n paths to %2 remains</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>SessionLoss</name>
        <message numerus="yes">
            <source>%n session(s) stay until the next reconnect</source>
            <translation>
                <numerusform>%n session stays until the next reconnect</numerusform>
                <numerusform>%n sessions stay until the next reconnect</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n session(s) will have to reconnect</source>
            <translation>
                <numerusform>%n session will have to reconnect</numerusform>
                <numerusform>%n sessions will have to reconnect</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::Session</name>
        <message numerus="yes">
            <source>Discard %n change(s)</source>
            <translation>
                <numerusform>Discard %n change</numerusform>
                <numerusform>Discard %n changes</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Applied %n change(s)</source>
            <translation>
                <numerusform>Applied %n change</numerusform>
                <numerusform>Applied %n changes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>FieldCheck</name>
        <message numerus="yes">
            <source>At most %n character(s)</source>
            <translation>
                <numerusform>At most %n character</numerusform>
                <numerusform>At most %n characters</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Forms</name>
        <message numerus="yes">
            <source>%1 and %n more</source>
            <translation>
                <numerusform>%1 and %n more</numerusform>
                <numerusform>%1 and %n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%1 serves %n TPG(s): %2. They are served from the addresses below instead, all in one plan: a port belongs to a wildcard or to single addresses, on the whole host.</source>
            <translation>
                <numerusform>%1 serves %n TPG: %2. It is served from the addresses below instead, all in one plan: a port belongs to a wildcard or to single addresses, on the whole host.</numerusform>
                <numerusform>%1 serves %n TPGs: %2. They are served from the addresses below instead, all in one plan: a port belongs to a wildcard or to single addresses, on the whole host.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>HarmText</name>
        <message numerus="yes">
            <source>%n session(s) possibly</source>
            <translation>
                <numerusform>%n session possibly</numerusform>
                <numerusform>%n sessions possibly</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>Inspector</name>
        <message numerus="yes">
            <source>%n thing(s) otherwise</source>
            <translation>
                <numerusform>%n thing otherwise</numerusform>
                <numerusform>%n things otherwise</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n endpoint(s)</source>
            <translation>
                <numerusform>%n endpoint</numerusform>
                <numerusform>%n endpoints</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Served from %n portal(s)</source>
            <translation>
                <numerusform>Served from %n portal</numerusform>
                <numerusform>Served from %n portals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n initiator(s) with an ACL</source>
            <translation>
                <numerusform>%n initiator with an ACL</numerusform>
                <numerusform>%n initiators with an ACL</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n portal(s)</source>
            <translation>
                <numerusform>%n portal</numerusform>
                <numerusform>%n portals</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Serves %n endpoint(s)</source>
            <translation>
                <numerusform>Serves %n endpoint</numerusform>
                <numerusform>Serves %n endpoints</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n other endpoint(s)</source>
            <translation>
                <numerusform>%n other endpoint</numerusform>
                <numerusform>%n other endpoints</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n session(s) over it</source>
            <translation>
                <numerusform>%n session over it</numerusform>
                <numerusform>%n sessions over it</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::Banner</name>
        <message numerus="yes">
            <source>%n day(s) ago</source>
            <translation>
                <numerusform>%n day ago</numerusform>
                <numerusform>%n days ago</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::BindPicker</name>
        <message numerus="yes">
            <source>Bind %n portal(s) to…</source>
            <translation>
                <numerusform>Bind %n portal to…</numerusform>
                <numerusform>Bind %n portals to…</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::CertificateDialog</name>
        <message numerus="yes">
            <source> and %n more</source>
            <translation>
                <numerusform> and %n more</numerusform>
                <numerusform> and %n more</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::Commands</name>
        <message numerus="yes">
            <source>Cut %n row(s): paste on an endpoint or group to move</source>
            <translation>
                <numerusform>Cut %n row: paste on an endpoint or group to move</numerusform>
                <numerusform>Cut %n rows: paste on an endpoint or group to move</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Copied %n row(s): paste on an endpoint or group to bind there as well</source>
            <translation>
                <numerusform>Copied %n row: paste on an endpoint or group to bind there as well</numerusform>
                <numerusform>Copied %n rows: paste on an endpoint or group to bind there as well</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Copied the full identity of %n row(s)</source>
            <translation>
                <numerusform>Copied the full identity of %n row</numerusform>
                <numerusform>Copied the full identity of %n rows</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Enable %n endpoint(s)</source>
            <translation>
                <numerusform>Enable %n endpoint</numerusform>
                <numerusform>Enable %n endpoints</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Disable %n endpoint(s)</source>
            <translation>
                <numerusform>Disable %n endpoint</numerusform>
                <numerusform>Disable %n endpoints</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Take %n portal(s) out of their group</source>
            <translation>
                <numerusform>Take %n portal out of their group</numerusform>
                <numerusform>Take %n portals out of their group</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Delete %n object(s)</source>
            <translation>
                <numerusform>Delete %n object</numerusform>
                <numerusform>Delete %n objects</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::InventoryView</name>
        <message numerus="yes">
            <source>%n row(s)</source>
            <translation>
                <numerusform>%n row</numerusform>
                <numerusform>%n rows</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::MainWindow</name>
        <message numerus="yes">
            <source>%n server(s)</source>
            <translation>
                <numerusform>%n server</numerusform>
                <numerusform>%n servers</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n connection(s) stale</source>
            <translation>
                <numerusform>%n connection stale</numerusform>
                <numerusform>%n connections stale</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n change(s) pending</source>
            <translation>
                <numerusform>%n change pending</numerusform>
                <numerusform>%n changes pending</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>%n change(s) are not applied and would be lost.</source>
            <translation>
                <numerusform>%n change is not applied and would be lost.</numerusform>
                <numerusform>%n changes are not applied and would be lost.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::Openings</name>
        <message numerus="yes">
            <source>%n change(s) of %1 are not applied and would be lost.</source>
            <translation>
                <numerusform>%n change of %1 is not applied and would be lost.</numerusform>
                <numerusform>%n changes of %1 are not applied and would be lost.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::PlanHarm</name>
        <message numerus="yes">
            <source>… and %n more</source>
            <translation>
                <numerusform>… and %n more</numerusform>
                <numerusform>… and %n more</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Somebody who is logged in would be cut off from %n target(s). Type the name of the next one, %1:</source>
            <translation>
                <numerusform>Somebody who is logged in would be cut off from %n target. Type the name of the next one, %1:</numerusform>
                <numerusform>Somebody who is logged in would be cut off from %n targets. Type the name of the next one, %1:</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::PlanView</name>
        <message numerus="yes">
            <source>%n step(s) on %1, in this order</source>
            <translation>
                <numerusform>%n step on %1, in this order</numerusform>
                <numerusform>%n steps on %1, in this order</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Applying %n step(s)…</source>
            <translation>
                <numerusform>Applying %n step…</numerusform>
                <numerusform>Applying %n steps…</numerusform>
            </translation>
        </message>
        <message numerus="yes">
            <source>Apply %n change(s)</source>
            <translation>
                <numerusform>Apply %n change</numerusform>
                <numerusform>Apply %n changes</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::SavedBar</name>
        <message numerus="yes">
            <source>%n thing(s) on %1 would be different after a reboot: %2 does not have what runs now.</source>
            <translation>
                <numerusform>%n thing on %1 would be different after a reboot: %2 does not have what runs now.</numerusform>
                <numerusform>%n things on %1 would be different after a reboot: %2 does not have what runs now.</numerusform>
            </translation>
        </message>
    </context>
    <context>
        <name>portalbind::SearchLine</name>
        <message numerus="yes">
            <source>%n match(es)</source>
            <translation>
                <numerusform>%n match</numerusform>
                <numerusform>%n matches</numerusform>
            </translation>
        </message>
    </context>
</TS>
