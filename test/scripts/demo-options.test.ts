import { readOptions } from '../../scripts/demo/options';

const DEFAULTS = { kind: 'demo', attachment: 'cold', seed: 1, json: false };

test.each([
  ['nothing', [], DEFAULTS],
  ['--attachment hot', ['--attachment', 'hot'], { ...DEFAULTS, attachment: 'hot' }],
  ['--attachment=hot', ['--attachment=hot'], { ...DEFAULTS, attachment: 'hot' }],
  ['the last of two', ['--seed', '2', '--seed=3'], { ...DEFAULTS, seed: 3 }],
  ['seed 0', ['--seed', '0'], { ...DEFAULTS, seed: 0 }],
  [
    'everything',
    ['--json', '--event', 'a.json', '--seed', '7'],
    { ...DEFAULTS, json: true, eventPath: 'a.json', seed: 7 },
  ],
  ['help', ['--help'], { kind: 'help' }],
  ['help in short', ['-h'], { kind: 'help' }],
  ['help among errors', ['--colour', '--help'], { kind: 'help' }],
])('%s is accepted', (_name, argv, request) => {
  expect(readOptions(argv)).toEqual(request);
});

test.each([
  ['an unknown option', ['--colour'], ['--colour is not an option']],
  ['an unknown short option', ['-x'], ['-x is not an option']],
  ["an option named like an object's own", ['--constructor'], ['--constructor is not an option']],
  ['a word that is no option', ['hot'], ['hot is not an option']],
  ['an unknown attachment', ['--attachment', 'warm'], ['--attachment must be cold or hot, not warm']],
  ['an attachment without a value', ['--attachment'], ['--attachment needs a value']],
  ['an attachment with an empty value', ['--attachment='], ['--attachment needs a value']],
  ['a missing file before the next option', ['--event', '--json'], ['--event needs a value']],
  ['a negative seed', ['--seed', '-1'], ['--seed must be a whole number from 0, not -1']],
  ['a fraction as seed', ['--seed=1.5'], ['--seed must be a whole number from 0, not 1.5']],
  ['a seed beyond exact numbers', ['--seed', '9007199254740993'], [expect.stringContaining('--seed must be')]],
  ['a switch with a value', ['--json=yes'], ['--json takes no value']],
  [
    'several errors',
    ['--colour', '--attachment=warm', '--seed', 'x'],
    [
      '--colour is not an option',
      '--attachment must be cold or hot, not warm',
      '--seed must be a whole number from 0, not x',
    ],
  ],
])('%s is refused', (_name, argv, problems) => {
  expect(readOptions(argv)).toEqual({ kind: 'invalid', problems });
});
