#!/usr/bin/env bash
# What a Debian package of tapstat promises, tried on a bare Debian 12: check.sh PACKAGE.deb SAMPLES
# Needs root, mmdebstrap, systemd-nspawn, lintian, iproute2 and Debian's archive. ./dev package --check runs it.
set -euo pipefail

package=$1
samples=$2
work=$(mktemp -d)
bare=$work/bare
container=

say() { printf 'check: %s\n' "$*" >&2; }
die() {
  say "FAILED: $*"
  exit 1
}

# systemd-nspawn shuts the system down.
stop_container() {
  [[ $container ]] || return 0
  kill "$container"
  wait "$container" || true
  container=
}

clean_up() {
  stop_container
  rm -rf "$work"
}
trap clean_up EXIT

# As root in the bare system, without a network but its own loopback.
inside() {
  # shellcheck disable=SC2016
  unshare --mount --pid --net --fork -- bash -c '
    ip link set lo up
    mount -t proc proc "$0/proc"
    mount -t sysfs -o ro sysfs "$0/sys"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$0/dev/pts"
    exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root \
      DEBIAN_FRONTEND=noninteractive bash -c "$1"' "$bare" "$1"
}

# With the host's network, for apt alone.
with_apt() {
  chroot "$bare" /usr/bin/env DEBIAN_FRONTEND=noninteractive \
    apt-get -qq --yes --no-install-recommends "$@" >"$work/apt.log" 2>&1 || {
    cat "$work/apt.log" >&2
    die "apt-get $*"
  }
}

# expect STATUS COMMAND TEXT: COMMAND, inside, ends with STATUS and says TEXT.
expect() {
  local status=0 said
  said=$(inside "$2" 2>&1) || status=$?
  [[ $status == "$1" ]] || die "$2: exit status $status instead of $1: $said"
  [[ $said == *"$3"* ]] || die "$2: does not say '$3': $said"
}

answer() {
  inside "echo 'tapstat tapstat/capture-by-group boolean $1' | debconf-set-selections
    dpkg-reconfigure tapstat" >"$work/log" 2>&1 || die "dpkg-reconfigure: $(cat "$work/log")"
}

copy=/usr/libexec/tapstat/tapstat

# A connection that is refused, captured on the loopback by a user and recorded.
capture_as() {
  cat <<END
    cd "\$(mktemp -d)" && chown $1 .
    runuser -u $1 -- timeout 60 tapstat tcp -i lo -c 2 --json -q -w lo.pcapng >records &
    for _ in {1..50}; do [[ -s lo.pcapng ]] && break; sleep 0.1; done
    bash -c '</dev/tcp/127.0.0.1/9' 2>/dev/null
    wait \$! && grep -o 'refused' records && stat -c %U lo.pcapng && tapstat -q lo.pcapng | grep -o refused
END
}

may_capture() {
  expect 0 "stat -c '%U:%G %a' $copy; getcap $copy" "root:tapstat 750
$copy cap_net_admin,cap_net_raw=ep"
  expect 0 "$(capture_as member)" "member"
  expect 6 "runuser -u other -- tapstat tcp -i lo" "member of the group tapstat"
  expect 1 "runuser -u other -- $copy --version" "Permission denied"
}

may_not_capture() {
  expect 0 "stat -c '%U:%G %a' $copy; getcap $copy; getcap -r /usr/bin" "root:root 755"
  expect 1 "getcap -r /usr/bin /usr/libexec | grep tapstat" ""
  expect 6 "runuser -u member -- tapstat tcp -i lo" "dpkg-reconfigure tapstat"
}

anyone_can_read() {
  expect 0 "runuser -u other -- tapstat tcp -q -r /web.pcap" "CLOSE_WAIT"
}

check_lintian() {
  say "lintian"
  lintian --fail-on error,warning --tag-display-limit 0 "$package" || die "lintian"
}

make_bare_system() {
  say "a bare Debian 12"
  mmdebstrap --quiet --variant=minbase bookworm "$bare" http://deb.debian.org/debian
  cp "$package" "$bare/tapstat.deb"
  cp "$samples/web.pcap" "$bare/"
  inside "useradd member; useradd other"
}

check_installation() {
  say "installing it"
  with_apt update
  with_apt install /tapstat.deb
  expect 0 "dpkg -i /tapstat.deb" "Setting up tapstat"
  expect 0 "dpkg --audit; tapstat --version" "libpcap version"
  expect 0 "tapstat --help" "VIEW --help"
  expect 2 "getent group tapstat" ""
  expect 0 "TERM=xterm-256color tapstat -q web.pcap" "CLOSE_WAIT"
  may_not_capture
  anyone_can_read
}

check_capabilities() {
  say "capture by the group: yes, reinstalled, upgraded, no"
  answer true
  inside "usermod --append --groups tapstat member"
  may_capture
  anyone_can_read
  expect 0 "dpkg -i /tapstat.deb" "Setting up tapstat"
  may_capture
  inside "dpkg-deb -R /tapstat.deb /next && sed -i 's/^Version: .*/&+next/' /next/DEBIAN/control &&
    dpkg-deb --root-owner-group -b /next /next.deb" >/dev/null
  expect 0 "dpkg -i /next.deb" "Setting up tapstat"
  may_capture
  answer false
  may_not_capture
  anyone_can_read
  answer true
  may_capture
}

# What a terminal would offer: bash COMMAND-LINE, and so on.
offers_bash() {
  # shellcheck disable=SC2016
  expect 0 'complete_line() {
    . /usr/share/bash-completion/bash_completion
    _completion_loader tapstat
    read -r -a COMP_WORDS <<<"$1"
    [[ $1 == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1}
    local function
    function=$(complete -p tapstat | sed "s/.*-F \([^ ]*\).*/\1/")
    "$function" tapstat "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>/dev/null
    echo "${COMPREPLY[@]}"
  }
  complete_line "'"$1"'"' "$2"
}

offers_zsh() {
  printf '%s' "$1" >"$bare/line"
  expect 0 "zsh -f /zsh-offers" "$2"
}

offers_fish() { expect 0 "fish -c 'complete -C \"$1\"' | cut -f 1 | tr '\n' ' '" "$2"; }

check_completions() {
  local shell
  say "completions"
  with_apt install bash-completion zsh fish
  cat >"$bare/zsh-offers" <<'END'
# What Tab lists behind the command line in /line.
zmodload zsh/zpty
zpty shell zsh -f -i
ask() { zpty -w shell "$1"; zpty -r -m shell output "*$2*"; }
ask 'PROMPT=; unsetopt ZLE_BRACKETED_PASTE; stty columns 200 rows 200; autoload -U compinit; compinit -u -D' ''
ask 'zstyle ":completion:*" list-prompt ""; bindkey "^I" list-choices; print rea''dy' 'ready'
zpty -w -n shell "$(</line)"$'\t'
sleep 3
output=
while zpty -r -t shell line; do output+=$line; done
print -r -- "$output"
END
  for shell in bash zsh fish; do
    "offers_$shell" "tapstat " "transitions"
    "offers_$shell" "tapstat tcp --" "--where"
    "offers_$shell" "tapstat tcp --" "--stream"
    "offers_$shell" "tapstat states --" "--every"
    "offers_$shell" "tapstat stp --format " "dot"
    "offers_$shell" "tapstat top -i " "any"
  done
}

check_man_page() {
  say "man tapstat"
  with_apt install man-db
  expect 0 "MANWIDTH=80 man tapstat | cat" "netstat for a network tap"
  expect 0 "MANWIDTH=80 man --warnings tapstat 2>&1 >/dev/null | wc -l" "0"
  expect 0 "whatis tapstat" "netstat for a network tap"
}

# The service in a system that systemd has booted, on a link between two namespaces of it.
booted() { nsenter --target "$(pgrep -P "$container" | head -n 1)" --all -- bash -c "$1"; }

check_service() {
  local i
  say "tapstat@lo, booted by systemd"
  with_apt install systemd systemd-sysv dbus
  expect 0 "systemd-analyze verify tapstat@lo.service 2>&1; echo verified" "verified"
  expect 0 "systemctl is-enabled tapstat@lo.service; true" "disabled"
  systemd-nspawn --quiet --directory "$bare" --register=no --keep-unit --private-network --boot \
    </dev/null >"$work/boot.log" 2>&1 &
  container=$!
  for ((i = 0; i < 120; ++i)); do
    if booted "systemctl is-active --quiet multi-user.target" 2>/dev/null; then break; fi
    sleep 0.5
  done
  booted "systemctl enable --now tapstat@lo" >"$work/log" 2>&1 || die "enable: $(cat "$work/log")"
  # shellcheck disable=SC2016
  booted '
    trap "journalctl --no-pager -u tapstat@lo" EXIT
    set -e
    for _ in {1..100}; do [[ -s /var/lib/tapstat/lo/lo.pcapng00 ]] && break; sleep 0.1; done
    pid=$(systemctl show -P MainPID tapstat@lo)
    grep -E "^(CapEff|CapPrm|CapBnd|NoNewPrivs|Seccomp):" /proc/$pid/status
    bash -c "</dev/tcp/127.0.0.1/9" 2>/dev/null || true
    sleep 1
    systemctl kill -s KILL tapstat@lo && sleep 7
    [[ $(systemctl show -P MainPID tapstat@lo) != "$pid" ]]
    systemctl is-active tapstat@lo
    bash -c "</dev/tcp/127.0.0.1/9" 2>/dev/null || true
    sleep 1
    systemctl stop tapstat@lo
    systemctl show -P Result tapstat@lo
    systemctl disable tapstat@lo
    tapstat tcp -q -r /var/lib/tapstat/lo/lo.pcapng00 | grep refused
  ' >"$work/log" 2>&1 || die "the service: $(cat "$work/log")"
  cat "$work/log"
}

check_removal() {
  say "removing it"
  expect 0 "dpkg -r tapstat" "Removing tapstat"
  expect 127 "tapstat --version" "not found"
  expect 0 "dpkg -P tapstat" "Purging"
  expect 2 "getent group tapstat" ""
  local left
  rm -r "$bare"/{tapstat.deb,next.deb,next,var/cache/man}
  left=$(find "$bare" -xdev -name '*tapstat*')
  [[ -z $left ]] || die "left behind: $left"
  expect 1 "debconf-show tapstat | grep ." ""
}

check_lintian
make_bare_system
check_installation
check_capabilities
check_man_page
check_completions
check_service
stop_container
check_removal
say "all is as promised"
