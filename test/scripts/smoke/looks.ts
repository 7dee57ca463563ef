/** Looks for tests: what differs from an active node is given. */
import type { Look, SeenInstance, SeenInterface } from '../../../scripts/smoke/observations';

export function anInstance(id: string, state: string, launchedAtMs?: number): SeenInstance {
  return { id, state, type: 't4g.small', isSpot: true, launchedAtMs };
}

export function anInterface(attachedTo: string | undefined, status = 'attached'): SeenInterface {
  const statuses: Readonly<Record<string, string>> = {
    attached: 'in-use',
    attaching: 'attaching',
    detaching: 'detaching',
  };
  return {
    id: 'eni-1',
    status: attachedTo === undefined ? 'available' : (statuses[status] ?? status),
    macAddress: '02:00:00:00:00:01',
    privateIp: '10.0.0.42',
    publicIp: '198.51.100.7',
    attachment: attachedTo === undefined ? undefined : { instanceId: attachedTo, status },
  };
}

export function aLook(seconds: number, changes: Partial<Look> = {}): Look {
  return {
    atMs: seconds * 1000,
    instances: [anInstance('i-old', 'running', 0)],
    networkInterface: anInterface('i-old'),
    missingInterface: undefined,
    association: { id: 'eipassoc-1', interfaceId: 'eni-1' },
    ...changes,
  };
}

const OLD_ENDED = anInstance('i-old', 'terminated', 0);

/** A cold replacement: the warning comes after 100 s, the address is away from 102 s to 150 s. */
export const COLD: readonly Look[] = [
  aLook(99),
  aLook(102, { instances: [anInstance('i-old', 'shutting-down', 0)] }),
  aLook(130, { instances: [OLD_ENDED], association: undefined }),
  aLook(133, { instances: [OLD_ENDED], networkInterface: anInterface(undefined), association: undefined }),
  aLook(136, {
    instances: [OLD_ENDED, anInstance('i-new', 'pending', 135_000)],
    networkInterface: anInterface('i-new', 'attaching'),
    association: { id: 'eipassoc-2', interfaceId: 'eni-1' },
  }),
  aLook(150, {
    instances: [OLD_ENDED, anInstance('i-new', 'running', 135_000)],
    networkInterface: anInterface('i-new'),
    association: { id: 'eipassoc-2', interfaceId: 'eni-1' },
  }),
];
