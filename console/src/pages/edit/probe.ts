/** A document to ask the API about an address with, whatever else the form has so far. */
import type { Json, JsonObject } from './document';

/**
 * The API checks a document against the account only if its fields have the right form. So what has nothing to do with the
 * address stands in here; the faults that this makes are in other fields.
 * @param place the VPC and the subnets, as JSON
 */
export function addressProbe(place: string, privateIp: string): JsonObject {
  const [vpcId = null, subnetIds = null] = JSON.parse(place) as readonly Json[];
  return {
    name: 'check',
    persistence: { persistPrivateIp: true },
    compute: {
      vpcId,
      subnetIds,
      privateIp,
      launchSpecification: { imageId: 'ami-00000000', instanceTypes: { types: ['m7g.large'] } },
    },
  };
}
