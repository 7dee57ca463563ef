/** Where each error of a step leads, and how long each step is waited for: derived from the step and its place. */
import { resourcesOf } from '../infra/synthesized-stack';
import { DEFINITIONS, TASKS, type Catcher, type State } from './deployed-definitions';

interface Task {
  readonly machine: string;
  readonly name: string;
  readonly state: State;
}

type Row = readonly [errors: string, next: string];

const payloadOf = ({ state }: Task): Readonly<Record<string, unknown>> => ({ ...state.Parameters?.Payload });
const stepOf = (task: Task): string => String(payloadOf(task)['step']);
const launches = ({ machine }: Task): boolean => machine === 'launch-node' || machine === 'replace-node';
/** `Cold: `, `Hot: `, or nothing. */
const orderOf = ({ name }: Task): string => /^(Cold|Hot): /.exec(name)?.[0] ?? '';

/** A step that ends the operation may have lost the node to its own first attempt, whose response was lost. */
const ENDING = ['confirm-node', 'settle-pause', 'apply-settings'];

function whenOwnershipIsLost(task: Task): string {
  if (stepOf(task) === 'fail-operation')
    return task.name === 'Record the failure' ? 'Wind up after the failure' : 'Wind up';
  return ENDING.includes(stepOf(task)) ? 'Wind up' : 'Another operation owns the node';
}

/** The step that makes the interface again, in the order that the task belongs to. A pause leaves that to the resume. */
function whenTheInterfaceIsMissing(task: Task): readonly Row[] {
  const usesIt = ['associate-eip', 'attach-eni', 'confirm-node', 'apply-settings'].includes(stepOf(task));
  // The interface must be in the subnet of the replacement.
  const movesIt = stepOf(task) === 'detach-eni' && orderOf(task) === 'Hot: ';
  const launchesWithIt = stepOf(task) === 'launch-instance' && orderOf(task) === 'Cold: ';
  if (!usesIt && !movesIt && !launchesWithIt) return [];
  if (stepOf(task) === 'confirm-node') return [['InterfaceMissing', 'How is the interface carried?']];
  if (task.machine === 'pause-node') return [['InterfaceMissing', 'Settle the pause']];
  return [['InterfaceMissing', orderOf(task) === '' ? 'Ensure the ENI' : `${orderOf(task)}ensure the ENI`]];
}

/** Cold, the replacement takes the interface with it, so the interface must be free again before the next launch. */
function whenTheReplacementIsLost(task: Task): readonly Row[] {
  const awaitsIt = payloadOf(task)['which'] === 'replacement';
  const needsIt = stepOf(task) === 'attach-eni' && launches(task);
  if (stepOf(task) === 'confirm-node') return [['ReplacementLost', 'How is the interface carried?']];
  if (!awaitsIt && !needsIt) return [];
  const next = orderOf(task) === 'Cold: ' ? 'Cold: detach the persisted ENI' : 'Hot: launch the replacement';
  return [['ReplacementLost', next]];
}

function whenTheImportIsCancelled(task: Task): readonly Row[] {
  const endsAnInstance = ['adopt-instance', 'await-termination', 'terminate-instance', 'confirm-node'].includes(
    stepOf(task),
  );
  return launches(task) && endsAnInstance ? [['ImportCancelled', 'Record the cancellation']] : [];
}

/** The time-out of a drain is its regular end. */
function whenTheDrainIsOver(task: Task): readonly Row[] {
  if (stepOf(task) !== 'drain-instance') return [];
  return [['States.Timeout', launches(task) ? 'Terminate the old instance' : 'Terminate the instance']];
}

function expectedOf(task: Task): readonly Row[] {
  // Without the node there is no record to write a failure in. After it is released, nothing is left that could fail.
  if (['take-node', 'wind-up'].includes(stepOf(task))) return [];
  return [
    ...whenTheDrainIsOver(task),
    ['OwnershipLost', whenOwnershipIsLost(task)],
    ...whenTheInterfaceIsMissing(task),
    ...whenTheReplacementIsLost(task),
    ...whenTheImportIsCancelled(task),
    ...(stepOf(task) === 'fail-operation' ? [] : [['States.ALL', 'Record the failure'] as const]),
  ];
}

const rowsOf = ({ Catch = [] }: State): readonly Row[] =>
  Catch.map(({ ErrorEquals, Next }) => [ErrorEquals.join(), Next]);

test.each(TASKS)(
  '$machine, "$name": each error leads where its meaning says, and the first match is the right one',
  (task) => {
    expect(rowsOf(task.state)).toEqual(expectedOf(task));
  },
);

/** Lambda ends a step after that, in seconds. */
const STEP_SECONDS = resourcesOf('AWS::Lambda::Function').StepsFunction?.Properties.Timeout as number;

/** In seconds. A lost event costs as much. Most instances end within 30 s and start within 10 s. */
const WAITS: Readonly<Record<string, number>> = { terminated: 40, running: 20 };

/** A drain waits for as long as it may take. */
test.each(TASKS.filter((task) => stepOf(task) !== 'drain-instance'))(
  '$machine, "$name": its time-out is a little longer than the step or the change that it waits for takes',
  (task) => {
    const wait = WAITS[stepOf(task) === 'await-termination' ? 'terminated' : String(payloadOf(task)['awaited'])];
    expect(task.state.TimeoutSeconds).toBe(wait ?? STEP_SECONDS + 10);
    expect(task.state.TimeoutSecondsPath).toBeUndefined();
  },
);

/** Only these results are read. */
const RESULTS: Readonly<Record<string, string | undefined>> = {
  'take-node': undefined,
  'launch-instance': '$.launch',
  'drain-instance': '$.drain',
  'await-termination': '$.observed.old',
  'await-instance': '$.observed.replacement',
};

/** An adjustment replaces nothing, so its record needs no time of an attachment. */
const resultOf = (task: (typeof TASKS)[number]): string | null | undefined => {
  const step = stepOf(task);
  if (step === 'attach-eni') return task.machine.startsWith('adjust') ? null : '$.observed.attached';
  return step in RESULTS ? RESULTS[step] : null;
};

test.each(TASKS)('$machine, "$name": its result and its failure are put where they are read', (task) => {
  const { ResultPath, Catch = [] } = task.state;
  expect(ResultPath).toBe(resultOf(task));
  const recorded = Catch.filter(({ Next }) => Next.startsWith('Record the '));
  expect(recorded.filter((each) => each.ResultPath !== '$.error')).toEqual([]);
});

describe('What a state reads', () => {
  const NODE = ['$.node', '$.drain', '$.observed'];

  /** The parts of the data that the state needs, by their first name, as `$.error`. */
  function readsOf(state: State): ReadonlySet<string> {
    const { Parameters, Choices = [], SecondsPath, TimeoutSecondsPath, ErrorPath, CausePath } = state;
    const values = [...JSON.stringify(Parameters ?? {}).matchAll(/"(\$\.[^"]+)"/g)].map(([, path]) => path ?? '');
    const paths = [...Choices.map(({ Variable }) => Variable), SecondsPath, TimeoutSecondsPath, ErrorPath, CausePath];
    return new Set([...values, ...paths.filter((path) => path !== undefined)].map(firstOf));
  }

  const firstOf = (path: string): string => path.split('.').slice(0, 2).join('.');

  interface Edge {
    readonly to: string;
    /** Where the result or the error is put; undefined: nowhere. */
    readonly path: string | undefined;
  }

  function edgesOf({ Type, Next, Default, Choices = [], Catch = [], ResultPath }: State): readonly Edge[] {
    const path = Type === 'Task' ? (ResultPath === null ? undefined : (ResultPath ?? '$')) : undefined;
    return [
      ...[Next, Default, ...Choices.map((each) => each.Next)].flatMap((to) => (to === undefined ? [] : [{ to, path }])),
      ...Catch.map((each: Catcher) => ({ to: each.Next, path: each.ResultPath ?? '$' })),
    ];
  }

  /** What each state can rely on, whichever way leads to it. */
  function reliableIn(states: readonly (readonly [string, State])[]): ReadonlyMap<string, ReadonlySet<string>> {
    const byName = new Map(states);
    const reliable = new Map<string, ReadonlySet<string>>([['Take the node', new Set<string>()]]);
    const left = ['Take the node'];
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      for (const { to, path } of edgesOf(byName.get(name)!)) {
        const after = withResult(reliable.get(name)!, path);
        const before = reliable.get(to);
        const both = before === undefined ? after : new Set([...before].filter((each) => after.has(each)));
        if (before !== undefined && both.size === before.size) continue;
        reliable.set(to, both);
        left.push(to);
      }
    }
    return reliable;
  }

  /** `$` replaces everything. Only the first step does that, with the node. */
  function withResult(before: ReadonlySet<string>, path: string | undefined): ReadonlySet<string> {
    if (path === '$') return new Set(NODE);
    return path === undefined ? before : new Set([...before, path]);
  }

  const STATES = DEFINITIONS.flatMap(({ machine, states }) => {
    const reliable = reliableIn(states);
    return states.map(([name, state]) => ({ machine, name, state, states: new Map(states), reliable }));
  });

  test.each(STATES)(
    '$machine, "$name": every state after it finds what it reads',
    ({ name, state, states, reliable }) => {
      const missing = edgesOf(state).flatMap(({ to, path }) => {
        const found = withResult(reliable.get(name)!, path);
        return [...readsOf(states.get(to)!)].filter((each) => !found.has(each)).map((each) => `${to}: ${each}`);
      });
      expect(missing).toEqual([]);
    },
  );

  test.each(STATES)('$machine, "$name": its result and its errors replace nothing', ({ name, state }) => {
    const paths = edgesOf(state).flatMap(({ path }) => (path === undefined ? [] : [path]));
    // What has failed first is what a person must know.
    const forbidden = [
      ...(name === 'Take the node' ? [] : ['$']),
      ...(readsOf(state).has('$.error') ? ['$.error'] : []),
    ];
    expect(paths.filter((path) => forbidden.includes(path))).toEqual([]);
  });
});
