/** Every route of the API. */
import * as z from 'zod';
import { managedInstanceRoutes, NODES_PATH } from './node-routes';
import { openApiDocument } from './openapi';
import { route, type Method, type Route } from './route';

const health = route({
  method: 'GET',
  path: '/health',
  operationId: 'getHealth',
  summary: 'See that the API answers',
  description: 'Needs no token, and looks at nothing behind the API.',
  isPublic: true,
  answer: { kind: 'holdfast:health', item: z.strictObject({ status: z.literal('ok') }) },
  run: async () => ({ items: [{ status: 'ok' }] }),
});

/** Made when it is first asked for: most containers never are. */
let document: unknown;

const openApi = route({
  method: 'GET',
  path: '/openapi.json',
  operationId: 'getOpenApi',
  summary: 'Read this document',
  description: 'Plain OpenAPI, without the envelope, so that tools can read it.',
  answer: 'document',
  run: async () => ({ items: [(document ??= openApiDocument(routes))] }),
});

export const routes: readonly Route[] = [...managedInstanceRoutes, health, openApi];

/** Routes that clients know and that are refused by name. They are in no document: there is nothing to describe. */
export const unsupportedRoutes: readonly { readonly method: Method; readonly path: string; readonly what: string }[] = [
  { method: 'GET', path: `${NODES_PATH}/{id}/costs`, what: 'The costs of a node' },
  { method: 'DELETE', path: `${NODES_PATH}/{id}/volume/{volumeId}`, what: 'Deleting a volume of a node' },
  { method: 'POST', path: `${NODES_PATH}/migration`, what: 'Importing an instance' },
  { method: 'GET', path: `${NODES_PATH}/migration/{migrationId}`, what: 'Importing an instance' },
  { method: 'POST', path: `${NODES_PATH}/migration/bulk`, what: 'Importing instances' },
  { method: 'POST', path: `${NODES_PATH}/migration/search`, what: 'Importing instances' },
];
