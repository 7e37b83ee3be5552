/** The attribute for a model in schema.prisma that declares an index over these columns (Plinth's fields are camelCase). */
export function indexLine(columns: readonly string[]): string {
  return `@@index([${columns.map(fieldName).join(', ')}])`;
}

function fieldName(column: string): string {
  return column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A plain index name that PostgreSQL would also choose: table, columns, idx; at most 63 bytes. */
export function indexName(table: string, columns: readonly string[]): string {
  const bare = table.slice(table.lastIndexOf('.') + 1).replaceAll('"', '');
  return `${bare}_${columns.join('_')}`.slice(0, 59).concat('_idx');
}
