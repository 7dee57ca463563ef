/**
 * The worlds. Those of `SMALL` are explored by every check: each has a few thousand states at most. Those of `LARGE` are
 * explored by hand, and take minutes.
 */
import { OPERATION_KINDS } from '../domain/node/stateful-node';
import { readDefinition } from '../infra/workflows/definitions';
import { parseDefinition, type Definitions } from './definition';
import { type Bounds, type Grains, type Meddling, type NodePlan, type Wish, type World } from './world';

/** The definitions as they are deployed. */
export function deployedDefinitions(): Definitions {
  const parsed = OPERATION_KINDS.map((kind) => [kind, parseDefinition(readDefinition(kind), kind)] as const);
  return Object.fromEntries(parsed) as Definitions;
}

/** Steps and requests interleave before each write. What only looks and wakes runs at once. */
const COARSE: Grains = { step: 'write', api: 'write', wake: 'whole', reconcile: 'whole' };
/** Things happen only between steps. */
const BETWEEN_STEPS: Grains = { ...COARSE, step: 'whole' };
/** Everything interleaves before each write. */
const BY_WRITES: Grains = { step: 'write', api: 'write', wake: 'write', reconcile: 'write' };
/** Steps interleave before each call. */
const BY_STEP_CALLS: Grains = { step: 'call', api: 'whole', wake: 'whole', reconcile: 'whole' };
/** Everything interleaves before each call. */
const FINE: Grains = {};

const ELASTIC_IP = 'eipalloc-00000000000000001';
const COLD: NodePlan = { start: 'active', attachment: 'cold', elasticIp: ELASTIC_IP };
const HOT: NodePlan = { ...COLD, attachment: 'hot' };
const PLANS = { cold: COLD, hot: HOT } as const;

function wishes(...kinds: readonly Exclude<Wish['kind'], 'update'>[]): readonly Wish[] {
  return kinds.map((kind) => ({ node: 0, kind }));
}

const RECYCLE = wishes('recycle');
const ALL_WISHES = wishes('pause', 'resume', 'recycle', 'delete');
const WITHOUT_ELASTIC_IP: Wish = { node: 0, kind: 'update', patch: { compute: { elasticIp: null } } };
const OTHER_GROUPS: Wish = {
  node: 0,
  kind: 'update',
  patch: { compute: { launchSpecification: { securityGroupIds: ['sg-00000000000000002'] } } },
};
const MEDDLING: readonly Meddling[] = [
  'detach',
  'detach-and-hang',
  'delete-interface',
  'unprotect-interface',
  'take-elastic-ip',
];

/** The same world for a cold node and for a hot one. */
function both(
  name: string,
  about: string,
  world: Omit<World, 'name' | 'about' | 'nodes'>,
  more: Partial<NodePlan> = {},
): World[] {
  return (['cold', 'hot'] as const).map((attachment) => ({
    name: `${name}-${attachment}`,
    about: `${about} (${attachment})`,
    nodes: [{ ...PLANS[attachment], ...more }],
    ...world,
  }));
}

/** A replacement that a user asks for, with one more kind of thing at any moment. */
function replacementWith(name: string, about: string, bounds: Partial<Bounds>, more: Partial<World> = {}): World[] {
  return both(`recycle-${name}`, about, { bounds: { wishes: 1, ...bounds }, wishes: RECYCLE, grain: COARSE, ...more });
}

/** The second node is created at any time. It is refused, unless the deletion of the first has been requested by then. */
function awaited(attachment: keyof typeof PLANS, name: string, about: string, bounds: Partial<Bounds> = {}): World {
  return {
    name: `${name}-${attachment}`,
    about: `${about} (${attachment})`,
    nodes: [PLANS[attachment], { ...PLANS[attachment], start: 'new' }],
    bounds: { wishes: 1, ...bounds },
    wishes: wishes('delete'),
    grain: COARSE,
  };
}

export const SMALL: readonly World[] = [
  ...both('first-launch', 'A node is created', { bounds: {}, grain: FINE }, { start: 'new' }),
  ...both(
    'first-launch-crash',
    'A function crashes while a node is created',
    { bounds: { crashes: 1 }, grain: BY_WRITES },
    { start: 'new' },
  ),
  ...both(
    'first-launch-interrupted',
    'EC2 interrupts the first instance',
    { bounds: { interruptions: 1 }, grain: BETWEEN_STEPS },
    { start: 'new' },
  ),
  ...both(
    'first-launch-shortage',
    'There is no capacity for the first launch',
    { bounds: { shortages: 1 }, grain: COARSE },
    { start: 'new' },
  ),
  {
    name: 'first-launch-update',
    about: 'Settings of a node are updated after its first launch has failed',
    nodes: [{ start: 'new', attachment: 'cold' }],
    bounds: { wishes: 1, exhaustions: 1 },
    wishes: [OTHER_GROUPS],
    grain: { ...COARSE, api: 'whole' },
  },
  ...both('interruption', 'EC2 interrupts the instance', { bounds: { interruptions: 1 }, grain: BY_WRITES }),
  ...both('interruption-doubled', 'An event of an interruption comes twice', {
    bounds: { interruptions: 1, doubledEvents: 1 },
    grain: COARSE,
  }),
  ...both('interruption-lost', 'An event of an interruption is lost', {
    bounds: { interruptions: 1, lostEvents: 1 },
    grain: COARSE,
  }),
  ...both('interruption-exhausted', 'A task of a replacement for an interruption fails permanently', {
    bounds: { interruptions: 1, exhaustions: 1 },
    grain: COARSE,
  }),
  ...both('ending', 'The instance ends without a warning', { bounds: { endings: 1 }, grain: BY_WRITES }),
  ...both('ending-lost', 'The instance ends, and an event of that is lost', {
    bounds: { endings: 1, lostEvents: 1 },
    grain: COARSE,
  }),
  ...both('stopped', 'The instance is stopped', { bounds: { stops: 1 }, grain: COARSE }),
  ...both('any-wish', 'A user asks for anything', { bounds: { wishes: 1 }, wishes: ALL_WISHES, grain: BY_WRITES }),
  ...both(
    'paused-any-wish',
    'A user asks for anything of a paused node',
    { bounds: { wishes: 1 }, wishes: ALL_WISHES, grain: BY_WRITES },
    { start: 'paused' },
  ),
  ...both('pause-exhausted', 'A task of a pause fails permanently', {
    bounds: { wishes: 1, exhaustions: 1 },
    wishes: wishes('pause'),
    grain: COARSE,
  }),
  awaited('cold', 'awaited-elastic-ip', 'A node is created with the Elastic IP of a node that is being deleted'),
  ...both('delete-exhausted', 'A task of a deletion fails permanently', {
    bounds: { wishes: 1, exhaustions: 1 },
    wishes: wishes('delete'),
    grain: COARSE,
  }),
  ...both('two-updates', 'Settings are updated twice, and one update takes the Elastic IP off', {
    bounds: { wishes: 2 },
    wishes: [WITHOUT_ELASTIC_IP, OTHER_GROUPS],
    grain: COARSE,
  }),
  ...both('leave-update', 'Settings are updated while the node is deleted', {
    bounds: { wishes: 2 },
    wishes: [...wishes('leave'), OTHER_GROUPS],
    grain: COARSE,
  }),
  ...both('leave-crash', 'A function crashes while a node is deleted and its instance is left', {
    bounds: { wishes: 1, crashes: 1 },
    wishes: wishes('leave'),
    grain: COARSE,
  }),
  ...replacementWith('crash', 'A function crashes during a replacement', { crashes: 1 }),
  ...replacementWith('throttle', 'A call of a replacement is throttled', { throttles: 1 }),
  ...replacementWith('abort', 'A person stops an execution', { aborts: 1 }, { grain: BETWEEN_STEPS }),
  ...replacementWith('exhausted', 'A task of a replacement fails permanently', { exhaustions: 1 }),
  ...replacementWith('stale', 'A look at EC2 is out of date', { staleReads: 1 }, { grain: BY_STEP_CALLS }),
  ...replacementWith('late', 'Something takes two minutes', { delays: 1 }),
  ...replacementWith('very-late', 'Something takes six minutes', { delays: 1 }, { delayMinutes: 6 }),
  ...replacementWith('launch-death', 'A replacement ends while it is pending', { launchDeaths: 1 }),
  ...replacementWith('protected', 'The instance is protected from termination', {}).map((world) => ({
    ...world,
    nodes: world.nodes.map((plan) => ({ ...plan, isProtected: true })),
  })),
  ...both('update-recycle', 'Settings are updated, and the node is recycled', {
    bounds: { wishes: 2 },
    wishes: [OTHER_GROUPS, ...RECYCLE],
    grain: BETWEEN_STEPS,
  }),
  ...both(
    'drain',
    'A drain is cut short by an interruption',
    { bounds: { wishes: 1, interruptions: 1 }, wishes: RECYCLE, grain: BETWEEN_STEPS },
    { drainMinutes: 4 },
  ),
  ...both('update', 'Settings are updated', { bounds: { wishes: 1 }, wishes: [OTHER_GROUPS], grain: BY_WRITES }),
  ...both('update-exhausted', 'A task of an adjustment fails permanently', {
    bounds: { wishes: 1, exhaustions: 1 },
    wishes: [OTHER_GROUPS],
    grain: COARSE,
  }),
  ...both('update-crash', 'A function crashes during an adjustment', {
    bounds: { wishes: 1, crashes: 1 },
    wishes: [OTHER_GROUPS],
    grain: COARSE,
  }),
  ...both('update-meddling', 'The interface is detached or deleted by hand during an adjustment', {
    bounds: { wishes: 1, meddling: 1 },
    wishes: [OTHER_GROUPS],
    meddling: ['detach', 'delete-interface'],
    grain: BETWEEN_STEPS,
  }),
  ...both(
    'paused-update',
    'Settings of a paused node are updated, and its interface may be deleted by hand',
    { bounds: { wishes: 1, meddling: 1 }, wishes: [OTHER_GROUPS], meddling: ['delete-interface'], grain: COARSE },
    { start: 'paused' },
  ),
  ...both('pause-meddling', 'The interface is deleted by hand during a pause or a deletion', {
    bounds: { wishes: 1, meddling: 1 },
    wishes: wishes('pause', 'delete'),
    meddling: ['delete-interface'],
    grain: BETWEEN_STEPS,
  }),
  ...both('pause-crash', 'A function crashes during a pause or a deletion', {
    bounds: { wishes: 1, crashes: 1 },
    wishes: wishes('pause', 'delete'),
    grain: COARSE,
  }),
  ...both(
    'pause-drain',
    'A drain of a pause or a deletion is cut short by an interruption',
    { bounds: { wishes: 1, interruptions: 1 }, wishes: wishes('pause', 'delete'), grain: BETWEEN_STEPS },
    { drainMinutes: 4 },
  ),
  ...replacementWith(
    'meddling',
    'The interface is deleted by hand during a replacement',
    { meddling: 1 },
    { meddling: ['delete-interface'], grain: BETWEEN_STEPS },
  ),
  {
    name: 'first-subnet-full',
    about: 'The first of two subnets has no capacity for the first launch',
    nodes: [{ ...COLD, start: 'new', subnets: 2, persistPrivateIp: false }],
    bounds: { shortages: 1 },
    grain: COARSE,
  },
];

/** The small worlds in which the reconciler is not needed. */
const EVENTS_SUFFICE = /^(interruption|ending|(paused-)?any-wish|recycle-late)-(cold|hot)$/;

/**
 * Without the reconciler: what events and retries must bring about by themselves. Only the reconciler removes what a
 * record has given up, so nothing may happen here that leaves something to remove.
 */
export const BY_EVENTS_ALONE: readonly World[] = [
  ...SMALL.filter(({ name }) => EVENTS_SUFFICE.test(name)),
  ...both('two-wishes', 'A user asks for any two things', {
    bounds: { wishes: 2 },
    wishes: ALL_WISHES,
    grain: BETWEEN_STEPS,
  }),
].map((world) => ({
  ...world,
  name: `${world.name}-by-events`,
  about: `${world.about}, without the reconciler`,
  reconciler: false,
}));

export const LARGE: readonly World[] = [
  ...both('large-interruption-wish', 'An interruption and any wish, at any two moments', {
    bounds: { interruptions: 1, wishes: 1 },
    wishes: ALL_WISHES,
    grain: COARSE,
  }),
  ...both('large-interruption-pause-crash', 'An interruption, a pause and a crash', {
    bounds: { interruptions: 1, wishes: 1, crashes: 1 },
    wishes: wishes('pause'),
    grain: COARSE,
  }),
  ...both('large-two-wishes', 'Any two wishes', {
    bounds: { wishes: 2 },
    wishes: [...ALL_WISHES, ...wishes('leave'), OTHER_GROUPS, WITHOUT_ELASTIC_IP],
    grain: BETWEEN_STEPS,
  }),
  ...both('large-two-wishes-exhausted', 'A pause and a resume, in any order, and a task that fails permanently', {
    bounds: { wishes: 2, exhaustions: 1 },
    wishes: wishes('pause', 'resume'),
    grain: { ...COARSE, api: 'whole' },
  }),
  ...both(
    'large-paused-two-wishes',
    'Any two wishes for a paused node, and an ending',
    { bounds: { wishes: 2, endings: 1 }, wishes: ALL_WISHES, grain: BETWEEN_STEPS },
    { start: 'paused' },
  ),
  ...both('large-two-interruptions', 'Two interruptions, also of the replacement', {
    bounds: { interruptions: 2 },
    grain: COARSE,
  }),
  ...both('large-two-exhaustions', 'Two tasks in a row fail permanently', {
    bounds: { wishes: 1, exhaustions: 2 },
    wishes: RECYCLE,
    grain: COARSE,
  }),
  ...both('large-meddling', 'A person changes something by hand during a replacement', {
    bounds: { wishes: 1, meddling: 1 },
    wishes: RECYCLE,
    meddling: MEDDLING,
    grain: COARSE,
  }),
  ...both('large-meddling-exhausted', 'A person changes something by hand, and a task fails permanently', {
    bounds: { wishes: 1, meddling: 1, exhaustions: 1 },
    wishes: RECYCLE,
    meddling: ['detach', 'delete-interface', 'take-elastic-ip'],
    grain: { ...COARSE, api: 'whole' },
  }),
  ...both('large-beside', 'A step runs on beside its retry', {
    bounds: { wishes: 1, besides: 1 },
    wishes: ALL_WISHES,
    grain: COARSE,
  }),
  ...both('large-abort', 'A person stops an execution, and its step runs on', {
    bounds: { wishes: 1, aborts: 1 },
    wishes: RECYCLE,
    grain: COARSE,
  }),
  ...both('large-recycle-crash-fine', 'A crash before or after any call', {
    bounds: { wishes: 1, crashes: 1 },
    wishes: RECYCLE,
    grain: { ...COARSE, step: 'call', api: 'call' },
  }),
  ...both(
    'large-drain',
    'A drain, an interruption and a wish',
    { bounds: { wishes: 1, interruptions: 1 }, wishes: wishes('recycle', 'pause'), grain: COARSE },
    { drainMinutes: 4 },
  ),
  awaited('hot', 'large-awaited-elastic-ip', 'A node is created with the Elastic IP of a node that is being deleted'),
  ...(['cold', 'hot'] as const).map((attachment) =>
    awaited(
      attachment,
      'large-awaited-crash',
      'A function crashes while one node waits for the Elastic IP of another',
      {
        crashes: 1,
      },
    ),
  ),
  {
    name: 'large-one-elastic-ip',
    about: 'An Elastic IP goes from one node to another',
    nodes: [HOT, { start: 'active', attachment: 'cold' }],
    bounds: { wishes: 2, crashes: 1 },
    wishes: [
      WITHOUT_ELASTIC_IP,
      { node: 0, kind: 'delete' },
      { node: 1, kind: 'update', patch: { compute: { elasticIp: ELASTIC_IP } } },
    ],
    grain: COARSE,
  },
];

export const WORLDS: readonly World[] = [...SMALL, ...BY_EVENTS_ALONE, ...LARGE];
