/** `pnpm docs:rules`: writes deploy/prometheus/rules.yml from the monitor's checks and thresholds. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseMonitorConfig, prometheusRules } from '../../packages/db/src/monitor.js';

const folder = fileURLToPath(new URL('../../deploy/prometheus', import.meta.url));
await mkdir(folder, { recursive: true });
await writeFile(`${folder}/rules.yml`, prometheusRules(parseMonitorConfig({})));
