import { ApiError } from './errors.js';
import type { Route } from './route.js';

/** What is served at one path. */
export interface ServedPath {
  readonly path: string;
  readonly byMethod: ReadonlyMap<string, Route>;
  /** For the Allow header. */
  readonly allow: string;
}

/** A served path with the values of its parameters. */
export interface MatchedPath {
  readonly served: ServedPath;
  readonly params: Record<string, string>;
}

interface Node {
  literals: Map<string, Node>;
  parameter: Node | undefined;
  served: ServedPath | undefined;
  /** Of the parameters on the way here, in order. */
  names: string[];
}

const newNode = (): Node => ({ literals: new Map(), parameter: undefined, served: undefined, names: [] });

/**
 * Finds the routes of a path segment by segment: what it costs does not grow with the number of routes, whereas
 * Express tries them one after the other. A literal goes before a parameter, whatever the order they are written in.
 * Throws when two routes have the same method and path.
 */
export function createRouteMatcher(routes: readonly Route[]): (path: string) => MatchedPath | undefined {
  const root = newNode();
  const byPath = new Map<string, Route[]>();
  for (const route of routes) byPath.set(route.path, [...(byPath.get(route.path) ?? []), route]);
  for (const [path, here] of byPath) {
    const methods = here.map(({ method }) => method);
    if (new Set(methods).size < methods.length) throw new Error(`two routes for the same method of ${path}`);
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
    const byMethod = new Map<string, Route>(here.map((route) => [route.method, route]));
    const get = byMethod.get('GET');
    if (get) byMethod.set('HEAD', get);
    let node = root;
    for (const segment of segmentsOf(path)) {
      if (segment.startsWith(':')) {
        node.parameter ??= newNode();
        node = node.parameter;
      } else {
        const next = node.literals.get(segment) ?? newNode();
        node.literals.set(segment, next);
        node = next;
      }
    }
    if (node.served) throw new Error(`${path} and ${node.served.path} are the same path`);
    node.served = { path, byMethod, allow };
    node.names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name as string);
  }

  function find(
    node: Node,
    segments: readonly string[],
    at: number,
    values: readonly string[],
  ): MatchedPath | undefined {
    if (at === segments.length) {
      const { served, names } = node;
      return (
        served && {
          served,
          params: Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])),
        }
      );
    }
    const segment = segments[at] as string;
    const literal = node.literals.get(segment);
    const found = literal && find(literal, segments, at + 1, values);
    if (found || node.parameter === undefined || segment === '') return found;
    return find(node.parameter, segments, at + 1, [...values, segment]);
  }

  return (path) => {
    const found = path.startsWith('/') ? find(root, segmentsOf(path), 0, []) : undefined;
    if (found) for (const name in found.params) found.params[name] = decode(found.params[name] as string);
    return found;
  };
}

/** `/a/b` and `/a/b/` are the same path. */
function segmentsOf(path: string): string[] {
  const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
  return path.slice(1, end).split('/');
}

/** Throws ApiError `invalid_request` for what is no percent-encoding. */
function decode(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new ApiError('invalid_request', 'the path is not properly percent-encoded', { cause: error });
  }
}
