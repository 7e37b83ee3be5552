/**
 * An object of these fields, all null, to be copied (`{ ...it }`) and filled. Filled by name from nothing, V8 makes a dictionary
 * of more than a dozen fields; what JSON.parse makes is of one known shape, and so are its copies.
 */
export function emptyOf(names: readonly string[]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null]))));
}
