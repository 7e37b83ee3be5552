import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mail, Mailer } from './mail.js';

/** Where letters go, and whom they come from. */
export interface OutboxOptions {
  folder: string;
  /** An address, or `Name <address>`. */
  from: string;
  onFailure: (error: unknown) => void;
  now?: () => Date;
}

/**
 * Puts each letter into a folder as .eml file (RFC 5322), from where a relay may fetch it and people may open it.
 * Files appear whole. Only the process's user can read them: they carry secrets.
 */
export function createOutbox({ folder, from, onFailure, now = () => new Date() }: OutboxOptions): Mailer {
  return {
    async send(mail) {
      const date = now();
      const id = randomUUID();
      const name = `${date.toISOString().replaceAll(':', '-')}-${id}`;
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await writeFile(join(folder, `.${name}.part`), toEml(mail, from, date, id), { mode: 0o600 });
        await rename(join(folder, `.${name}.part`), join(folder, `${name}.eml`));
      } catch (error) {
        onFailure(error);
      }
    },
  };
}

/** The letter as RFC 5322 message. Throws when a header would hold a line break or anything but ASCII. */
function toEml({ to, subject, text }: Mail, from: string, date: Date, id: string): string {
  const domain = /@([^>\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
  const headers = {
    From: from,
    To: to,
    Subject: subject,
    Date: date.toUTCString().replace('GMT', '+0000'),
    'Message-ID': `<${id}@${domain}>`,
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Transfer-Encoding': 'base64',
    'Auto-Submitted': 'auto-generated',
  };
  const lines = Object.entries(headers).map(([name, value]) => {
    if (!/^[\x20-\x7e]+$/.test(value)) throw new Error(`the mail header ${name} cannot carry its value`);
    return `${name}: ${value}`;
  });
  const body = Buffer.from(text.replaceAll('\n', '\r\n'))
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
  return `${lines.join('\r\n')}\r\n\r\n${body}\r\n`;
}
