// The same handlers under Fastify, for reference.
import fastify from 'fastify';
import { createHandlers } from './handlers.js';

const handlers = createHandlers(process.env);
const app = fastify();
const json = 'application/json; charset=utf-8';
app.get<{ Params: { id: string } }>('/v1/businesses/:id', async (request, reply) => {
  reply.type(json);
  return handlers.business(request.headers.authorization, request.params.id);
});
app.get('/v1/businesses', async (request, reply) => {
  reply.type(json);
  return handlers.businesses(request.headers.authorization);
});
app.get('/v1/me/blocks', async (request, reply) => {
  reply.type(json);
  return handlers.blocks(request.headers.authorization);
});
const address = await app.listen({ port: 0, host: '127.0.0.1' });
console.log(JSON.stringify({ msg: 'listening', port: Number(new URL(address).port) }));
