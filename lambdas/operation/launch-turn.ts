/**
 * The turn of an operation's launch. EC2 allows two launches a second, and five fleets, so all launches of the deployment take
 * turns. The turn is kept in the record while the launch waits for it, so that a crash does not cost the others an interval.
 */
import type { Operation, Permit } from '../../domain/node/stateful-node';
import { changeOperation, type OperationInput } from './owned-node';
import type { Ports } from '../ports';

/** The EC2 action whose turn a launch takes. */
export type LaunchAction = 'RunInstances' | 'CreateFleet';

export type LaunchTurn =
  /** `hasWaited`: what the step before has seen may have changed since. */
  | { readonly kind: 'come'; readonly action: LaunchAction; readonly hasWaited: boolean }
  /** The state machine waits, and comes back for the rest. */
  | { readonly kind: 'wait'; readonly seconds: number };

type TurnPorts = Pick<Ports, 'nodes' | 'pacer' | 'time'>;

/** A shorter wait is slept through. */
const SHORT_MS = 1_000;
/** Turns also move earlier, so a launch asks again after this time. */
const LONGEST_SLICE_SECONDS = 60;
/** A turn that passed so long ago has gone to another launch, so this one takes a new turn, ahead of those that wait. */
const LATE_MS = 1_500;
/** Launches that can wait let the others go first, as long as the backlog is longer than this. */
const PATIENT_BACKLOG_MS = 10_000;
const PATIENT_SECONDS = 30;
const PATIENCE_MS = 10 * 60_000;
/** After that a launch goes at once, so that a throttle without end becomes a failure with a reason. */
const LONGEST_MS = 60 * 60_000;

/**
 * Waits for the turn of the operation's next call, or says that the state machine must.
 * @param actions those by which the operation may launch, at least one. A fleet is for a launch that would wait otherwise.
 */
export async function awaitLaunchTurn(
  ports: TurnPorts,
  operation: Operation,
  input: OperationInput,
  actions: readonly LaunchAction[],
): Promise<LaunchTurn> {
  const now = ports.time.now();
  const kept = keptTurn(operation, actions);
  if (kept === undefined && (await letsOthersGo(ports, operation, now)))
    return { kind: 'wait', seconds: PATIENT_SECONDS };
  const { action, permit } = kept === undefined ? await newTurn(ports, actions, now) : await present(ports, kept, now);
  const leftMs = Date.parse(permit.turnAt) - now.getTime();
  if (leftMs > SHORT_MS && ageMs(operation, now) < LONGEST_MS) {
    if (permit.takenAt !== kept?.permit.takenAt) await keep(ports, input, { action, permit });
    return { kind: 'wait', seconds: Math.min(LONGEST_SLICE_SECONDS, Math.floor(leftMs / 1000)) };
  }
  if (leftMs > 0) await ports.time.sleep(leftMs);
  return { kind: 'come', action, hasWaited: kept !== undefined };
}

/** After a call that brought no instance: a turn ahead of those that wait, kept for the operation's next call. */
export async function takeNextTurn(ports: TurnPorts, input: OperationInput, action: LaunchAction): Promise<void> {
  await keep(ports, input, { action, permit: await ports.pacer.jump(action, ports.time.now().toISOString()) });
}

/** The operation after its call. */
export function withoutTurn({ launchPermit: _used, fleetPermit: _too, ...rest }: Operation): Operation {
  return rest;
}

interface Turn {
  readonly action: LaunchAction;
  readonly permit: Permit;
}

function keptTurn({ launchPermit, fleetPermit }: Operation, actions: readonly LaunchAction[]): Turn | undefined {
  if (fleetPermit !== undefined && actions.includes('CreateFleet'))
    return { action: 'CreateFleet', permit: fleetPermit };
  return launchPermit && actions.includes('RunInstances')
    ? { action: 'RunInstances', permit: launchPermit }
    : undefined;
}

async function newTurn({ pacer }: TurnPorts, actions: readonly LaunchAction[], now: Date): Promise<Turn> {
  const [only] = actions;
  if (actions.length === 1 && only !== undefined)
    return { action: only, permit: await pacer.take(only, now.toISOString()) };
  const soon = await pacer.takeIfSoon('RunInstances', now.toISOString(), SHORT_MS);
  if (soon !== undefined) return { action: 'RunInstances', permit: soon };
  return { action: 'CreateFleet', permit: await pacer.take('CreateFleet', now.toISOString()) };
}

/** The kept turn as it is now. */
async function present({ pacer }: TurnPorts, { action, permit }: Turn, now: Date): Promise<Turn> {
  const turnAt = await pacer.turnAt(action, permit, now.toISOString());
  const isLate = Date.parse(turnAt) < now.getTime() - LATE_MS;
  return { action, permit: isLate ? await pacer.jump(action, now.toISOString()) : { ...permit, turnAt } };
}

/** Interruptions go first: their nodes lose the address in any case. A resume or another try can wait. */
async function letsOthersGo({ pacer }: TurnPorts, operation: Operation, now: Date): Promise<boolean> {
  const { kind, startedBy, endsAt } = operation;
  const canWait = endsAt === undefined && (kind === 'launch' || startedBy === 'retry');
  if (!canWait || ageMs(operation, now) > PATIENCE_MS) return false;
  const { waitMs } = await pacer.level('RunInstances', now.toISOString());
  return waitMs > PATIENT_BACKLOG_MS;
}

function ageMs({ startedAt }: Operation, now: Date): number {
  return now.getTime() - Date.parse(startedAt);
}

async function keep({ nodes }: TurnPorts, input: OperationInput, { action, permit }: Turn): Promise<void> {
  const kept = action === 'CreateFleet' ? { fleetPermit: permit } : { launchPermit: permit };
  await changeOperation(nodes, input, (current) => ({ ...withoutTurn(current), ...kept }));
}
