/**
 * Makes describe calls lag the real state: the event of a change arrives before describe calls show the change.
 *
 * An instance or interface keeps its past views, each until describe calls stop showing it. Calls that change something
 * use the real state, never a view.
 *
 * Sources: https://docs.aws.amazon.com/ec2/latest/devguide/eventual-consistency.html,
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterfaceAttachment.html (`detached`),
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html (`pending`)
 */
import type { Simulation } from './ec2-state';
import type { Instance, InstanceView, InterfaceView, NetworkInterface, Past } from './world';

/** Must be called before an instance changes its state. */
export function noteInstance(simulation: Simulation, instance: Instance): void {
  const { state, stateReason } = instance;
  keep<InstanceView>(simulation, instance, { state, ...(stateReason && { stateReason }) });
}

/** Must be called before an interface or its attachment changes its status. */
export function noteInterface(simulation: Simulation, networkInterface: NetworkInterface): void {
  const { status, attachment } = networkInterface;
  keep<InterfaceView>(simulation, networkInterface, { status, ...(attachment && { attachment: { ...attachment } }) });
}

/** A new interface is shown as `pending` for one lag. */
export function noteNewInterface(simulation: Simulation, networkInterface: NetworkInterface): void {
  keep<InterfaceView>(simulation, networkInterface, { status: 'pending' });
}

/** Must be called before an interface is released. Some are then shown with their last attachment, as `detached`. */
export function noteReleased(simulation: Simulation, networkInterface: NetworkInterface): void {
  const { attachment } = networkInterface;
  noteInterface(simulation, networkInterface);
  if (attachment === undefined || !isLate(simulation)) return;
  if (simulation.drawn('detached/shown').next() >= simulation.lateness.detachedShownShare) return;
  const view: InterfaceView = { status: 'available', attachment: { ...attachment, status: 'detached' } };
  keep<InterfaceView>(simulation, networkInterface, view, networkInterface.past?.at(-1)?.until);
}

/** Returns the instance as describe calls show it now. */
export function seenInstance(simulation: Simulation, instance: Instance): Instance {
  const view = seen(simulation, instance);
  if (view === undefined) return instance;
  const { stateReason: _, ...rest } = instance;
  return { ...rest, ...view };
}

/** Returns the interface as describe calls show it now. */
export function seenInterface(simulation: Simulation, networkInterface: NetworkInterface): NetworkInterface {
  const view = seen(simulation, networkInterface);
  if (view === undefined) return networkInterface;
  const { attachment: _, ...rest } = networkInterface;
  return { ...rest, ...view };
}

interface WithPast<View> {
  past?: Past<View>[];
}

/**
 * Keeps a view for one lag. Describe calls show the oldest view that has not ended, so what they show never goes back.
 * @param from milliseconds since the epoch
 */
function keep<View>(simulation: Simulation, holder: WithPast<View>, view: View, from = simulation.now()): void {
  if (!isLate(simulation)) return;
  const past = (holder.past ?? []).filter(({ until }) => until > simulation.now());
  holder.past = [...past, { view, until: from + simulation.lateMs('describeLagMs') }];
}

function seen<View>(simulation: Simulation, { past = [] }: WithPast<View>): View | undefined {
  const now = simulation.now();
  return past.find(({ until }) => until > now)?.view;
}

function isLate(simulation: Simulation): boolean {
  return simulation.lateness.describeLagMs !== 0;
}
