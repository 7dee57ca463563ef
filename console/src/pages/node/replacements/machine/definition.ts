/** A state machine as the page draws it, read from its definition in Amazon States Language. */

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, StateDefinition>>;
}

export interface StateDefinition {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly Catcher[];
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
}

export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'catch';
}

export interface MachineState {
  readonly name: string;
  readonly type: string;
  /** The sinks that its errors lead to: drawn as dots. */
  readonly sinks: readonly string[];
}

export interface Machine {
  readonly start: string;
  readonly states: readonly MachineState[];
  /** Those that are drawn as lines. */
  readonly transitions: readonly Transition[];
  /** States in which the errors of many others end, in the order of the definition. */
  readonly sinks: readonly string[];
}

/** Errors of this many states lead into a sink. Drawn as lines they would hide everything else. */
const SINK_CATCHES = 3;

export const keyOf = ({ from, to }: Pick<Transition, 'from' | 'to'>): string => `${from} → ${to}`;

export function machineOf({ StartAt: start, States }: Definition): Machine {
  const all = Object.entries(States).flatMap(([name, state]) => transitionsOf(name, state));
  const sinks = Object.keys(States).filter((name) => {
    const sources = all.filter(({ to, kind }) => to === name && kind === 'catch').map(({ from }) => from);
    return new Set(sources).size >= SINK_CATCHES;
  });
  const isToSink = ({ to, kind }: Transition): boolean => kind === 'catch' && sinks.includes(to);
  const drawn = new Map<string, Transition>();
  for (const transition of all) {
    // A catch to where the state leads anyway adds nothing.
    if (!isToSink(transition) && !drawn.has(keyOf(transition))) drawn.set(keyOf(transition), transition);
  }
  const states = Object.entries(States).map(([name, { Type }]) => ({
    name,
    type: Type,
    sinks: sinks.filter((sink) => all.some((each) => each.from === name && each.to === sink && isToSink(each))),
  }));
  return { start, states, transitions: [...drawn.values()], sinks };
}

function transitionsOf(
  from: string,
  { Next, Default, Choices = [], Catch = [] }: StateDefinition,
): readonly Transition[] {
  const to = (kind: Transition['kind'], names: readonly (string | undefined)[]): readonly Transition[] =>
    names.flatMap((name) => (name === undefined ? [] : [{ from, to: name, kind }]));
  return [
    ...to('next', [Next]),
    ...to('choice', [...Choices.map((each) => each.Next), Default]),
    ...to(
      'catch',
      Catch.map((each) => each.Next),
    ),
  ];
}
