/**
 * Failures of launches that EC2 accepted: an instance fails before it runs, or ends by itself soon after.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html (failed launches),
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html (codes and messages)
 */
import type { Simulation } from '../ec2-state';
import type { PlannedFailure, Instance, LaunchSelector } from '../world';

/** @param launches how many of the next launches fail; Infinity: all of them */
export function planFailure(
  simulation: Simulation,
  selector: LaunchSelector,
  outcome: PlannedFailure['outcome'],
  launches: number,
): void {
  // The world is stored as JSON, which has no Infinity.
  const launchesLeft = launches === Infinity ? 'all' : launches;
  simulation.world.plannedFailures.set(simulation.nextOrdinal(), { selector, outcome, launchesLeft });
}

/** Assigns to a new instance the first planned failure that matches its launch. */
export function assignPlannedFailure({ world }: Simulation, instance: Instance): void {
  for (const [key, { selector }] of world.plannedFailures) {
    if (!matches(selector, instance)) continue;
    // Got by key, because it is changed (see World).
    const failure = world.plannedFailures.get(key)!;
    instance.plannedFailure = failure.outcome;
    if (failure.launchesLeft === 'all') return;
    failure.launchesLeft -= 1;
    if (failure.launchesLeft <= 0) world.plannedFailures.delete(key);
    return;
  }
}

function matches({ instanceType, availabilityZone, lifeCycle, tag }: LaunchSelector, instance: Instance): boolean {
  return (
    (instanceType === undefined || instanceType === instance.instanceType) &&
    (availabilityZone === undefined || availabilityZone === instance.availabilityZone) &&
    (lifeCycle === undefined || lifeCycle === instance.lifeCycle) &&
    (tag === undefined || instance.tags.current[tag.key] === tag.value)
  );
}
