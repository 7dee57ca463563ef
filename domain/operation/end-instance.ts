/** Whether an operation skips the OS shutdown of its old instance, as `strategy.skipOsShutdown` wishes. */
import type { SeenInstance } from '../node/observations';
import type { OwnedNode } from '../node/stateful-node';
import { releasesFirst } from './ownership';

/** How an instance ends whose OS shutdown is to be skipped. */
export type Ending =
  /** The shutdown is not skipped after all, because these volumes outlive the instance, or EC2 does not show it. */
  | { readonly kind: 'orderly'; readonly keptVolumeIds: readonly string[] }
  /** What the guest has not written to its volumes is lost. */
  | { readonly kind: 'abrupt' };

/** Whether the end of the old instance takes the address with it, and a replacement waits for that address. */
export function takesAddress(owned: OwnedNode): boolean {
  const { kind } = owned.operation;
  return (kind === 'replace' || kind === 'launch') && releasesFirst(owned);
}

/**
 * Whether the configuration skips the OS shutdown of the old instance. A shutdown costs nothing if no address waits for
 * its end: a pause, a deletion, or a hot node whose interface has moved.
 */
export function skipsOsShutdown(owned: OwnedNode): boolean {
  return owned.operation.config.strategy?.skipOsShutdown === true && takesAddress(owned);
}

/**
 * How to terminate the instance. The shutdown writes the file system's cache to the volumes, so an instance with a volume
 * that outlives it gets its shutdown. Only EC2 knows those volumes: they may come from an earlier configuration, from the
 * image, or from a person.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-terminate-methods.html
 * @param seen undefined if EC2 does not show the instance, and so neither its volumes
 */
export function decideEnding(seen: SeenInstance | undefined): Ending {
  const keptVolumeIds = seen?.keptVolumeIds ?? [];
  return seen !== undefined && keptVolumeIds.length === 0 ? { kind: 'abrupt' } : { kind: 'orderly', keptVolumeIds };
}
