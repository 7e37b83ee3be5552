import type { ManifestDraft } from './manifest.js';

/** The text of RESTORE.md in every set: how to restore it with stock tools alone, without Plinth. */
export function restoreGuide(manifest: ManifestDraft): string {
  const { id, source, client, engine, encryption, files, content } = manifest;
  const passphrase = encryption?.recipients[0] === 'passphrase';
  const decrypt = encryption === null ? 'cat' : passphrase ? 'age -d' : 'age -d -i "$KEY"';
  const zstd = files.some((file) => file.zstd);
  const unpack = (from: string, to: string) => `${decrypt} ${from}${zstd ? ' | zstd -d' : ''} > ${to}`;
  const stored = (role: string) => files.find((file) => file.role === role)?.name ?? '';
  const roles = content.roles.map(({ name }) => name).join(', ') || 'none';
  const dump =
    engine.format === 'custom'
      ? unpack(stored('dump'), '"$WORK/dump"')
      : `mkdir "$WORK/dump"\nfor f in dump/*; do n=$(basename "$f"); n=\${n%.age}; n=\${n%.zst}; ${unpack('"$f"', '"$WORK/dump/$n"')}; done`;
  return `# Restoring backup ${id} by hand

Database ${source.database} of PostgreSQL ${source.serverVersion}, dumped by pg_dump ${client.version}. Needed: ${encryption === null ? '' : 'age, '}${zstd ? 'zstd, ' : ''}and
psql and pg_restore of PostgreSQL ${client.major} or newer (for a server below 17: below 17). Run this in the folder of this file, on a
server where you are superuser (PGHOST, PGPORT, PGUSER and PGPASSWORD say which).${
    encryption === null
      ? ' The files are not encrypted.'
      : passphrase
        ? ' age asks for the passphrase.'
        : ` KEY is the file with the secret identity of one of: ${encryption.recipients.join(', ')}.`
  }

1. Is it whole? Each line must say OK.

\`\`\`sh check
sha256sum -c - <<'SUMS'
${files.map((file) => `${file.storedSha256}  ${file.name}`).join('\n')}
SUMS
\`\`\`

2. Unpack into a folder that only you may read.

\`\`\`sh unpack
set -eu
umask 077
WORK=\${WORK:-$(mktemp -d)}
${dump}
${unpack(stored('globals'), '"$WORK/globals.sql"')}
echo "$WORK"
\`\`\`

3. Roles (${roles}). Those that exist already are reported and stay as they are. Passwords are not in a backup: set new ones.

\`\`\`sh roles
psql -X -q -d postgres -f "$WORK/globals.sql"
\`\`\`

4. The database. TARGET is its new name.

\`\`\`sh restore
set -eu
createdb --template=template0 --encoding=${source.encoding} "$TARGET"
pg_restore --exit-on-error --jobs=2 --dbname="$TARGET" "$WORK/dump"
psql -X -d "$TARGET" -c ANALYZE
\`\`\`

5. Compare: manifest.json has the rows of every table under content.tables. Then delete WORK, which holds plaintext.
${content.properties.settings.length > 0 ? `\nThe database had settings of its own, which pg_restore leaves out: ${content.properties.settings.map(({ role, setting }) => `${role ?? 'all roles'}: ${setting}`).join('; ')}.\n` : ''}`;
}
