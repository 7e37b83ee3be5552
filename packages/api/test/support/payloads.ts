import { HOSTILE_TEXTS } from './arbitrary.js';

/** Payloads: what injects, in every quoting that might let it through. */
export function payloads(count: number): string[] {
  const cores = [
    ...HOSTILE_TEXTS.filter((text) => text.length < 100 && text.trim() !== ''),
    "x') or ('1'='1",
    '1 union select null',
    'a"b',
    '`id`',
    '$(id)',
  ];
  const wraps = [
    (text: string) => text,
    (text: string) => `'${text}`,
    (text: string) => `${text}'--`,
    (text: string) => `"${text}"`,
    (text: string) => `');${text}`,
    (text: string) => `%27${text}`,
    (text: string) => `\\'${text}`,
    (text: string) => `/*${text}*/`,
    (text: string) => `${text};`,
    (text: string) => `$$${text}$$`,
    (text: string) => `E'${text}`,
    (text: string) => `{"$ne":"${text}"}`,
    (text: string) => `U&'${text}'`,
    (text: string) => `a${text}b`,
    (text: string) => `(${text})`,
    (text: string) => `${text}\n`,
    (text: string) => `::${text}`,
    (text: string) => `*|${text}`,
    (text: string) => `%${text}%`,
    (text: string) => `,${text},`,
  ];
  const all = wraps.flatMap((wrap) => cores.map(wrap));
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_text, index) => index % step === 0).slice(0, count);
}
