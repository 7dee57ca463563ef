/** The catalogue of happenings: every kind, by its name in coverage, with the weight with which it is drawn. */
import type { Draw } from './draw';
import {
  CALL_FAULTS,
  EC2_ACTIONS,
  OTHER_FUNCTIONS,
  MANUAL_CHANGES,
  PHASES,
  SERVICES,
  STEPS,
  STUCK_SECONDS,
  type CallFault,
  type CallFaultKind,
  type Happening,
  type Service,
  type Timing,
} from './scenario';

/** A happening without its time. */
export type Untimed = Happening extends infer Each
  ? Each extends Happening
    ? Omit<Each, keyof Timing>
    : never
  : never;

interface Entry {
  readonly weight: number;
  readonly make: (draw: Draw, node: number) => Untimed;
}

const entry = (weight: number, make: Entry['make']): Entry => ({ weight, make });

const SERVICE_WEIGHTS: Readonly<Record<Service, number>> = { ec2: 5, dynamodb: 4, sfn: 1, events: 0.5 };
/** Of all refusals together, divided among the actions. It is low, because a lasting refusal excuses much. */
const REFUSAL_WEIGHT = 0.4;
/** The longest drain that a document may ask for: an hour. */
export const LONGEST_DRAIN_SECONDS = 3_600;
/** The factor of all call faults, multiplied by the service's weight for each kind. */
const CALL_FAULT_WEIGHT = 0.1;

const ACTIONS: readonly (readonly [string, Entry])[] = [
  ['pause', entry(1, (_draw, node) => ({ kind: 'pause', node }))],
  ['resume', entry(1, (_draw, node) => ({ kind: 'resume', node }))],
  ['recycle', entry(1, (_draw, node) => ({ kind: 'recycle', node }))],
  ['pause-all', entry(0.3, () => ({ kind: 'pause-all' }))],
  ['resume-all', entry(0.3, () => ({ kind: 'resume-all' }))],
  [
    'delete',
    entry(0.5, (draw, node) => ({ kind: 'delete', node, instance: draw.chance(0.8), interfaces: draw.chance(0.7) })),
  ],
];

const UPDATES: readonly (readonly [string, Entry])[] = [
  ['name', entry(0.2, (draw, node) => update(node, { field: 'name', value: draw.one(['renamed', 'renamed-again']) }))],
  ['tag', entry(0.3, (draw, node) => update(node, { field: 'tag', value: draw.one(['blue', 'green']) }))],
  [
    'security-group',
    entry(0.3, (draw, node) => update(node, { field: 'security-group', value: draw.one(['first', 'second', 'both']) })),
  ],
  [
    'instance-types',
    entry(0.2, (draw, node) => update(node, { field: 'instance-types', value: draw.one(['first', 'second', 'both']) })),
  ],
  [
    'elastic-ip',
    entry(0.4, (draw, node) => update(node, { field: 'elastic-ip', value: draw.one(['own', 'other', 'none']) })),
  ],
  [
    'private-ip',
    entry(0.4, (draw, node) => update(node, { field: 'private-ip', value: `10.0.0.${60 + node * 4 + draw.below(2)}` })),
  ],
  [
    'draining',
    entry(0.3, (draw, node) => update(node, { field: 'draining', value: draw.one([0, 0, 30, LONGEST_DRAIN_SECONDS]) })),
  ],
  ['attachment', entry(0.3, (draw, node) => update(node, { field: 'attachment', value: draw.one(['cold', 'hot']) }))],
];

function update(node: number, change: Extract<Untimed, { kind: 'update' }>['change']): Untimed {
  return { kind: 'update', node, change };
}

const FAULTS: readonly (readonly [string, Entry])[] = [
  ['interrupt', entry(2, (_draw, node) => ({ kind: 'interrupt', node }))],
  ['interrupt-replacement', entry(1, (_draw, node) => ({ kind: 'interrupt-replacement', node }))],
  ['interrupt-twice', entry(0.5, (draw, node) => ({ kind: 'interrupt-twice', node, afterSeconds: draw.below(60) }))],
  ['reclaim', entry(1, (_draw, node) => ({ kind: 'reclaim', node }))],
  ['rebalance', entry(0.7, (_draw, node) => ({ kind: 'rebalance', node }))],
  ['impair', entry(0.7, (draw, node) => ({ kind: 'impair', node, check: draw.one(['instance', 'system']) }))],
  ['abort-execution', entry(1, (_draw, node) => ({ kind: 'abort-execution', node }))],
  ['slow interface', entry(0.7, (draw, node) => ({ kind: 'slow-interface', node, seconds: draw.one([10, 60, 200]) }))],
  ['stuck interface', entry(0.3, (_draw, node) => ({ kind: 'slow-interface', node, seconds: STUCK_SECONDS }))],
  ...(['preferred', 'spot', 'all', 'zone'] as const).map(
    (of) =>
      [
        `no capacity: ${of}`,
        entry(0.35, (draw) => ({ kind: 'no-capacity', of, seconds: draw.one([60, 120, 300, 900]) })),
      ] as const,
  ),
  ['protect', entry(0.5, (_draw, node) => ({ kind: 'protect', node }))],
  ['launch-deaths', entry(0.4, (draw, node) => ({ kind: 'launch-deaths', node, count: draw.one([1, 2, 4, 20]) }))],
  [
    'crash-loop',
    entry(0.4, (draw, node) => ({
      kind: 'crash-loop',
      node,
      count: draw.one([1, 3, 60]),
      afterSeconds: draw.one([1, 20, 75]),
    })),
  ],
  ...EC2_ACTIONS.map(
    (action) =>
      [
        `refused: ${action}`,
        entry(REFUSAL_WEIGHT / EC2_ACTIONS.length, (_draw, node) => ({ kind: 'refusal', node, action })),
      ] as const,
  ),
  ...(['looks', 'changes'] as const).map(
    (actions) =>
      [
        `throttled: ${actions}`,
        entry(0.2, (draw, node) => ({ kind: 'throttled', node, actions, seconds: draw.one([60, 120, 300]) })),
      ] as const,
  ),
  ...MANUAL_CHANGES.map(
    (how) => [`manual: ${how}`, entry(0.25, (_draw, node) => ({ kind: 'manual-change', node, how }))] as const,
  ),
];

const EVENT_FAULTS: readonly (readonly [string, Entry])[] = (['state-change', 'warning'] as const).flatMap((of) =>
  (['lost', 'doubled', 'delayed', 'reordered'] as const).map(
    (fault) =>
      [
        `${of} ${fault}`,
        entry(0.25, (draw) => ({ kind: 'event-fault', of, fault, count: 1 + draw.below(4) })),
      ] as const,
  ),
);

const CALL_FAULT_ENTRIES: readonly (readonly [string, Entry])[] = SERVICES.flatMap((service) =>
  CALL_FAULTS.map(
    (fault) =>
      [
        `${service} ${fault}`,
        entry(SERVICE_WEIGHTS[service] * CALL_FAULT_WEIGHT, (draw) => callFault(draw, service, fault)),
      ] as const,
  ),
);

function callFault(draw: Draw, service: Service, fault: CallFaultKind): Omit<CallFault, keyof Timing> {
  const step = draw.chance(0.7) ? { step: draw.one([...STEPS, ...OTHER_FUNCTIONS]) } : {};
  return { kind: 'call-fault', service, fault, ...step, nth: 1 + draw.below(4) };
}

const CATALOGUE: ReadonlyMap<string, Entry> = new Map([
  ...ACTIONS,
  ...UPDATES.map(([field, each]) => [`update ${field}`, each] as const),
  ...FAULTS,
  ...EVENT_FAULTS,
  ...CALL_FAULT_ENTRIES,
]);

/** The names of the kinds, as coverage counts them. */
export const KINDS: readonly string[] = [...CATALOGUE.keys()];

export function drawHappening(draw: Draw, node: number): Untimed {
  const make = draw.weighted([...CATALOGUE.values()].map((each) => [each.weight, each.make] as const));
  return make(draw, node);
}

/** Draws a happening of the kind for the node. @throws RangeError if there is no such kind */
export function happeningOf(kind: string, draw: Draw, node: number): Untimed {
  const found = CATALOGUE.get(kind);
  if (found === undefined) throw new RangeError(`${kind} is not in the catalogue`);
  return found.make(draw, node);
}

/** Whether the kind is a fault that waits for a call, rather than a happening at a time. */
export function isCallFault(kind: string): boolean {
  return CALL_FAULT_ENTRIES.some(([name]) => name === kind);
}

export const ALL_PHASES = [...PHASES, ...OTHER_FUNCTIONS] as const;
