#!/usr/bin/env bash
# bench/live.sh TAPSTAT PPS SECONDS FILE: sends FILE over a veth pair between two network namespaces
# at that rate, to tcpdump and to tapstat in turn, with buffers of the same size: what each drops,
# and the CPU time it takes. Needs root, tcpreplay, tcpdump and tmux.
set -euo pipefail

(($# == 4)) || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
tapstat=$(realpath "$1") pps=$2 seconds=$3 file=$(realpath "$4")
here=tapstat-bench-$$ there=tapstat-bench-$$-sender
scratch=$(mktemp -d)
terminal=(tmux -L "$here" -f /dev/null)
export LC_ALL=C.UTF-8 TERM=xterm-256color

clean() {
  "${terminal[@]}" kill-server 2>/dev/null || true
  ip netns del "$here" || true
  ip netns del "$there" || true
  rm -rf "$scratch"
}
trap clean EXIT

ip netns add "$here"
ip netns add "$there"
ip link add tap netns "$here" type veth peer name tap netns "$there"
for side in "$here" "$there"; do
  ip netns exec "$side" sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip -n "$side" link set tap up
done

send() {
  ip netns exec "$there" tcpreplay -q -i tap --preload-pcap --pps="$pps" --duration="$seconds" \
    --loop=1000000 "$file" >"$scratch/sent" 2>&1
}
cpu() { awk '{print ($14 + $15) / 100}' "/proc/$1/stat"; }
# NAME PID: what it says of its packets once it has ended.
report() {
  local spent
  sleep 2
  spent=$(cpu "$2")
  kill -INT "$2"
  wait "$2" 2>/dev/null || while kill -0 "$2" 2>/dev/null; do sleep .1; done
  printf '%-18s %6.2f CPU s, %s; %s\n' "$1" "$spent" \
    "$(sed -n 's/^\([0-9]* packets captured\)$/\1/p; s/^\([0-9]* packets dropped by kernel\)$/, \1/p' \
      "$scratch/err" | tr -d '\n')" "$(sed -n 's/.*Mbps, \(.* pps\)$/\1/p' "$scratch/sent")"
}
# NAME COMMAND...
measure() {
  local name=$1
  shift
  ip netns exec "$here" "$@" >/dev/null 2>"$scratch/err" &
  sleep 2
  send
  report "$name" $!
}

measure "tcpdump -w" tcpdump -i tap -B 65536 -s 262144 -w /dev/null
measure "tapstat states" "$tapstat" states -i tap
measure "tapstat report" "$tapstat" report -i tap
"${terminal[@]}" new-session -d -x 120 -y 40 \
  "exec ip netns exec $here $tapstat top -i tap 2>$scratch/err"
sleep 2
pid=$("${terminal[@]}" display -p '#{pane_pid}')
before=$(cpu "$pid")
sleep 10
printf '%-18s %6.2f CPU s in 10 s without a packet\n' "tapstat top, idle" \
  "$(awk -v before="$before" '{print ($14 + $15) / 100 - before}' "/proc/$pid/stat")"
send
report "tapstat top" "$pid"
