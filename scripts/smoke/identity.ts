/** What must be the same before and after an interruption, and what must not. */
import type { Look } from './observations';

export interface Identity {
  readonly instanceId: string;
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  /** The Elastic IP's address. */
  readonly publicIp: string;
  readonly macAddress: string;
}

/** As EC2 shows it, independent of what Holdfast says. Undefined unless everything is in place. */
export function identityIn({ networkInterface }: Look): Identity | undefined {
  const { attachment, publicIp } = networkInterface ?? {};
  if (networkInterface === undefined || attachment === undefined || publicIp === undefined) return undefined;
  const { id: networkInterfaceId, privateIp, macAddress } = networkInterface;
  return { instanceId: attachment.instanceId, networkInterfaceId, privateIp, publicIp, macAddress };
}

const KEPT: readonly (readonly [Exclude<keyof Identity, 'instanceId'>, string])[] = [
  ['networkInterfaceId', 'interface'],
  ['privateIp', 'private IP'],
  ['publicIp', 'public IP'],
  ['macAddress', 'MAC address'],
];

/** A sentence for each fault; empty if the identity was kept by another instance. */
export function identityFaults(before: Identity, after: Identity | undefined): readonly string[] {
  if (after === undefined) return ['EC2 does not show the interface on an instance with the Elastic IP'];
  const faults = KEPT.flatMap(([field, name]) =>
    before[field] === after[field] ? [] : [`the ${name} was ${before[field]} and is now ${after[field]}`],
  );
  return before.instanceId === after.instanceId
    ? [`the interface is still on the interrupted instance ${before.instanceId}`, ...faults]
    : faults;
}
