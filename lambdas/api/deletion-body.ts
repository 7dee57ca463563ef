/** The body of a deletion: what is deleted with the node, and how long the rest is kept. */
import * as z from 'zod';
import type { Deletion } from '../../domain/node/stateful-node';

/** A year. */
const TTL_MAX_HOURS = 8760;

const unmanaged = (what: string) =>
  z.boolean().nullish().describe(`Both values mean the same: Holdfast makes no ${what}, so none are left.`);

const timeToLive = (what: string) =>
  z
    .strictObject({
      ttlInHours: z
        .int()
        .min(1)
        .max(TTL_MAX_HOURS)
        .nullish()
        .describe(
          `The ${what} are left for so many hours, and then deleted once nothing uses them. It delays the deletion even ` +
            'if the flag says to delete them. Default: they are deleted at once or left for good, as the flag says.',
        ),
    })
    .nullish();

/** Accepts every flag of the contract: clients send all of them, set or not. */
export const deletionBody = z
  .strictObject({
    deallocationConfig: z
      .strictObject({
        shouldTerminateInstance: z.boolean().nullish().describe('Default: true.'),
        shouldDeleteNetworkInterfaces: z
          .boolean()
          .nullish()
          .describe('Whether the persisted interface is deleted and its private IP released. Default: false.'),
        shouldDeleteVolumes: z
          .boolean()
          .nullish()
          .describe("Whether the volumes that the node's instances leave are deleted with their data. Default: false."),
        shouldDeleteSnapshots: unmanaged('snapshots'),
        shouldDeleteImages: unmanaged('images'),
        networkInterfaces: timeToLive('interfaces'),
        volumes: timeToLive('volumes'),
      })
      .nullish(),
    amiBackup: z.strictObject({ shouldDeleteImages: unmanaged('images') }).nullish(),
  })
  .optional();

export function deletionIn(body: z.infer<typeof deletionBody>): Deletion {
  const { shouldTerminateInstance, networkInterfaces, volumes, ...flags } = body?.deallocationConfig ?? {};
  const interfacesTtlHours = networkInterfaces?.ttlInHours ?? undefined;
  const volumesTtlHours = volumes?.ttlInHours ?? undefined;
  return {
    shouldTerminateInstance: shouldTerminateInstance ?? true,
    shouldDeleteNetworkInterfaces: flags.shouldDeleteNetworkInterfaces === true && interfacesTtlHours === undefined,
    shouldDeleteVolumes: flags.shouldDeleteVolumes === true && volumesTtlHours === undefined,
    ...(interfacesTtlHours !== undefined && { interfacesTtlHours }),
    ...(volumesTtlHours !== undefined && { volumesTtlHours }),
  };
}
