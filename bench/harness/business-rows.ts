import { withClient } from '@plinth/db';

/** The id of row `index` (from 0): computed, so that callers need no list of ids. Ordered like UUIDs of version 7. */
export function businessId(index: number): string {
  return `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** Makes `businesses` hold exactly `rows` generated rows; leaves it alone where it does already. */
export async function loadBusinesses(url: string, rows: number, log: (line: string) => void): Promise<void> {
  await withClient(url, async (client) => {
    // A killed seed case leaves it off, and writes without it would look fast.
    await client.query('ALTER TABLE businesses ENABLE TRIGGER businesses_audit');
    const found = await client.query<{ rows: number }>('SELECT count(*)::int AS rows FROM businesses');
    if (found.rows[0]?.rows === rows) return;
    log(`loading ${rows} businesses`);
    // No audit rows for generated rows.
    await client.query('SET session_replication_role = replica');
    await client.query('TRUNCATE businesses CASCADE');
    await client.query(
      `INSERT INTO businesses (id, legal_name, trade_name, registration_number, country, industry_code, email, city,
                               employee_count, status, risk_level, metadata, created_at, updated_at)
       SELECT ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
              'Business ' || md5(i::text) || ' Limited',
              CASE WHEN i % 3 = 0 THEN 'Shop ' || i END,
              'R' || i,
              (ARRAY['DE','US','GB','FR','JP'])[1 + i % 5],
              lpad((i % 999999)::text, 6, '0'),
              'office' || i || '@example.com',
              (ARRAY['Berlin','Austin','Leeds','Lyon','Osaka'])[1 + i % 5],
              i % 5000,
              (ARRAY['pending','active','suspended','closed'])[1 + i % 4]::business_status,
              (ARRAY['low','medium','high','critical'])[1 + i % 4]::risk_level,
              jsonb_build_object('source', 'bench', 'index', i),
              timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second',
              timestamptz '2026-01-01 00:00:00Z' + i * interval '1 second'
       FROM generate_series(0, $1::int - 1) AS i`,
      [rows],
    );
    await client.query('VACUUM (ANALYZE) businesses');
  });
}

/** Row numbers in a fixed random-looking order (a linear congruential generator): the same for every side and run. */
export function scatteredIndexes(rows: number, count: number): number[] {
  let state = 42;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * rows);
  });
}
