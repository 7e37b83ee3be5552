import { bulkUpdateWithDdl } from './bulk-update-with-ddl.js';
import { embeddedTransaction } from './embedded-transaction.js';
import { enumValueUsedAtOnce } from './enum-value-used-at-once.js';
import { foreignKeyWithoutIndex } from './foreign-key-without-index.js';
import { lossyDown } from './lossy-down.js';
import { missingDown } from './missing-down.js';
import { outOfOrder } from './out-of-order.js';
import { renameAsDropAdd } from './rename-as-drop-add.js';
import type { Rule } from './rule.js';
import { serialTypeChange } from './serial-type-change.js';
import { severalTablesLocked } from './several-tables-locked.js';
import { validateWithNotValid } from './validate-with-not-valid.js';

/** Our own rules: only what squawk has none for. */
export const RULES: readonly Rule[] = [
  embeddedTransaction,
  serialTypeChange,
  renameAsDropAdd,
  enumValueUsedAtOnce,
  validateWithNotValid,
  severalTablesLocked,
  bulkUpdateWithDdl,
  foreignKeyWithoutIndex,
  missingDown,
  lossyDown,
  outOfOrder,
];
