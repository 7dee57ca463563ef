import { availableParallelism } from 'node:os';
import { readOptions } from '../../scripts/simulate/options';

const DEFAULTS = {
  kind: 'batch',
  from: 1,
  count: 200,
  workers: availableParallelism(),
  storms: false,
  twice: false,
  json: false,
  coverage: false,
};
const REPLAY = { kind: 'replay', storms: false, trace: false, twice: false, json: false };

test.each([
  ['nothing', [], DEFAULTS],
  ['a number of seeds', ['--seeds', '7', '--from=100'], { ...DEFAULTS, count: 7, from: 100 }],
  [
    'every option of a batch',
    ['--workers', '3', '--twice', '--json', '--coverage'],
    { ...DEFAULTS, workers: 3, twice: true, json: true, coverage: true },
  ],
  ['storms', ['--storms', '--seeds', '5'], { ...DEFAULTS, storms: true, count: 5 }],
  ['one storm', ['--storms', '--seed', '5'], { ...REPLAY, storms: true, seed: 5 }],
  ['one seed', ['--seed', '5'], { ...REPLAY, seed: 5 }],
  ['one seed with its trace', ['--seed', '0', '--trace'], { ...REPLAY, seed: 0, trace: true }],
  ['one seed, twice', ['--twice', '--seed', '5'], { ...REPLAY, seed: 5, twice: true }],
  ['help among errors', ['--colour', '-h'], { kind: 'help' }],
])('%s is accepted', (_name, argv, request) => {
  expect(readOptions(argv)).toEqual(request);
});

test.each([
  ['an unknown option', ['--colour'], ['--colour is not an option']],
  ['no seeds at all', ['--seeds', '0'], ['--seeds must be a whole number from 1, not 0']],
  ['a trace without a seed', ['--trace'], ['--trace needs --seed']],
  ['one seed and many', ['--seed', '1', '--from', '4'], ['--from does not go with --seed']],
  [
    'several errors',
    ['--seeds=x', '--workers', '0', '--trace', 'word'],
    [
      'word is not an option',
      '--seeds must be a whole number from 1, not x',
      '--workers must be a whole number from 1, not 0',
      '--trace needs --seed',
    ],
  ],
])('%s is refused', (_name, argv, problems) => {
  expect(readOptions(argv)).toEqual({ kind: 'invalid', problems });
});
