/** Attaches a secondary interface at the instance's first free device index. */
import { RequestRejected } from '../../domain/errors';
import type { Ports } from '../ports';

/** Instances take 2 to 15 interfaces. A node's instance has its own, and sometimes one that a person added. */
const HIGHEST_DEVICE_INDEX = 7;

/** @throws RequestRejected if every device index is taken @throws InterfaceNotFree if the interface is attached */
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
