/** Checks the configured volumes against the account. */
import { mappingError, mappingsOf, volumeOf } from '../config/block-devices';
import type { NodeConfig } from '../config/node-config';
import type { FieldError } from '../config/validation';
import type { SeenAccount } from './observations';

/** The field errors of the configured volumes in this account. */
export function blockDeviceAccountErrors(config: NodeConfig, seen: SeenAccount): readonly FieldError[] {
  const { imageId } = config.compute.launchSpecification;
  return mappingsOf(config).flatMap((mapping, index) =>
    volumeOf(mapping).flatMap(({ snapshotId, volumeSize }) => {
      if (snapshotId !== undefined) return snapshotErrors({ snapshotId, volumeSize }, seen, index);
      const { deviceName } = mapping;
      // A mapping of one of the image's own devices keeps what it does not name.
      const isOfImage = seen.image === undefined || seen.image.deviceNames.includes(deviceName);
      if (volumeSize !== undefined || isOfImage) return [];
      const reason = `${imageId} has no volume for ${deviceName} that it could be made like`;
      return [mappingError(index, '.ebs', `needs a volumeSize or a snapshotId: ${reason}`)];
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
    return [mappingError(index, '.ebs.snapshotId', message)];
  }
  const { state, sizeGib } = snapshot;
  return [
    ...(state === 'completed'
      ? []
      : [mappingError(index, '.ebs.snapshotId', `${snapshotId} is ${state}: give a snapshot that is completed`)]),
    ...((volumeSize ?? sizeGib) < sizeGib
      ? [mappingError(index, '.ebs.volumeSize', `must be at least ${sizeGib} GiB, the size of ${snapshotId}`)]
      : []),
  ];
}
