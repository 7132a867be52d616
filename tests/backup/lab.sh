#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Clusters of a test inside a container of the stack's image, in /lab. Not for use by hand.
set -euo pipefail
export PATH=$PATH:/usr/lib/postgresql/18/bin TZ=UTC LC_ALL=C.UTF-8
verb=$1 name=$2; shift 2
home=/lab/$name
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$home" -d postgres "$@"; }

case $verb in
init) # SEGMENT_MB [setting…]
    mkdir -p "$home/archive" "$home/base"
    initdb -D "$home/data" -U postgres -A trust -N --no-instructions --wal-segsize="$1" > /dev/null; shift
    { printf "archive_mode = on\narchive_command = 'HOWDAH_ARCHIVE=%s/archive /usr/local/bin/howdah-archive \"%%p\" \"%%f\"'\n" "$home"
      printf "listen_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\nsummarize_wal = on\nmax_prepared_transactions = 5\nshared_buffers = 16MB\nautovacuum = off\n" "$home"
      printf '%s\n' "$@"; } >> "$home/data/postgresql.conf"
    ;&
start)
    pg_ctl -D "$home/data" -w -s -l "$home/log" start
    ;;
stop) pg_ctl -D "$home/data" -w -s -m "${1:-fast}" stop ;;
sql) sql "$@" ;;
backup) # ID [option…]
    id=$1; shift
    pg_basebackup -h "$home" -U postgres -D "$home/base/$id" -c fast -X stream --manifest-checksums=SHA256 "$@"
    ;;
archived) # waits until everything is in the archive
    last=$(sql -c "SELECT pg_walfile_name(pg_switch_wal())")
    for _ in $(seq 200); do [[ -e $home/archive/$last ]] && exit 0; sleep 0.05; done
    echo "$last was not archived" >&2; exit 1
    ;;
recover) # RUN BACKUP ARCHIVE ACTION, settings by standard input; prints the log. Ends with the server, or (ACTION promote) once it is promoted.
    run=$home/runs/$1 backup=$home/base/$2 archive=$3 action=$4
    rm -rf "$run"; mkdir -p "$home/runs"; cp -a "$backup" "$run"; chmod 0700 "$run"
    # A segment of another size is as good as none: the server would end at it before it has replayed the one in front of it, which it reads ahead.
    size=$(pg_controldata "$run" | sed -n 's/^Bytes per WAL segment: *//p')
    # shellcheck disable=SC2016 # for that shell
    printf '#!/bin/sh\ncase $1 in *.*) ;; *) [ "$(stat -c %%s "%s/$1" 2> /dev/null)" = %s ] || exit 1 ;; esac\nexec cp "%s/$1" "$2"\n' "$archive" "$size" "$archive" > "$run/restore.sh"
    { cat; printf "\nrestore_command = 'sh %s/restore.sh \"%%f\" \"%%p\"'\nrecovery_target_action = '%s'\narchive_mode = off\nlisten_addresses = ''\nunix_socket_directories = '%s'\nfsync = off\n" "$run" "$action" "$run"; } >> "$run/postgresql.auto.conf"
    touch "$run/recovery.signal"
    if [[ $action == promote ]]; then
        pg_ctl -D "$run" -s -l "$run/out" start || { cat "$run/out"; exit 1; }
        for _ in $(seq 600); do
            [[ $(psql -XAtqh "$run" -d postgres -c 'SELECT pg_is_in_recovery()' 2> /dev/null) == f ]] && break
            kill -0 "$(head -1 "$run/postmaster.pid" 2> /dev/null || echo 999999)" 2> /dev/null || break
            sleep 0.05
        done
    else
        # Without a target nothing shuts it down.
        grep -q '^recovery_target_[tnlx].* =' <(grep -v timeline "$run/postgresql.auto.conf") || within=4
        timeout "${within:-60}" postgres -D "$run" > "$run/out" 2>&1 || true
    fi
    cat "$run/out"
    ;;
drop) # RUN
    pg_ctl -D "$home/runs/$1" -s -m immediate stop 2> /dev/null || true
    rm -rf "$home/runs/$1"
    ;;
*) exit 2 ;;
esac
