import { CATALOGUE, type RouteFacts, routes } from '../../packages/api/src/description.js';
import { findTableUses } from './table-uses.js';

function who({ access }: RouteFacts): string {
  if (access.kind === 'permissions') return access.all.map((permission) => `\`${permission}\``).join(', ');
  if (access.kind === 'signed_in') return access.inPerson ? 'signed in, no API key' : 'signed in';
  return { public: 'everybody', ops: 'operators' }[access.kind];
}

const linked = (paths: readonly string[]) =>
  paths.length === 0
    ? '-'
    : paths
        .map((path) => `[${path.replace(/^packages\//, '').replace('/prisma/migrations/', '/')}](../${path})`)
        .join('<br>');

/** docs/reference.md: every error, every route, and for each table the production code that writes and reads it. */
export async function renderReference(root: string): Promise<string> {
  const errors = Object.entries(CATALOGUE).map(
    ([code, [status, title]]) => `| \`${code}\` | ${status} | ${title} |`,
  );
  const served = routes.map((route) => {
    const marks = [
      route.ifMatch ? 'If-Match' : '',
      route.idempotent ? 'Idempotency-Key' : '',
      route.versioned && route.method === 'GET' ? 'ETag' : '',
      route.media ?? '',
    ].filter(Boolean);
    return `| ${route.method} | \`${route.path}\` | ${who(route)} | ${marks.join(', ')} | ${route.summary} |`;
  });
  const uses = (await findTableUses(root)).map(
    ({ table, writers, readers }) => `| \`${table}\` | ${linked(writers)} | ${linked(readers)} |`,
  );
  return `<!-- made by pnpm docs:api; never edited -->
# Reference

## Errors

Every failure is \`application/problem+json\` (RFC 9457) with \`type\` \`urn:plinth:problem:<code>\`, \`code\`, \`requestId\`
and, where fields are to blame, \`errors\`. Codes never change their meaning.

| code | status | title |
|---|---|---|
${errors.join('\n')}

## Routes

| method | path | who | takes and gives | what |
|---|---|---|---|---|
${served.join('\n')}

## Tables

The production code that writes and reads each table (seeds and tests left out).

| table | written by | read by |
|---|---|---|
${uses.join('\n')}
`;
}
