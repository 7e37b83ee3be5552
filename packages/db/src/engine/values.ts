import { type ColumnType, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

/** The OIDs of the types a catalog query or `_prisma_migrations` can return (pg_type.dat). */
const columnTypes = new Map<number, ColumnType>([
  [16, ColumnTypeEnum.Boolean],
  [17, ColumnTypeEnum.Bytes],
  // "char", the catalogs' one-byte type: adapter-pg refuses it, and with it every introspection.
  [18, ColumnTypeEnum.Character],
  [20, ColumnTypeEnum.Int64],
  [21, ColumnTypeEnum.Int32],
  [23, ColumnTypeEnum.Int32],
  [26, ColumnTypeEnum.Int64],
  [114, ColumnTypeEnum.Json],
  [700, ColumnTypeEnum.Float],
  [701, ColumnTypeEnum.Double],
  [1000, ColumnTypeEnum.BooleanArray],
  [1002, ColumnTypeEnum.CharacterArray],
  [1003, ColumnTypeEnum.TextArray],
  [1005, ColumnTypeEnum.Int32Array],
  [1007, ColumnTypeEnum.Int32Array],
  [1009, ColumnTypeEnum.TextArray],
  [1015, ColumnTypeEnum.TextArray],
  [1016, ColumnTypeEnum.Int64Array],
  [1028, ColumnTypeEnum.Int64Array],
  [1082, ColumnTypeEnum.Date],
  [1114, ColumnTypeEnum.DateTime],
  [1184, ColumnTypeEnum.DateTime],
  [1700, ColumnTypeEnum.Numeric],
  [2950, ColumnTypeEnum.Uuid],
  [3802, ColumnTypeEnum.Json],
]);

const asText = (value: string) => value;
const getTypeParser = pg.types.getTypeParser as (oid: number) => (value: string) => unknown;
const textArray = getTypeParser(1009);

/** How the engine wants a value in text form; what is not named here is parsed as pg does. */
const parsers = new Map<number, (value: string) => unknown>([
  [114, asText],
  [1002, textArray],
  [1003, textArray],
  [1082, asText],
  [1114, (value) => `${value.replace(' ', 'T')}+00:00`],
  // The session is in UTC, so the offset is always +00.
  [1184, (value) => value.replace(' ', 'T').replace(/[+-]\d{2}(:\d{2})?$/, '+00:00')],
  [1700, asText],
  [3802, asText],
]);

/** The type the engine is told for a PostgreSQL type OID; text for types it has no name for. */
export function columnTypeOf(oid: number): ColumnType {
  return columnTypes.get(oid) ?? ColumnTypeEnum.Text;
}

/** pg's hook for parsing: text values only, unknown types as text. */
export function parserOf(oid: number): (value: string) => unknown {
  return parsers.get(oid) ?? (columnTypes.has(oid) ? getTypeParser(oid) : asText);
}
