import { lookup as resolve } from 'node:dns';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { OutboundError, toOutboundError } from './outbound-error.js';
import { isPublicAddress } from './public-address.js';

export interface Hop {
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer | undefined;
  maxBytes: number;
  allowPrivate: boolean;
  /** Resolves names; the system's resolver unless a test says otherwise. */
  resolve: LookupFunction;
  signal: AbortSignal;
}

export interface HopAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** The system's resolver. */
export const systemResolver: LookupFunction = (host, options, callback) => resolve(host, options, callback);

/**
 * One request on a connection of its own. The address is judged after it was resolved and is the one that is connected
 * to: a name that resolves differently a moment later changes nothing. A single private address among several refuses
 * the host. Throws OutboundError.
 */
export async function sendOnce(hop: Hop): Promise<HopAnswer> {
  const { url, method, headers, body, maxBytes, allowPrivate, signal } = hop;
  // Also for addresses written as such, which no resolver ever sees.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowPrivate && isIP(host) !== 0 && !isPublicAddress(host)) throw new OutboundError('address_refused');
  signal.throwIfAborted();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((done, fail) => {
    const reject = (error: unknown) => fail(signal.aborted ? signal.reason : toOutboundError(error));
    const request = send(
      url,
      {
        method,
        headers: { ...headers, 'accept-encoding': 'identity' },
        agent: false,
        signal,
        lookup: allowPrivate ? hop.resolve : guarded(hop.resolve),
        maxHeaderSize: 16_384,
      },
      (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer): unknown => {
          size += chunk.length;
          if (size <= maxBytes) return chunks.push(chunk);
          // Not left to the error event: an answer that is complete by now emits none.
          reject(new OutboundError('too_large'));
          return request.destroy();
        });
        response.once('error', reject);
        response.once('end', () =>
          done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        );
      },
    );
    request.once('error', reject);
    request.end(body);
  });
}

function guarded(inner: LookupFunction): LookupFunction {
  return (host, options, callback) => {
    inner(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses = Array.isArray(found) ? found : [];
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(new OutboundError('address_refused'), '', 0);
      }
      if (options.all) return callback(null, addresses);
      callback(null, first.address, first.family);
    });
  };
}
