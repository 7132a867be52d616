#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The entrypoint of howdah-base:18. It keeps the contract of the official postgres:18 image (environment, paths,
# order of steps, exit on old data), written from that contract. Called as docker-ensure-initdb.sh it makes the
# cluster when there is none and exits instead of starting the server.
set -Eeuo pipefail
shopt -s nullglob

INITDB_DIR=/docker-entrypoint-initdb.d

die() { printf 'Error: %s\n' "$*" >&2; exit 1; }
note() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }

# VAR or VAR_FILE, never both: two sources for one secret would hide which one counts.
from_file() {
  local var=$1 default=${2-} file_var=${1}_FILE value
  if [[ -n ${!var-} && -n ${!file_var-} ]]; then die "both $var and $file_var are set (they exclude each other)"; fi
  if [[ -n ${!file_var-} ]]; then
    value=$(< "${!file_var}") || die "cannot read ${!file_var}, named by $file_var"
  else
    value=${!var:-$default}
  fi
  # Not exported: the server, which inherits this process's environment, must not carry the password.
  export -n "${var?}"
  printf -v "$var" '%s' "$value"
  unset "$file_var"
}

# Options that only print something need no cluster.
only_prints() {
  local arg
  for arg; do
    case $arg in -'?' | --help | --describe-config | -V | --version | -C) return 0 ;; esac
  done
  return 1
}

make_directories() {
  mkdir -p "$PGDATA"
  chmod 00700 "$PGDATA" || :
  mkdir -p /var/run/postgresql || :
  chmod 03775 /var/run/postgresql || :
  if [[ -n ${POSTGRES_INITDB_WALDIR-} ]]; then
    mkdir -p "$POSTGRES_INITDB_WALDIR"
    chmod 0700 "$POSTGRES_INITDB_WALDIR"
  fi
  if [[ $(id -u) == 0 ]]; then
    # Only what is not ours yet: a plain chown -R touches every file of a large cluster at each start.
    find "$PGDATA" ! -user postgres -exec chown postgres '{}' +
    find /var/run/postgresql ! -user postgres -exec chown postgres '{}' +
    if [[ -n ${POSTGRES_INITDB_WALDIR-} ]]; then
      find "$POSTGRES_INITDB_WALDIR" ! -user postgres -exec chown postgres '{}' +
    fi
  fi
}

check_environment() {
  case ${PG_MAJOR} in
    18) ;;
    *) die "this entrypoint is written for PostgreSQL 18, PG_MAJOR is $PG_MAJOR" ;;
  esac
  if [[ -z $POSTGRES_PASSWORD && ${POSTGRES_HOST_AUTH_METHOD-} != trust ]]; then
    die "Database is uninitialized and superuser password is not specified.
       Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE to a non-empty value.
       POSTGRES_HOST_AUTH_METHOD=trust allows all connections without a password; it is not recommended."
  fi
  if [[ ${POSTGRES_HOST_AUTH_METHOD-} == trust ]]; then
    note 'WARNING: POSTGRES_HOST_AUTH_METHOD is "trust": anyone who reaches the port is superuser'
  fi
}

# Before 18 the data lived in /var/lib/postgresql/data. Starting an empty cluster beside it would look like data loss.
check_old_data() {
  [[ $PGDATA == /var/lib/postgresql/18/docker ]] || return 0
  local dir found=()
  for dir in /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker /var/lib/postgresql/data/*/docker; do
    if [[ -s $dir/PG_VERSION ]]; then found+=("$dir (version $(< "$dir/PG_VERSION"))"); fi
  done
  if [[ ${#found[@]} -eq 0 ]] && grep -q ' /var/lib/postgresql/data ' /proc/self/mountinfo; then
    found+=('/var/lib/postgresql/data (unused mount/volume)')
  fi
  [[ ${#found[@]} -gt 0 ]] || return 0
  die "in 18+, the data directory is $PGDATA and the volume belongs at /var/lib/postgresql,
       but there is PostgreSQL data or a mount at an old place:
         ${found[*]}
       Nothing was changed. Upgrade that data (pg_upgrade or a dump), or mount it where it belongs."
}

make_cluster() {
  # initdb refuses a uid without a name (docker run --user 1234): give it one for this step only.
  local wrapper passwd group uid gid
  uid=$(id -u) gid=$(id -g)
  if ! getent passwd "$uid" > /dev/null; then
    for wrapper in /usr/lib/*/libnss_wrapper.so /usr/lib/libnss_wrapper.so; do
      [[ -s $wrapper ]] || continue
      passwd=$(mktemp) group=$(mktemp)
      printf 'postgres:x:%s:%s:PostgreSQL:%s:/bin/false\n' "$uid" "$gid" "$PGDATA" > "$passwd"
      printf 'postgres:x:%s:\n' "$gid" > "$group"
      export LD_PRELOAD=$wrapper NSS_WRAPPER_PASSWD=$passwd NSS_WRAPPER_GROUP=$group
      break
    done
  fi
  local args=(--username="$POSTGRES_USER")
  if [[ -n ${POSTGRES_INITDB_WALDIR-} ]]; then args+=(--waldir "$POSTGRES_INITDB_WALDIR"); fi
  # POSTGRES_INITDB_ARGS may quote (a locale with spaces), so the shell reads it, as the official image lets it.
  eval 'initdb "${args[@]}" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD") '"$POSTGRES_INITDB_ARGS"
  if [[ -n ${passwd-} ]]; then
    rm -f "$passwd" "$group"
    unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
  fi
  local auth=${POSTGRES_HOST_AUTH_METHOD-}
  if [[ -z $auth ]]; then auth=$(postgres -C password_encryption "${@:2}"); fi
  printf '\nhost all all all %s\n' "$auth" >> "$PGDATA/pg_hba.conf"
}

# Init scripts of the "sourced" kind call this one by its official name.
docker_process_sql() {
  local database=()
  if [[ -n ${POSTGRES_DB-} ]]; then database=(--dbname "$POSTGRES_DB"); fi
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --no-password --no-psqlrc "${database[@]}" "$@"
}

run_init_files() {
  local file
  for file in "$INITDB_DIR"/*; do
    case $file in
      *.sh)
        if [[ -x $file ]]; then
          note "running $file"
          "$file"
        else
          note "sourcing $file"
          # shellcheck disable=SC1090
          . "$file"
        fi
        ;;
      *.sql) note "running $file"; docker_process_sql -f "$file" ;;
      *.sql.gz) note "running $file"; gunzip -c "$file" | docker_process_sql ;;
      *.sql.xz) note "running $file"; xzcat "$file" | docker_process_sql ;;
      *.sql.zst) note "running $file"; zstd -dc "$file" | docker_process_sql ;;
      *) note "ignoring $file" ;;
    esac
  done
}

initialise() {
  check_environment
  check_old_data
  ls "$INITDB_DIR/" > /dev/null # fail on a directory that cannot be read before anything is made
  make_cluster "$@"
  # Nobody but this script may meet the half-made cluster: socket only. The caller's own -c options come first.
  export PGPASSWORD=${PGPASSWORD-$POSTGRES_PASSWORD}
  pg_ctl -D "$PGDATA" -o "$(printf '%q ' "${@:2}" -c "listen_addresses=" -p "${PGPORT:-5432}")" -w -t 300 start
  local wanted=$POSTGRES_DB exists
  if [[ $wanted != postgres ]]; then
    POSTGRES_DB=postgres
    exists=$(docker_process_sql -tA -v db="$wanted" <<< "SELECT 1 FROM pg_database WHERE datname = :'db'")
    if [[ -z $exists ]]; then docker_process_sql -v db="$wanted" <<< 'CREATE DATABASE :"db"'; fi
    POSTGRES_DB=$wanted
  fi
  run_init_files
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
  note 'PostgreSQL init process complete; ready for start up.'
}

main() {
  local only_init=no
  if [[ ${0##*/} == docker-ensure-initdb.sh ]]; then
    only_init=yes
    if [[ ${1-} != postgres ]]; then set -- postgres "$@"; fi
  fi
  if [[ ${1-} == -* ]]; then set -- postgres "$@"; fi
  if [[ ${1-} == postgres ]] && ! only_prints "$@"; then
    make_directories
    if [[ $(id -u) == 0 ]]; then exec gosu postgres "$0" "$@"; fi
    from_file POSTGRES_PASSWORD
    from_file POSTGRES_USER postgres
    from_file POSTGRES_DB "$POSTGRES_USER"
    from_file POSTGRES_INITDB_ARGS
    if [[ -s $PGDATA/PG_VERSION ]]; then
      note 'PostgreSQL Database directory appears to contain a database; Skipping initialization'
    else
      # Init scripts may read these two; the password only reaches them as PGPASSWORD.
      export POSTGRES_USER POSTGRES_DB
      initialise "$@"
    fi
    unset POSTGRES_PASSWORD POSTGRES_PASSWORD_FILE
  fi
  if [[ $only_init == yes ]]; then exit 0; fi
  exec "$@"
}

main "$@"
