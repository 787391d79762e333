/** Scripts of the POSIX shell that run on the host of a stack. */

/** Prints the directory that holds those of all runs of this user. Creates nothing. */
export const BASE_DIRECTORY = `echo "\${TMPDIR:-/tmp}/tuningfork-sandbox-$(id -u)"`;

/** $1: the directory of the run. Fails where the one around it belongs to another user. */
export const MAKE_DIRECTORY = `
base=\${1%/*}
umask 077
mkdir -p "$base" && [ -O "$base" ] && [ ! -L "$base" ] || { echo "$base belongs to another user" >&2; exit 1; }
mkdir "$1" && mkdir "$1/tree" "$1/state"
`;

/** $1: the directory of the run. Fails where something of it remains. */
export const REMOVE_DIRECTORY = `
base=\${1%/*}
if [ -e "$1" ]; then chmod -R u+rwx "$1" 2>/dev/null; rm -rf -- "$1"; fi
rmdir "$base/ports" "$base" 2>/dev/null
[ ! -e "$1" ]
`;

/**
 * $1: the base directory, $2: a port, $3: the run. Exit 1: another run has it; 2: a process
 * listens on it.
 */
export const RESERVE_PORT = `
mkdir -p "$1/ports" && ln -s "$3" "$1/ports/$2" 2>/dev/null || exit 1
if grep -qi ":$(printf %04X "$2") 0*:0000 0A" /proc/net/tcp /proc/net/tcp6 2>/dev/null; then
  rm -f "$1/ports/$2"; exit 2
fi
`;

/** $1: the base directory, $2: a port, $3: the run. */
export const RELEASE_PORT = `
if [ "$(readlink "$1/ports/$2")" = "$3" ]; then rm -f "$1/ports/$2"; fi
`;

/**
 * $1: the directory of the run, $2: a service, $3: its command, $4: what `CONFINE` printed, $5: a
 * directory below the copy, then NAME=VALUE of its environment.
 */
export const START_SERVICE = `
state=$1/state/service.$2 command=$3 confine=$4
cd "$1/tree/$5" || exit 1
shift 5
setsid $confine env "$@" sh -c 'sh -c "$1"; echo $? >"$2.partial"; mv "$2.partial" "$2"' sh "$command" "$state.exit" \\
  >"$state.log" 2>&1 </dev/null &
`;

/**
 * Prints a prefix of commands, which gives each a list of processes of its own: all of them end
 * with the first. Prints nothing where this host does not allow it.
 */
export const CONFINE = `
for confine in "unshare" "unshare --user --map-current-user"; do
  confine="$confine --pid --fork --kill-child --mount-proc"
  $confine true 2>/dev/null && { echo "$confine"; exit; }
done
:
`;

/** Prints NAME=VALUE of each variable of the host, each followed by a NUL. */
export const HOST_VARIABLES = 'env -0';

/**
 * $1: the directory of the run, $2: a directory below the copy, $3: a command, $4: its limit in
 * seconds, then NAME=VALUE of it. Exits as it does, and as one that was killed at the limit.
 */
export const RUN_HEALTHCHECK = `
command=$3 limit=$4
cd "$1/tree/$2" || exit 1
shift 4
exec >/dev/null 2>&1 </dev/null
setsid env "$@" sh -c "$command" &
check=$!
setsid sh -c 'sleep "$1"; kill -KILL "-$2" || kill -KILL "$2"' sh "$limit" $check &
limiter=$!
wait $check
code=$?
kill -KILL "-$limiter" || kill -KILL "$limiter"
exit $code
`;

/** $1: the directory of the run, $2: a service. Prints its exit code; nothing while it runs. */
export const SERVICE_EXIT = `cat "$1/state/service.$2.exit" 2>/dev/null || :`;

/** $1: the directory of the run, $2: a service. Prints the end of its log. */
export const SERVICE_LOG = `tail -n 50 "$1/state/service.$2.log" 2>/dev/null || :`;

/** Seconds from the request to end to the kill. */
const GRACE_SECONDS = 5;

/**
 * $1: the directory of the run, $2: the limit in seconds, $3: the command, $4: what `CONFINE`
 * printed, then NAME=VALUE of its environment. Leaves its exit code in the file `state/test.exit`,
 * and the file `state/test.limit` where the limit ended it.
 */
export const RUN_TEST = `
exit_file=$1/state/test.exit limit_file=$1/state/test.limit limit=$2 command=$3 confine=$4
cd "$1/tree" || exit 1
shift 4
exec 3>&2 2>/dev/null # what this shell prints about its jobs is not of the command
setsid $confine env "$@" sh -c 'sh -c "$1"; exit $?' sh "$command" 2>&3 3>&- &
test=$!
setsid sh -c 'sleep "$1"; : >"$2"; kill -TERM "-$3"; sleep ${GRACE_SECONDS}; kill -KILL "-$3"' sh "$limit" "$limit_file" $test \\
  >/dev/null </dev/null 3>&- &
limiter=$!
wait $test
code=$?
kill -KILL "-$limiter"
echo $code >"$exit_file"
`;

/** Of a JUnit file, bytes. */
const MAX_JUNIT_BYTES = 64 * 1_024 * 1_024;

/** $1: the directory of the run, $2: a path below its copy. Exit 1: there is no such file. */
export const READ_JUNIT = `
[ -f "$1/tree/$2" ] && [ "$(wc -c <"$1/tree/$2")" -le ${MAX_JUNIT_BYTES} ] && cat "$1/tree/$2"
`;

/**
 * $1: the directory of the run. Prints the exit code of the test command, and a line `limit` where
 * that ended it.
 */
export const TEST_END = `cat "$1/state/test.exit" && if [ -e "$1/state/test.limit" ]; then echo limit; fi`;

/**
 * $1: NAME=VALUE that marks the processes, $2: a directory in which others of them work, or
 * nothing. Ends them: on request, then by kill. Prints the number of those that had to be killed.
 * Exit 1: some remain, and their ids are printed on stderr.
 */
export const END_PROCESSES = `
marked() {
  {
    grep -lsazxF "$1" /proc/[0-9]*/environ
    [ -z "$2" ] || find /proc -maxdepth 2 -path '/proc/[0-9]*/cwd' -lname "$2*" 2>/dev/null
  } | sed 's|^/proc/||; s|/.*||' | sort -un | grep -vx $$
}
killed=0
pids=$(marked "$1" "$2")
[ -z "$pids" ] || kill -TERM $pids 2>/dev/null
deadline=$(($(date +%s) + ${GRACE_SECONDS}))
while pids=$(marked "$1" "$2"); [ -n "$pids" ] && [ "$(date +%s)" -le $deadline ]; do sleep 0.1; done
[ -z "$pids" ] || killed=$(echo "$pids" | wc -l)
deadline=$(($(date +%s) + 2 * ${GRACE_SECONDS}))
while pids=$(marked "$1" "$2"); [ -n "$pids" ]; do
  kill -STOP $pids 2>/dev/null
  kill -KILL $pids 2>/dev/null
  [ "$(date +%s)" -le $deadline ] || { echo $pids >&2; exit 1; }
  sleep 0.1
done
echo $killed
`;

/** A function of the shell: prints the free space of the disk that has a path, KiB. */
export const FREE_KIB = `free() { df -Pk "$1" | sed -n "2s/^[^ ]* *[0-9]* *[0-9]* *\\([0-9]*\\).*/\\1/p"; }`;

/**
 * $1: the directory of the run, $2: a limit in KiB, $3: NAME=VALUE that marks the services and the
 * test command, $4: the script that ends processes. Starts a process in the directory that ends
 * them once it holds more than that, and leaves its size in the file `state/disk`. The directory
 * is measured only while the free space of its disk shrinks.
 */
export const WATCH_DISK = `
cd "$1/state" || exit 1
setsid sh -c '
${FREE_KIB}
before=$(free .)
while sleep 0.5; do
  [ $((before - $(free .))) -gt $(($1 / 2)) ] || continue
  size=$(du -skx .. | cut -f1)
  if [ "$size" -le "$1" ]; then sleep 5; continue; fi
  echo "$size" >disk
  exec sh -c "$3" sh "$2" ""
done
' sh "$2" "$3" "$4" >/dev/null 2>&1 </dev/null &
`;

/** $1: the directory of the run. Prints its size, KiB, where that has exceeded its limit. */
export const EXCEEDED_SIZE = `cat "$1/state/disk" 2>/dev/null || :`;

/** $1: a URL. Prints the status of its answer, 000 without one. */
export const FETCH_STATUS = `
if command -v curl >/dev/null; then
  curl --silent --output /dev/null --max-time 5 --write-out '%{http_code}' "$1" || :
elif command -v wget >/dev/null; then
  status=$(wget --quiet --server-response --tries=1 --timeout=5 --output-document=/dev/null "$1" 2>&1 |
    sed -n 's|^ *HTTP/[0-9.]* \\([0-9]*\\).*|\\1|p' | tail -n 1)
  echo "\${status:-000}"
elif command -v node >/dev/null; then
  node -e 'fetch(process.argv[1], { signal: AbortSignal.timeout(5000) }).then((r) => console.log(r.status), () => console.log("000"))' "$1"
else
  echo 'curl, wget or node is needed on this host' >&2; exit 1
fi
`;
