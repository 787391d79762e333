/**
 * The watchdog's program for POSIX `sh`. Arguments: instance, run directory, `make` or `adopt`.
 * Lines on stdin:
 * - `server <pid> <start>`: PostgreSQL
 * - `group <pid> <start>`: leader of a process group
 * - `trash <path>`: a path to remove with the run directory
 * - `cgroups <path>`: the workers' control groups, if any
 * - `limits <path>`: their groups in the hierarchy of one controller
 *
 * `start` is the kernel's start time of the process, so that a reused pid is never signalled. The
 * end of stdin means that the platform has ended, by a stop or a crash.
 *
 * Marked processes are found by their environment. PostgreSQL is registered as well, because root
 * may not read the environment of another user's process in a container without ptrace.
 */
export const WATCHDOG_SCRIPT = String.raw`
trap '' HUP INT QUIT TERM PIPE
marker="PLATFORM_INSTANCE=$1" directory=$2
server= group= trash= cgroups= limits=
[ "$3" = adopt ] || mkdir -m 711 -- "$directory" || exit 1
echo ready
exec >/dev/null
while read -r kind rest; do
  case $kind in
    server) server=$rest ;;
    group) group=$rest ;;
    trash) trash=$rest ;;
    cgroups) cgroups=$rest ;;
    limits) limits="$limits$rest
" ;;
  esac
done

# Arguments: pid, start time (field 22 of stat). Field 3 is the state; field 2, the name, may contain spaces.
alive() {
  [ "$#" = 2 ] && read -r stat <"/proc/$1/stat" || return 1
  started=$2
  set -- $(echo "$stat" | sed 's/.*) //')
  [ "$1" != Z ] && [ "$1" != X ] || return 1
  shift 19
  [ "$1" = "$started" ]
}
signal_server() { alive $server && kill "-$1" $(echo "$server" | cut -d ' ' -f 1); }
server_gone() {
  polls=$1
  while alive $server; do
    [ "$polls" -gt 0 ] || return 1
    polls=$((polls - 1))
    sleep 0.02
  done
}
kill_marked() {
  found=1
  for file in $(grep -lsF -e "$marker" /proc/[0-9]*/environ); do
    pid=$(basename "$(dirname "$file")")
    case "$server " in "$pid "*) continue ;; esac
    kill -KILL "$pid" && found=0
  done
  return $found
}

# Kills all processes in the control groups, whatever their environment, and removes the groups, innermost first.
kill_groups() {
  [ -n "$cgroups" ] && [ -d "$cgroups" ] || return 1
  echo 1 >"$cgroups/cgroup.kill"
  find "$cgroups" -depth -type d -exec rmdir {} \;
  [ -d "$cgroups" ]
}

signal_server INT
alive $group && kill -KILL -- "-$(echo "$group" | cut -d ' ' -f 1)"
kill_marked
server_gone 150 || { signal_server QUIT; server_gone 350; } || signal_server KILL
server=

quiet=0 rounds=0
while [ "$quiet" -lt 2 ] && [ "$rounds" -lt 500 ]; do
  if kill_groups; then quiet=0; elif kill_marked; then quiet=0; else quiet=$((quiet + 1)); fi
  rounds=$((rounds + 1))
  sleep 0.02
done

printf %s "$limits" | while read -r path; do
  [ ! -d "$path" ] || find "$path" -depth -type d -exec rmdir {} \;
done

cd /
for try in 1 2 3 4 5; do
  rm -rf -- "$directory" && { [ -z "$trash" ] || rm -rf -- "$trash"; } && exit 0
  chmod -R u+rwx -- "$directory"
  sleep 0.1
done
exit 1
`;
