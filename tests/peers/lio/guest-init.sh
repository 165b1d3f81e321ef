#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash disable=SC1091,SC2034,SC2154
# The first process of the guest that guest.sh starts. A folder of the machine is at /share: command, places, environment
# come from there; status and kernel.log go there.
bb=/bin/busybox
$bb --install -s /bin
export PATH=/bin:/sbin

mkdir -p /proc /sys /dev /share /peers /machine /over /root
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
share=$(sed 's/.* share=\([^ ]*\) .*/\1/' /proc/cmdline)
mount -t hostfs -o "$share" none /share
. /share/places

finish() {
    sync
    echo "$1" >/share/status
    poweroff -f
}

cat /dev/kmsg >/share/kernel.log &
mount -t hostfs -o "ro,$peers" none /peers || finish 98
mount -t hostfs -o ro,/ none /machine || finish 98
mkdir -p /lib
ln -s /peers/usr/lib/uml/modules /lib/modules
for module in overlay ipv6 configfs target_core_mod target_core_file target_core_iblock iscsi_target_mod; do
    modprobe $module || echo "guest: no module $module"
done

mount -t tmpfs tmpfs /over
mkdir /over/new /over/work
mount -t overlay -o lowerdir=/peers:/machine,upperdir=/over/new,workdir=/over/work none /root || finish 98
cd /root || finish 98
mkdir -p proc sys dev tmp run usr/lib/modules
mount -t tmpfs tmpfs run
mkdir -p ".$dir"
mount -t hostfs -o "$dir" none ".$dir" || finish 98
mount -t hostfs -o "ro,$peers/usr/lib/uml/modules" none usr/lib/modules
for name in proc sys dev; do
    mount -o move /$name $name
done
mkdir -p dev/pts dev/shm run/lock
mount -t devpts devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s /proc/self/fd dev/fd
mount -t configfs configfs sys/kernel/config || finish 98
mkdir sys/kernel/config/target/iscsi || finish 98
ip link set lo up
hostname guest

set -a
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=/tmp LANG=C.UTF-8 LC_ALL=C.UTF-8 PORTALBIND_GUEST=1
. /share/environment
set +a
$bb chroot /root /bin/sh -c "cd '$dir' && exec $(cat /share/command)"
finish $?
