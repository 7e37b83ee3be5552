// `node --import <this file> <file.ts>`: runs the sources as they are. Node takes the types out itself; this adds that our
// packages mean their sources (the condition `plinth-source`) and that `./name.js` beside them is `./name.ts`.
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const inSource = { ...context, conditions: [...context.conditions, 'plinth-source'] };
    if (/^\.\.?\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
      try {
        return next(`${specifier.slice(0, -2)}ts`, inSource);
      } catch (error) {
        if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      }
    }
    return next(specifier, inSource);
  },
});
