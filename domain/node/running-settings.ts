/**
 * Which settings of the configuration wait for the next launch, because the present instance was launched with others.
 *
 * The record of an instance has the other values only, so it is as long as what has changed. The table is that of docs/api.md,
 * "Update", without the settings of which an instance has nothing (how long to drain it, whether to fall back).
 */
import { attachmentOf, type NodeConfig } from '../config/node-config';

const LAUNCH = 'compute.launchSpecification';

type Read = (config: NodeConfig) => unknown;

const ofLaunch = (
  ...fields: readonly (keyof NodeConfig['compute']['launchSpecification'])[]
): readonly (readonly [string, Read])[] =>
  fields.map((field) => [`${LAUNCH}.${field}`, ({ compute }) => compute.launchSpecification[field]]);

/** By the path of the field. */
const SETTINGS: Readonly<Record<string, Read>> = Object.fromEntries<Read>([
  ...ofLaunch('instanceTypes', 'imageId', 'keyPair', 'userData', 'iamRole', 'ebsOptimized', 'monitoring', 'tenancy'),
  ...ofLaunch('creditSpecification', 'blockDeviceMappings', 'metadataOptions'),
  [
    `${LAUNCH}.networkInterfaces[].associatePublicIpAddress`,
    ({ compute }) => compute.launchSpecification.networkInterfaces?.[0]?.associatePublicIpAddress,
  ],
  ['strategy.lifeCycle', ({ strategy }) => strategy?.lifeCycle ?? 'spot'],
  ['compute.subnetIds', ({ compute }) => compute.subnetIds],
  ['compute.privateIp', ({ compute }) => compute.privateIp],
  ['persistence.persistPrivateIp', ({ persistence }) => persistence.persistPrivateIp ?? false],
  ['persistence.eniAttachment', attachmentOf],
]);

/** It may hold secrets, and be long. */
const USER_DATA = `${LAUNCH}.userData`;

/**
 * By the path of the field, the value that the instance was launched with: null if none was given. Of user data, always null.
 */
export type OutdatedSettings = Readonly<Record<string, unknown>>;

/** What is outdated of an instance that was launched with one configuration if the node has another now. */
export function outdatedBetween(launchedWith: NodeConfig, present: NodeConfig): OutdatedSettings {
  return outdated((_path, read) => read(launchedWith), present);
}

/** What is outdated after an update. A setting that was changed back is not, except user data. */
export function outdatedAfter(known: OutdatedSettings = {}, before: NodeConfig, after: NodeConfig): OutdatedSettings {
  const found = outdated((path, read) => (path in known ? known[path] : read(before)), after);
  return USER_DATA in known ? { ...found, [USER_DATA]: null } : found;
}

function outdated(launchedWith: (path: string, read: Read) => unknown, present: NodeConfig): OutdatedSettings {
  const found = Object.entries(SETTINGS).flatMap(([path, read]) => {
    const value = launchedWith(path, read) ?? null;
    const isSame = JSON.stringify(value) === JSON.stringify(read(present) ?? null);
    return isSame ? [] : [[path, path === USER_DATA ? null : value] as const];
  });
  return Object.fromEntries(found);
}
