/** What happened in an interruption, when, and how long each part took. */
import { firstSeenMs, stateOf, type Look } from './observations';

export interface LogLine {
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly severity: string;
  readonly message: string;
}

/** An interruption from the warning to the node being ACTIVE again. */
export interface Interrupted {
  readonly attachment: 'cold' | 'hot';
  /** When FIS began to send the interruption, in milliseconds since 1970. */
  readonly warnedAtMs: number;
  /** When another instance had the node. */
  readonly replacedAtMs: number;
  /** Until then. */
  readonly looks: readonly Look[];
  readonly log: readonly LogLine[];
  readonly oldInstanceId: string;
  readonly newInstanceId: string;
}

export const MILESTONES = [
  'warning',
  'operation',
  'oldInstanceEnding',
  'oldInstanceTerminated',
  'interfaceFree',
  'replacementLaunched',
  'replacementRunning',
  'interfaceAttached',
  'nodeActive',
] as const;

export type MilestoneName = (typeof MILESTONES)[number];

/**
 * `fis`: the experiment's own time. `log`: the node log. `ec2`: EC2's own time, in whole seconds. `look`: when we first
 * saw it, which is up to a look's interval after it happened.
 */
export type Source = 'fis' | 'log' | 'ec2' | 'look';

export interface Milestone {
  readonly name: MilestoneName;
  readonly atMs: number;
  readonly source: Source;
}

/** Those that happened, in the order of time. */
export function milestonesOf(interrupted: Interrupted): readonly Milestone[] {
  const { warnedAtMs, looks, oldInstanceId, newInstanceId } = interrupted;
  const seen = (shows: (look: Look) => boolean) => firstSeenMs(looks, warnedAtMs, shows);
  const isOld =
    (...states: readonly string[]) =>
    (look: Look) =>
      states.includes(stateOf(look, oldInstanceId) ?? '');
  const found: readonly (readonly [MilestoneName, number | undefined, Source])[] = [
    ['warning', warnedAtMs, 'fis'],
    ['operation', loggedMs(interrupted, /^operation \d+ begins/), 'log'],
    ['oldInstanceEnding', seen(isOld('shutting-down', 'terminated')), 'look'],
    ['oldInstanceTerminated', seen(isOld('terminated')), 'look'],
    freed(interrupted),
    ['replacementLaunched', launchedMs(interrupted), 'ec2'],
    ['replacementRunning', seen((look) => stateOf(look, newInstanceId) === 'running'), 'look'],
    ['interfaceAttached', seen((look) => isAttachedTo(look, newInstanceId)), 'look'],
    ['nodeActive', loggedMs(interrupted, new RegExp(`^ACTIVE on ${newInstanceId}$`)), 'log'],
  ];
  return found
    .flatMap(([name, atMs, source]) => (atMs === undefined ? [] : [{ name, atMs, source }]))
    .sort((one, other) => one.atMs - other.atMs);
}

/** A hot move is often quicker than the looks, so the node log says when the interface was free. */
function freed(interrupted: Interrupted): readonly [MilestoneName, number | undefined, Source] {
  const { looks, warnedAtMs } = interrupted;
  const seenMs = firstSeenMs(looks, warnedAtMs, ({ networkInterface }) => networkInterface?.status === 'available');
  return seenMs === undefined
    ? ['interfaceFree', loggedMs(interrupted, /^the interface is free$/), 'log']
    : ['interfaceFree', seenMs, 'look'];
}

function isAttachedTo({ networkInterface }: Look, instanceId: string): boolean {
  const attachment = networkInterface?.attachment;
  return attachment?.instanceId === instanceId && attachment.status === 'attached';
}

function launchedMs({ looks, newInstanceId }: Interrupted): number | undefined {
  return looks.flatMap(({ instances }) => instances).find(({ id }) => id === newInstanceId)?.launchedAtMs;
}

/** After the launch on the old instance, by the order of the lines: FIS has another clock than Holdfast. */
function loggedMs({ log, oldInstanceId }: Interrupted, message: RegExp): number | undefined {
  const launched = log.findIndex((line) => line.message === `ACTIVE on ${oldInstanceId}`);
  const line = log.slice(launched + 1).find((each) => message.test(each.message));
  return line === undefined ? undefined : Date.parse(line.createdAt);
}

export interface PhaseRow {
  readonly phase: string;
  readonly from: MilestoneName;
  readonly to: MilestoneName;
}

/** The parts of an interruption, in the order in which Holdfast goes through them. */
export const PHASES: Readonly<Record<Interrupted['attachment'], readonly PhaseRow[]>> = {
  cold: [
    { phase: 'warning to operation', from: 'warning', to: 'operation' },
    { phase: 'operation to old instance ending', from: 'operation', to: 'oldInstanceEnding' },
    { phase: 'ending to terminated', from: 'oldInstanceEnding', to: 'oldInstanceTerminated' },
    { phase: 'terminated to interface free', from: 'oldInstanceTerminated', to: 'interfaceFree' },
    { phase: 'interface free to replacement launched', from: 'interfaceFree', to: 'replacementLaunched' },
    { phase: 'replacement launched to running', from: 'replacementLaunched', to: 'replacementRunning' },
    { phase: 'replacement running to node ACTIVE', from: 'replacementRunning', to: 'nodeActive' },
    { phase: 'in all', from: 'warning', to: 'nodeActive' },
  ],
  hot: [
    { phase: 'warning to operation', from: 'warning', to: 'operation' },
    { phase: 'operation to replacement launched', from: 'operation', to: 'replacementLaunched' },
    { phase: 'replacement launched to running', from: 'replacementLaunched', to: 'replacementRunning' },
    { phase: 'replacement running to interface free', from: 'replacementRunning', to: 'interfaceFree' },
    { phase: 'interface free to attached', from: 'interfaceFree', to: 'interfaceAttached' },
    { phase: 'interface attached to node ACTIVE', from: 'interfaceAttached', to: 'nodeActive' },
    { phase: 'in all', from: 'warning', to: 'nodeActive' },
  ],
};

export interface Phase {
  readonly phase: string;
  /** Null if one of its ends was not seen. EC2's times and the looks are rough, so a short phase may be negative. */
  readonly seconds: number | null;
}

export function phasesOf(attachment: Interrupted['attachment'], milestones: readonly Milestone[]): readonly Phase[] {
  const at = new Map(milestones.map(({ name, atMs }) => [name, atMs]));
  return PHASES[attachment].map(({ phase, from, to }) => {
    const [fromMs, toMs] = [at.get(from), at.get(to)];
    return { phase, seconds: fromMs === undefined || toMs === undefined ? null : toTenths(toMs - fromMs) };
  });
}

/** Converts milliseconds to seconds, rounded to one decimal. */
export function toTenths(durationMs: number): number {
  return Math.round(durationMs / 100) / 10;
}
