/**
 * What becomes of launches that EC2 accepted: some die before they run, some end by themselves soon after.
 *
 * Sources: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html (launches that die),
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_StateReason.html (codes and messages)
 */
import type { Simulation } from '../ec2-state';
import type { Fate, Instance, LaunchSelector } from '../world';

/** @param launches how many of the next launches it concerns; Infinity: all of them */
export function addFate(
  simulation: Simulation,
  selector: LaunchSelector,
  outcome: Fate['outcome'],
  launches: number,
): void {
  // JSON, which the world is kept in, has no Infinity.
  const launchesLeft = launches === Infinity ? 'all' : launches;
  simulation.world.fates.set(simulation.nextOrdinal(), { selector, outcome, launchesLeft });
}

/** Gives a new instance the first fate that its launch matches. */
export function meetFate({ world }: Simulation, instance: Instance): void {
  for (const [key, fate] of world.fates) {
    if (!matches(fate.selector, instance)) continue;
    instance.fate = fate.outcome;
    if (fate.launchesLeft === 'all') return;
    fate.launchesLeft -= 1;
    if (fate.launchesLeft <= 0) world.fates.delete(key);
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
