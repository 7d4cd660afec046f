#!/bin/bash
# The first program of a user-mode kernel whose root is this machine's: mounts what programs need where it stays inside,
# and does what the plan says. Environment: LAB_GUEST (the program), LAB_PLAN, LAB_OUT, LAB_MODULES.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmpfs /run # handles of namespaces, locks and process ids stay off the host
mkdir -p /run/modules/lib/modules /run/lab
ln -s "/usr/lib/uml/modules/$(uname -r)" "/run/modules/lib/modules/$(uname -r)"
for module in ${LAB_MODULES//,/ }; do
  modprobe -d /run/modules "$module" || printf 'lab: no module %s\n' "$module"
done
/usr/bin/python3 -B "$LAB_GUEST" "$LAB_PLAN" "$LAB_OUT" >"$LAB_OUT/guest.log" 2>&1
printf '%s\n' "$?" >"$LAB_OUT/status"
sync
halt -f -p
