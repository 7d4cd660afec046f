#!/usr/bin/env bash
# lab/run.sh NAME...: records samples/NAME anew; `samples` records all of them.
# lab/run.sh tcp|l2|lvs|nat [OPTION...]: records and judges the life of TCP, spanning trees and neighbours, paths through a
# director, or translated connections, below build/lab/ unless told.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in
  # The scripts bound themselves; this is for one that hangs all the same.
  tcp) exec timeout --kill-after=10 600 /usr/bin/python3 -B "$here/tcp_lab.py" "${@:2}" ;;
  l2) exec timeout --kill-after=10 3600 /usr/bin/python3 -B "$here/l2_lab.py" "${@:2}" ;;
  lvs) exec timeout --kill-after=10 7200 /usr/bin/python3 -B "$here/lvs_lab.py" "${@:2}" ;;
  nat) exec timeout --kill-after=10 900 /usr/bin/python3 -B "$here/nat_lab.py" "${@:2}" ;;
esac

cd "$here"
samples=../samples

record() {
  local script=${1//-/_}_lab.py
  [[ -e $script ]] || {
    printf 'lab: no lab %s\n' "$1" >&2
    exit 2
  }
  timeout --kill-after=10 150 /usr/bin/python3 -B "$script" "$samples"
  if [[ $1 == web ]]; then other_forms; fi
}

# The same packets in every form that is read.
other_forms() {
  local web=$samples/web.pcap
  editcap -F pcapng "$web" "${web}ng"
  gzip -9nfk "$web"
  zstd -19 -qfk "$web"
  lz4 -9 -qf "$web" "$web.lz4"
}

mkdir -p "$samples/truth"
for name; do
  if [[ $name == samples ]]; then
    for script in *_lab.py; do
      [[ $script != @(tcp|l2|lvs|nat)_lab.py ]] || continue
      script=${script%_lab.py}
      record "${script//_/-}"
    done
  else
    record "$name"
  fi
done
chown -R --reference=run.sh "$samples"
