import { createAccessTokens, createCursors } from '@plinth/api/description';
import { openPool } from '../harness/pool.js';

/**
 * What a team would write by hand: check the token, run one prepared statement, answer its rows. No permissions, no
 * validation, no logging, no headers, no revocation. The token check is the very same as ours, cache included.
 */
export function createHandlers(env: NodeJS.ProcessEnv) {
  const pool = openPool(env.DATABASE_URL ?? '', Number(env.DB_POOL_MAX));
  const tokens = createAccessTokens(Buffer.from(env.TOKEN_SIGNING_KEY ?? '', 'base64url'));
  const cursors = createCursors(Buffer.from(env.CURSOR_KEY ?? '', 'base64url'));

  const signedIn = (authorization: string | undefined) =>
    tokens.verify(authorization?.slice('Bearer '.length) ?? '');
  /** The page as ours answers it: one row more tells whether there is a next page. */
  const page = (scope: string, rows: { createdAt: Date; id: string }[]) => {
    const data = rows.slice(0, 25);
    const last = rows.length > 25 ? data.at(-1) : undefined;
    const nextCursor = last
      ? cursors.seal(scope, { value: last.createdAt.toISOString(), id: last.id })
      : null;
    return JSON.stringify({ data, nextCursor });
  };

  return {
    async business(authorization: string | undefined, id: string): Promise<string> {
      await signedIn(authorization);
      const { rows } = await pool.query({ name: 'business', text: BUSINESS, values: [id] });
      return JSON.stringify(rows[0]);
    },
    async businesses(authorization: string | undefined): Promise<string> {
      await signedIn(authorization);
      const { rows } = await pool.query({ name: 'businesses', text: BUSINESSES });
      return page('/v1/businesses [{},{"sort":"-createdAt"}]', rows);
    },
    async blocks(authorization: string | undefined): Promise<string> {
      const { userId } = await signedIn(authorization);
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query({ name: 'actor', text: ACTOR, values: [userId] });
        const { rows } = await client.query({ name: 'blocks', text: BLOCKS, values: [userId] });
        await client.query('commit');
        return page('/v1/me/blocks {"sort":"-createdAt"}', rows);
      } catch (error) {
        await client.query('rollback');
        throw error;
      } finally {
        client.release();
      }
    },
  };
}

const COLUMNS = `
  id, legal_name as "legalName", trade_name as "tradeName", registration_number as "registrationNumber", tax_id as "taxId",
  country, legal_form as "legalForm", industry_code as "industryCode", email, phone, website, street, city, region,
  postal_code as "postalCode", to_char(founded_on, 'YYYY-MM-DD') as "foundedOn", employee_count as "employeeCount",
  annual_revenue_minor::float8 as "annualRevenueMinor", status, risk_level as "riskLevel",
  compliance_status as "complianceStatus", metadata, created_at as "createdAt", updated_at as "updatedAt", version`;
export const BUSINESS = `select ${COLUMNS} from businesses where id = $1 and deleted_at is null`;
export const BUSINESSES = `select ${COLUMNS} from businesses where deleted_at is null order by created_at desc, id desc limit 26`;
export const ACTOR =
  "select set_config('app.user_id', $1, true), set_config('app.actor_type', 'user', true), set_config('app.actor_id', $1, true), set_config('app.request_id', '', true)";
export const BLOCKS = `
select b.id, b.tags, b.note, b.created_at as "createdAt", b.updated_at as "updatedAt", b.version,
       json_build_object('id', a.id, 'name', a.name, 'externalIds', a.external_ids, 'genres', a.genres) as artist
  from user_artist_blocks b join artists a on a.id = b.artist_id
 where b.user_id = $1 order by b.created_at desc, b.id desc limit 26`;
