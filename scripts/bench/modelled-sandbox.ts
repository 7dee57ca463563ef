/** A simulated account in modelled time, which lasts as long as what is measured in it. */
import { openSandbox, type Sandbox, type SandboxOptions } from '../../local/sandbox';
import { VirtualClock } from '../../simulator/time/clock';

export interface ModelledSandbox extends Sandbox {
  readonly clock: VirtualClock;
}

/** Longer than anything that is measured. */
export const LIMIT_MS = 60 * 60_000;

/** @param options beside the clock and modelled time */
export async function inModelledTime<T>(
  { ec2, controlPlane, ...options }: Omit<SandboxOptions, 'clock'>,
  measure: (sandbox: ModelledSandbox) => Promise<T>,
): Promise<T> {
  const clock = new VirtualClock();
  const sandbox = await openSandbox({
    ...options,
    clock,
    ...(ec2 !== undefined && { ec2 }),
    controlPlane: { ...controlPlane, modelledTime: true },
  });
  try {
    return await measure({ ...sandbox, clock });
  } finally {
    await sandbox.plane.stop();
  }
}
