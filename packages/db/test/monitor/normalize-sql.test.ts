import { expect, test } from '@jest/globals';
import { normalizeSql } from '../../src/monitor/normalize-sql.js';

test.each([
  ["select * from users where email = 'a@b.c' and id = 42", 'select * from users where email = ? and id = ?'],
  ["select E'it\\'s', 'it''s', $$body$$, $x$other$x$ from t1", 'select ?, ?, ?, ? from t1'],
  ['select $1, col_2, "Quoted3" from t -- trailing secret', 'select $1, col_2, "Quoted3" from t'],
  ['select 1 /* secret */ from t\n  where a = -1.5e3', 'select ? from t where a = ?'],
  // pg_stat_activity cuts long texts: an opened string has no end.
  ["update t set a = 'cut off in the mid", 'update t set a = ?'],
])('no value of %s is left', (text, shape) => {
  expect(normalizeSql(text)).toBe(shape);
});

test('long statements are cut', () => {
  expect(normalizeSql(`select ${'a, '.repeat(500)} b`)).toHaveLength(503);
});
