// Everything of Prisma lives in packages/db; this makes its commands work from the root.
export { default } from './packages/db/prisma.config.js';
