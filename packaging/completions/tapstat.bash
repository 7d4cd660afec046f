# bash completion for tapstat. Its options are compared with --help by tests/packaging/options.py.

_tapstat_views='report tcp states transitions events ladder findings flows arp mac stp bpdus lvs nat top'

# The options that a view takes; of report, where there is none.
_tapstat_options() {
  printf '%s ' -r --follow -c --checksums -i -D -w -C -G -W -s -B -p --immediate-mode -l -Z \
    --color -N -n --names --ascii --utc --toa-kind --jobs --memory --stack --timer \
    -q --quiet --version -h --help
  [[ $1 == top ]] || printf '%s ' --at --from --to --where --expect --fields --format --json -o
  case $1 in
    states) printf '%s ' --every ;;
    ladder) printf '%s ' --connection ;;
    lvs) printf '%s ' --triage --ipvs-config ;;
    tcp | transitions) printf '%s ' --stream ;;
  esac
}

_tapstat_formats() {
  case $1 in
    tcp) printf 'text json csv zeek' ;;
    stp) printf 'text json dot' ;;
    report) printf 'text json' ;;
    *) printf 'text json csv' ;;
  esac
}

_tapstat_interfaces() {
  local interface
  for interface in /sys/class/net/*; do printf '%s ' "${interface##*/}"; done
  printf 'any'
}

_tapstat() {
  local word=$2 previous=$3 view=report words
  COMPREPLY=()
  case ${COMP_WORDS[1]-} in
    -* | '') ;;
    *)
      ((COMP_CWORD > 1)) && [[ " $_tapstat_views " == *" ${COMP_WORDS[1]} "* ]] && view=${COMP_WORDS[1]}
      ;;
  esac
  # --format=json is three words here.
  if [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $word == '=' ]]; then
    word=
  fi
  case $previous in
    -r | -w | -o | --ipvs-config)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      return
      ;;
    -i) words=$(_tapstat_interfaces) ;;
    -Z) words=$(compgen -u) ;;
    --format) words=$(_tapstat_formats "$view") ;;
    --color) words='auto always never' ;;
    --stack) words='linux rfc windows bsd' ;;
    --timer) words='syn_sent= syn_recv= fin_wait2= time_wait=' && compopt -o nospace 2>/dev/null ;;
    -c | -C | -G | -W | -s | -B | --at | --from | --to | --where | --expect | --every | --connection | \
      --triage | --toa-kind | --jobs | --memory)
      return
      ;;
    *)
      if [[ $word == -* ]]; then
        words=$(_tapstat_options "$view")
      elif ((COMP_CWORD == 1)); then
        # tapstat FILE... is a report.
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(
          compgen -W "$_tapstat_views" -- "$word"
          [[ ! $word ]] || compgen -f -- "$word"
        )
        return
      else
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        return
      fi
      ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _tapstat tapstat
