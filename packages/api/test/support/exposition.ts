/** A sample of the text format. */
export interface ParsedSample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A metric family of the text format. */
export interface ParsedFamily {
  type: string;
  help: string;
  samples: ParsedSample[];
}

/** Counters of postgres_exporter's, whose names end as they do there. */
const WITHOUT_TOTAL = /^pg_stat_(database|user_tables|archiver)_/;

/** What Node has open, which prom-client counts up and down under these names. */
const NODE_OWN = /^nodejs_active_(resources|handles|requests)_total$/;

/**
 * Reads the Prometheus text format 0.0.4, more strictly than Prometheus does: every family announced once by HELP and
 * TYPE before its samples, samples together, no sample twice, counters that end in _total and never below zero,
 * histograms complete and cumulative. Throws at the first line that is not so.
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let current: string | undefined;
  let announced: { name: string; help: string } | undefined;
  for (const line of text.split('\n')) {
    const fail = (what: string) => {
      throw new Error(`${what}: ${line}`);
    };
    if (line === '') continue;
    const help = /^# HELP ([a-zA-Z_:][\w:]*) (.+)$/.exec(line);
    if (help) {
      const [, name = '', words = ''] = help;
      if (families.has(name)) fail('a second HELP');
      if (/\\(?![\\n])/.test(words)) fail('an unknown escape');
      announced = { name, help: words };
      current = undefined;
      continue;
    }
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram|summary)$/.exec(line);
    if (type) {
      const [, name = '', kind = ''] = type;
      if (announced?.name !== name) fail('TYPE without its HELP before');
      if (families.has(name)) fail('a second TYPE');
      if (kind === 'counter' && !name.endsWith('_total') && !WITHOUT_TOTAL.test(name))
        fail('a counter without _total');
      if (kind !== 'counter' && name.endsWith('_total') && !NODE_OWN.test(name))
        fail('_total, and no counter');
      families.set(name, { type: kind, help: announced?.help ?? '', samples: [] });
      current = name;
      continue;
    }
    if (line.startsWith('#')) fail('neither HELP nor TYPE');
    const sample = parseSample(line);
    const family = families.get(current ?? '');
    if (family === undefined || current === undefined) return fail('a sample outside its family') as never;
    const suffix = sample.name.slice(current.length);
    const suffixes = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] }[
      family.type
    ] ?? [''];
    if (!sample.name.startsWith(current) || !suffixes.includes(suffix)) fail(`a sample in ${current}`);
    const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) fail('the same sample again');
    seen.add(key);
    if (family.type === 'counter' && !(sample.value >= 0)) fail('a counter below zero');
    family.samples.push(sample);
  }
  for (const [name, family] of families) if (family.type === 'histogram') checkHistogram(name, family);
  return families;
}

function parseSample(line: string): ParsedSample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const [, name = '', inside, number = ''] = match;
  const labels: Record<string, string> = {};
  let rest = inside ?? '';
  while (rest !== '') {
    const label = /^([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/.exec(rest);
    if (!label) throw new Error(`not a label at ${rest}: ${line}`);
    const [whole, key = '', value = ''] = label;
    if (key in labels) throw new Error(`the label ${key} twice: ${line}`);
    labels[key] = value.replace(/\\(.)/g, (_escape, char) => (char === 'n' ? '\n' : char));
    rest = rest.slice(whole.length);
  }
  const special: Record<string, number> = {
    '+Inf': Infinity,
    '-Inf': -Infinity,
    Nan: Number.NaN,
    NaN: Number.NaN,
  };
  const value = special[number] ?? Number(number);
  if (Number.isNaN(value) && !/^nan$/i.test(number)) throw new Error(`not a number: ${line}`);
  return { name, labels, value };
}

function checkHistogram(name: string, { samples }: ParsedFamily): void {
  const groups = new Map<string, ParsedSample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    groups.set(key, [...(groups.get(key) ?? []), sample]);
  }
  for (const [key, group] of groups) {
    const buckets = group.filter((sample) => sample.name === `${name}_bucket`);
    const count = group.find((sample) => sample.name === `${name}_count`)?.value;
    const bounds = buckets.map(({ labels }) => (labels.le === '+Inf' ? Infinity : Number(labels.le)));
    const ascending = (values: number[], equal: boolean) =>
      values.every(
        (value, index) =>
          index === 0 || value > (values[index - 1] as number) || (equal && value === values[index - 1]),
      );
    if (bounds.at(-1) !== Infinity || !ascending(bounds, false))
      throw new Error(`buckets of ${name} ${key}: ${bounds}`);
    if (
      !ascending(
        buckets.map(({ value }) => value),
        true,
      )
    )
      throw new Error(`buckets of ${name} ${key} are not cumulative`);
    if (count === undefined || buckets.at(-1)?.value !== count)
      throw new Error(`count of ${name} ${key} is not its last bucket`);
    if (!group.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} ${key} has no sum`);
  }
}
