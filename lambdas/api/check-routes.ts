/** Holdfast's own route that checks a configuration without changing anything. */
import * as z from 'zod';
import { describedId } from '../../domain/config/ids';
import { fieldApiError, missingNodeError, RequestRefused } from './error-responses';
import { InvalidRequest, NodeMissing } from './node-service';
import { route, type Route } from './route';

const checkBody = z.strictObject({
  managedInstance: z
    .record(z.string(), z.unknown())
    .describe('A configuration, as for a creation or an update. Any object: its errors are in the response.'),
  managedInstanceId: describedId('smi')
    .optional()
    .describe('Checks an update of this node, which may be partial. Default: checks a creation.'),
});

const checkItemSchema = z
  .strictObject({
    isValid: z.boolean(),
    errors: z
      .array(z.strictObject({ code: z.string(), message: z.string(), field: z.string() }))
      .describe('Every error of the request that was checked, as that request would have them now.'),
  })
  .meta({ id: 'Check' });

export const checkRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/holdfast/check',
    operationId: 'checkConfiguration',
    summary: 'Check a configuration without creating or changing anything',
    description:
      'The checks of a creation or an update, against the account as it is now. An address that another node has only ' +
      'reserved, because its interface is not made yet, is found by the creation or the update itself.',
    body: { schema: checkBody, isRequired: true },
    answer: { kind: 'holdfast:check', item: checkItemSchema },
    run: async ({ service, body }) => {
      const found = await service.check(body.managedInstance, body.managedInstanceId).catch((error: unknown) => {
        throw error instanceof NodeMissing
          ? new RequestRefused(400, missingNodeError(error, 'managedInstanceId'))
          : error;
      });
      const errors = found.length === 0 ? [] : new InvalidRequest(found).fieldErrors.map(fieldApiError);
      return { items: [{ isValid: errors.length === 0, errors }] };
    },
  }),
];
