/** An operation on a line of time: who was where, what was done, and when the address was away. Milliseconds from its start. */
import type { InstanceSighting, Operation, OperationStep } from '../../../../api/node-types';

export interface Timeline {
  /** ISO 8601: zero of the line. */
  readonly start: string;
  readonly end: number;
  /** When the address led nowhere. */
  readonly away: Span | undefined;
  readonly lanes: readonly Lane[];
  readonly phases: readonly Phase[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
  /** Whether it is not over. */
  readonly isOpen: boolean;
}

export interface Bar extends Span {
  readonly label: string;
  readonly look: 'good' | 'moving' | 'gone' | 'away';
}

/** The address, the old instance, or the new one. */
export interface Lane {
  readonly name: string;
  readonly detail: string | undefined;
  readonly bars: readonly Bar[];
}

/** A state of the state machine, with each time that it was entered. */
export interface Phase {
  readonly name: string;
  readonly visits: readonly Visit[];
  /** Of all visits. */
  readonly totalMs: number;
}

export interface Visit extends Span {
  readonly outcome: OperationStep['outcome'];
  readonly errorName: string | null;
}

/** @param now for what is not over */
export function timelineOf(operation: Operation, now: Date): Timeline {
  const { steps, instanceStates, startedAt, endedAt } = operation;
  const ended = endedAt === null ? now.toISOString() : endedAt;
  const times = [
    ...steps.flatMap(({ enteredAt, leftAt }) => [enteredAt, leftAt]),
    ...instanceStates.map(({ at }) => at),
  ];
  const known = times.filter((time) => time !== null);
  const start = [startedAt, ...known].reduce((one, other) => (one < other ? one : other));
  const at = (time: string): number => Math.max(0, Date.parse(time) - Date.parse(start));
  const end = Math.max(...[ended, ...known].map(at), 1);
  const clock: Clock = { at, end, isOver: endedAt !== null };
  const away = awayOf(operation, clock);
  return {
    start,
    end,
    away,
    lanes: [addressLane(operation, away, clock), ...instanceLanes(operation, clock)].filter(
      ({ bars }) => bars.length > 0,
    ),
    phases: phasesOf(steps, clock),
  };
}

interface Clock {
  readonly at: (time: string) => number;
  readonly end: number;
  readonly isOver: boolean;
}

function awayOf({ address }: Operation, { at, end, isOver }: Clock): Span | undefined {
  if (address.awayFrom === null) return undefined;
  const isOpen = address.awayTo === null;
  return {
    from: at(address.awayFrom),
    to: address.awayTo === null ? end : at(address.awayTo),
    isOpen: isOpen && !isOver,
  };
}

function addressLane({ before, after, outcome }: Operation, away: Span | undefined, { end, isOver }: Clock): Lane {
  const here = (from: number, to: number, label: string): Bar[] =>
    to > from ? [{ from, to, isOpen: !isOver && to === end, label, look: 'good' }] : [];
  const bars: readonly Bar[] =
    away === undefined
      ? before === null
        ? []
        : here(0, end, 'leads to the instance')
      : [
          ...here(0, before === null ? 0 : away.from, 'leads to the old instance'),
          { ...away, label: 'leads nowhere', look: 'away' },
          ...here(away.to, outcome !== null && after === null ? away.to : end, 'leads to the new instance'),
        ];
  return { name: 'Address', detail: undefined, bars };
}

const LOOKS: Readonly<Record<string, Bar['look']>> = { running: 'good', terminated: 'gone', stopped: 'gone' };

function instanceLanes(operation: Operation, clock: Clock): readonly Lane[] {
  const { before, after, instanceStates } = operation;
  const of = (role: InstanceSighting['role']): readonly InstanceSighting[] =>
    instanceStates.filter((each) => each.role === role);
  const old = of('old');
  const oldIds = [...new Set([...(before === null ? [] : [before.instanceId]), ...old.map((each) => each.instanceId)])];
  const newIds = [...new Set(of('replacement').map((each) => each.instanceId))];
  const typeOf = (id: string): string | undefined =>
    [before, after].find((each) => each?.instanceId === id)?.instanceType;
  const lane = (name: string, id: string, bars: readonly Bar[]): Lane => {
    const type = typeOf(id);
    return { name, detail: type === undefined ? id : `${id}, ${type}`, bars };
  };
  return [
    ...oldIds.map((id) =>
      lane(
        'Old instance',
        id,
        barsOf(
          old.filter((each) => each.instanceId === id),
          clock,
          'running',
        ),
      ),
    ),
    ...newIds.map((id) =>
      lane(
        'New instance',
        id,
        barsOf(
          of('replacement').filter((each) => each.instanceId === id),
          clock,
        ),
      ),
    ),
  ];
}

/** @param first the state before the first sighting. Undefined: it did not exist. */
function barsOf(sightings: readonly InstanceSighting[], { at, end, isOver }: Clock, first?: string): readonly Bar[] {
  const [earliest] = sightings;
  const before = first === undefined || earliest?.state === first ? [] : [{ state: first, from: 0 }];
  const states = [...before, ...sightings.map((each) => ({ state: each.state, from: at(each.at) }))];
  return states.flatMap(({ state, from }, index) => {
    const next = states[index + 1]?.from;
    const to = next ?? end;
    // It is not drawn on after it has ended.
    if (state === 'terminated') return [{ from, to: from, isOpen: false, label: state, look: 'gone' as const }];
    return [
      { from, to, isOpen: next === undefined && !isOver, label: state, look: LOOKS[state] ?? ('moving' as const) },
    ];
  });
}

function phasesOf(steps: readonly OperationStep[], { at, end, isOver }: Clock): readonly Phase[] {
  const phases = new Map<string, Visit[]>();
  for (const { step, state, enteredAt, leftAt, outcome, errorName } of steps) {
    const name = state ?? step;
    const from = at(enteredAt);
    const isOpen = leftAt === null && outcome === null && !isOver;
    const to = leftAt === null ? (isOpen ? end : from) : at(leftAt);
    phases.set(name, [...(phases.get(name) ?? []), { from, to, isOpen, outcome, errorName }]);
  }
  return [...phases].map(([name, visits]) => ({
    name,
    visits,
    totalMs: visits.reduce((sum, { from, to }) => sum + to - from, 0),
  }));
}

const STEPS = [1, 2, 5];

/** Round distances, about so many of them, from zero to `end`. Milliseconds. */
export function ticksOf(end: number, count: number): readonly number[] {
  const least = end / Math.max(1, count);
  const distances =
    least >= 30_000
      ? [60_000, 120_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 86_400_000]
      : STEPS.map((step) => step * 10 ** Math.floor(Math.log10(least))).concat(
          10 ** (Math.floor(Math.log10(least)) + 1),
        );
  const distance = distances.find((each) => each >= least) ?? least;
  return Array.from({ length: Math.floor(end / distance) + 1 }, (_, index) => index * distance);
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** For example `0`, `2.5 s`, `4 min` or `1 h 30 min`. */
export function tickText(ms: number): string {
  if (ms === 0) return '0';
  if (ms % MINUTE_MS !== 0) return `${(ms / 1_000).toLocaleString(undefined, { maximumFractionDigits: 3 })} s`;
  const [hours, minutes] = [Math.floor(ms / HOUR_MS), (ms % HOUR_MS) / MINUTE_MS];
  const parts = [hours > 0 ? `${hours} h` : '', minutes > 0 ? `${minutes} min` : ''];
  return parts.filter((part) => part !== '').join(' ');
}
