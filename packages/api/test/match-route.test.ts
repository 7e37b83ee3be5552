import { describe, expect, test } from '@jest/globals';
import { createRouteMatcher } from '../src/match-route.js';
import { anyone, defineRoute } from '../src/route.js';
import { routes } from '../src/routes.js';

const route = (path: string, method: 'GET' | 'POST' = 'GET') =>
  defineRoute({ method, path, summary: path, access: anyone, handler: async () => undefined });

describe('the path of a request', () => {
  const match = createRouteMatcher([
    route('/'),
    route('/a/:id'),
    route('/a/:id', 'POST'),
    route('/a/export'),
    route('/a/:id/b/:other'),
    route('/a/export/b/:deep/c'),
  ]);
  const found = (path: string) => {
    const matched = match(path);
    return matched && [matched.served.path, matched.params];
  };

  test('finds its route and its parameters, a literal before a parameter', () => {
    expect(found('/')).toEqual(['/', {}]);
    expect(found('/a/1')).toEqual(['/a/:id', { id: '1' }]);
    expect(found('/a/export')).toEqual(['/a/export', {}]);
    expect(found('/a/1/b/2')).toEqual(['/a/:id/b/:other', { id: '1', other: '2' }]);
    // The literal branch does not lead there, the parameter's does.
    expect(found('/a/export/b/2')).toEqual(['/a/:id/b/:other', { id: 'export', other: '2' }]);
  });

  test('is the same with a slash at its end, and decoded', () => {
    expect(found('/a/1/')).toEqual(['/a/:id', { id: '1' }]);
    expect(found('/a/x%2Fy%20z')).toEqual(['/a/:id', { id: 'x/y z' }]);
    expect(() => match('/a/%zz')).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });

  test('that nobody serves finds nothing', () => {
    for (const path of ['/a', '/a//', '/a/', '/b', '/a/1/b', '/a/1/b/2/3', '/A/1', '']) {
      expect([path, found(path)]).toEqual([path, undefined]);
    }
  });

  test('tells the methods it has', () => {
    expect(match('/a/1')?.served.allow).toBe('GET, HEAD, OPTIONS, POST');
    expect([...(match('/a/1')?.served.byMethod.keys() ?? [])].sort()).toEqual(['GET', 'HEAD', 'POST']);
  });

  test('is served once per method, and under one name', () => {
    expect(() => createRouteMatcher([route('/a'), route('/a')])).toThrow(
      'two routes for the same method of /a',
    );
    expect(() => createRouteMatcher([route('/a/:id'), route('/a/:name', 'POST')])).toThrow(
      'are the same path',
    );
  });

  test('of every route of the API finds that very route', () => {
    const all = createRouteMatcher(routes);
    for (const { path, method } of routes) {
      const matched = all(path.replace(/:\w+/g, () => crypto.randomUUID()));
      expect([method, matched?.served.path, matched?.served.byMethod.get(method)?.path]).toEqual([
        method,
        path,
        path,
      ]);
    }
  });
});
