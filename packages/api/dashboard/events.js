import { Refusal, send } from './ask.js';

/** The API sends a comment at least every 15 s: a line that is silent for three times as long is dead. */
const SILENCE_MS = 45_000;
const LONGEST_WAIT_MS = 30_000;
/** A stream that ends after this long was ended in order (the API does so every ten minutes): it is no break. */
const ORDERLY_MS = 5_000;

/**
 * Follows a stream of server-sent events until `signal` ends it; reads by fetch, since EventSource cannot send
 * Authorization. After a break it tries again, the longer the more often it failed, with chance so that a thousand
 * pages do not come back at once. Answers when it was refused (401, 403) or ended.
 * @param {string} path
 * @param {{ signal: AbortSignal, onOpen: () => void, onEvent: (name: string, data: any) => void,
 *           onBreak: (refusal: Refusal, retryAt: number) => void, wake: () => Promise<void> }} options
 *   `wake` resolves when somebody wants a try at once.
 */
export async function followEvents(path, { signal, onOpen, onEvent, onBreak, wake }) {
  let failures = 0;
  let openedAt = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const line = new AbortController();
    const end = () => line.abort();
    signal.addEventListener('abort', end);
    let silence = window.setTimeout(end, SILENCE_MS);
    /** @type {Refusal} */
    let refusal;
    try {
      const response = await send(path, { signal: line.signal });
      failures = 0;
      openedAt = Date.now();
      onOpen();
      for await (const event of readEvents(response, () => {
        clearTimeout(silence);
        silence = window.setTimeout(end, SILENCE_MS);
      }))
        onEvent(event.name, event.data);
      refusal = new Refusal(0, 'ended', 'the stream ended');
    } catch (error) {
      refusal = error instanceof Refusal ? error : new Refusal(0, 'broken', 'the stream broke off');
    } finally {
      clearTimeout(silence);
      signal.removeEventListener('abort', end);
    }
    if (signal.aborted) return;
    if (refusal.status === 401 || refusal.status === 403) throw refusal;
    if (refusal.code === 'ended' && Date.now() - openedAt > ORDERLY_MS) continue;
    const waitMs = Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** failures) * (0.5 + Math.random() / 2);
    failures++;
    onBreak(refusal, Date.now() + waitMs);
    await Promise.race([new Promise((resolve) => setTimeout(resolve, waitMs)), wake()]);
  }
}

/**
 * @param {Response} response
 * @param {() => void} onBytes
 * @returns {AsyncGenerator<{ name: string, data: any }>}
 */
async function* readEvents(response, onBytes) {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  while (reader) {
    const { done, value } = await reader.read();
    if (done) return;
    onBytes();
    const blocks = (rest + value).replaceAll('\r\n', '\n').split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const lines = block.split('\n');
      const data = lines.flatMap((text) => (text.startsWith('data:') ? [text.slice(5).trimStart()] : []));
      const name =
        lines
          .find((text) => text.startsWith('event:'))
          ?.slice(6)
          .trim() ?? 'message';
      if (data.length > 0) yield { name, data: JSON.parse(data.join('\n')) };
    }
  }
}
