/** The way through a state machine is found again from the tasks alone, in the definitions that are deployed. */
import fc from 'fast-check';
import { machineOf, keyOf, type Definition } from '../../console/src/pages/node/replacements/machine/definition';
import { wayOf, type Walk } from '../../console/src/pages/node/replacements/machine/way';
import { OPERATION_KINDS } from '../../domain/node/stateful-node';
import { readDefinition } from '../../infra/workflows/definitions';

const definitionOf = (kind: (typeof OPERATION_KINDS)[number]): Definition =>
  JSON.parse(readDefinition(kind)) as Definition;
const replacement = definitionOf('replace');
const done = (state: string): Walk['steps'][number] => ({ state, outcome: 'done', errorName: null });
const COLD = [
  'Take the node',
  'Terminate the old instance',
  'Cold: detach the persisted ENI',
  'Cold: reassociate the EIP and launch the replacement',
  'Cold: wait until the replacement runs',
  'Confirm the node',
];

it('leads over the choices between the tasks, and on to the end', () => {
  const way = wayOf(replacement, { steps: COLD.map(done), outcome: 'succeeded' });
  expect([...way.transitions]).toEqual([
    'Take the node → Is the node ours to operate on?',
    'Is the node ours to operate on? → Terminate the old instance',
    'Terminate the old instance → How is the interface carried?',
    'How is the interface carried? → Cold: detach the persisted ENI',
    'Cold: detach the persisted ENI → Cold: reassociate the EIP and launch the replacement',
    'Cold: reassociate the EIP and launch the replacement → Cold: what did the launch come to?',
    'Cold: what did the launch come to? → Cold: wait until the replacement runs',
    'Cold: wait until the replacement runs → Confirm the node',
  ]);
  expect(way).toMatchObject({ current: undefined, failed: undefined });
});

it('takes no transition that merely lies between two states that it was in', () => {
  const launched = 'Cold: reassociate the EIP and launch the replacement';
  const steps = [...COLD.slice(0, 4), launched, launched, ...COLD.slice(4)].map(done);
  const { transitions } = wayOf(replacement, { steps, outcome: 'succeeded' });
  expect(transitions).toContain('Cold: what did the launch come to? → Cold: wait for capacity or a turn');
  expect(transitions).not.toContain('Cold: what did the launch come to? → Cold: detach the persisted ENI');
});

it('goes nowhere between two tries of the same task', () => {
  const retried = { state: COLD[3]!, outcome: 'retried' as const, errorName: 'Throttled' };
  const steps = [...COLD.slice(0, 3).map(done), retried, ...COLD.slice(3).map(done)];
  const { states } = wayOf(replacement, { steps, outcome: 'succeeded' });
  expect(states).not.toContain('Cold: wait for capacity or a turn');
});

it.each([
  ['NoCapacity', 'Record the failure', 'The operation failed'],
  ['OwnershipLost', 'Another operation owns the node', 'Another operation owns the node'],
])('follows the catch of %s to its end', (errorName, caught, last) => {
  const steps = [...COLD.slice(0, 3).map(done), { state: COLD[3]!, outcome: 'failed' as const, errorName }];
  const way = wayOf(replacement, { steps, outcome: 'failed' });
  expect(way.transitions).toContain(keyOf({ from: COLD[3]!, to: caught }));
  expect(way.states).toContain(last);
  expect(way.failed).toBe(COLD[3]);
});

it('finds a drain that timed out, of which the record tells no error', () => {
  const steps = [done('Take the node'), done('Drain the old instance'), done('Terminate the old instance')];
  expect(wayOf(replacement, { steps, outcome: null }).transitions).toContain(
    'Drain the old instance → Is the old instance to be terminated first?',
  );
});

it.each<[string, Walk['steps'], string | undefined]>([
  [
    'in the task that has not come back',
    [done(COLD[0]!), { state: COLD[1]!, outcome: null, errorName: null }],
    COLD[1],
  ],
  [
    'in the task that is tried again',
    [{ state: COLD[2]!, outcome: 'retried', errorName: 'InterfaceNotFree' }],
    COLD[2],
  ],
  ['in the task that follows without a choice', [done(COLD[2]!)], COLD[3]],
  ['nowhere certain after a choice', [done(COLD[0]!)], undefined],
])('is %s', (_, steps, current) => {
  expect(wayOf(replacement, { steps, outcome: null }).current).toBe(current);
});

it('takes nothing between two executions of the same operation', () => {
  const steps = [done(COLD[0]!), done(COLD[1]!), done(COLD[0]!)];
  const { transitions } = wayOf(replacement, { steps, outcome: null });
  expect([...transitions].filter((key) => key.endsWith('→ Take the node'))).toEqual([]);
});

it.each(OPERATION_KINDS)('finds every walk through %s again', (kind) => {
  const definition = definitionOf(kind);
  const tasks = (name: string): boolean => definition.States[name]!.Type === 'Task';
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 60, maxLength: 60 }), (turns) => {
      const taken = new Set<string>();
      const steps: Walk['steps'][number][] = [];
      let name: string | undefined = definition.StartAt;
      let isOver = false;
      for (const turn of turns) {
        const { Next, Default, Choices = [] } = definition.States[name]!;
        if (tasks(name)) steps.push(done(name));
        const exits: string[] = [Next, Default, ...Choices.map((each) => each.Next)].filter(
          (each) => each !== undefined,
        );
        if (exits.length === 0) {
          isOver = true;
          break;
        }
        const next: string = exits[turn % exits.length]!;
        taken.add(keyOf({ from: name, to: next }));
        name = next;
      }
      // A walk that ends between two tasks leaves no record of its end.
      fc.pre(isOver && tasks(name));
      expect(wayOf(definition, { steps, outcome: 'succeeded' }).transitions).toEqual(taken);
    }),
  );
});

it('draws every transition but the errors that end in a sink', () => {
  const { transitions, sinks, states } = machineOf(replacement);
  expect(sinks).toEqual(['Another operation owns the node', 'Record the failure', 'Record the cancellation']);
  expect(states.find(({ name }) => name === COLD[1])!.sinks).toEqual(sinks);
  expect(transitions.filter(({ kind, to }) => kind === 'catch' && sinks.includes(to))).toEqual([]);
  const drawn = transitions.map(keyOf);
  expect(drawn).toContain('Hot: detach the persisted ENI → Hot: ensure the ENI');
  expect(new Set(drawn).size).toBe(drawn.length);
});
