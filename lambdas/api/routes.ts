/** Every route of the API. */
import * as z from 'zod';
import { accountRoutes } from './account-routes';
import { checkRoutes } from './check-routes';
import { costRoutes } from './cost-routes';
import { metricRoutes } from './metric-routes';
import { migrationRoutes } from './migration-routes';
import { managedInstanceRoutes } from './node-routes';
import { listRoutes } from './list-routes';
import { openApiDocument } from './openapi';
import { operationRoutes } from './operation-routes';
import { recoveryRoutes } from './recovery-routes';
import { resourceRoutes } from './resource-routes';
import { route, type Route } from './route';
import { volumeRoutes } from './volume-routes';

const health = route({
  method: 'GET',
  path: '/health',
  operationId: 'getHealth',
  summary: 'Check that the API responds',
  description: 'Needs no token, and checks nothing behind the API.',
  isPublic: true,
  answer: { kind: 'holdfast:health', item: z.strictObject({ status: z.literal('ok') }) },
  run: async () => ({ items: [{ status: 'ok' }] }),
});

/** Made on the first request for it: most containers never get one. */
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

export const routes: readonly Route[] = [
  ...managedInstanceRoutes,
  ...operationRoutes,
  ...listRoutes,
  ...checkRoutes,
  ...accountRoutes,
  ...costRoutes,
  ...metricRoutes,
  ...volumeRoutes,
  ...resourceRoutes,
  ...migrationRoutes,
  ...recoveryRoutes,
  health,
  openApi,
];
