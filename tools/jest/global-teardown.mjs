import { once } from 'node:events';

/** Lets the keeper stop its servers and waits until their folder is gone. */
export default async function stopServers() {
  const keeper = globalThis.plinthServers;
  if (keeper === undefined || keeper.exitCode !== null) return;
  keeper.ref();
  keeper.stdin.end();
  const [code] = await once(keeper, 'exit');
  if (code !== 0) throw new Error(`the test servers did not stop cleanly (exit ${code})`);
}
