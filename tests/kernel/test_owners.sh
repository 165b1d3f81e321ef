#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Hosts whose targets another tool sets up: its own files at its own paths, as it writes them. Who owns a target is said,
# and nothing is saved behind its back.
set -euo pipefail

[ "$PORTALBIND_GUEST" = 1 ]
owned=iqn.2026-11.org.example:clustered
free=iqn.2026-11.org.example:own
fabric=/sys/kernel/config/target/iscsi
saved=/etc/rtslib-fb-target/saveconfig.json
log=/run/log
export XDG_DATA_HOME=/run/data XDG_CONFIG_HOME=/run/config XDG_STATE_HOME=/run/state

ctl() {
    local wanted=$1 code=0
    shift
    "$PORTALBIND_BIN/portalbindctl" --connect lio: "$@" >"$log" 2>&1 </dev/null || code=$?
    if [ "$code" != "$wanted" ]; then
        echo "portalbindctl $*: exit code $code, not $wanted" >&2
        cat "$log" >&2
        exit 1
    fi
}
says() {
    grep -qF -- "$1" "$log" || { echo "not said: $1" >&2; cat "$log" >&2; exit 1; }
}

mkdir -p /etc/rtslib-fb-target/backup
echo '{"fabric_modules":[],"storage_objects":[],"targets":[]}' >"$saved"
ip link add dummy0 type dummy 2>/dev/null || true # loading the module makes one
ip link set dummy0 up
for address in 10 11 12; do ip addr add "192.0.2.$address/24" dev dummy0; done
mkdir "$fabric/$owned" "$fabric/$owned/tpgt_1" "$fabric/$free" "$fabric/$free/tpgt_1"

echo "Pacemaker:"
# As pcs writes it for: resource create t ocf:heartbeat:iSCSITarget implementation=lio-t iqn=… + IPaddr2, in a group.
mkdir -p /var/lib/pacemaker/cib
cat >/var/lib/pacemaker/cib/cib.xml <<CIB
<cib crm_feature_set="3.16.2" validate-with="pacemaker-3.9" epoch="14" num_updates="0" admin_epoch="0" cib-last-written="Sun Nov 22 10:00:00 2026" update-origin="san1" update-client="cibadmin" update-user="root" have-quorum="1" dc-uuid="1">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-have-watchdog" name="have-watchdog" value="false"/>
        <nvpair id="cib-bootstrap-options-cluster-name" name="cluster-name" value="san"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="san1"/>
      <node id="2" uname="san2"/>
    </nodes>
    <resources>
      <group id="iscsi-group">
        <primitive id="iscsi-ip" class="ocf" type="IPaddr2" provider="heartbeat">
          <instance_attributes id="iscsi-ip-instance_attributes">
            <nvpair id="iscsi-ip-instance_attributes-cidr_netmask" name="cidr_netmask" value="24"/>
            <nvpair id="iscsi-ip-instance_attributes-ip" name="ip" value="192.0.2.10"/>
          </instance_attributes>
          <operations>
            <op name="monitor" interval="10s" timeout="20s" id="iscsi-ip-monitor-interval-10s"/>
          </operations>
        </primitive>
        <primitive id="iscsi-target" class="ocf" type="iSCSITarget" provider="heartbeat">
          <instance_attributes id="iscsi-target-instance_attributes">
            <nvpair id="iscsi-target-instance_attributes-implementation" name="implementation" value="lio-t"/>
            <nvpair id="iscsi-target-instance_attributes-iqn" name="iqn" value="$owned"/>
            <nvpair id="iscsi-target-instance_attributes-portals" name="portals" value="192.0.2.10:3260"/>
          </instance_attributes>
        </primitive>
        <primitive id="iscsi-lun" class="ocf" type="iSCSILogicalUnit" provider="heartbeat">
          <instance_attributes id="iscsi-lun-instance_attributes">
            <nvpair id="iscsi-lun-instance_attributes-implementation" name="implementation" value="lio-t"/>
            <nvpair id="iscsi-lun-instance_attributes-lun" name="lun" value="0"/>
            <nvpair id="iscsi-lun-instance_attributes-path" name="path" value="/dev/vg0/disk1"/>
            <nvpair id="iscsi-lun-instance_attributes-target_iqn" name="target_iqn" value="$owned"/>
          </instance_attributes>
        </primitive>
      </group>
    </resources>
    <constraints/>
  </configuration>
  <status/>
</cib>
CIB
before=$(sha256sum <"$saved")
ctl 7 bind 192.0.2.10:3260 "$owned,1" --save # the kernel's part is done, and is not kept
says 'pacemaker owns the target and would undo it'
[ -d "$fabric/$owned/tpgt_1/np/192.0.2.10:3260" ]
ctl 0 unbind 192.0.2.10:3260 "$owned,1" --no-save
[ "$(sha256sum <"$saved")" = "$before" ]
ctl 0 bind 192.0.2.11:3260 "$free,1" --save # a target of its own
grep -qF '192.0.2.11' "$saved"
ctl 0 unbind 192.0.2.11:3260 "$free,1" --save
rmdir "$fabric/$free/tpgt_1" "$fabric/$free"
# Where the cluster has all of them nothing is offered to be saved.
before=$(sha256sum <"$saved")
ctl 3 bind 192.0.2.10:3260 "$owned,1" --save
says 'Pacemaker owns the targets of this host'
[ ! -e "$fabric/$owned/tpgt_1/np/192.0.2.10:3260" ]
ctl 0 bind 192.0.2.10:3260 "$owned,1"
[ -d "$fabric/$owned/tpgt_1/np/192.0.2.10:3260" ]
[ "$(sha256sum <"$saved")" = "$before" ]
mkdir "$fabric/$free" "$fabric/$free/tpgt_1"
rm -r /var/lib/pacemaker
ctl 0 bind 192.0.2.11:3260 "$free,1" --save

echo "ceph-iscsi:"
mkdir -p /etc/ceph /etc/systemd/system/multi-user.target.wants
cat >/etc/ceph/iscsi-gateway.cfg <<'CFG'
[config]
# Name of the Ceph storage cluster. A suitable Ceph configuration file allowing
# access to the Ceph storage cluster from the gateway node is required, if not
# colocated on an OSD node.
cluster_name = ceph
gateway_keyring = ceph.client.admin.keyring
# API settings.
api_secure = false
trusted_ip_list = 192.0.2.10,192.0.2.11
CFG
before=$(sha256sum <"$saved")
ctl 0 unbind 192.0.2.11:3260 "$free,1" --save # a configuration without its services: a host that it was removed from
[ "$(sha256sum <"$saved")" != "$before" ]
cat >/etc/systemd/system/rbd-target-gw.service <<'UNIT'
[Unit]
Description=Setup system to export rbd images through LIO
Wants=network-online.target sys-kernel-config.mount

[Service]
LimitNOFILE=1048576
EnvironmentFile=-/etc/sysconfig/ceph
ExecStart=/usr/bin/rbd-target-gw
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT
ln -s /etc/systemd/system/rbd-target-gw.service /etc/systemd/system/multi-user.target.wants/
before=$(sha256sum <"$saved")
ctl 3 bind 192.0.2.12:3260 "$free,1" --save
says ceph-iscsi
cat "$log"
ctl 0 bind 192.0.2.12:3260 "$free,1"
[ -d "$fabric/$free/tpgt_1/np/192.0.2.12:3260" ]
[ "$(sha256sum <"$saved")" = "$before" ]

for portal in "$fabric"/iqn*/tpgt_1/np/*; do rmdir "$portal"; done
rmdir "$fabric"/iqn*/tpgt_1 "$fabric"/iqn*
