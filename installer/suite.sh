# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# Debian 13's package index beside this machine's own: in a folder of its own, so that nothing of it can be installed by accident;
# from the mirror that this machine uses, checked by apt against Debian's archive keys. Sourced after say.sh and packages.sh.

ARCHIVE_KEYS=/usr/share/keyrings/debian-archive-keyring.gpg

# debian_mirror: the one in this machine's apt sources that serves Debian's own releases.
debian_mirror() {
    # shellcheck disable=SC2016 # apt's own placeholders
    apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
        awk '$2 ~ /^(bookworm|trixie|stable|oldstable)$/ && $3 == "main" { print $1; exit }'
}

# trixie_state DIR: makes DIR such an index; afterwards `trixie DIR apt-get …` and `trixie DIR apt-cache …` speak of Debian 13.
trixie_state() {
    local dir=$1 mirror
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || { say "No Debian mirror in this machine's apt sources"; return 1; }
    [ -r "$ARCHIVE_KEYS" ] || { say "No $ARCHIVE_KEYS (package debian-archive-keyring) to check Debian 13's index with"; return 1; }
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial" "$dir/preferences.d" "$dir/sources.list.d"
    : >"$dir/status"
    echo "deb [signed-by=$ARCHIVE_KEYS] $mirror trixie main" >"$dir/sources.list"
    cat >"$dir/apt.conf" <<CONF
Dir::State "$dir";
Dir::State::lists "$dir/lists";
Dir::State::status "$dir/status";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/sources.list";
Dir::Etc::sourceparts "$dir/sources.list.d";
Dir::Etc::preferences "$dir/preferences";
Dir::Etc::preferencesparts "$dir/preferences.d";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::AllowInsecureRepositories "false";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
CONF
    trixie "$dir" apt-get -qq update >&2
}
trixie() {
    local dir=$1
    shift
    (cd "$dir" && APT_CONFIG=$dir/apt.conf LC_ALL=C.UTF-8 "$@")
}
