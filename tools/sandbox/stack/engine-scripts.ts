/** Scripts of the POSIX shell for the engine for containers of a host: docker or podman. */

/**
 * A function: whether an engine can be used. Podman keeps files and a process for each user but
 * root, even if it is asked only whether it works: there, what it needs is looked for.
 */
const ENGINE_ANSWERS = `
answers() {
  command -v "$1" >/dev/null || return 1
  if [ "$1" = podman ] && [ "$(id -u)" != 0 ]; then command -v newuidmap >/dev/null; return; fi
  "$1" info >/dev/null 2>&1
}
`;

/**
 * Prints the engine and, on the next line, the command of its compose. Exit 1: there is none, and
 * why is printed on stderr.
 */
export const FIND_ENGINE = `
${ENGINE_ANSWERS}
for engine in docker podman; do
  if ! command -v $engine >/dev/null; then reasons="$reasons, $engine is not installed"; continue; fi
  if ! answers $engine; then reasons="$reasons, $engine does not answer"; continue; fi
  for compose in "$engine compose" "$engine-compose"; do
    if $compose version >/dev/null 2>&1; then printf '%s\\n' "$engine" "$compose"; exit; fi
  done
  reasons="$reasons, $engine has no compose"
done
echo "\${reasons#, }" >&2
exit 1
`;

/**
 * $1: the directory of the run, $2: the command, $3: the project, $4: the compose file, then
 * NAME=VALUE of its environment.
 */
export const COMPOSE_UP = `
compose=$2 project=$3 file=$4
cd "$1/tree" || exit 1
shift 4
exec env "$@" $compose -p "$project" -f "$file" up -d </dev/null
`;

const LABEL = 'label=com.docker.compose.project';

const SERVICE = `{{index .Config.Labels \\"com.docker.compose.service\\"}}`;

/** $1: the engine, $2: the project. Prints the service of each container that was not started. */
export const NOT_STARTED = `
for id in $($1 ps -aq --filter "${LABEL}=$2"); do
  $1 inspect --format "{{.State.Status}} ${SERVICE}" "$id"
done | sed -n 's/^\\(created\\|configured\\|dead\\) //p'
`;

/** $1: the engine, $2: the project. Prints the service of each container. */
export const SERVICES = `
for id in $($1 ps -aq --filter "${LABEL}=$2"); do
  $1 inspect --format "${SERVICE}" "$id"
done
`;

/** $1: the engine, $2: the project. Prints exit code, service and id of what has failed. */
export const FAILED_CONTAINERS = `
for id in $($1 ps -aq --filter "${LABEL}=$2" --filter status=exited); do
  $1 inspect --format "{{.State.ExitCode}} ${SERVICE} $id" "$id"
done | grep -v '^0 ' || :
`;

/** $1: the engine, $2: a container. Prints the end of its log. */
export const CONTAINER_LOG = `$1 logs --tail 50 "$2" 2>&1`;

/**
 * $1: the project. Removes its containers, volumes, networks and the images that were built for
 * it, of every engine that answers. Exit 1: something remains, or no engine answers.
 */
export const REMOVE_PROJECT = `
${ENGINE_ANSWERS}
found=
for engine in docker podman; do
  answers $engine || continue
  found=1
  own="--filter ${LABEL}=$1"
  ids=$($engine ps -aq $own)
  [ -z "$ids" ] || { $engine stop -t 5 $ids; $engine rm -f -v $ids; } >/dev/null 2>&1
  [ $engine = docker ] || $engine pod rm -f "pod_$1" >/dev/null 2>&1
  ids=$($engine volume ls -q $own)
  [ -z "$ids" ] || $engine volume rm -f $ids >/dev/null
  ids=$($engine network ls -q $own)
  [ -z "$ids" ] || $engine network rm $ids >/dev/null
  ids=$({ $engine image ls -q --filter "reference=$1-*"; $engine image ls -q --filter "reference=*/$1_*"; } | sort -u)
  [ -z "$ids" ] || $engine image rm -f $ids >/dev/null
  [ -z "$($engine ps -aq $own; $engine volume ls -q $own; $engine network ls -q $own)" ] || exit 1
done
[ "$found" ]
`;
