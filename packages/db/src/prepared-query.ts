import pg from 'pg';
import { DatabaseError } from './errors.js';
import { emptyOf } from './known-shape.js';

/** What pg takes as a query, and the name under which it is measured. */
export type QueryConfig = pg.QueryConfig & { operation?: string; types?: pg.CustomTypesConfig };

type Callback = (error: Error | null | undefined, result?: pg.QueryResult) => void;

/** What the server said of the rows of a prepared statement, and what pg made of it. */
interface Description {
  types: pg.CustomTypesConfig | undefined;
  /** Undefined for statements without rows. */
  fields: pg.FieldDef[] | undefined;
  parsers: unknown;
  emptyRow: unknown;
}

/** The parts of pg's Query, Result and Connection that its types leave out. */
interface PgResult {
  _types: pg.CustomTypesConfig | undefined;
  fields: pg.FieldDef[];
  _parsers: unknown;
  _prebuiltEmptyResultObject: unknown;
}
interface PgConnection {
  describe(message: object): void;
}
interface PgQuery {
  name: string;
  _result: PgResult;
  _accumulateRows: boolean;
  _canceledDueToError: unknown;
  prepare(connection: PgConnection): void;
  handleDataRow(message: { fields: unknown[] }): void;
  handleCommandComplete(message: object, connection: PgConnection): void;
}
const PgQuery = pg.Query as unknown as new (text: string, values: unknown, callback: Callback) => PgQuery;

/** What is remembered of a connection. */
interface Memory {
  /** The connection, deaf to requests for a description. */
  quiet: PgConnection;
  statements: Map<string, Description>;
}
const memories = new WeakMap<PgConnection, Memory>();

/**
 * A prepared statement that asks for the description of its rows once per connection. pg asks every time, which is a tenth
 * of what a small read costs, on both sides. The answer cannot change: PostgreSQL refuses to run a prepared statement whose
 * columns would be others than at its first run (`plan_outdated`, errors.ts).
 */
export class PreparedQuery extends PgQuery {
  readonly #types: pg.CustomTypesConfig | undefined;
  #known: Description | undefined;

  constructor(config: QueryConfig & { name: string }, values: unknown, callback: Callback) {
    // Given a text instead of a configuration, pg has nothing to copy.
    super(config.text, values ?? config.values, callback);
    this.name = config.name;
    this.#types = config.types;
    this._result._types = config.types;
  }

  override prepare(connection: PgConnection): void {
    const memory = memories.get(connection);
    const known = memory?.statements.get(this.name);
    if (memory === undefined || known === undefined || known.types !== this.#types) {
      super.prepare(connection);
      return;
    }
    this.#known = known;
    this._accumulateRows = true;
    if (known.fields !== undefined) {
      this._result.fields = known.fields;
      this._result._parsers = known.parsers;
      this._result._prebuiltEmptyResultObject = known.emptyRow;
    }
    super.prepare(memory.quiet);
  }

  override handleDataRow(message: { fields: unknown[] }): void {
    // Only a pooler that changed servers under us can cause it; a row must never be read by the columns of another.
    if (this.#known && message.fields.length !== this.#known.fields?.length) {
      this._canceledDueToError = new DatabaseError('connection_lost');
      return;
    }
    super.handleDataRow(message);
  }

  override handleCommandComplete(message: object, connection: PgConnection): void {
    super.handleCommandComplete(message, connection);
    if (this.#known === undefined) this.#remember(connection);
  }

  #remember(connection: PgConnection): void {
    let memory = memories.get(connection);
    if (memory === undefined) {
      memory = { quiet: Object.create(connection, { describe: { value: () => {} } }), statements: new Map() };
      memories.set(connection, memory);
    }
    const { fields, _parsers: parsers, _prebuiltEmptyResultObject: emptyRow } = this._result;
    memory.statements.set(this.name, {
      types: this.#types,
      fields: emptyRow === null ? undefined : fields,
      parsers,
      emptyRow: emptyRow && emptyOf(Object.keys(emptyRow)),
    });
  }
}
