/** How the API shows how long an address was away. */
import * as z from 'zod';
import type { AddressAway } from '../../domain/operation/address-away';
import type { LastReplacement } from '../../domain/node/stateful-node';

const time = z.iso.datetime().nullable();

const away = {
  awayFrom: time.describe('When the interface left a running instance. `null`: it did not, or that is not known.'),
  awayTo: time.describe('When it was on a running instance again. `null`: it was not, as far as that is known.'),
  awaySeconds: z.number().min(0).nullable().describe('The time between the two. `null`: one of them is.'),
};

export const awaySchema = z.strictObject(away).meta({ id: 'AddressAway' });

export const lastReplacementSchema = z.strictObject({
  at: z.iso.datetime().describe('When it was confirmed.'),
  ...away,
});

export function awayItem({ awayFrom, awayTo }: AddressAway): z.infer<typeof awaySchema> {
  const awaySeconds =
    awayFrom === undefined || awayTo === undefined
      ? null
      : Math.max(0, (Date.parse(awayTo) - Date.parse(awayFrom)) / 1000);
  return { awayFrom: awayFrom ?? null, awayTo: awayTo ?? null, awaySeconds };
}

export function lastReplacementItem(last: LastReplacement): z.infer<typeof lastReplacementSchema> {
  return { at: last.at, ...awayItem(last) };
}
