import { open } from 'node:fs/promises';

const READ_BYTES = 256 * 1024;

/** A file that is read while it is being written. The reader never holds the writer up: the disk lies between them. */
export interface GrowingFile {
  /** So many bytes of it are written. */
  grownTo(bytes: number): void;
  /** It is complete. */
  completed(): void;
  /** It will never be: readers end with this error. */
  failed(error: unknown): void;
  /** Its bytes from the first to the last, as they come. The file is opened on first use. */
  read(): AsyncGenerator<Buffer>;
}

/** Follows the file at `path`; what writes it says how far it is. */
export function followFile(path: string): GrowingFile {
  let written = 0;
  let complete = false;
  let failure: { error: unknown } | undefined;
  let wake = () => {};
  const changed = () => {
    wake();
  };
  return {
    grownTo(bytes) {
      written = bytes;
      changed();
    },
    completed() {
      complete = true;
      changed();
    },
    failed(error) {
      failure = { error };
      changed();
    },
    async *read() {
      let at = 0;
      const more = async () => {
        while (at >= written && !complete && failure === undefined)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        if (failure !== undefined) throw failure.error;
        return at < written;
      };
      if (!(await more())) return;
      const file = await open(path, 'r');
      try {
        while (await more()) {
          const size = Math.min(READ_BYTES, written - at);
          const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(size), 0, size, at);
          // Shorter than what was written: the comparison of sizes and hashes tells.
          if (bytesRead === 0) return;
          at += bytesRead;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
  };
}
