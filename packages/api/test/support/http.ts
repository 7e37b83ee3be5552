import { checkContract } from './contract.js';

/** An answer with its body parsed. */
export interface Answer {
  status: number;
  headers: Headers;
  // Tests read whatever the route under test answers.
  // biome-ignore lint/suspicious/noExplicitAny: bodies differ per route
  body: any;
  text: string;
}

export interface Ask {
  method?: string;
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  raw?: string;
  headers?: Record<string, string>;
}

/** Sends a request and reads the whole answer. */
export async function ask(
  url: string,
  { method = 'GET', body, raw, headers = {} }: Ask = {},
): Promise<Answer> {
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method,
    headers: { ...(payload === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(payload === undefined ? {} : { body: payload }),
  });
  const text = await readBody(response);
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '') && text !== '';
  // Every answer of every test, against the OpenAPI document.
  checkContract(method, url, { status: response.status, headers: response.headers, text });
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : undefined,
    text,
  };
}

/** The whole body; of a stream of events, which does not end, what comes first. */
async function readBody(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return await response.text();
  const reader = response.body?.getReader();
  const first = await reader?.read();
  await reader?.cancel();
  return new TextDecoder().decode(first?.value);
}
