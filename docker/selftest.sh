#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Proves the stack on a throwaway copy: own project name, own port, own volumes, all removed at the end. Ends with
# "N passed, N failed" and exit 1 when something failed. Needs docker, compose v2, openssl, psql (any version).
set -uo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=${HERE%/*}
PASSED=0 FAILED=0
WORK=$(mktemp -d)
export COMPOSE_PROJECT_NAME=howdah-selftest COMPOSE_FILE=$HERE/compose.yaml HOWDAH_WORKDIR=$WORK/project
unset HOWDAH_IMAGE "${!PG@}"

cleanup() {
  trap - EXIT INT TERM HUP
  docker compose --profile seed down -v --remove-orphans -t 10 > /dev/null 2>&1
  docker volume rm howdah-selftest_old > /dev/null 2>&1
  rm -rf "$WORK"
}
trap 'cleanup; exit 130' INT TERM HUP
trap cleanup EXIT

ok() { PASSED=$((PASSED + 1)); printf 'ok      %s\n' "$1"; }
bad() { FAILED=$((FAILED + 1)); printf 'FAILED  %s\n' "$1"; shift; if [[ $# -gt 0 ]]; then printf '%s\n' "$*" | head -n 15 | sed 's/^/        /'; fi; }
# is NAME WANTED GOT; has NAME PATTERN TEXT; lacks NAME PATTERN TEXT; runs NAME COMMAND…; refuses NAME PATTERN COMMAND…
is() { if [[ $2 == "$3" ]]; then ok "$1"; else bad "$1" "wanted: $2
got: $3"; fi; }
has() { if grep -Eq -- "$2" <<< "$3"; then ok "$1"; else bad "$1" "no /$2/ in: $3"; fi; }
lacks() { if grep -Eq -- "$2" <<< "$3"; then bad "$1" "/$2/ in: $(grep -E -- "$2" <<< "$3" | cut -c 1-200)"; else ok "$1"; fi; }
runs() { local name=$1 out; shift; if out=$("$@" 2>&1); then ok "$name"; else bad "$name" "$out"; fi; }
refuses() {
  local name=$1 pattern=$2 out
  shift 2
  if out=$("$@" 2>&1 < /dev/null); then bad "$name" "was not refused: $out"; else has "$name" "$pattern" "$out"; fi
}

inside() { docker compose exec -T postgres "$@"; }
sql() { local role=$1; shift; inside psql -X -q -tA -v ON_ERROR_STOP=1 -U "$role" -d jeex_idea "$@" < /dev/null; }
sqlc() { sql "$1" -c "$2"; }
# Over the published port: net ROLE PASSWORD SQL [connection options]
net() {
  PGPASSWORD=$2 psql -X -q -tA -d "host=localhost hostaddr=127.0.0.1 port=$HOWDAH_PORT dbname=jeex_idea user=$1 connect_timeout=10 sslmode=verify-full sslrootcert=$WORK/ca.crt channel_binding=require ${4-}" -c "$3" < /dev/null
}
free_port() {
  local port
  for port in $(seq 55431 55531); do
    if ! (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null; then echo "$port"; return; fi
  done
}

make_certificates() {
  (
    cd "$WORK" || exit 1
    for ca in ca other; do
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $ca.key -out $ca.crt -days 2 \
        -subj "/CN=howdah selftest $ca" -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
    done
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=postgres
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 -out server.crt \
      -extfile <(echo 'subjectAltName=DNS:postgres,DNS:localhost,IP:127.0.0.1,IP:::1')
    rm -f ca.key other.key
  ) > "$WORK/openssl.log" 2>&1 || { cat "$WORK/openssl.log"; exit 1; }
}
seed() { tar -C "$WORK" -c "$@" | docker compose run --rm -T seed; }
container() { docker compose ps -a -q postgres; }
started() { docker compose up -d --wait --wait-timeout 120; }

command -v psql > /dev/null || { echo 'psql is missing'; echo '0 passed, 1 failed'; exit 1; }
docker compose version > /dev/null 2>&1 || { echo 'docker compose v2 is missing'; echo '0 passed, 1 failed'; exit 1; }

# ---------------------------------------------------------------------------------------------------- image, seed
if ! "$HERE/build.sh" > "$WORK/build.log" 2> "$WORK/build.err"; then
  cat "$WORK/build.log" "$WORK/build.err"
  echo '0 passed, 1 failed'
  exit 1
fi
has 'build.sh ends with image= and base=' '^image=howdah-postgres:18 base=(postgres:18|howdah-base:18)$' "$(tail -n 1 "$WORK/build.log")"
begun=$(date +%s%N)
"$HERE/build.sh" > "$WORK/build.log" 2>&1
took=$((($(date +%s%N) - begun) / 1000000))
if [[ $took -lt 1000 ]] && grep -q 'up to date' "$WORK/build.log"; then ok "build.sh again: nothing to do, $took ms"; else bad "build.sh again took $took ms" "$(cat "$WORK/build.log")"; fi
"$HERE/build.sh" --nonsense > /dev/null 2>&1
is 'build.sh: usage error is exit 2' 2 $?
mkdir "$WORK/bin"
ln -s "$(command -v dirname)" "$WORK/bin/dirname"
PATH=$WORK/bin "$BASH" "$HERE/build.sh" > /dev/null 2>&1
is 'build.sh: no docker is exit 10' 10 $?

cleanup_first=$(docker compose --profile seed down -v --remove-orphans -t 5 2>&1) || echo "$cleanup_first"
mkdir -p "$HOWDAH_WORKDIR"
echo "SELECT 'script ran as ' || current_user;" > "$HOWDAH_WORKDIR/script.sql"
chmod -R a+rX "$WORK"
HOWDAH_PORT=$(free_port)
export HOWDAH_PORT
make_certificates

refuses 'seed refuses a tar without the key' 'lacks' seed ca.crt server.crt
has 'seed takes the certificates' 'seeded: ca.crt server.crt server.key bootstrap' "$(seed ca.crt server.crt server.key 2> /dev/null)"
volumes=(docker run --rm --network none --user 0 --entrypoint bash -v howdah-selftest_tls:/tls -v howdah-selftest_archive:/archive howdah-postgres:18 -c)
is 'owners and modes in the tls volume' 'bootstrap 600 999:999
ca.crt 644 999:999
server.crt 644 999:999
server.key 600 999:999' "$("${volumes[@]}" 'cd /tls && stat -c "%n %a %u:%g" *')"
bootstrap=$("${volumes[@]}" 'cat /tls/bootstrap')
has 'the bootstrap password is 32 random bytes' '^[0-9a-f]{64}$' "$bootstrap"

# ------------------------------------------------------------------------------------- a first start that is cut short
docker compose up -d > /dev/null 2>&1
for _ in $(seq 100); do
  if docker compose exec -T postgres sh -c '[ -s /var/lib/postgresql/18/docker/PG_VERSION ]' 2> /dev/null; then break; fi
  sleep 0.05
done
docker kill "$(container)" > /dev/null
mark=$(docker run --rm --network none --entrypoint ls -v howdah-selftest_data:/d howdah-postgres:18 -a /d/18)
has 'killed during init: the volume says so' 'howdah-initialising' "$mark"
begun=$SECONDS
runs "the next start begins again and gets healthy" started
echo "        ($((SECONDS - begun)) s)"
has 'it said that it began again' 'first start was interrupted' "$(docker compose logs --no-log-prefix postgres 2>&1)"

# ------------------------------------------------------------------------------------------------------- container
inspect() { docker inspect -f "$1" "$(container)"; }
is 'root file system read only' true "$(inspect '{{.HostConfig.ReadonlyRootfs}}')"
is 'no capabilities' '[ALL] []' "$(inspect '{{.HostConfig.CapDrop}} {{.HostConfig.CapAdd}}')"
is 'no-new-privileges, uid, memory, swap, pids' '[no-new-privileges:true] 999:999 1073741824 1073741824 200' \
  "$(inspect '{{.HostConfig.SecurityOpt}} {{.Config.User}} {{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}}')"
is 'published on loopback only' "127.0.0.1:$HOWDAH_PORT" "$(docker compose port postgres 5432)"
is 'label' 1 "$(inspect '{{index .Config.Labels "howdah.stack"}}')"
lacks 'no password in Config.Env' "$bootstrap|PASSWORD=" "$(inspect '{{.Config.Env}}')"
environ=$(inside bash -c 'cat /proc/[0-9]*/environ 2>/dev/null | tr "\0" "\n"')
has 'environments can be read (the next test is not blind)' 'PGDATA=' "$environ"
lacks 'no bootstrap password in any environment' "$bootstrap|POSTGRES_PASSWORD=" "$environ"
is 'the bootstrap password is dead' '' "$(sqlc postgres "SELECT rolname FROM pg_authid WHERE rolpassword IS NOT NULL")"
is 'only the container address and loopback listen' 'localhost,postgres' "$(sqlc postgres 'SHOW listen_addresses')"

# ------------------------------------------------------------------------------------------------- login over the net
refuses 'no login before a password is set' 'authentication failed' net jeex_admin anything 'SELECT 1'
canary=canary$(openssl rand -hex 16)
for role in jeex_admin jeex_user jeex_readonly howdah_monitor howdah_backup howdah_replication; do
  printf "ALTER ROLE %s PASSWORD '%s-%s';\n" "$role" "$canary" "$role"
done | inside psql -X -q -v ON_ERROR_STOP=1 -U postgres -d postgres
is 'verifiers are SCRAM' 6 "$(sqlc postgres "SELECT count(*) FROM pg_authid WHERE rolpassword LIKE 'SCRAM-SHA-256\$4096:%'")"
for role in jeex_admin jeex_user jeex_readonly howdah_monitor howdah_backup; do
  is "$role over verified TLS" "$role|TLSv1.3" \
    "$(net $role "$canary-$role" 'SELECT current_user, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()' 2>&1)"
done
refuses 'wrong password' 'password authentication failed' net jeex_admin wrong 'SELECT 1'
refuses 'sslmode=disable' 'rejects connection|no encryption' net jeex_admin "$canary-jeex_admin" 'SELECT 1' 'sslmode=disable channel_binding=disable'
refuses 'wrong CA' 'certificate verify failed' net jeex_admin "$canary-jeex_admin" 'SELECT 1' "sslrootcert=$WORK/other.crt"
refuses 'TLS 1.2' 'protocol version' net jeex_admin "$canary-jeex_admin" 'SELECT 1' 'ssl_max_protocol_version=TLSv1.2'
refuses 'postgres may not come over the network' 'rejects connection|no pg_hba' net postgres "$bootstrap" 'SELECT 1'
refuses 'jeex_user may not enter the database postgres' 'rejects connection' net jeex_user "$canary-jeex_user" 'SELECT 1' 'dbname=postgres'
refuses 'howdah_replication may enter no database' 'rejects connection' net howdah_replication "$canary-howdah_replication" 'SELECT 1'
has 'howdah_replication speaks the replication protocol over TLS' '^[0-9]+\|1\|' \
  "$(net howdah_replication "$canary-howdah_replication" 'IDENTIFY_SYSTEM' 'replication=true' 2>&1)"
lacks 'passwords are in no log' "$canary" "$(docker compose logs postgres 2>&1)"
lacks 'passwords are not in pg_stat_statements' "$canary|SCRAM-SHA" "$(sqlc postgres 'SELECT query FROM ext.pg_stat_statements')"
lacks 'passwords are in no environment' "$canary" "$(inside bash -c 'cat /proc/[0-9]*/environ | tr "\0" "\n"')"
is 'root inside the container is mapped too' jeex_user "$(docker compose exec -T -u root postgres psql -X -tA -U jeex_user -d jeex_idea -c 'SELECT current_user' < /dev/null 2>&1)"

# ------------------------------------------------------------------------------------------------------------ server
is 'version 18, checksums, builtin C.UTF-8' '18|on|b|C.UTF-8' \
  "$(sqlc postgres "SELECT current_setting('server_version_num')::int / 10000, current_setting('data_checksums'), datlocprovider, datlocale FROM pg_database WHERE datname = 'jeex_idea'")"
is 'no setting failed to load' '' "$(sqlc postgres "SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL UNION ALL SELECT line_number::text, error FROM pg_hba_file_rules WHERE error IS NOT NULL UNION ALL SELECT line_number::text, error FROM pg_ident_file_mappings WHERE error IS NOT NULL")"
is 'settings' 'on|on|on|on|on|replica|10000|all|on|on|off' \
  "$(sqlc postgres "SELECT current_setting('ssl'), current_setting('summarize_wal'), current_setting('track_io_timing'), current_setting('track_commit_timestamp'), current_setting('log_lock_waits'), current_setting('wal_level'), current_setting('pg_stat_statements.max'), current_setting('pg_stat_statements.track'), current_setting('pg_stat_statements.track_planning'), current_setting('allow_alter_system'), current_setting('pgaudit.log_parameter')")"
is 'extensions' 'amcheck,hypopg,pg_stat_statements,pg_trgm,pgaudit,pgcrypto,pgstattuple,plpgsql,uuid-ossp' \
  "$(sqlc postgres "SELECT string_agg(extname, ',' ORDER BY extname) FROM pg_extension")"
is 'JIT is there' t "$(sqlc postgres 'SELECT pg_jit_available()')"
is 'nothing is granted to PUBLIC' '' \
  "$(sqlc postgres "SELECT datname FROM pg_database WHERE datallowconn AND (has_database_privilege('public', oid, 'CONNECT') OR has_database_privilege('public', oid, 'TEMP')) UNION ALL SELECT nspname FROM pg_namespace WHERE has_schema_privilege('public', oid, 'CREATE') AND nspname !~ '^pg_(temp|toast)'")"
is 'timeouts on jeex_user alone' jeex_user \
  "$(sqlc postgres "SELECT DISTINCT coalesce(setrole::regrole::text, 'all') FROM pg_db_role_setting, unnest(setconfig) c WHERE c ~ 'timeout'")"

# ------------------------------------------------------------------------------------------------------- migrations
tables="SELECT coalesce(string_agg(relname, ',' ORDER BY relname), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
everything='agent_executions,document_versions,exports,projects,schema_migrations,users'
shape="SELECT md5(string_agg(d, chr(10) ORDER BY d)) FROM (SELECT attrelid::regclass || ' ' || attname || ' ' || atttypid::regtype AS d FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped UNION ALL SELECT relname || relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' UNION ALL SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace) s"
is 'the schema is there' "$everything" "$(sqlc postgres "$tables")"
is 'its tables belong to jeex_owner' jeex_owner "$(sqlc postgres "SELECT string_agg(DISTINCT relowner::regrole::text, ',') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")"
before=$(sqlc postgres "$shape")
migrate() { inside howdah-apply-migrations --role jeex_owner "$@" -- -U postgres -d jeex_idea; }
is 'applied at first start' 5 "$(migrate --status | grep -c '^\[X\] 2')"
is 'nothing is applied twice' '' "$(migrate 2>&1)"
runs 'five migrations down' migrate --down 5
is "only dbmate's table is left" 'schema_migrations|3' "$(sqlc postgres "$tables")|$(sqlc postgres "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace")"
runs 'and up again' migrate
is 'the schema is the same again' "$before" "$(sqlc postgres "$shape")"
printf -- '-- migrate:up\nCREATE TABLE public.half (a int);\nSELECT 1 / 0;\n-- migrate:down\nDROP TABLE public.half;\n' > "$WORK/broken.sql"
inside bash -c 'mkdir -p /tmp/m && cat > /tmp/m/20990101000000_broken.sql' < "$WORK/broken.sql"
refuses 'a failing migration fails' 'division by zero' inside howdah-apply-migrations --dir /tmp/m --role jeex_owner -- -U postgres -d jeex_idea
is 'and leaves nothing behind' "$everything|0" "$(sqlc postgres "$tables")|$(sqlc postgres "SELECT count(*) FROM schema_migrations WHERE version LIKE '2099%'")"

# --------------------------------------------------------------------------------------------------------- demo data
begun=$SECONDS
runs 'demo data' sql postgres -f /usr/share/howdah/demo/demo.sql
echo "        ($((SECONDS - begun)) s)"
has 'again it changes nothing' 'already there' "$(sql postgres -f /usr/share/howdah/demo/demo.sql)"
is 'its size' '20|12|3000|20000|400' "$(sqlc postgres 'SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM projects), (SELECT round(count(*), -3) FROM document_versions), (SELECT count(*) FROM agent_executions), (SELECT count(*) FROM exports)')"
is 'its keys are version 7' '7' "$(sqlc postgres 'SELECT string_agg(DISTINCT uuid_extract_version(id)::text, $$,$$) FROM (SELECT id FROM users UNION ALL SELECT id FROM document_versions UNION ALL SELECT id FROM agent_executions UNION ALL SELECT id FROM exports) s')"
load=$(inside pgbench -n -c 3 -R 20 -T 5 -f /usr/share/howdah/demo/load.sql -U jeex_user jeex_idea 2>&1)
has 'the load runs without a failed transaction' 'failed transactions: 0 ' "$load"
lacks 'nor an aborted client' 'aborted|ERROR' "$load"

# ------------------------------------------------------------------------------------------------- row security, rights
one=$(sqlc postgres 'SELECT id FROM projects ORDER BY id LIMIT 1')
two=$(sqlc postgres 'SELECT id FROM projects ORDER BY id OFFSET 1 LIMIT 1')
for table in projects document_versions agent_executions exports; do
  is "$table: no setting, no rows" 0 "$(sqlc jeex_user "SELECT count(*) FROM $table")"
  is "$table: an empty setting, no rows" 0 "$(sqlc jeex_user "SET app.project_id = ''; SELECT count(*) FROM $table")"
  is "$table: the owner is bound too" 0 "$(sqlc jeex_admin "SET ROLE jeex_owner; SELECT count(*) FROM $table")"
  is "$table: forced" t "$(sqlc postgres "SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = '$table'::regclass")"
done
is "a project's session sees that project only" "$one" "$(sqlc jeex_user "SET app.project_id = '$one'; SELECT DISTINCT project_id FROM document_versions")"
is 'jeex_readonly reports over all' 12 "$(sqlc jeex_readonly 'SELECT count(DISTINCT project_id) FROM document_versions')"
is 'the owner, deliberately' 12 "$(sqlc jeex_admin "SET ROLE jeex_owner; SET app.all_projects = on; SELECT count(*) FROM projects")"
insert_other="SET app.project_id = '$one'; INSERT INTO exports (project_id, format) VALUES ('$two', 'pdf')"
refuses 'writing into another project' 'row-level security' sqlc jeex_user "$insert_other"
refuses 'crossing projects by a foreign key' 'foreign key' sqlc postgres "INSERT INTO agent_executions (project_id, document_version_id, correlation_id, agent) SELECT '$one', id, uuidv7(), 'x' FROM document_versions WHERE project_id = '$two' LIMIT 1"
refuses 'the language is immutable' 'cannot be changed' sqlc postgres "UPDATE projects SET language = 'fr' WHERE id = '$one'"
refuses 'one email, one account' 'users_email_key' sqlc jeex_user "INSERT INTO users (email, display_name) VALUES ('ADA.Lindqvist@demo.example', 'x')"
runs "a deleted account's email is free" sqlc postgres "BEGIN; UPDATE users SET deleted_at = now() WHERE email = 'ada.lindqvist@demo.example'; INSERT INTO users (email, display_name) VALUES ('ada.lindqvist@demo.example', 'x'); ROLLBACK"
has "full-text search stems in the project's language" '^[1-9]' "$(sqlc postgres "SELECT count(*) FROM document_versions WHERE language = 'en' AND search @@ to_tsquery('english', 'migration & indexes')")"
refuses 'jeex_user may not create tables' 'permission denied' sqlc jeex_user 'CREATE TABLE t (a int)'
refuses 'nor delete users' 'permission denied' sqlc jeex_user 'DELETE FROM users'
refuses 'nor touch schema_migrations' 'permission denied' sqlc jeex_user 'DELETE FROM schema_migrations'
refuses 'nor truncate' 'permission denied' sqlc jeex_user 'TRUNCATE exports'
refuses 'jeex_readonly may not write' 'read-only' sqlc jeex_readonly "UPDATE users SET display_name = 'x'"
refuses 'not even when it says so' 'permission denied' sqlc jeex_readonly "BEGIN; SET TRANSACTION READ WRITE; UPDATE users SET display_name = 'x'"
refuses 'nor read password hashes' 'permission denied' sqlc jeex_readonly 'SELECT password_hash FROM users'
refuses 'howdah_monitor reads no data' 'permission denied' sqlc howdah_monitor 'SELECT * FROM users'
refuses 'howdah_backup reads no verifiers' 'permission denied' sqlc howdah_backup 'SELECT rolpassword FROM pg_authid'
refuses 'jeex_admin is no superuser' 'permission denied' sqlc jeex_admin "ALTER ROLE jeex_admin SUPERUSER"
runs 'jeex_admin may become the owner' sqlc jeex_admin 'SET ROLE jeex_owner; CREATE TABLE public.t (a int); DROP TABLE public.t'
runs 'jeex_admin may check, vacuum, reindex' sql jeex_admin -c "SELECT bt_index_check('users_pkey'), (SELECT count(*) FROM verify_heapam('users'))" -c 'VACUUM users' -c 'REINDEX INDEX CONCURRENTLY users_pkey'
has 'jeex_admin may audit pg_hba.conf' '^[0-9]+$' "$(sqlc jeex_admin 'SELECT count(*) FROM pg_hba_file_rules')"

# ------------------------------------------------------------------------------------------------------------- audit
sqlc jeex_user "INSERT INTO users (email, display_name, password_hash) VALUES ('probe@demo.example', 'Probe', 'topsecret'); UPDATE users SET display_name = 'Probe 2', password_hash = 'moresecret' WHERE email = 'probe@demo.example'" > /dev/null
is 'the trigger logs who and what' 'INSERT|jeex_user
UPDATE|jeex_user' "$(sqlc jeex_admin "SELECT operation, session_role FROM audit.log WHERE table_name = 'users' AND row_id = (SELECT row_id FROM audit.log WHERE new ->> 'email' = 'probe@demo.example') ORDER BY id")"
is 'changed columns only, secrets hidden' '{"display_name": "Probe", "password_hash": "(hidden)"}|{"display_name": "Probe 2", "password_hash": "(hidden)"}' \
  "$(sqlc jeex_admin "SELECT old - 'updated_at', new - 'updated_at' FROM audit.log WHERE operation = 'UPDATE' AND table_name = 'users' ORDER BY id DESC LIMIT 1")"
is 'no secret in the audit log' 0 "$(sqlc jeex_admin "SELECT count(*) FROM audit.log WHERE old::text ~ 'secret' OR new::text ~ 'secret'")"
sqlc postgres "BEGIN; TRUNCATE exports; COPY (SELECT operation FROM audit.log ORDER BY id DESC LIMIT 1) TO STDOUT; ROLLBACK" > "$WORK/truncate"
is 'TRUNCATE is logged' TRUNCATE "$(cat "$WORK/truncate")"
is 'replica mode does not silence it' 1 "$(sqlc postgres "BEGIN; SET session_replication_role = replica; WITH u AS (UPDATE users SET is_active = is_active, display_name = display_name || '!' WHERE email = 'probe@demo.example' RETURNING id) SELECT 1 FROM u")"
for role in jeex_admin jeex_user jeex_readonly howdah_monitor howdah_backup; do
  refuses "$role cannot change the audit log" 'permission denied|read-only' sqlc $role 'DELETE FROM audit.log'
done
refuses 'nor can the owner' 'permission denied' sqlc jeex_admin 'SET ROLE jeex_owner; DELETE FROM audit.log'
sqlc jeex_user "SELECT count(*) FROM users WHERE email = 'find-me-in-the-log'" > /dev/null
has 'pgaudit logs reads' 'AUDIT: SESSION,.*READ,SELECT,.*find-me-in-the-log' "$(docker compose logs --no-log-prefix --tail 200 postgres 2>&1)"

# --------------------------------------------------------------------------------------------------- health functions
for role in jeex_user jeex_admin howdah_monitor; do
  is "$role: simple_health_check()" 'cache_hit_ratio,checked_at,connections,status' \
    "$(sqlc $role "SELECT string_agg(k, ',' ORDER BY k) FROM jsonb_object_keys(simple_health_check()) k")"
  is "$role: detailed_health_check()" 'autovacuum,checked_at,connections,database,errors,in_recovery,performance,server_version,status,uptime_seconds,wal,warnings' \
    "$(sqlc $role "SELECT string_agg(k, ',' ORDER BY k) FROM jsonb_object_keys(detailed_health_check()) k")"
  is "$role: get_database_metrics()" 'collected_at,database,database_bytes,queries,slow_queries,statement_counts' \
    "$(sqlc $role "SELECT string_agg(k, ',' ORDER BY k) FROM jsonb_object_keys(get_database_metrics()) k")"
done
has 'healthy' '^healthy$' "$(sqlc howdah_monitor "SELECT detailed_health_check() ->> 'status'")"
refuses 'jeex_readonly has no use for them' 'permission denied' sqlc jeex_readonly 'SELECT simple_health_check()'
lacks "jeex_user sees no other role's query text" '"role": "(postgres|jeex_admin)", "rows": [0-9]+, "calls": [0-9]+, "query": "[^<]' "$(sqlc jeex_user 'SELECT get_database_metrics()')"
is 'a ratio that is undefined is null' t "$(sqlc postgres "SELECT bool_and(j ? 'cache_hit_ratio') FROM jsonb_array_elements(get_database_metrics() -> 'slow_queries') j")"

# ------------------------------------------------------------------------------------------------------------ archive
first=$(sqlc howdah_backup 'SELECT pg_walfile_name(pg_switch_wal())')
for _ in $(seq 100); do inside test -f "/archive/$first" && break; sleep 0.1; done
is 'a switched segment is archived whole' '16777216 600' "$(inside stat -c '%s %a' "/archive/$first" 2>&1)"
is 'identical again: accepted' 0 "$(inside bash -c "cp /archive/$first /tmp/same && howdah-archive /tmp/same $first; echo \$?")"
sum=$(inside sha256sum "/archive/$first")
has 'different: refused, by its name' "$first: another file.*not overwritten" "$(inside bash -c "echo x >> /tmp/same; howdah-archive /tmp/same $first && echo ACCEPTED" 2>&1)"
is 'and not overwritten' "$sum" "$(inside sha256sum "/archive/$first")"
# shellcheck disable=SC2016 # the container's shell expands it
is 'a full disk: refused, nothing under the name, no rest' '1 0' "$(inside bash -c 'mkdir -p /tmp/a; head -c 62M /dev/zero > /tmp/fill 2> /dev/null; HOWDAH_ARCHIVE=/tmp/a howdah-archive /archive/'"$first"' whole 2> /dev/null; echo $? $(ls -A /tmp/a | wc -l); rm -rf /tmp/fill /tmp/same')"
is 'no failure counted' 0 "$(sqlc howdah_monitor 'SELECT failed_count FROM pg_stat_archiver')"
inside pg_basebackup -U howdah_replication -D - -F t -X fetch -c fast > "$WORK/base.tar" 2> "$WORK/base.err" < /dev/null
has 'a base backup can be taken' 'backup_manifest|base/1/' "$(tar -tf "$WORK/base.tar" 2>&1 | grep -E 'base/1/' | head -n 3) $(cat "$WORK/base.err")"

# -------------------------------------------------------------------------------------------------- the owner's lines
cd "$ROOT" || exit 1
compose=(docker-compose)
command -v docker-compose > /dev/null || compose=(docker compose)
is 'docker-compose exec postgres psql … -f script.sql' 'script ran as jeex_user' "$("${compose[@]}" exec postgres psql -U jeex_user -d jeex_idea -tA -f script.sql 2>&1 < /dev/null)"
"${compose[@]}" exec postgres pg_dump -U jeex_user jeex_idea > "$WORK/backup.sql" 2> "$WORK/dump.err" < /dev/null
is 'pg_dump as jeex_user fails loudly, dumps nothing' '1 0' "$? $(wc -c < "$WORK/backup.sql")"
has 'and says why' 'permission denied for schema audit' "$(cat "$WORK/dump.err")"
runs 'pg_dump as howdah_backup' bash -c "\"\$@\" exec postgres pg_dump -U howdah_backup jeex_idea > '$WORK/backup.sql' < /dev/null" _ "${compose[@]}"
is 'has every row' "$(sqlc postgres 'SELECT count(*) FROM agent_executions')" \
  "$(awk '/^COPY public.agent_executions /{on = 1; next} /^\\\.$/{on = 0} on' "$WORK/backup.sql" | wc -l)"
has 'docker-compose logs postgres' 'ready to accept connections' "$("${compose[@]}" logs postgres 2>&1)"
has 'docker-compose ps postgres' 'healthy' "$("${compose[@]}" ps postgres 2>&1)"
(unset COMPOSE_FILE COMPOSE_PROJECT_NAME HOWDAH_WORKDIR; docker compose config 2>&1) > "$WORK/config"
has "compose works from the repository's root by .env" '^name: howdah$' "$(cat "$WORK/config")"
has 'there /work is the repository' "source: $ROOT\$" "$(cat "$WORK/config")"
has 'SELECT * FROM pg_stat_statements …' '.' "$(sqlc jeex_admin 'SELECT * FROM pg_stat_statements ORDER BY mean_exec_time DESC LIMIT 10;')"
has 'table sizes' 'public\|document_versions\|' "$(sqlc jeex_admin "SELECT schemaname, tablename, pg_size_pretty(pg_total_relation_size(schemaname||'.'||tablename)) AS size FROM pg_tables WHERE schemaname = 'public';")"
has 'database size' '^[0-9]+$' "$(sqlc jeex_admin "SELECT pg_database_size('jeex_idea') / 1024 / 1024 AS size_mb;")"

# ------------------------------------------------------------------------------------------- stop, start, seed again
rows=$(sqlc postgres 'SELECT count(*) FROM agent_executions')
begun=$SECONDS
runs 'stop' docker compose stop
log=$(docker compose logs --no-log-prefix --tail 20 postgres 2>&1)
has "a clean shutdown ($((SECONDS - begun)) s)" 'database system is shut down' "$log"
is 'exit code 0' 0 "$(inspect '{{.State.ExitCode}}')"
has 'seed again: no new bootstrap password' 'seeded: ca.crt server.crt server.key$' "$(seed ca.crt server.crt server.key 2> /dev/null)"
is 'its file is empty' 0 "$("${volumes[@]}" 'stat -c %s /tls/bootstrap')"
runs 'start again' started
lacks 'no recovery was needed' 'not properly shut down' "$(docker compose logs --no-log-prefix --tail 40 postgres 2>&1)"
is 'the data is there' "$rows" "$(sqlc postgres 'SELECT count(*) FROM agent_executions')"
is 'and the passwords' jeex_user "$(net jeex_user "$canary-jeex_user" 'SELECT current_user' 2>&1)"
docker kill -s KILL "$(container)" > /dev/null
runs 'start after a crash' started
is 'the data is still there' "$rows" "$(sqlc postgres 'SELECT count(*) FROM agent_executions')"
runs 'down keeps the volumes' docker compose down
runs 'up finds them' started
is 'all the rows' "$rows" "$(sqlc postgres 'SELECT count(*) FROM agent_executions')"
docker volume create howdah-selftest_old > /dev/null
# shellcheck disable=SC2016
docker run --rm --network none --user 999 --entrypoint bash -v howdah-selftest_old:/var/lib/postgresql howdah-postgres:18 -c 'mkdir -p $PGDATA && echo 17 > $PGDATA/PG_VERSION'
out=$(docker run --rm --network none --user 999 -v howdah-selftest_old:/var/lib/postgresql howdah-postgres:18 2>&1)
is 'a volume of another major version: exit 65' '65 1' "$? $(grep -c 'is of PostgreSQL 17, this server is 18' <<< "$out")"

echo "$PASSED passed, $FAILED failed"
[[ $FAILED -eq 0 ]]
