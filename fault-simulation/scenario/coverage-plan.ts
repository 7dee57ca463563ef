/**
 * What every fault is to meet: each kind in each phase. Seeds feature the pairs in turn, so that a run of as many
 * seeds as there are pairs has met them all; pairs that cannot meet are left out here, by name and with the reason.
 */
import type { Draw } from './draw';
import type { Coverage } from './phases';
import { ALL_PHASES, happeningOf, isStrike, KINDS } from './happenings';
import { FUNCTIONS_BESIDE, STEPS, type Happening, type NodePlan, type Phase, type WorldPlan } from './scenario';

export type Place = (typeof ALL_PHASES)[number];

export interface Feature {
  readonly kind: string;
  readonly phase: Place;
}

/** Steps that call the service at all. */
const CALLS_FROM: Readonly<Record<string, readonly Place[]>> = {
  ec2: [
    ...([
      'ensure-eni',
      'detach-eni',
      'associate-eip',
      'launch-instance',
      'terminate-instance',
      'await-instance',
    ] as const),
    ...([
      'attach-eni',
      'confirm-node',
      'settle-pause',
      'apply-settings',
      'release-identity',
      'fail-operation',
      'drain-instance',
      'adopt-instance',
    ] as const),
    ...FUNCTIONS_BESIDE.filter((each) => each !== 'wake-waiter'),
  ],
  dynamodb: [...STEPS, ...FUNCTIONS_BESIDE],
  sfn: ['await-instance', 'drain-instance', 'wind-up', 'api', 'wake-waiter'],
  events: ['take-node', 'confirm-node', 'settle-pause', 'fail-operation', 'release-identity', 'api'],
};

interface Exclusion {
  readonly applies: (feature: Feature) => boolean;
  readonly because: string;
}

export const EXCLUSIONS: readonly Exclusion[] = [
  {
    applies: ({ kind, phase }) => isStrike(kind) && CALLS_FROM[kind.split(' ')[0]!]?.includes(phase) !== true,
    because: 'the step makes no call to the service, or nothing is being called in the phase',
  },
  {
    applies: ({ kind, phase }) => !isStrike(kind) && (FUNCTIONS_BESIDE as readonly string[]).includes(phase),
    because: 'the functions beside the steps are met by the faults of their calls',
  },
  {
    applies: ({ kind }) => /^(state-change|warning) /.test(kind),
    because: 'an event is met on its way, not in a phase: each kind is counted as a whole',
  },
  {
    applies: ({ kind, phase }) => kind === 'abort-execution' && (phase === 'at-rest' || phase === 'take-node'),
    because: 'no execution owns the node',
  },
  {
    applies: ({ kind }) => /^(no capacity: |pause-all|resume-all)/.test(kind),
    because: 'it concerns no one node, so no one phase',
  },
  {
    applies: ({ kind, phase }) => phase === 'adopt-instance' && !isStrike(kind),
    because: 'the step begins before the API has answered which node it is for',
  },
];

/** The pairs that are to be met. */
export const FEATURES: readonly Feature[] = KINDS.flatMap((kind) =>
  ALL_PHASES.map((phase) => ({ kind, phase })),
).filter((feature) => !EXCLUSIONS.some(({ applies }) => applies(feature)));

/** In an order in which neighbours have little in common: a small run meets many kinds. */
const STRIDE = 7_919;

/** The pairs that were to be met and were not. */
export function unmetFeatures(coverage: Coverage): readonly Feature[] {
  return FEATURES.filter(({ kind, phase }) => coverage[kind]?.[phase] === undefined);
}

/** What a seed features. In every other round nothing else happens before it that could keep it from being met. */
export interface Featured extends Feature {
  readonly isUndisturbed: boolean;
}

export function featureOf(seed: number): Featured {
  const isUndisturbed = Math.floor(seed / FEATURES.length) % 2 === 0;
  return { ...FEATURES[(seed * STRIDE) % FEATURES.length]!, isUndisturbed };
}

/** After the first launch, in most worlds. */
const FEATURED_AT_SECONDS = 120;
/** Soon after the phase has begun: most take a quarter of a second, and a wind-up with nothing to do takes none. */
const AFTER_MS_CHOICES = [0, 20, 80];
const SLOW_TABLE_MS = 400;
/** Slower than a quick instance ends or comes to run. */
const SLOWEST_TABLE_MS = 1_500;

/** The featured happening on the first node, and what brings the node to the phase. */
export function leadingTo(feature: Featured, draw: Draw): readonly Happening[] {
  const { kind, phase } = feature;
  // An import adopts its instance before anything else.
  const atSeconds = phase === 'adopt-instance' ? 0 : FEATURED_AT_SECONDS;
  const made = happeningOf(kind, draw, 0);
  const lead = leadsOf(feature).map((each, index) => ({ atSeconds: atSeconds + 1 + index * 30, ...each }));
  if (made.kind === 'call-fault') {
    // Not every step makes many calls: the first one is always there, and to some services it is the only one.
    const isOnce = made.service === 'events' || made.service === 'sfn';
    const nth = isOnce || feature.isUndisturbed || draw.chance(0.5) ? 1 : 1 + draw.below(2);
    return [{ ...made, atSeconds, step: phase as Phase, nth }, ...lead];
  }
  if (phase === 'at-rest') return [{ ...made, atSeconds }];
  const afterMs =
    phase === 'wind-up' || phase === 'take-node' ? 0 : draw.one(feature.isUndisturbed ? [0, 20] : AFTER_MS_CHOICES);
  return [{ ...made, atSeconds, during: phase as Phase, afterMs }, ...lead];
}

/** What brings the node to the phase in such a way that the kind can meet it. */
function leadsOf({ kind, phase }: Feature): readonly Lead[] {
  // An execution that an event has started does not tell its node before it has taken it.
  if (phase === 'take-node' && !isStrike(kind)) return [recycle];
  if (phase === 'drain-instance' && NEEDS_HOT.includes(kind)) return [pause];
  // A drain calls Step Functions only where it is over before it begins.
  if (phase === 'drain-instance' && kind.startsWith('sfn ')) return [endInDrain, recycle];
  // A wind-up calls Step Functions only where something has arrived meanwhile.
  if (phase === 'wind-up' && kind.startsWith('sfn '))
    return [recycle, { ...pause, atSeconds: FEATURED_AT_SECONDS + 4 }];
  return LEADS[phase];
}

/** The world as the phase needs it. */
export function worldFor({ kind, phase, isUndisturbed }: Featured, world: WorldPlan): WorldPlan {
  const isBrief = phase === 'take-node' || phase === 'wind-up';
  return {
    ...world,
    // In a world of long tails the first launch may still be under way when the feature comes.
    ...(isUndisturbed && world.latencies === 'tails' ? { latencies: 'measured' } : {}),
    // Steps that only read and write the record take no time at all on a quick table.
    ...(isBrief && !isStrike(kind) ? { tableLatencyMs: SLOW_TABLE_MS } : {}),
    // A step wakes its own wait where what is waited for comes between its first look and its subscription.
    ...((phase === 'await-instance' || phase === 'drain-instance') && kind.startsWith('sfn ')
      ? { latencies: 'quick', promptEvents: true, tableLatencyMs: SLOWEST_TABLE_MS }
      : {}),
  };
}

const KEEPING = { shouldKeepPrivateIp: true, shouldTerminateInstance: true };
/** A primary interface comes off its instance by the end of that alone. */
const NEEDS_HOT: readonly string[] = ['meddle: hang-detachment', 'meddle: move-to-other-index'];

/** A longer drain would put the phase off until nothing goes wrong any more. */
const LONGEST_LEAD_SECONDS = 20;

/** The first node as the phase needs it. */
export function planFor({ phase, kind, isUndisturbed }: Featured, plan: NodePlan): NodePlan {
  return {
    ...plan,
    ...(isUndisturbed ? { atSeconds: 0, drainingSeconds: Math.min(plan.drainingSeconds, LONGEST_LEAD_SECONDS) } : {}),
    // A hot node is drained before a pause alone.
    ...(phase === 'drain-instance' ? { drainingSeconds: 300, attachment: 'cold' } : {}),
    // An import would be under way still when the phase is to be met.
    ...(phase === 'adopt-instance' ? { importing: KEEPING, atSeconds: 5 } : { importing: undefined }),
    ...(kind === 'protect' ? { lifeCycle: 'on_demand' } : {}),
    ...(NEEDS_HOT.includes(kind) ? { attachment: 'hot' } : {}),
    ...(phase === 'waiting-for-capacity' ? { fallbackToOd: false } : {}),
    ...(phase === 'associate-eip' || /address|elastic-ip/.test(kind) ? { hasElasticIp: true } : {}),
    // An update may take the Elastic IP away, and a node persists one address at the least.
    ...(kind === 'update elastic-ip' ? { persistPrivateIp: true } : {}),
    ...(phase === 'apply-settings' ? { hasElasticIp: true } : {}),
  };
}

const recycle = { kind: 'recycle', node: 0 } as const;
const interrupt = { kind: 'interrupt', node: 0 } as const;
const endInDrain = { kind: 'meddle', how: 'terminate', node: 0, during: 'drain-instance', afterMs: 0 } as const;
const pause = { kind: 'pause', node: 0 } as const;
/** Fails the operation at once, where a lack of capacity takes twelve minutes. */
const refuseLaunch = { kind: 'refusal', node: 0, action: 'RunInstances' } as const;
const update = { kind: 'update', node: 0, change: { field: 'tag', value: 'featured' } } as const;
const noCapacity = (seconds: number) => ({ kind: 'no-capacity', of: 'all', seconds }) as const;

type WithoutTime<H> = H extends unknown ? Omit<H, 'atSeconds'> & { readonly atSeconds?: number } : never;
type Lead = WithoutTime<Happening>;

const LEADS: Readonly<Record<Place, readonly Lead[]>> = {
  // A request shows in the status at once: only an event leaves that to the operation, with its announcement.
  'take-node': [interrupt],
  'ensure-eni': [recycle],
  'detach-eni': [recycle],
  'associate-eip': [recycle],
  'launch-instance': [recycle],
  'terminate-instance': [recycle],
  'await-instance': [recycle],
  'attach-eni': [recycle],
  'confirm-node': [recycle],
  'settle-pause': [pause],
  'apply-settings': [update],
  'drain-instance': [recycle],
  'adopt-instance': [],
  'release-identity': [{ kind: 'delete', node: 0, instance: true, interfaces: true }],
  'fail-operation': [refuseLaunch, recycle],
  'wind-up': [recycle],
  'waiting-for-capacity': [noCapacity(180), recycle],
  'at-rest': [],
  api: [recycle, pause, update],
  'wake-waiter': [recycle],
  reconciler: [recycle],
};
