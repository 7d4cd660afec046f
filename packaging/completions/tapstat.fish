# fish completion for tapstat. Its options are compared with --help by tests/packaging/options.py.

# Whether the view that is named is one of those; "none": whether none is named yet.
function __tapstat_view
    set -l words (commandline -opc)
    set -l view $words[2]
    if test "$argv[1]" = none
        test -z "$view"
    else
        contains -- "$view" $argv
    end
end

function __tapstat_interfaces
    for interface in /sys/class/net/*
        string replace -r '.*/' '' $interface
    end
    echo any
end

complete -c tapstat -n '__tapstat_view none' -a report -d 'The whole capture'
complete -c tapstat -n '__tapstat_view none' -a tcp -d 'One row per TCP connection'
complete -c tapstat -n '__tapstat_view none' -a states -d 'How many endpoints are in each TCP state'
complete -c tapstat -n '__tapstat_view none' -a transitions -d 'Each change of a state, and its cause'
complete -c tapstat -n '__tapstat_view none' -a events -d 'Retransmissions, zero windows, ..., by frame'
complete -c tapstat -n '__tapstat_view none' -a ladder -d 'One connection as a sequence diagram'
complete -c tapstat -n '__tapstat_view none' -a findings -d 'What is wrong, most severe first'
complete -c tapstat -n '__tapstat_view none' -a flows -d 'UDP, ICMP, SCTP and other conversations'
complete -c tapstat -n '__tapstat_view none' -a arp -d 'Which MAC address each address has'
complete -c tapstat -n '__tapstat_view none' -a mac -d 'Each MAC address'
complete -c tapstat -n '__tapstat_view none' -a stp -d 'Spanning trees'
complete -c tapstat -n '__tapstat_view none' -a bpdus -d 'Each spanning-tree BPDU'
complete -c tapstat -n '__tapstat_view none' -a lvs -d 'Virtual services and the paths of their clients'
complete -c tapstat -n '__tapstat_view none' -a nat -d 'Translated connections'
complete -c tapstat -n '__tapstat_view none' -a top -d 'The dashboard'

complete -c tapstat -s r -r -F -d 'Read a capture'
complete -c tapstat -l follow -d 'Go on as the file grows'
complete -c tapstat -s c -x -d 'Stop after N packets'
complete -c tapstat -l checksums -d 'Leave out packets with a bad checksum'
complete -c tapstat -s i -x -a '(__tapstat_interfaces)' -d 'Capture on an interface'
complete -c tapstat -s D -d 'List the interfaces'
complete -c tapstat -s w -r -F -d 'Write the packets that were analysed'
complete -c tapstat -s C -x -d 'A new file after that many million bytes'
complete -c tapstat -s G -x -d 'A new file every that many seconds'
complete -c tapstat -s W -x -d 'No more than that many files'
complete -c tapstat -s s -x -d 'Bytes kept of a packet'
complete -c tapstat -s B -x -d 'Room for packets in the kernel, in KiB'
complete -c tapstat -s p -d 'Not in promiscuous mode'
complete -c tapstat -l immediate-mode -d 'Take each packet as it comes'
complete -c tapstat -s l -d 'Print line by line'
complete -c tapstat -s Z -x -a '(__fish_complete_users)' -d 'Whom to be once the interfaces are open'
complete -c tapstat -l color -x -a 'auto always never' -d 'Whether to print in colours'
complete -c tapstat -s N -l names -d 'Names of hosts, services and vendors'
complete -c tapstat -s n -d 'Numbers'
complete -c tapstat -l ascii -d 'Draw with plain ASCII'
complete -c tapstat -l utc -d 'Print times in UTC'
complete -c tapstat -l toa-kind -x -d 'TCP options that name a client'
complete -c tapstat -l jobs -x -d 'Threads'
complete -c tapstat -l memory -x -d 'The most memory to take'
complete -c tapstat -l stack -x -a 'linux rfc windows bsd' -d 'Whose timers apply'
complete -c tapstat -l timer -x -a 'syn_sent= syn_recv= fin_wait2= time_wait=' -d 'Set one timer'
complete -c tapstat -s q -l quiet -d 'No progress and no warnings'
complete -c tapstat -l version -d 'The versions of tapstat and libpcap'
complete -c tapstat -s h -l help -d 'The views; of a view its options and examples'

complete -c tapstat -n 'not __tapstat_view top' -l at -x -d 'The tables as they stood then'
complete -c tapstat -n 'not __tapstat_view top' -l from -x -d 'What changed since'
complete -c tapstat -n 'not __tapstat_view top' -l to -x -d 'Leave out what happened after'
complete -c tapstat -n 'not __tapstat_view top' -l where -x -d 'Only records that match'
complete -c tapstat -n 'not __tapstat_view top' -l expect -x -d 'Exit with 1 where it does not hold'
complete -c tapstat -n 'not __tapstat_view top' -l fields -d 'List the fields that expressions may name'
complete -c tapstat -n 'not __tapstat_view top' -l format -x -a 'text json' -d 'How to print'
complete -c tapstat -n 'not __tapstat_view none; and not __tapstat_view top report stp' -l format -x -a csv
complete -c tapstat -n '__tapstat_view tcp' -l format -x -a zeek
complete -c tapstat -n '__tapstat_view stp' -l format -x -a dot
complete -c tapstat -n 'not __tapstat_view top' -l json -d 'The same as --format json'
complete -c tapstat -n 'not __tapstat_view top' -s o -r -F -d 'Print into a file'

complete -c tapstat -n '__tapstat_view states' -l every -x -d 'The counts over time'
complete -c tapstat -n '__tapstat_view ladder' -l connection -x -d 'Which one'
complete -c tapstat -n '__tapstat_view lvs' -l triage -x -d 'What became of that client'
complete -c tapstat -n '__tapstat_view lvs' -l ipvs-config -r -F -d 'What differs from ipvsadm-save -n'
complete -c tapstat -n '__tapstat_view tcp transitions' -l stream -d 'Print while the input is read'
