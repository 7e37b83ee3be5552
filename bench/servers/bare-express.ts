// A bare Express 5 server over pg, as a process of its own.
import type { AddressInfo } from 'node:net';
import express from 'express';
import { createHandlers } from './handlers.js';

const handlers = createHandlers(process.env);
const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.get('/v1/businesses/:id', async (request, response) => {
  response
    .type('application/json')
    .send(await handlers.business(request.headers.authorization, request.params.id));
});
app.get('/v1/businesses', async (request, response) => {
  response.type('application/json').send(await handlers.businesses(request.headers.authorization));
});
app.get('/v1/me/blocks', async (request, response) => {
  response.type('application/json').send(await handlers.blocks(request.headers.authorization));
});
const server = app.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ msg: 'listening', port: (server.address() as AddressInfo).port }));
});
