// SPDX-License-Identifier: GPL-3.0-or-later
#include "backup/physicalrunbook.h"

#include <QDateTime>

namespace howdah::backup
{

using namespace Qt::StringLiterals;

namespace
{

// What is written between two @ is filled in: nothing of it comes from a person but for names of folders, which are ours.
constexpr auto head = R"page(# Restoring @id@ without Howdah

@kind@ backup of the cluster @cluster@, PostgreSQL @version@. It is consistent from @stopLsn@ (timeline @timeline@) on, reached at @stop@; no earlier moment can be had from it.

It takes the programs of PostgreSQL @major@ (@atLeast@), this folder@withParent@ and the archive of WAL segments that were written since@withZstd@ (and gzip or zstd, where these are packed). Neither Howdah nor
anything that it keeps elsewhere. All is done on a copy: nothing that lies here is written to.

Work on another machine, or in a container without a network, never where the live server's files are; as the user whose files these are, and not as root, for whom the
server does not start. The lines are for bash, one block after the other, in a shell of its own: it ends where one of them fails. Then `rm -rf` of the new folder, and from
the top again. Paths without spaces, quotes and percent signs.

## 1. Names to fill in

```bash
set -euo pipefail
cd /path/to/base/@id@    # fill in: the folder of this page
NEW=/path/to/new         # fill in: a folder that is not there yet, on a disk with room for the whole cluster
SUPERUSER=postgres       # fill in where it is another: the cluster's superuser

export PATH=/usr/lib/postgresql/@major@/bin:$PATH TZ=UTC LC_ALL=C.UTF-8
WAL=$(cd ../../wal 2> /dev/null && pwd || { cd ../.. && pwd; })    # the archive: `wal` beside `base`, else the folder that `base` is in
mkdir -m 700 "$NEW"
SOCKET=$(mktemp -d)      # where the server will be reached, by this user alone
```

## 2. Is it whole? And a new data folder of it

Where a line complains, stop: this backup is damaged, and pg_combinebackup would make damage look sound. Another one may be whole.

```bash
echo "@sha256@  data/backup_manifest" | sha256sum --check
)page";

constexpr auto unpacking = R"page(untar() { case $1 in *.zst) zstd -dc "$1" | tar -xf - -C "$2" ;; *) tar -xf "$1" -C "$2" ;; esac; }
unpack() { # a folder of tar files, and the new folder that becomes of it
    mkdir -m 700 "$2"
    untar "$(ls "$1"/base.tar "$1"/base.tar.zst 2> /dev/null)" "$2"
    untar "$1/pg_wal.tar" "$2/pg_wal"
    for tar in "$1"/[0-9]*.tar "$1"/[0-9]*.tar.zst; do # tablespaces, each beside it, and nowhere near the live ones
        [ -e "$tar" ] || continue
        number=${tar##*/}; number=${number%%.*}
        mkdir -m 700 "$2.$number"; untar "$tar" "$2.$number"; ln -s "$2.$number" "$2/pg_tblspc/$number"
    done
    pg_verifybackup --manifest-path="$1/backup_manifest" "$2"
    rm -f "$2/tablespace_map" # it would make links to where the live ones are
    cp "$1/backup_manifest" "$2"
}
)page";

constexpr auto combining = R"page(MAPS=()
for link in "@newest@"/pg_tblspc/*; do
    [ ! -L "$link" ] || MAPS+=("--tablespace-mapping=$(readlink "$link")=$NEW/data.${link##*/}")
done
pg_combinebackup "@oldest@" "@newest@" --output="$NEW/data" "${MAPS[@]}"
)page";

constexpr auto body = R"page(chmod 700 "$NEW/data"
rm -f "$NEW"/data/{standby.signal,recovery.signal,postmaster.pid}
mv "$NEW/data/postgresql.auto.conf" "$NEW/postgresql.auto.conf.before"; touch "$NEW/data/postgresql.auto.conf"
```

## 3. Its configuration

Of its own, so that nothing of the live server's is touched: no network, no archiving (it would write its own branch into the archive), no worker of an extension.

```bash
# What restore_command calls: what is packed is unpacked. Exit code 1 says "not in the archive", which ends a recovery; what can't be read is to stop it.
cat > "$NEW/restore.sh" <<'END'
[ -r "$1" ] && [ -x "$1" ] || exit 126
if [ -e "$1/$2" ]; then cp -- "$1/$2" "$3"
elif [ -e "$1/$2.gz" ]; then gzip -dc -- "$1/$2.gz" > "$3"
elif [ -e "$1/$2.zst" ]; then zstd -dcq -- "$1/$2.zst" > "$3"
elif [ -e "$1/$2.lz4" ] || [ -e "$1/$2.bz2" ]; then echo "$2 is packed: unpack it first" >&2; exit 126
else exit 1; fi || { rm -f -- "$3"; exit 126; }
END
cat > "$NEW/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$SOCKET'
hba_file = '$NEW/pg_hba.conf'
ident_file = '$NEW/pg_ident.conf'
archive_mode = off
shared_preload_libraries = ''
@eventTriggers@restore_command = 'sh "$NEW/restore.sh" "$WAL" "%f" "%p"'
recovery_target_timeline = '@timeline@'
recovery_target_action = 'promote'
END
echo 'local all all trust' > "$NEW/pg_hba.conf"; touch "$NEW/pg_ident.conf"
# At least what the server had, or it will not start.
pg_controldata "$NEW/data" | sed -n 's/^\(max_connections\|max_worker_processes\|max_wal_senders\) setting: */\1 = /p; s/^max_prepared_xacts setting: */max_prepared_transactions = /p; s/^max_locks_per_xact setting: */max_locks_per_transaction = /p' >> "$NEW/postgresql.conf"
```

The timeline is a number, never 'latest': a clone of this cluster may have left a branch in the archive. Where the server went over to another timeline after this backup
(a NNNNNNNN.history lies in the archive, and it is not a clone's), that number is to stand there.

## 4. Where to stop: one of these

Without a target the server starts at the first hole in the archive as if all were well.

### The newest: the last commit that there is WAL of

```bash
# It reads nothing that is packed, so that is unpacked first, which takes room.
mkdir -m 700 "$NEW/wal"
for file in "$WAL"/*; do
    name=${file##*/}; name=${name%.gz}; name=${name%.zst}; name=${name%.lz4}; name=${name%.bz2}
    [[ $name =~ ^[0-9A-F]{24}$ && ! ${name:8} < @segment@ && ! -e $NEW/wal/$name ]] || continue
    if [ "$file" = "$WAL/$name" ]; then ln -s "$file" "$NEW/wal/$name"; else sh "$NEW/restore.sh" "$WAL" "$name" "$NEW/wal/$name"; fi
done
LAST=$(pg_waldump --path="$NEW/wal" --timeline=@timeline@ --start=@stopLsn@ --rmgr=Transaction 2> "$NEW/waldump" | sed -n 's/.*, lsn: \([0-9A-F/]*\), .*desc: COMMIT.*/\1/p' | tail -n 1 || true)
tail -n 1 "$NEW/waldump"; ls "$NEW/wal" | tail -n 1
[ -n "$LAST" ] || { echo "No commit behind the backup was found: only where there is none, \"This backup and nothing later\" is the newest" >&2; exit 1; }
echo "recovery_target_lsn = '$LAST'" >> "$NEW/postgresql.conf"
```

It reads until it finds no more: what it says at last names the segment that is not there, which is to be the one behind the last of the list. Where it is an earlier one,
the archive has a hole, and what lies behind it can't be had from this backup.

### A moment

```bash
TARGET='2026-01-31 14:02:12+00'    # fill in: with its offset from UTC; after the @stop@, and before the last commit there is WAL of
echo "recovery_target_time = '$TARGET'" >> "$NEW/postgresql.conf"
```

What was committed up to then is there, and nothing that was committed later. In place of it recovery_target_xid, with recovery_target_inclusive = off, stops before one
transaction; `pg_waldump --rmgr=Transaction` shows their numbers and times.

### This backup and nothing later

```bash
echo "recovery_target = 'immediate'" >> "$NEW/postgresql.conf"
```

## 5. Start it

That it has started does not say that it has arrived: hence the second line, and what the log says of where it stopped.

```bash
touch "$NEW/data/recovery.signal"
pg_ctl -D "$NEW/data" -l "$NEW/log" -o "-c config_file=$NEW/postgresql.conf" -t 86400 -w start || { tail -n 20 "$NEW/log"; exit 1; }
until pg_controldata "$NEW/data" | grep -q '^Database cluster state: *in production'; do
    pg_ctl -D "$NEW/data" status > /dev/null || { tail -n 20 "$NEW/log"; exit 1; }
    sleep 1
done
grep 'recovery stopping' "$NEW/log"
```

"recovery ended before configured recovery target was reached": there is no WAL up to there. "requested recovery stop point is before consistent recovery point": an
earlier backup is needed. "insufficient parameter settings": a setting was raised after this backup; the log says which and to what.

## 6. Look before you believe

```bash
pg_amcheck -h "$SOCKET" -U "$SUPERUSER" --all --install-missing
@checksums@echo "psql -h $SOCKET -U $SUPERUSER"
```

## 7. In the place of the lost server

The server's own configuration is in config/, and config/PLACES says where each file was: read it before it replaces the one of step 3. Archive into a new, empty folder,
never into the old one: this is a branch of its own. Passwords are those of then. What followed the old server (standbys, replication slots, subscribers) is to be made anew.
Take a base backup at once.
)page";

QString rendered(const char *text, const QMap<QString, QString> &words)
{
    const QString pattern = QString::fromUtf8(text);
    QString made;
    qsizetype at = 0;
    for (qsizetype begin; (begin = pattern.indexOf(u'@', at)) >= 0; ) {
        const qsizetype end = pattern.indexOf(u'@', begin + 1);
        made += QStringView(pattern).sliced(at, begin - at);
        const QString word = end > begin ? pattern.sliced(begin + 1, end - begin - 1) : QString();
        if (words.contains(word)) {
            made += words.value(word);
            at = end + 1;
        } else {
            made += u'@'; // bash's own
            at = begin + 1;
        }
    }
    return made + QStringView(pattern).sliced(at);
}

} // namespace

QByteArray runbookOf(const Backup &backup, const Backup *parent)
{
    const QString stop = backup.stopMs == 0 ? u"the STOP TIME of the .backup file of that name in the archive"_s
                                            : QDateTime::fromMSecsSinceEpoch(backup.stopMs, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss.zzz'+00'"_s);
    // What the stack made at its first start is the data folder itself.
    const QString below = parent && parent->ofStack ? QString() : u"/data"_s, parentData = parent ? u"../"_s + parent->id + below : QString();
    const int major = backup.serverVersionNum / 10000;
    const quint64 segmentSize = isSegmentSize(backup.segmentSize) ? backup.segmentSize : 16 << 20; // the usual one
    const bool zstd = !backup.compression.isEmpty() || (parent && !parent->compression.isEmpty());
    const QMap<QString, QString> words{
        {u"id"_s, backup.id},
        {u"kind"_s, backup.kind == BackupKind::Incremental ? u"An incremental"_s : u"A full"_s},
        {u"cluster"_s, backup.systemIdentifier},
        {u"version"_s, backup.serverVersion},
        {u"major"_s, QString::number(major)},
        {u"atLeast"_s, u"%1 or a later minor"_s.arg(backup.serverVersion)},
        {u"startLsn"_s, backup.startLsn.text()},
        {u"stopLsn"_s, backup.stopLsn.text()},
        {u"timeline"_s, QString::number(backup.timeline)},
        {u"segment"_s, Segment::holding(backup.timeline, backup.stopLsn, segmentSize).name(segmentSize).sliced(8)},
        {u"stop"_s, stop},
        {u"withParent"_s, parent ? u", the folder %1 beside it"_s.arg(parent->id) : QString()},
        {u"withZstd"_s, zstd ? u"; zstd"_s : QString()},
        {u"sha256"_s, QString::fromLatin1(backup.manifestSha256)},
        {u"oldest"_s, parent && !parent->tar ? parentData : u"$NEW/full"_s},
        {u"newest"_s, backup.tar ? u"$NEW/incremental"_s : u"data"_s},
        {u"eventTriggers"_s, major >= 17 ? u"event_triggers = off\n"_s : QString()},
        {u"checksums"_s, backup.dataChecksums ? u"pg_ctl -D \"$NEW/data\" -t 86400 -w stop\npg_checksums --check -D \"$NEW/data\"\npg_ctl -D \"$NEW/data\" -l \"$NEW/log\" -o \"-c config_file=$NEW/postgresql.conf\" -t 86400 -w start\n"_s
                                              : u"# This cluster has no checksums of its pages: pg_checksums can't look at them.\n"_s},
    };
    QString text = rendered(head, words);
    if (backup.tar || (parent && parent->tar))
        text += QString::fromUtf8(unpacking);
    if (parent) {
        text += u"echo \"%1  %2/backup_manifest\" | sha256sum --check\n"_s.arg(QString::fromLatin1(backup.parentSha256), parentData);
        text += parent->tar ? u"unpack %1 \"$NEW/full\"\n"_s.arg(parentData) : u"pg_verifybackup %1\n"_s.arg(parentData);
    }
    if (backup.tar)
        text += u"unpack data \"$NEW/%1\"\n"_s.arg(parent ? u"incremental"_s : u"data"_s);
    else
        text += parent ? u"pg_verifybackup data\n"_s : u"pg_verifybackup data\ncp -a data \"$NEW/data\"\n"_s;
    if (parent)
        text += rendered(combining, words);
    text += rendered(body, words);
    return text.toUtf8();
}

} // namespace howdah::backup
