import { PlinthError } from '../errors.js';
import type { Sql } from '../sql.js';
import { readSeals, type Seal } from './seals.js';

/** One link of the chain as kept outside the database, where no administrator of the database can rewrite it. */
export interface AuditHead {
  seal: string;
  chain: string;
  sealedAt: string;
}

/** The links after seal `after` (all of them unless told), oldest first. */
export async function exportAuditHeads(sql: Pick<Sql, 'query'>, after = '0'): Promise<AuditHead[]> {
  const heads: AuditHead[] = [];
  for await (const seals of readSeals(sql, after)) heads.push(...seals.map(headOf));
  return heads;
}

const headOf = (seal: Seal): AuditHead => ({ seal: seal.id, chain: seal.chain, sealedAt: seal.sealedAt });

/** Reads an export: one JSON object per line. Throws PlinthError `heads_invalid` naming the line. */
export function parseAuditHeads(text: string): AuditHead[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const head = readHead(line);
    if (head !== undefined) return [head];
    throw new PlinthError('heads_invalid', `line ${index + 1} is not a chain head`, {
      fix: 'give a file that `plinth audit export` wrote',
    });
  });
}

function readHead(line: string): AuditHead | undefined {
  try {
    const head = JSON.parse(line) as Partial<AuditHead> | null;
    const valid =
      typeof head?.seal === 'string' &&
      /^\d{1,19}$/.test(head.seal) &&
      /^[0-9a-f]{64}$/.test(head.chain ?? '');
    return valid
      ? { seal: head.seal as string, chain: head.chain as string, sealedAt: String(head.sealedAt) }
      : undefined;
  } catch {
    return undefined;
  }
}
