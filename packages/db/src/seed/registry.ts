import { demoScenario } from './demo.js';
import { devScenario } from './dev.js';
import type { Scenario } from './scenario.js';
import { testScenario } from './test.js';

/** Every scenario, once; `plinth seed <name>` and its help are made from this. */
export const scenarios: readonly Scenario[] = [devScenario, testScenario, demoScenario];
