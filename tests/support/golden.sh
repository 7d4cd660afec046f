#!/usr/bin/env bash
# golden.sh compare|update PROGRAM NAME: what a line of tests/golden/list.txt prints against (or into)
# samples/golden/NAME.txt; NAME.json or NAME.csv where the line asks for these.
#
# The program runs in samples/, so that outputs hold no path of the machine, and with a fixed zone and
# locale. Its exit status must be 0; what it says on standard error is shown only when it is not.
set -euo pipefail

mode=$1
program=$(realpath "$2")
name=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

line=$(grep "^$name " "$root/tests/golden/list.txt") || {
  printf 'golden: no line %s in tests/golden/list.txt\n' "$name" >&2
  exit 2
}
read -r _ sample arguments <<<"$line"
read -ra arguments <<<"$arguments"

form=txt
if [[ " ${arguments[*]} " == *' --json '* ]]; then form=json; fi
if [[ " ${arguments[*]} " == *' --format csv '* ]]; then form=csv; fi
golden=golden/$name.$form

cd "$root/samples"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
status=0
env -u COLUMNS TZ=UTC LC_ALL=C "$program" "${arguments[@]}" -r "$sample" \
  >"$out/printed" 2>"$out/said" </dev/null || status=$?
if ((status)); then
  printf '%s %s -r %s: exit status %d\n' "${program##*/}" "${arguments[*]}" "$sample" "$status" >&2
  cat "$out/said" >&2
  exit 1
fi

if [[ $mode == update ]]; then
  mkdir -p golden
  if ! cmp -s "$golden" "$out/printed"; then
    cp "$out/printed" "$golden"
    printf 'samples/%s\n' "$golden"
  fi
elif [[ ! -e $golden ]]; then
  printf 'no samples/%s yet: ./dev golden --update writes it\n' "$golden" >&2
  exit 1
else
  diff -u --label "samples/$golden" --label "printed now" "$golden" "$out/printed"
fi
