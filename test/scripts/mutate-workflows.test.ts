import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Definition, TaskState } from '../../exploration/definition';
import { batchesOf } from '../../scripts/mutate-workflows/batches';
import { decide } from '../../scripts/mutate-workflows/decide';
import { noticeIn } from '../../scripts/mutate-workflows/look';
import {
  MUTATED_KINDS,
  mutantsOf,
  mutated,
  plausibleTargets,
  type Mutant,
} from '../../scripts/mutate-workflows/mutants';
import { readOptions } from '../../scripts/mutate-workflows/options';
import { jsonReport, textReport, type Result } from '../../scripts/mutate-workflows/report';
import { selected } from '../../scripts/mutate-workflows/select';
import { attributed, playsOf } from '../../scripts/mutate-workflows/tests';
import { validOf } from '../../scripts/mutate-workflows/valid';

const INVOKE = 'arn:aws:states:::lambda:invoke';
const call = (step: string) => ({ Payload: { step }, FunctionName: '${StepsFunctionArn}' });
const SOON = { IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 30 };

const ATTACH: TaskState = {
  Type: 'Task',
  Resource: INVOKE,
  Parameters: call('attach-eni'),
  ResultPath: null,
  TimeoutSeconds: 70,
  Retry: [{ ...SOON, ErrorEquals: ['Throttled', 'States.Timeout'] }],
  Catch: [
    { ErrorEquals: ['InterfaceMissing'], ResultPath: '$.error', Next: 'Ensure' },
    { ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Record the failure' },
  ],
  Next: 'Is it hot?',
};
const ENSURE: TaskState = {
  Type: 'Task',
  Resource: INVOKE,
  Parameters: call('ensure-eni'),
  TimeoutSeconds: 70,
  Next: 'Attach',
};

const DEFINITION: Definition = {
  StartAt: 'Ensure',
  States: {
    Ensure: ENSURE,
    Attach: ATTACH,
    'Is it hot?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.node.attachment', StringEquals: 'hot', Next: 'Ensure again' }],
      Default: 'Wait',
    },
    'Ensure again': { ...ENSURE, Next: 'Wait' },
    Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Wind up' },
    'Record the failure': {
      ...ENSURE,
      Parameters: { Payload: { step: 'fail-operation', 'error.$': '$.error' } },
      Next: 'Wind up',
    },
    'Wind up': { Type: 'Succeed' },
  },
};
const ORIGINALS = { replace: DEFINITION, pause: DEFINITION, adjust: DEFINITION, delete: DEFINITION };
const ALL = mutantsOf('replace', DEFINITION);

function textsOf(state: string): readonly string[] {
  return ALL.filter((mutant) => mutant.state === state).map(({ text }) => text.replace(`replace: ${state}: `, ''));
}

function mutantOf(text: string): Mutant {
  const found = ALL.find((mutant) => mutant.text === `replace: ${text}`);
  if (found === undefined) throw new Error(`there is no mutant ${text}`);
  return found;
}

describe('The mutants', () => {
  test('of a task', () => {
    expect(textsOf('Attach')).toEqual([
      "-> 'Ensure again'",
      "-> 'Wait'",
      "-> 'Ensure'",
      "-> 'Record the failure'",
      "-> 'Attach'",
      "-> 'Wind up'",
      'retrier Throttled+1 dropped',
      'retrier Throttled+1 without Throttled',
      'retrier Throttled+1 without States.Timeout',
      "catcher InterfaceMissing -> 'Attach'",
      "catcher InterfaceMissing -> 'Is it hot?'",
      "catcher InterfaceMissing -> 'Record the failure'",
      "catcher InterfaceMissing -> 'Ensure again'",
      "catcher InterfaceMissing -> 'Wind up'",
      'catcher InterfaceMissing dropped',
      'catchers after InterfaceMissing dropped',
      'catcher InterfaceMissing with ResultPath $',
      "catcher States.ALL -> 'Wind up'",
      "catcher States.ALL -> 'Is it hot?'",
      "catcher States.ALL -> 'Ensure'",
      "catcher States.ALL -> 'Attach'",
      'catcher States.ALL with ResultPath $',
      'catcher States.ALL with ResultPath null',
      'catcher States.ALL with ResultPath $.lost',
      'ResultPath $',
      'TimeoutSeconds 1',
      'TimeoutSeconds 700',
    ]);
  });

  test('of a choice', () => {
    expect(textsOf('Is it hot?')).toEqual([
      "default -> 'Wind up'",
      "default -> 'Ensure again'",
      "default -> 'Is it hot?'",
      "default -> 'Record the failure'",
      "choice $.node.attachment = hot -> 'Wait'",
      "choice $.node.attachment = hot -> 'Is it hot?'",
      "choice $.node.attachment = hot -> 'Ensure'",
      "choice $.node.attachment = hot -> 'Record the failure'",
      "choice $.node.attachment = hot -> 'Wind up'",
      'choice $.node.attachment = hot dropped',
      'choice $.node.attachment = hot becomes $.node.attachment = another',
    ]);
  });

  test('of a wait', () => {
    expect(textsOf('Wait')).toEqual(["-> 'Wait'", "-> 'Record the failure'", 'SecondsPath $.drain.seconds']);
  });

  test('change one state, have an id each, and are no copies', () => {
    expect(new Set(ALL.map(({ id }) => id)).size).toBe(ALL.length);
    expect(new Set(ALL.map((mutant) => JSON.stringify(mutated(DEFINITION, [mutant])))).size).toBe(ALL.length);
    for (const { state, changed } of ALL) expect(changed).not.toEqual(DEFINITION.States[state]);
  });

  test('have the same ids in each run', () => {
    expect(mutantOf('Wait: SecondsPath $.drain.seconds').id).toBe('b40d0559');
  });
});

test('a transition is led to states that call the same step, and not to its own target', () => {
  expect(plausibleTargets(DEFINITION, 'Attach', 'Ensure')).toContain('Ensure again');
  expect(plausibleTargets(DEFINITION, 'Attach', 'Ensure')).not.toContain('Ensure');
});

test('mutants that no deployment accepts are left out', () => {
  const dropped = mutantOf('Is it hot?: choice $.node.attachment = hot dropped');
  const unreachable = mutantOf("Is it hot?: choice $.node.attachment = hot -> 'Wait'");
  const harmless = mutantOf('Attach: retrier Throttled+1 dropped');
  expect(validOf([dropped, harmless, unreachable], ORIGINALS)).toEqual([harmless]);
});

test('mutants of the same state are in different batches', () => {
  const [first, second] = ALL.filter(({ state }) => state === 'Attach');
  const [other] = ALL.filter(({ state }) => state === 'Wait');
  expect(batchesOf([first!, second!, other!])).toEqual([[first, other], [second]]);
});

describe('A decision', () => {
  const failed = { kind: 'failed', error: 'InterfaceMissing', minutes: 0, isExhausted: false } as const;
  const decisions = (text: string, met: Parameters<typeof decide>[1]): readonly string[] => {
    const { state, changed } = mutantOf(text);
    return [decide(DEFINITION.States[state]!, met), decide(changed, met)];
  };

  test.each<[string, Parameters<typeof decide>[1]]>([
    ["Attach: -> 'Wait'", { kind: 'succeeded' }],
    ['Attach: ResultPath $', { kind: 'succeeded' }],
    ["Attach: catcher InterfaceMissing -> 'Wind up'", failed],
    ['Attach: catcher InterfaceMissing dropped', failed],
    ['Attach: catchers after InterfaceMissing dropped', { ...failed, error: 'NotPermitted' }],
    ['Attach: retrier Throttled+1 without Throttled', { ...failed, error: 'Throttled' }],
    ["Is it hot?: default -> 'Wind up'", { kind: 'entered', data: { node: { attachment: 'cold' } } }],
    ['Wait: SecondsPath $.drain.seconds', { kind: 'entered', data: { seconds: 10 } }],
  ])('of %s differs', (text, met) => {
    const [before, after] = decisions(text, met);
    expect(after).not.toBe(before);
  });

  test.each<[string, Parameters<typeof decide>[1]]>([
    ["Attach: -> 'Wait'", failed],
    ["Attach: catcher InterfaceMissing -> 'Wind up'", { kind: 'succeeded' }],
    ['Attach: retrier Throttled+1 without Throttled', { ...failed, error: 'States.Timeout' }],
    ['Attach: retrier Throttled+1 dropped', { ...failed, error: 'Throttled', isExhausted: true }],
    ['Attach: retrier Throttled+1 dropped', { ...failed, error: 'Throttled', minutes: 100_000_000 }],
    ["Is it hot?: default -> 'Wind up'", { kind: 'entered', data: { node: { attachment: 'hot' } } }],
  ])('of %s is the same', (text, met) => {
    const [before, after] = decisions(text, met);
    expect(after).toBe(before);
  });
});

describe('A world notices', () => {
  const counts = { states: 10, transitions: 20, rests: 2 };
  const found = { ...counts, depth: 5, isComplete: true, violations: [], taken: [] };

  test.each([
    ['nothing', found, undefined],
    [
      'a violation before anything else',
      { ...found, rests: 1, isComplete: false, violations: [{ what: 'smi-1 is lost', path: [0] }] },
      { how: 'violation', what: 'smi-1 is lost' },
    ],
    ['that there are too many states', { ...found, isComplete: false }, { how: 'growth', what: 'more than 20 states' }],
    [
      'other counts',
      { ...found, states: 11, rests: 1 },
      { how: 'counts', what: '11 states instead of 10, 1 rests instead of 2' },
    ],
  ])('%s', (_name, exploration, notice) => {
    expect(noticeIn(exploration, counts)).toEqual(notice);
  });
});

test('a failed test is that of the mutant whose state it names', () => {
  const batch = [mutantOf("Attach: -> 'Wait'"), mutantOf("Wait: -> 'Wait'"), mutantOf("Ensure: -> 'Wind up'")];
  const titles = [
    'launch-node, "Attach": every error name exists',
    'pause-node, "Ensure": every error name exists',
    'replace-node, "Wait" waits for as long as the drain may take, and only once',
    'replace-node, "Wait": every state after it finds what it reads',
  ];
  expect(attributed(titles, batch)).toEqual([{ mutant: batch[0], what: titles[0] }]);
});

test('what only some tests play is looked for there first', () => {
  const { kind } = mutantOf("Wait: -> 'Wait'");
  const replacement = 'test/workflows/replacement.test.ts';
  expect(playsOf({ kind, text: "replace: Wait: -> 'Wind up'" })).toEqual([replacement]);
  expect(playsOf({ kind, text: 'replace: Adopt the instance: ResultPath $' })).toEqual([
    'test/workflows/import.test.ts',
    replacement,
  ]);
});

test('every test that is looked at exists', () => {
  const texts = [
    'Adopt the instance',
    'InterfaceMissing',
    'Is something left to drain?',
    'OwnershipLost',
    'wait for capacity',
  ];
  const files = MUTATED_KINDS.flatMap((kind) => texts.flatMap((text) => playsOf({ kind, text })));
  expect(new Set(files).size).toBe(8);
  expect(files.filter((file) => !existsSync(join(__dirname, '../..', file)))).toEqual([]);
});

describe('The report', () => {
  const mutant = (id: string, kind: 'replace' | 'pause') => ({ id, kind, text: `${kind}: Wait: ${id}` });
  const results: readonly Result[] = [
    { mutant: mutant('m1', 'replace'), verdict: { how: 'violation', world: 'ending-cold', what: 'lost' } },
    { mutant: mutant('m2', 'replace'), verdict: { how: 'survived', isMet: true } },
    { mutant: mutant('m3', 'pause'), verdict: { how: 'survived', isMet: false } },
    { mutant: mutant('m4', 'pause'), verdict: { how: 'tests', what: 'a pause ends' } },
  ];

  test('counts by text, and lists the survivors', () => {
    const lines = textReport(results).split('\n');
    expect(lines.map((line) => line.trim().split(/ +/).join(' '))).toEqual([
      'mutants violation error growth counts tests survived',
      'replace 2 1 0 0 0 0 1',
      'pause 2 0 0 0 0 1 1',
      'adjust 0 0 0 0 0 0 0',
      'delete 0 0 0 0 0 0 0',
      'all 4 1 0 0 0 1 2',
      '',
      '2 of 4 survive (50.0 %).',
      'm2 replace: Wait: m2',
      'm3 pause: Wait: m3 (no world meets it)',
      '',
    ]);
  });

  test('has the same in JSON', () => {
    const report = JSON.parse(jsonReport(results));
    expect(report.total).toEqual({ mutants: 4, violation: 1, error: 0, growth: 0, counts: 0, tests: 1, survived: 2 });
    expect(report.kinds.pause).toMatchObject({ mutants: 2, tests: 1, survived: 1 });
    expect(report.mutants[0]).toEqual({
      id: 'm1',
      kind: 'replace',
      text: 'replace: Wait: m1',
      how: 'violation',
      world: 'ending-cold',
      what: 'lost',
    });
  });
});

const EVERYTHING = { only: undefined, sample: undefined, seed: 1, from: 1, count: Infinity };

test.each([
  ['all', {}, ALL],
  ['a text', { only: 'Wait: ->' }, ALL.filter(({ text }) => text.includes('Wait: ->'))],
  ['an id', { only: ALL[3]!.id }, [ALL[3]]],
  ['a part', { from: 3, count: 2 }, ALL.slice(2, 4)],
])('%s can be selected', (_name, selection, expected) => {
  expect(selected(ALL, { ...EVERYTHING, ...selection })).toEqual(expected);
});

test('a sample has the size, depends on the seed, and is the same each time', () => {
  const sample = (seed: number) => selected(ALL, { ...EVERYTHING, sample: 5, seed });
  expect(sample(1)).toHaveLength(5);
  expect(sample(1)).toEqual(sample(1));
  expect(sample(1)).not.toEqual(sample(2));
});

describe('The options', () => {
  const RUN = { kind: 'run', selection: EVERYTHING, until: 'plays', mostStates: 800, results: undefined, json: false };

  test.each([
    ['nothing', [], RUN],
    [
      'every option',
      [
        '--only',
        'Wait',
        '--sample=9',
        '--seed',
        '0',
        '--from',
        '2',
        '--count',
        '3',
        '--until',
        'worlds',
        '--states',
        '70',
        '--results',
        'a',
        '--json',
      ],
      {
        kind: 'run',
        selection: { only: 'Wait', sample: 9, seed: 0, from: 2, count: 3 },
        until: 'worlds',
        mostStates: 70,
        results: 'a',
        json: true,
      },
    ],
    ['a list', ['--list'], { kind: 'list', selection: EVERYTHING }],
    ['help among errors', ['--colour', '-h'], { kind: 'help' }],
  ])('%s is accepted', (_name, argv, request) => {
    expect(readOptions(argv)).toEqual(request);
  });

  test.each([
    ['no number', ['--count', 'few'], '--count must be a whole number from 1, not few'],
    ['the place 0', ['--from', '0'], '--from must be a whole number from 1, not 0'],
    ['a seed without a draw', ['--seed', '3'], '--seed needs --sample'],
    ['an unknown stage', ['--until', 'noon'], '--until must be one of definitions, worlds, plays, not noon'],
    ['an unknown option', ['--colour'], '--colour is not an option'],
  ])('%s is refused', (_name, argv, problem) => {
    expect(readOptions(argv)).toEqual({ kind: 'invalid', problems: [problem] });
  });
});
