#!/bin/sh
# A PostgreSQL of this run, whose data lie in the copy. `ready`: exits with 0 once it accepts connections.
set -eu
PATH=$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
command -v initdb >/dev/null || { echo 'PostgreSQL is missing: apt-get install postgresql' >&2; exit 1; }
if [ "${1-}" = ready ]; then exec pg_isready --quiet --host 127.0.0.1 --port "$DATABASE_PORT"; fi

# PostgreSQL does not run as root: root is another user in a namespace of its own.
as=
[ "$(id -u)" != 0 ] || as='unshare --user --map-user=1000 --map-group=1000'
$as initdb --pgdata .database --username notes --auth trust --no-locale --encoding UTF8 --no-sync
exec $as postgres -D .database -p "$DATABASE_PORT" -k '' \
  -c listen_addresses=127.0.0.1 -c dynamic_shared_memory_type=mmap -c fsync=off
