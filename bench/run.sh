#!/usr/bin/env bash
# bench/run.sh BUILD_DIR [GENERATE-OPTION...]: makes a capture, then measures the stages of reading it
# and whole commands on it. Options go to tapstat_generate: --packets, --flows, --snaplen, --ipv6.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$1
shift
capture=$build/traffic.pcap

"$build/bench/tapstat_generate" "$capture" "$@"
cat "$capture" >/dev/null # into the page cache

"$build/bench/tapstat_bench" "$capture"
printf '\n'
/usr/bin/python3 -B "$here/commands.py" "$build/app/tapstat" "$capture"
