/** A document to ask the API about an address with, whatever else the form has so far. */
import type { Json, JsonObject } from './document';

export interface Place {
  readonly vpcId: Json;
  readonly subnetIds: Json;
}

/** What to ask the API about an address for a node with: the rest of its document is there already. */
export function addressPatch(place: Place, privateIp: string): JsonObject {
  return { persistence: { persistPrivateIp: true }, compute: { ...place, privateIp } };
}

/**
 * The same for a new node. The API checks a document against the account only if its fields have the right form, so what has
 * nothing to do with the address stands in here; the faults that this makes are in other fields.
 */
export function addressProbe(place: Place, privateIp: string): JsonObject {
  return {
    name: 'check',
    persistence: { persistPrivateIp: true },
    compute: {
      ...place,
      privateIp,
      launchSpecification: { imageId: 'ami-00000000', instanceTypes: { types: ['m7g.large'] } },
    },
  };
}
