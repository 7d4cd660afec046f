// Two hosts in network namespaces, and a veth pair between them.
#pragma once

namespace tapstat::test {

// What all scripts share: namespaces $A and $B with the interface `tap` each, 10.9.0.1
// and 10.9.0.2; `capture ARGUMENT...` starts tapstat in $A, `talk N` makes N connections from $A to
// $B that $A closes, `await COMMAND` waits up to 10 s for it to succeed, `stop` ends the capture as
// Ctrl-C does and keeps its status.
inline constexpr const char* kLink = R"(
A=tsa$$ B=tsb$$ D=$(mktemp -d)
clean() { kill $(jobs -p) 2>/dev/null; ip netns del $A; ip netns del $B; rm -rf $D; }
trap clean EXIT
ip netns add $A && ip netns add $B || exit 99
ip link add tap netns $A type veth peer name tap netns $B || exit 99
for side in "$A 1" "$B 2"; do set -- $side
  ip netns exec $1 sysctl -qw net.ipv6.conf.all.disable_ipv6=1
  ip -n $1 link set lo up; ip -n $1 addr add 10.9.0.$2/24 dev tap; ip -n $1 link set tap up
done
capture() {
  ip netns exec $A $T "$@" >$D/out 2>$D/err & pid=$!
  for i in $(seq 200); do grep -q listening $D/err && return; kill -0 $pid || break; sleep .05; done
  cat $D/err >&2; return 1
}
talk() {
  rm -f $D/ready
  cat >$D/server.py <<'END'
import socket, sys
s = socket.create_server(("10.9.0.2", 8080), backlog=512)
s.settimeout(60)
print("ready", flush=True)
for _ in range(int(sys.argv[1])):
    c = s.accept()[0]
    c.sendall(b"x" * len(c.recv(100)) * 100)
    c.recv(1)
    c.close()
END
  cat >$D/client.py <<'END'
import socket, sys
for _ in range(int(sys.argv[1])):
    c = socket.create_connection(("10.9.0.2", 8080))
    c.sendall(b"hello")
    got = 0
    while got < 500: got += len(c.recv(1000))
    c.shutdown(socket.SHUT_WR)
    c.recv(1)
    c.close()
END
  ip netns exec $B python3 $D/server.py $1 >$D/ready & local server=$!
  for i in $(seq 200); do grep -qs ready $D/ready && break; sleep .05; done
  ip netns exec $A python3 $D/client.py $1; wait $server
}
await() { for i in $(seq 100); do eval "$1" && return; sleep .1; done; }
stop() { kill -${1:-INT} $pid; wait $pid; status=$?; }
)";

// Whether there can be any: only root may make them.
[[nodiscard]] bool has_namespaces();

}  // namespace tapstat::test
