/**
 * The coverage plan: every kind of happening must meet every phase, and executions must take every transition. A feature
 * is one such pair of kind and phase, or one rare transition (`transition-plan.ts`). Seeds feature them in turn, so a run
 * with as many seeds as features features them all. Pairs that cannot meet are excluded here, each with its reason.
 */
import type { Draw } from './draw';
import type { Coverage } from './phases';
import { ALL_PHASES, happeningOf, isCallFault, KINDS } from './happenings';
import {
  leadingToTransition,
  planForTransition,
  TRANSITION_FEATURES,
  worldForTransition,
  type TransitionFeature,
} from './transition-plan';
import { OTHER_FUNCTIONS, STEPS, type Happening, type NodePlan, type Phase, type WorldPlan } from './scenario';

export type Place = (typeof ALL_PHASES)[number];

/** A pair of kind and phase. */
export interface Pair {
  readonly kind: string;
  readonly phase: Place;
}

export type Feature = Pair | TransitionFeature;

/** By service, the steps and functions that call it. */
const CALLS_FROM: Readonly<Record<string, readonly Place[]>> = {
  ec2: [
    'ensure-eni',
    'detach-eni',
    'associate-eip',
    'launch-instance',
    'terminate-instance',
    'await-termination',
    'await-instance',
    'attach-eni',
    'confirm-node',
    'settle-pause',
    'apply-settings',
    'release-identity',
    'fail-operation',
    'drain-instance',
    'adopt-instance',
    ...OTHER_FUNCTIONS.filter((each) => each !== 'wake-waiter'),
  ],
  dynamodb: [...STEPS, ...OTHER_FUNCTIONS],
  sfn: [
    'await-termination',
    'await-instance',
    'drain-instance',
    // These start what follows.
    'confirm-node',
    'settle-pause',
    'apply-settings',
    'wind-up',
    'api',
    'wake-waiter',
  ],
  events: ['take-node', 'confirm-node', 'settle-pause', 'fail-operation', 'release-identity', 'api'],
};

interface Exclusion {
  readonly applies: (pair: Pair) => boolean;
  readonly because: string;
}

export const EXCLUSIONS: readonly Exclusion[] = [
  {
    applies: ({ kind, phase }) => isCallFault(kind) && CALLS_FROM[kind.split(' ')[0]!]?.includes(phase) !== true,
    because: 'the step makes no call to the service, or the phase makes no calls at all',
  },
  {
    applies: ({ kind, phase }) => !isCallFault(kind) && (OTHER_FUNCTIONS as readonly string[]).includes(phase),
    because: 'only call faults can hit the functions that are not steps',
  },
  {
    applies: ({ kind }) => /^(state-change|warning) /.test(kind),
    because: 'an event fault hits a delivery, not a phase: coverage counts each kind as a whole',
  },
  {
    applies: ({ kind, phase }) => kind === 'abort-execution' && (phase === 'at-rest' || phase === 'take-node'),
    because: 'no execution owns the node in this phase',
  },
  {
    applies: ({ kind }) => /^(no capacity: |pause-all|resume-all)/.test(kind),
    because: 'it concerns all nodes, so it has no single phase',
  },
  {
    applies: ({ kind, phase }) => phase === 'adopt-instance' && !isCallFault(kind),
    because: 'the step starts before the API has returned the id of its node',
  },
];

/** The pairs that can meet. */
export const PAIRS: readonly Pair[] = KINDS.flatMap((kind) => ALL_PHASES.map((phase) => ({ kind, phase }))).filter(
  (pair) => !EXCLUSIONS.some(({ applies }) => applies(pair)),
);

export const FEATURES: readonly Feature[] = [...PAIRS, ...TRANSITION_FEATURES];

/** A stride through the features, so that even a small run features many kinds. */
const STRIDE = 7_919;

/** The pairs that can meet and did not. */
export function unmetPairs(coverage: Coverage): readonly Pair[] {
  return PAIRS.filter(({ kind, phase }) => coverage[kind]?.[phase] === undefined);
}

/** The feature of a seed. In every second round, nothing else happens that could keep it from being met. */
export type Featured = Feature & { readonly isUndisturbed: boolean };
type FeaturedPair = Pair & { readonly isUndisturbed: boolean };

export function featureOf(seed: number): Featured {
  // Runs begin with seed 1, so that seed begins the first round.
  const isUndisturbed = Math.floor((seed - 1) / FEATURES.length) % 2 === 0;
  return { ...FEATURES[(seed * STRIDE) % FEATURES.length]!, isUndisturbed };
}

/** After the node's first launch, in most worlds. */
const FEATURED_AT_SECONDS = 120;
/** Soon after the start of the phase: most phases take about 250 ms, and a wind-up without work takes no time. */
const AFTER_MS_CHOICES = [0, 20, 80];
const SLOW_TABLE_MS = 400;
/** Slower than a quick instance starts or ends. */
const SLOWEST_TABLE_MS = 1_500;

/** The happenings on the first node that the feature consists of, and those that lead to it. */
export function leadingTo(feature: Featured, draw: Draw): readonly Happening[] {
  return 'transition' in feature ? leadingToTransition(feature) : leadingToPair(feature, draw);
}

/** The featured happening on the first node, and the happenings that bring the node into the phase. */
function leadingToPair(feature: FeaturedPair, draw: Draw): readonly Happening[] {
  const { kind, phase } = feature;
  // An import adopts its instance first.
  const atSeconds = phase === 'adopt-instance' ? 0 : FEATURED_AT_SECONDS;
  const made = happeningOf(kind, draw, 0);
  const lead = leadsOf(feature).map((each, index) => ({ atSeconds: atSeconds + 1 + index * 30, ...each }));
  if (made.kind === 'call-fault') {
    // Some steps make only one call to a service, so the first call is the safe choice.
    const isOnce = made.service === 'events' || made.service === 'sfn';
    const nth = isOnce || feature.isUndisturbed || draw.chance(0.5) ? 1 : 1 + draw.below(2);
    return [{ ...made, atSeconds, step: phase as Phase, nth }, ...lead];
  }
  if (phase === 'at-rest') return [{ ...made, atSeconds }];
  const afterMs =
    phase === 'wind-up' || phase === 'take-node' ? 0 : draw.one(feature.isUndisturbed ? [0, 20] : AFTER_MS_CHOICES);
  return [{ ...made, atSeconds, during: phase as Phase, afterMs }, ...lead];
}

/** The happenings that bring the node into the phase so that the kind can meet it. */
function leadsOf({ kind, phase }: Pair): readonly Lead[] {
  // An execution that an event started has no known node until it has taken the node.
  if (phase === 'take-node' && !isCallFault(kind)) return [recycle];
  if (STEPS_OF_THE_END.includes(phase) && NEEDS_HOT.includes(kind)) return [pause];
  // These steps call Step Functions only if the instance has ended before they start.
  if (STEPS_OF_THE_END.includes(phase) && kind.startsWith('sfn ')) return [endInDrain, recycle];
  return [...(kind.startsWith('sfn ') ? (FOLLOWED[phase] ?? []) : []), ...LEADS[phase]];
}

/** Adapts the world so that the feature can be met by the first node, which `planFor` has adapted. */
export function worldFor(feature: Featured, node: NodePlan, world: WorldPlan): WorldPlan {
  return 'transition' in feature ? worldForTransition(feature, world) : worldForPair(feature, node, world);
}

function worldForPair(
  { kind, phase, isUndisturbed }: FeaturedPair,
  { attachment }: NodePlan,
  world: WorldPlan,
): WorldPlan {
  const isBrief = phase === 'take-node' || phase === 'wind-up';
  return {
    ...world,
    // With slow latencies, the first launch may still be running when the feature starts.
    ...(isUndisturbed && world.latencies === 'tails' ? { latencies: 'measured' } : {}),
    // The measured attachments of a secondary interface take minutes now and then.
    ...(isUndisturbed && attachment === 'hot' && world.latencies !== 'quick' ? { latencies: 'steady' } : {}),
    // These need an attachment that is done.
    ...(isUndisturbed && NEEDS_HOT.includes(kind) ? { latencies: 'quick' } : {}),
    // Steps that only read and write the record take no time with a fast table.
    ...(isBrief && !isCallFault(kind) ? { tableLatencyMs: SLOW_TABLE_MS } : {}),
    // A step looks and wakes its own wait only if the awaited state comes before its subscription.
    ...((phase === 'await-instance' && isCallFault(kind)) ||
    (STEPS_OF_THE_END.includes(phase) && kind.startsWith('sfn '))
      ? { latencies: 'quick', promptEvents: true, tableLatencyMs: SLOWEST_TABLE_MS }
      : {}),
  };
}

const KEEPING = { shouldKeepPrivateIp: true, shouldTerminateInstance: true };
/** These need a secondary interface: a primary one is detached only when its instance ends. */
const NEEDS_HOT: readonly string[] = ['manual: hang-detachment', 'manual: move-to-other-index'];

/** Cold nodes take these steps before the launch. */
const STEPS_OF_THE_END: readonly Place[] = ['drain-instance', 'await-termination'];
/** Only the replacement of a hot node takes these steps in any case. */
const HOT_STEPS: readonly Place[] = ['attach-eni', 'terminate-instance'];

/** A longer drain would delay the phase until after the faults have stopped. */
const LONGEST_LEAD_SECONDS = 20;

/** Adapts the first node so that the feature can be met. */
export function planFor(feature: Featured, plan: NodePlan): NodePlan {
  return 'transition' in feature ? planForTransition(feature, plan) : planForPair(feature, plan);
}

/** How the first node must carry its interface; nothing if both ways meet the pair. */
function attachmentFor({ phase, kind }: Pair): Pick<NodePlan, 'attachment'> | undefined {
  if (HOT_STEPS.includes(phase) || NEEDS_HOT.includes(kind)) return { attachment: 'hot' };
  // A hot node takes these steps only before a pause.
  return STEPS_OF_THE_END.includes(phase) ? { attachment: 'cold' } : undefined;
}

function planForPair({ phase, kind, isUndisturbed }: FeaturedPair, plan: NodePlan): NodePlan {
  return {
    ...plan,
    ...(isUndisturbed ? { atSeconds: 0, drainingSeconds: Math.min(plan.drainingSeconds, LONGEST_LEAD_SECONDS) } : {}),
    ...attachmentFor({ phase, kind }),
    ...(phase === 'drain-instance' || leadsOf({ phase, kind }).includes(endInDrain) ? { drainingSeconds: 300 } : {}),
    // An import would still be running when the featured phase must start.
    ...(phase === 'adopt-instance' ? { importing: KEEPING, atSeconds: 5 } : { importing: undefined }),
    ...(kind === 'protect' ? { lifeCycle: 'on_demand' } : {}),
    // EC2 interrupts only Spot Instances, and an interruption leads to a call fault in this step.
    ...(phase === 'take-node' && isCallFault(kind) ? { lifeCycle: 'spot' } : {}),
    ...(phase === 'waiting-for-capacity' ? { fallbackToOd: false } : {}),
    ...(phase === 'associate-eip' || /address|elastic-ip/.test(kind) ? { hasElasticIp: true } : {}),
    // An update may remove the Elastic IP, and a node must persist at least one address.
    ...(kind === 'update elastic-ip' ? { persistPrivateIp: true } : {}),
    ...(phase === 'apply-settings' ? { hasElasticIp: true } : {}),
  };
}

const recycle = { kind: 'recycle', node: 0 } as const;
const interrupt = { kind: 'interrupt', node: 0 } as const;
const endInDrain = { kind: 'manual-change', how: 'terminate', node: 0, during: 'drain-instance', afterMs: 0 } as const;
const pause = { kind: 'pause', node: 0 } as const;
/** Makes the operation fail at once. A lack of capacity would take 12 minutes. */
const refuseLaunch = { kind: 'refusal', node: 0, action: 'RunInstances' } as const;
const update = { kind: 'update', node: 0, change: { field: 'tag', value: 'featured' } } as const;
const noCapacity = (seconds: number) => ({ kind: 'no-capacity', of: 'all', seconds }) as const;

/** A step that ends an operation calls Step Functions only if something else was asked for meanwhile. */
const FOLLOWED: Readonly<Partial<Record<Place, readonly Lead[]>>> = {
  'confirm-node': [{ ...pause, during: 'await-instance', afterMs: 0 }],
  'settle-pause': [{ kind: 'resume', node: 0, during: 'await-termination', afterMs: 0 }],
  'apply-settings': [{ ...pause, during: 'ensure-eni', afterMs: 0 }],
  'wind-up': [{ ...pause, during: 'launch-instance', afterMs: 0 }],
};

type WithoutTime<H> = H extends unknown ? Omit<H, 'atSeconds'> & { readonly atSeconds?: number } : never;
type Lead = WithoutTime<Happening>;

const LEADS: Readonly<Record<Place, readonly Lead[]>> = {
  // A request changes the status at once. Only an event leaves that, and its announcement, to the operation.
  'take-node': [interrupt],
  'ensure-eni': [recycle],
  'detach-eni': [recycle],
  // The launch associates the address by itself.
  'associate-eip': [pause],
  'launch-instance': [recycle],
  'terminate-instance': [recycle],
  'await-termination': [recycle],
  'await-instance': [recycle],
  'attach-eni': [recycle],
  'confirm-node': [recycle],
  'settle-pause': [pause],
  'apply-settings': [update],
  'drain-instance': [recycle],
  'adopt-instance': [],
  'release-identity': [{ kind: 'delete', node: 0, instance: true, interfaces: true }],
  'fail-operation': [refuseLaunch, recycle],
  // Otherwise the step that ends the operation winds it up.
  'wind-up': [refuseLaunch, recycle],
  // A drain, a termination and a slow release come first, and may take three minutes together.
  'waiting-for-capacity': [noCapacity(300), recycle],
  'at-rest': [],
  api: [recycle, pause, update],
  'wake-waiter': [recycle],
  reconciler: [recycle],
};
