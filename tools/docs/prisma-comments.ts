import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the `///` comments of the Prisma schema say, by the names of the database. */
export interface ModelComments {
  table: string;
  /** The file's name without its ending. */
  topic: string;
  model: string;
  comment: string;
  /** By column. */
  fields: Map<string, string>;
}

export interface EnumComment {
  type: string;
  topic: string;
  comment: string;
}

/**
 * Reads every model and enum of a schema folder, in the order of files and lines. It understands what our own files
 * use, formatted by Prisma: blocks, `///` above their subject, @map and @@map.
 */
export function readComments(schemaDir: string): { models: ModelComments[]; enums: EnumComment[] } {
  const models: ModelComments[] = [];
  const enums: EnumComment[] = [];
  for (const file of readdirSync(schemaDir).sort()) {
    const text = readFileSync(join(schemaDir, file), 'utf8');
    const topic = file.replace(/\.prisma$/, '');
    for (const [, comments = '', kind, name = '', body = ''] of text.matchAll(
      /((?:^\/\/\/[^\n]*\n)*)^(model|enum) (\w+) \{\n(.*?)^\}/gms,
    )) {
      const mapped = /^\s*@@map\("([^"]+)"\)/m.exec(body)?.[1] ?? name;
      const comment = plain(comments);
      if (kind === 'enum') enums.push({ type: mapped, topic, comment });
      else models.push({ table: mapped, topic, model: name, comment, fields: readFields(body) });
    }
  }
  return { models, enums };
}

function readFields(body: string): Map<string, string> {
  const fields = new Map<string, string>();
  let comment: string[] = [];
  for (const line of body.split('\n')) {
    const trimmed = line.trim();
    if (trimmed.startsWith('///')) {
      comment.push(trimmed);
      continue;
    }
    const name = /^(\w+)\s+\w/.exec(trimmed)?.[1];
    const column = /[^@]@map\("([^"]+)"\)/.exec(trimmed)?.[1] ?? name;
    if (column !== undefined && comment.length > 0) fields.set(column, plain(comment.join('\n')));
    comment = [];
  }
  return fields;
}

const plain = (comments: string): string =>
  comments
    .split('\n')
    .map((line) => line.replace(/^\s*\/\/\/ ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
