/**
 * Known fields of the document that Holdfast does not support. They are refused by name, with the reason.
 * A list's elements are written `[]`.
 */
export const UNSUPPORTED_FIELDS: ReadonlyMap<string, string> = new Map([
  ['strategy.orientation', 'pools are tried in the order in which subnets and instance types are given'],
  ['strategy.minimumInstanceLifetime', 'an instance stays for as long as EC2 leaves it'],
  ['persistence.blockDevicesMode', 'block devices are not persisted'],
  ['compute.volumeAttachments', 'volumes are not carried from instance to instance'],
  [
    'compute.launchSpecification.instanceTypes.resourceRequirements',
    'instance types are named, not chosen by what they have',
  ],
  ['compute.launchSpecification.shutdownScript', 'nothing is run on an instance before it ends'],
  ['compute.launchSpecification.networkInterfaces[].networkInterfaceId', 'the persisted interface is always made anew'],
]);

/** Fields of a node that responses contain and that cannot be set. */
const READ_ONLY_FIELDS: ReadonlySet<string> = new Set(['id', 'createdAt', 'updatedAt']);

/** Why a field outside the schema is refused, and what to do about it. */
export function whyRefused(path: string): string {
  if (READ_ONLY_FIELDS.has(path)) return 'cannot be set; remove it';
  const reason = UNSUPPORTED_FIELDS.get(path.replaceAll(/\.\d+(?=\.|$)/g, '[]'));
  return reason === undefined ? 'is not supported; remove it' : `is not supported yet (${reason}); remove it`;
}
