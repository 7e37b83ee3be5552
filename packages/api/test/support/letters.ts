import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A letter of the outbox, as a mail program would read it. */
export interface Letter {
  to: string;
  subject: string;
  text: string;
  headers: Record<string, string>;
  /** The secret in it, where there is one. */
  token: string;
}

/** Reads every letter of an outbox, oldest first. Throws for a file that is no RFC 5322 message. */
export async function readLetters(folder: string): Promise<Letter[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort();
  return Promise.all(names.map(async (name) => parseLetter(await readFile(join(folder, name), 'utf8'))));
}

function parseLetter(file: string): Letter {
  if (/[^\r]\n|\r[^\n]/.test(file)) throw new Error('a line does not end in CRLF');
  const [head = '', body = ''] = file.split('\r\n\r\n', 2);
  const headers = Object.fromEntries(
    head.split('\r\n').map((line) => {
      const [, name = '', value = ''] = /^([A-Za-z-]+): (.+)$/.exec(line) ?? [];
      if (name === '') throw new Error(`no header: ${line}`);
      return [name.toLowerCase(), value];
    }),
  );
  const text = Buffer.from(body, 'base64').toString('utf8');
  const token = /(?:token=|\n)([\w-]{43})(?:\s|$)/.exec(text)?.[1] ?? '';
  return { to: headers.to ?? '', subject: headers.subject ?? '', text, headers, token };
}
