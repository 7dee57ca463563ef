/**
 * The transition plan: how a scenario leads an execution to a transition that only rare circumstances take.
 *
 * Every catcher and every retrier of the definitions is featured, and so are a few rules of Choices. The error that the
 * transition handles says what must happen. Most of it must happen just before the state's step looks at the node, so
 * the function of that step hangs first, and the step runs again 20 to 60 seconds later.
 */
import { OPERATION_KINDS, type OperationKind } from '../../domain/node/stateful-node';
import { readDefinition } from '../../infra/workflows/definitions';
import { phasesOf, type Coverage } from './phases';
import { kindOf, type Happening, type NodePlan, type Phase, type StateOf, type WorldPlan } from './scenario';
import { nameOf, TRANSITIONS, type Transition } from './transitions';

export interface TransitionFeature {
  /** The kind of the first happening that the feature needs. */
  readonly kind: string;
  readonly transition: Transition;
}

interface Impossible {
  readonly machine: OperationKind;
  readonly from: string;
  /** @default - every transition of the state */
  readonly by?: string;
  readonly because: string;
}

const NO_INTERFACE = 'the launch of a hot node names no interface: the replacement has a primary one of its own';

const impossible = (machine: OperationKind, from: string, by: string | undefined, because: string): Impossible => ({
  machine,
  from,
  ...(by === undefined ? {} : { by }),
  because,
});

const LAUNCHES: readonly OperationKind[] = ['launch', 'replace'];

/** The transitions of the definitions that no execution can take. Most are there because two machines share a text. */
export const IMPOSSIBLE: readonly Impossible[] = [
  impossible('launch', 'Is the node ours to operate on?', 'rule 2', 'only a replacement adopts an instance'),
  impossible('launch', 'Adopt the instance', undefined, 'only a replacement adopts an instance'),
  ...LAUNCHES.flatMap((machine) => [
    impossible(machine, 'Hot: launch the replacement', 'retry InterfaceNotFree', NO_INTERFACE),
  ]),
];

/** The transitions that count as impossible and were taken all the same: the list above is wrong then. */
export function impossiblyTaken(counts: Coverage): readonly string[] {
  const taken = TRANSITIONS.filter((each) => isImpossible(each) && isTaken(each, counts));
  return taken.map((each) => `${each.machine}: ${nameOf(each)}`);
}

function isTaken(transition: Transition, counts: Coverage): boolean {
  return counts[transition.machine]?.[nameOf(transition)] !== undefined;
}

function isImpossible({ machine, from, by }: Transition): boolean {
  return IMPOSSIBLE.some(
    (each) => each.machine === machine && each.from === from && (each.by === undefined || each.by === by),
  );
}

/** After the node's first launch, in most worlds. */
const SETTLED_AT_SECONDS = 120;
/** After a step has hung: the shortest time-out of a wait is 20 s. */
const HELD_MS = 5_000;
/** When a step that hung runs again: Lambda ends a function after 60 s, and the first pause is at most 1 s. */
const RUNS_AGAIN_MS = 61_500;
/** A retrier for transient errors gives up after 30 attempts. */
const ATTEMPTS = 31;

/** Longer than a secondary interface takes to be detached from a running instance. */
const DETACHED_AFTER_MS = 10_000;
/** After a console user has launched another instance and attached the interface to it. */
const ATTACHED_AFTER_MS = 40_000;
/** Longer than a function that hangs in it. */
const DRAINING_SECONDS = 300;

type WithoutTime<H> = H extends unknown ? Omit<H, 'atSeconds'> & { readonly atSeconds?: number } : never;
/** Without a time, it happens or waits for its state when the operation of the transition begins. */
type Untimed = WithoutTime<Happening>;

/** What a transition needs beside the state in which it begins. */
interface Circumstances {
  readonly happenings: readonly Untimed[];
  readonly node?: Partial<NodePlan>;
  readonly world?: Partial<WorldPlan>;
}

const callFault = (fault: 'hang-before' | 'error-before', { step, entering }: Place): Untimed => ({
  kind: 'call-fault',
  service: 'dynamodb',
  fault,
  step,
  entering,
  nth: 1,
});

/** Makes the step fail until its state gives up. */
const exhaust = ({ step, entering }: Place): Untimed => ({
  kind: 'call-fault',
  service: 'dynamodb',
  fault: 'throttle',
  // Every step reads the node first. A step that fails also writes to the node's log, which must not use up the fault.
  command: 'GetItem',
  step,
  entering,
  nth: 1,
  count: ATTEMPTS,
});

/** Keeps the next failures from looking at EC2. Each of them makes this call once. */
const unseen = ({ step, entering }: Place, count: number): Untimed => ({
  kind: 'call-fault',
  service: 'ec2',
  fault: 'error-before',
  command: 'DescribeInstances',
  step,
  entering,
  nth: 1,
  count,
});

/** Delays a call of the step to EC2, so that what the step has seen is no longer true when the call is made. */
const delay = (command: string, { step, entering }: Place): Untimed => ({
  kind: 'call-fault',
  service: 'ec2',
  fault: 'delayed',
  command,
  step,
  entering,
  nth: 1,
});

const byHand = (
  how: Extract<Happening, { kind: 'manual-change' }>['how'],
  { entering }: Place,
  afterMs: number,
): Untimed => ({ kind: 'manual-change', how, node: 0, entering, afterMs });

const remove = (place: Place): Untimed => ({
  kind: 'delete',
  node: 0,
  instance: true,
  interfaces: true,
  entering: place.entering,
  afterMs: HELD_MS,
});

/** The state in which the transition begins, and the step that it runs. */
interface Place {
  readonly entering: StateOf;
  readonly step: Phase;
}

/** By the error that the transition handles. */
const CIRCUMSTANCES: Readonly<Record<string, (place: Place) => Circumstances>> = {
  'retry Throttled…': (place) => ({ happenings: [...leadingToWindUp(place), callFault('error-before', place)] }),

  // The state's time-out passes before the function's.
  'retry States.Timeout': (place) => ({ happenings: [callFault('hang-before', place)] }),

  // The time-out is the regular end of a drain.
  'catch States.Timeout': () => ({ happenings: [] }),

  'catch States.ALL': (place) => ({ happenings: [exhaust(place)] }),

  'catch OwnershipLost': (place) => ({ happenings: takenOver(place) }),

  'catch ImportCancelled': cancelled,
  'catch ReplacementLost': replacementLost,
  'catch InterfaceMissing': interfaceMissing,
  'retry InterfaceNotFree': interfaceNotFree,

  // The interface is detached while the step hangs, and takes longer to attach again than one attempt looks.
  'retry NotReady': (place) => ({
    happenings: [callFault('hang-before', place), byHand('detach-interface', place, HELD_MS)],
    ...HOT,
  }),
};

/** Another execution takes the operation over while the step hangs. */
function takenOver(place: Place): readonly Untimed[] {
  return [callFault('hang-before', place), { kind: 'take-over', node: 0, entering: place.entering, afterMs: HELD_MS }];
}

/** The states in which operations end. A deletion winds nothing up. */
const ENDS_IN: Readonly<Partial<Record<OperationKind, string>>> = {
  launch: 'Confirm the node',
  replace: 'Confirm the node',
  pause: 'Settle the pause',
  adjust: 'Apply the settings',
};

/** The state `Wind up` comes only after a step that finds the operation ended. */
function leadingToWindUp({ entering: { machine, state } }: Place): readonly Untimed[] {
  const end = ENDS_IN[machine];
  return state === 'Wind up' && end !== undefined ? takenOver(placeOf({ machine, state: end })) : [];
}

function cancelled(place: Place): Circumstances {
  return { happenings: [callFault('hang-before', place), remove(place)] };
}

function takenOverTwice(place: Place): Circumstances {
  const takeOver: Untimed = { kind: 'take-over', node: 0, entering: place.entering, afterMs: HELD_MS };
  return { happenings: [callFault('hang-before', place), takeOver, takeOver] };
}

/** The state that launches the replacement which the place's state needs. */
function launchBefore({ entering: { machine, state } }: Place): Place {
  const isHot = state.startsWith('Hot: ');
  return placeOf({
    machine,
    state: isHot ? 'Hot: launch the replacement' : 'Cold: reassociate the EIP and launch the replacement',
  });
}

/** The replacement ends while it starts, or while the step that needs it hangs. */
function replacementLost(place: Place): Circumstances {
  const { entering } = launchBefore(place);
  if (place.step === 'await-instance') {
    return { happenings: [{ kind: 'launch-deaths', node: 0, count: 1, entering }] };
  }
  return {
    happenings: [
      callFault('hang-before', place),
      { kind: 'crash-loop', node: 0, count: 1, afterSeconds: 20, entering },
    ],
    node: { ...(place.step === 'confirm-node' ? { attachment: 'cold' } : {}), ...SPOT },
  };
}

/** A guest that shuts down ends a Spot Instance. It only stops an On-Demand Instance. */
const SPOT = { lifeCycle: 'spot' } as const;
const HOT = { node: { attachment: 'hot' } } as const;

/** Detaches a secondary interface from its running instance and deletes it. */
const takeAway = (place: Place, fromMs: number): readonly Untimed[] => [
  byHand('detach-interface', place, fromMs),
  byHand('delete-interface', place, fromMs + DETACHED_AFTER_MS),
];

/** The interface is deleted while the step hangs, or after the step has looked at it. */
function interfaceMissing(place: Place): Circumstances {
  const hung = callFault('hang-before', place);
  const { machine } = place.entering;
  if (place.step === 'confirm-node') {
    return {
      happenings: [
        hung,
        byHand('disassociate-address', place, HELD_MS),
        delay('AssociateAddress', place),
        ...takeAway(place, RUNS_AGAIN_MS + 2_000),
      ],
      ...HOT,
    };
  }
  if (place.step === 'detach-eni') return needsAnotherSubnet(place);
  const isCarried = machine === 'adjust' || place.step === 'attach-eni';
  return isCarried
    ? { happenings: [hung, ...takeAway(place, HELD_MS)], ...HOT }
    : { happenings: [hung, byHand('delete-interface', place, HELD_MS)] };
}

/** The present subnet has no capacity, and the replacement runs in another. */
function needsAnotherSubnet(place: Place): Circumstances {
  const { entering } = launchBefore(place);
  return {
    happenings: [{ kind: 'no-capacity', of: 'zone', seconds: 60, entering, afterMs: 0 }],
    node: { attachment: 'hot', subnets: 3, persistPrivateIp: false },
  };
}

/** The interface is attached to another instance while the step hangs, or after the step has looked at it. */
function interfaceNotFree(place: Place): Circumstances {
  const hung = callFault('hang-before', place);
  const elsewhere = (afterMs: number): Untimed => byHand('attach-interface-elsewhere', place, afterMs);
  switch (place.step) {
    case 'detach-eni': {
      const isCarried = place.entering.machine === 'adjust';
      return {
        happenings: [
          hung,
          ...(isCarried ? [byHand('detach-interface', place, 1_000)] : []),
          elsewhere(DETACHED_AFTER_MS),
          // A detachment that is slow would keep the interface from the other instance.
          { kind: 'slow-interface', node: 0, seconds: 60, entering: place.entering, afterMs: ATTACHED_AFTER_MS },
        ],
        ...(isCarried ? HOT : {}),
      };
    }
    case 'attach-eni':
    case 'confirm-node': {
      const happenings = [
        hung,
        byHand('detach-interface', place, HELD_MS),
        delay('AttachNetworkInterface', place),
        elsewhere(RUNS_AGAIN_MS + 1_000),
      ];
      return { happenings, ...HOT };
    }
    default:
      return { happenings: [hung, elsewhere(HELD_MS)] };
  }
}

const phaseOf = phasesOf(OPERATION_KINDS.map((kind) => ({ name: kind, definition: readDefinition(kind) })));

/** @throws RangeError if the state runs no step */
function placeOf(entering: StateOf): Place {
  const step = phaseOf(entering.machine, entering.state);
  if (step === undefined) throw new RangeError(`${entering.machine}: "${entering.state}" runs no step`);
  return { entering, step };
}

/** The rules of Choices that only rare circumstances satisfy. */
const RULES: Readonly<Record<string, Circumstances>> = {
  // The node is deleted before its first launch has taken it.
  'launch/Is the node ours to operate on?: rule 1 -> Nothing to do': cancelled(
    placeOf({ machine: 'launch', state: 'Take the node' }),
  ),
  // Two executions take the same operation over, and the second one comes too late.
  'delete/Is the node ours to operate on?: rule 1 -> Nothing to do': takenOverTwice(
    placeOf({ machine: 'delete', state: 'Terminate the instance' }),
  ),
  // A user shortens the drain while it waits.
  'launch/Drain the old instance: Next -> Is the old instance to be terminated first?': {
    happenings: [
      {
        kind: 'update',
        node: 0,
        change: { field: 'draining', value: 0 },
        entering: { machine: 'launch', state: 'Drain the old instance' },
        afterMs: HELD_MS,
      },
    ],
  },
  // The first subnet has no capacity, and the interface may still move.
  'launch/Cold: what did the launch come to?: rule 1 -> Cold: ensure the ENI': {
    happenings: [{ kind: 'no-capacity', of: 'all', seconds: 60 }],
    node: { attachment: 'cold', subnets: 3, persistPrivateIp: false },
  },
  // The first launch fails before it has made the interface, and an update follows.
  'adjust/Has the interface been made?: rule 1 -> Apply the settings': {
    happenings: [
      exhaust(placeOf({ machine: 'launch', state: 'Prepare the ENI' })),
      {
        kind: 'update',
        node: 0,
        change: { field: 'tag', value: 'featured' },
        entering: { machine: 'launch', state: 'Wind up after the failure' },
        afterMs: 2_000,
      },
    ],
  },
};

const ruleOf = (transition: Transition): Circumstances | undefined =>
  RULES[`${transition.machine}/${nameOf(transition)}`];

function circumstancesOf(transition: Transition): Circumstances {
  const { machine, from, by } = transition;
  const rule = ruleOf(transition);
  if (rule !== undefined) return rule;
  const make = CIRCUMSTANCES[by];
  if (make === undefined) throw new RangeError(`nothing leads to ${by}: add its circumstances`);
  return make(placeOf({ machine, state: from }));
}

/** What an operation of the node's machine needs to begin, and what must happen before it reaches the state. */
interface Approach {
  readonly atSeconds: number;
  readonly happenings: readonly Untimed[];
  readonly node?: Partial<NodePlan>;
}

const BEGINNINGS: Readonly<Record<OperationKind, Approach>> = {
  // The creation of the node launches it.
  launch: { atSeconds: 0, happenings: [] },
  replace: { atSeconds: SETTLED_AT_SECONDS, happenings: [{ kind: 'recycle', node: 0 }] },
  pause: { atSeconds: SETTLED_AT_SECONDS, happenings: [{ kind: 'pause', node: 0 }] },
  adjust: {
    atSeconds: SETTLED_AT_SECONDS,
    happenings: [{ kind: 'update', node: 0, change: { field: 'tag', value: 'featured' } }],
  },
  delete: {
    atSeconds: SETTLED_AT_SECONDS,
    happenings: [{ kind: 'delete', node: 0, instance: true, interfaces: true }],
  },
};

/** The state in which an operation fails, if it must fail. */
const FAILS_IN: Readonly<Record<OperationKind, string>> = {
  launch: 'Prepare the ENI',
  replace: 'Prepare the ENI',
  pause: 'Terminate the instance',
  adjust: 'Ensure the ENI',
  delete: 'Terminate the instance',
};

const KEEPING = { shouldKeepPrivateIp: true, shouldTerminateInstance: true };
const APART = { shouldKeepPrivateIp: false, shouldTerminateInstance: true };

/** How the node's operation comes to the state in which the transition begins. */
function approachOf(transition: Transition): Approach {
  const { machine, from, by } = transition;
  if (transition.machine === 'adjust' && ruleOf(transition) !== undefined) return { atSeconds: 0, happenings: [] };
  if (machine === 'launch' && COLD_ONLY.includes(from)) return launchingAfterRecycle(transition);
  if (from === 'Record the cancellation' || by === 'catch ImportCancelled') return importing(transition);
  if (from === 'Adopt the instance') return { atSeconds: 0, happenings: [], node: { importing: KEEPING } };
  const beginning = BEGINNINGS[machine];
  if (from !== 'Record the failure' && from !== 'Wind up after the failure') return beginning;
  const failing = exhaust(placeOf({ machine, state: FAILS_IN[machine] }));
  return { ...beginning, happenings: [...beginning.happenings, failing] };
}

/** After the first operation has passed the states that the second one must fail in. */
const SECOND_AT_SECONDS = 60;
/** After the second operation has failed, and before it is tried again. An exhausted step takes about 150 s. */
const RESUMED_AFTER_MS = 215_000;

/**
 * A launch has an old instance only after two failures of which EC2 could not be asked. The first operation leaves the
 * instance that it launched. The recycle that follows must end that instance, and fails before it does. Then a user
 * resumes the node, whose record names no instance.
 */
function launchingAfterRecycle({ by }: Transition): Approach {
  const isImport = by === 'catch ImportCancelled';
  const machine = isImport ? 'replace' : 'launch';
  const launched = placeOf({ machine, state: 'Cold: wait until the replacement runs' });
  const { entering } = launched;
  const change = { field: 'tag', value: 'featured' } as const;
  return {
    atSeconds: 0,
    happenings: [
      exhaust(launched),
      // A recycle is a replacement only if there is something new to apply.
      { kind: 'update', node: 0, change, entering, afterMs: 2_000 },
      { kind: 'recycle', node: 0, entering, afterMs: HELD_MS },
      unseen(placeOf({ machine, state: 'Record the failure' }), 2),
      {
        kind: 'resume',
        node: 0,
        entering: { machine, state: 'Wind up after the failure' },
        afterMs: RESUMED_AFTER_MS,
      },
      { ...exhaust(placeOf({ machine: 'replace', state: 'Prepare the ENI' })), atSeconds: SECOND_AT_SECONDS },
    ],
    ...(isImport && { node: { importing: APART } }),
  };
}

/** The import of the node's first instance, and its cancellation if that must come before the state. */
function importing({ machine, from }: Transition): Approach {
  const isAfter = from === 'Record the cancellation';
  // A failed import whose original keeps its addresses leaves the node without an instance, so it is launched.
  const failing = machine === 'launch' ? [exhaust(placeOf({ machine: 'replace', state: 'Prepare the ENI' }))] : [];
  const cancelling = isAfter ? cancelled(placeOf({ machine, state: 'Confirm the node' })).happenings : [];
  // An import that keeps the addresses cannot be cancelled any more once its original is terminated.
  const isApart = from !== 'Terminate the old instance' && from !== 'Adopt the instance';
  return { atSeconds: 0, happenings: [...failing, ...cancelling], node: { importing: isApart ? APART : KEEPING } };
}

/** Before the old instance of a cold node ends. A hot node has these states only if it was a cold one. */
const COLD_ONLY = ['Drain the old instance', 'Terminate the old instance'];

function attachmentFor({ from }: Transition): Partial<NodePlan> {
  if (from.startsWith('Cold: ') || COLD_ONLY.includes(from)) return { attachment: 'cold' };
  return from.startsWith('Hot: ') ? { attachment: 'hot' } : {};
}

/** The features of transitions, in the order of the definitions. */
export const TRANSITION_FEATURES: readonly TransitionFeature[] = TRANSITIONS.filter(
  (each) => !isImpossible(each) && (/^(catch|retry) /.test(each.by) || ruleOf(each) !== undefined),
).map((transition) => ({ kind: kindOf({ ...happeningsFor(transition)[0]!, atSeconds: 0 }), transition }));

function happeningsFor(transition: Transition): readonly Untimed[] {
  return [...circumstancesOf(transition).happenings, ...approachOf(transition).happenings];
}

/** The happenings that lead the scenario's first node to the transition. */
export function leadingToTransition({ transition }: TransitionFeature): readonly Happening[] {
  const { atSeconds } = approachOf(transition);
  return happeningsFor(transition).map((each, index) => {
    // Everything that waits for a state must wait already when the operation begins.
    const isWaiting = each.entering !== undefined || each.kind === 'no-capacity';
    return { ...each, atSeconds: each.atSeconds ?? (isWaiting ? atSeconds : atSeconds + 1 + index) };
  });
}

/** Adapts the world so that the transition can be taken. */
export function worldForTransition({ transition }: TransitionFeature, world: WorldPlan): WorldPlan {
  return { ...world, latencies: 'steady', describeLagMs: 0, clockErrorMs: 0, ...circumstancesOf(transition).world };
}

/** Adapts the first node so that the transition can be taken. */
export function planForTransition({ transition }: TransitionFeature, plan: NodePlan): NodePlan {
  const isDrain = phaseOf(transition.machine, transition.from) === 'drain-instance';
  const { privateIp: _given, importing: _imported, ...rest } = plan;
  return {
    ...rest,
    atSeconds: 0,
    subnets: 1,
    hasElasticIp: true,
    drainingSeconds: isDrain ? DRAINING_SECONDS : 0,
    ...attachmentFor(transition),
    ...circumstancesOf(transition).node,
    ...approachOf(transition).node,
  };
}

/** The transitions that can be taken and were not. */
export function untakenTransitions(counts: Coverage): readonly Transition[] {
  return TRANSITIONS.filter((each) => !isImpossible(each) && !isTaken(each, counts));
}
