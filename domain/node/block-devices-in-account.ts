/** The volumes that a configuration asks for, held against the account. */
import { mappingFault, mappingsOf, volumeOf } from '../config/block-devices';
import type { NodeConfig } from '../config/node-config';
import type { FieldError } from '../config/validation';
import type { SeenAccount } from './observations';

/** What is wrong with the configured volumes in this account. */
export function blockDeviceAccountErrors(config: NodeConfig, seen: SeenAccount): readonly FieldError[] {
  const { imageId } = config.compute.launchSpecification;
  return mappingsOf(config).flatMap((mapping, index) =>
    volumeOf(mapping).flatMap(({ snapshotId, volumeSize }) => {
      if (snapshotId !== undefined) return snapshotErrors({ snapshotId, volumeSize }, seen, index);
      const { deviceName } = mapping;
      // A mapping of one of the image's own devices changes only what it names.
      const isOfImage = seen.image === undefined || seen.image.deviceNames.includes(deviceName);
      if (volumeSize !== undefined || isOfImage) return [];
      const reason = `${imageId} has no volume for ${deviceName} that it could be made like`;
      return [mappingFault(index, '.ebs', `needs a volumeSize or a snapshotId: ${reason}`)];
    }),
  );
}

function snapshotErrors(
  { snapshotId, volumeSize }: { readonly snapshotId: string; readonly volumeSize: number | undefined },
  { region, snapshots }: SeenAccount,
  index: number,
): readonly FieldError[] {
  const snapshot = snapshots.find(({ id }) => id === snapshotId);
  if (snapshot === undefined) {
    const message = `${snapshotId} does not exist in ${region}, or not for this account: give one that does`;
    return [mappingFault(index, '.ebs.snapshotId', message)];
  }
  const { state, sizeGib } = snapshot;
  return [
    ...(state === 'completed'
      ? []
      : [mappingFault(index, '.ebs.snapshotId', `${snapshotId} is ${state}: give a snapshot that is completed`)]),
    ...((volumeSize ?? sizeGib) < sizeGib
      ? [mappingFault(index, '.ebs.volumeSize', `must be at least ${sizeGib} GiB, the size of ${snapshotId}`)]
      : []),
  ];
}
