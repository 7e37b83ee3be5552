/**
 * The Prisma operation that a statement came from, as `Model.action`: from a trailing sqlcommenter comment
 * (https://google.github.io/sqlcommenter/spec) with the keys `model` and `action`, or Prisma's own `prismaQuery`.
 * Null where there is none.
 */
export function operationOf(text: string): string | null {
  const comment = /\/\*((?:[^*]|\*(?!\/))*)\*\/\s*;?\s*$/.exec(text)?.[1];
  if (comment === undefined) return null;
  const pairs = new Map<string, string>();
  for (const [, key, value] of comment.matchAll(/([\w.%-]+)='((?:[^'\\]|\\.)*)'/g)) {
    try {
      pairs.set(decodeURIComponent(key ?? ''), decodeURIComponent(value ?? ''));
    } catch {
      // Not percent-encoded as the specification wants: not ours.
    }
  }
  const model = pairs.get('model');
  const action = pairs.get('action');
  if (action !== undefined) return model === undefined ? action : `${model}.${action}`;
  return /^(\w+\.\w+)/.exec(pairs.get('prismaQuery') ?? '')?.[1] ?? null;
}
