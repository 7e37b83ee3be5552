import { expect } from '@jest/globals';
import { describeCases } from './check-fixture.js';

describeCases([
  {
    id: 'unused-indexes',
    thresholds: { unusedIndexMinBytes: 100_000, unusedIndexWindowMs: 0 },
    async plant({ run }) {
      await run(
        'create table public.thing (id int primary key, name text, parent_id int references public.thing)',
        'create index thing_name_idx on public.thing (name)',
        'create index thing_parent_id_idx on public.thing (parent_id)',
        "insert into public.thing select n, 'name ' || n, 1 from generate_series(1, 20000) n",
        'vacuum analyze public.thing',
      );
      return {
        object: 'public.thing_name_idx',
        finding: {
          repair: expect.objectContaining({
            sql: ['drop index concurrently public.thing_name_idx'],
            prisma: 'remove @@index([name]) from the model of public.thing',
            lock: 'SHARE UPDATE EXCLUSIVE',
          }),
        },
      };
    },
  },
  {
    id: 'duplicate-indexes',
    async plant({ run }) {
      await run(
        'create table public.thing (id int primary key, name text, kind int)',
        'create index thing_name_kind_idx on public.thing (name, kind)',
        'create index thing_name_idx on public.thing (name)',
        // Not covered: another order, class, predicate, or uniqueness.
        'create index thing_kind_idx on public.thing (kind)',
        'create index thing_name_desc_idx on public.thing (name desc)',
        'create index thing_name_pattern_idx on public.thing (name text_pattern_ops)',
        'create index thing_name_part_idx on public.thing (name) where kind > 3',
        'create unique index thing_name_key on public.thing (name) where kind = 1',
        'create index thing_lower_idx on public.thing (lower(name))',
      );
      return {
        object: 'public.thing_name_idx',
        finding: {
          evidence: expect.objectContaining({ coveredBy: 'public.thing_name_kind_idx', exact: false }),
        },
      };
    },
  },
  {
    id: 'invalid-indexes',
    async plant({ admin, run }) {
      await run(
        'create table public.thing (name text)',
        "insert into public.thing values ('same'), ('same')",
      );
      await expect(
        admin.none('create unique index concurrently thing_name_key on public.thing (name)'),
      ).rejects.toThrow();
      return {
        object: 'public.thing_name_key',
        finding: {
          repair: expect.objectContaining({ sql: ['reindex index concurrently public.thing_name_key'] }),
        },
      };
    },
  },
  {
    id: 'missing-foreign-key-indexes',
    async plant({ run }) {
      await run(
        'create table public.parent (a int, b int, primary key (a, b))',
        // Served by an index in another order, by a partial one that leaves out nulls only, and not at all.
        'create table public.served (parent_b int, parent_a int, foreign key (parent_a, parent_b) references public.parent)',
        'create index on public.served (parent_b, parent_a)',
        'create table public.single (id int primary key)',
        'create table public.partly (single_id int references public.single)',
        'create index on public.partly (single_id) where single_id is not null',
        'create table public.bare (first_parent_a int, parent_b int, foreign key (first_parent_a, parent_b) references public.parent)',
        'create index on public.bare (parent_b)',
      );
      return {
        object: 'public.bare.bare_first_parent_a_parent_b_fkey',
        finding: {
          repair: {
            sql: [
              'create index concurrently "bare_first_parent_a_parent_b_idx" on public.bare (first_parent_a, parent_b)',
            ],
            prisma: '@@index([firstParentA, parentB])',
            command: null,
            lock: 'SHARE UPDATE EXCLUSIVE',
          },
        },
      };
    },
  },
  {
    id: 'unvalidated-constraints',
    async plant({ run }) {
      await run(
        'create table public.thing (price int)',
        'alter table public.thing add constraint thing_price_check check (price > 0) not valid',
      );
      return { object: 'public.thing.thing_price_check' };
    },
  },
  {
    id: 'sequences',
    async plant({ run }) {
      await run(
        'create table public.thing (id serial primary key)',
        'grant select on sequence public.thing_id_seq to plinth_readonly',
        "select setval('public.thing_id_seq', 2000000000)",
        'create sequence public.wide',
        'grant select on sequence public.wide to plinth_readonly',
        "select setval('public.wide', 2000000000)",
      );
      return {
        object: 'public.thing_id_seq',
        finding: {
          severity: 'critical',
          evidence: expect.objectContaining({ table: 'thing', column: 'id', last: 2147483647 }),
        },
      };
    },
  },
]);
