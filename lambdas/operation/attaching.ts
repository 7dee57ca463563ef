/** Attaching a secondary interface, at the first device index that the instance has free. */
import { RequestRejected } from '../../domain/errors';
import type { Ports } from '../ports';

/** Instances take from 2 to 15 interfaces; a node's has one of its own, and now and then one that a person added. */
const HIGHEST_DEVICE_INDEX = 7;

/** @throws RequestRejected where every device index is taken @throws InterfaceNotFree where the interface is attached */
export async function attachSecondary(
  { interfaces }: Pick<Ports, 'interfaces'>,
  interfaceId: string,
  instanceId: string,
  firstDeviceIndex: number,
): Promise<void> {
  for (let deviceIndex = firstDeviceIndex; deviceIndex <= HIGHEST_DEVICE_INDEX; deviceIndex += 1) {
    if (await interfaces.attach(interfaceId, instanceId, deviceIndex)) return;
  }
  throw new RequestRejected(
    `${instanceId} has no free device index for ${interfaceId}: detach one of its other interfaces, or recycle the node`,
  );
}
