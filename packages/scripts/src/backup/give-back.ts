/** Smaller ones are not worth the trouble, and may lie in memory that Node shares among many. */
const WORTH_BYTES = 4 * 1024;

/**
 * Frees the memory of a piece of a stream at once. Only its one owner may do it: afterwards the piece is empty. What is a
 * part of a larger buffer is left to the collector. Gigabytes pass through here in pieces of 64 KiB; left to the
 * collector, they make it run dozens of times a second, for longer than compressing and hashing take together.
 */
export function giveBack(piece: Buffer): void {
  const memory = piece.buffer;
  if (piece.byteLength < WORTH_BYTES || piece.byteLength !== memory.byteLength) return;
  // In Node since 21; TypeScript's library has it from es2024 on.
  if (memory instanceof ArrayBuffer) (memory as Transferable).transfer(0);
}

interface Transferable extends ArrayBuffer {
  transfer(bytes: number): ArrayBuffer;
}
