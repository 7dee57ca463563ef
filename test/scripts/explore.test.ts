/** The explorer's command line. */
import { differenceBetween, readBaseline } from '../../exploration/baseline';
import { BY_EVENTS_ALONE, LARGE, SMALL, WORLDS } from '../../exploration/worlds';
import { main } from '../../scripts/explore/main';
import { readOptions } from '../../scripts/explore/options';

const names = (worlds: readonly { readonly name: string }[]) => worlds.map(({ name }) => name);

describe('the options', () => {
  it('without any, the small worlds are explored', () => {
    const request = readOptions([]);

    expect(request).toMatchObject({ kind: 'explore', isBaseline: false, json: false });
    expect('worlds' in request && names(request.worlds)).toEqual(names([...SMALL, ...BY_EVENTS_ALONE]));
  });

  it.each([
    [
      ['--world', 'ending-cold,ending-hot'],
      ['ending-cold', 'ending-hot'],
    ],
    [['--large'], names(LARGE)],
  ])('%j', (argv, expected) => {
    const request = readOptions(argv);

    expect('worlds' in request && names(request.worlds)).toEqual(expected);
  });

  it('reads a path', () => {
    expect(readOptions(['--world', 'ending-cold', '--replay', '0.12.3'])).toMatchObject({
      kind: 'replay',
      world: { name: 'ending-cold' },
      path: [0, 12, 3],
    });
  });

  it('reports every problem at once', () => {
    expect(readOptions(['--world', 'no-world', '--states', '0', '--replay', '0,1', '--large', '--fast'])).toEqual({
      kind: 'invalid',
      problems: [
        '--fast is not an option',
        'there is no world no-world: --list prints them',
        '--states must be a whole number from 1, not 0',
        '--replay must be numbers like 0.3.1, not 0,1',
        '--large does not go with --world',
      ],
    });
  });

  it.each([
    [['--replay', '0'], '--replay needs one --world'],
    [['--world', 'ending-cold,ending-hot', '--replay', '0'], '--replay needs one --world'],
    [['--baseline', '--large'], '--baseline records all small worlds: it does not go with --world or --large'],
  ])('%j', (argv, problem) => {
    expect(readOptions(argv)).toEqual({ kind: 'invalid', problems: [problem] });
  });
});

describe('the worlds', () => {
  it('have names of their own', () => {
    expect(new Set(names(WORLDS)).size).toBe(WORLDS.length);
  });

  it('that every check explores are all recorded, and no others', () => {
    expect(Object.keys(readBaseline()).sort()).toEqual(names([...SMALL, ...BY_EVENTS_ALONE]).sort());
  });

  it('that every check explores are small', () => {
    const large = Object.entries(readBaseline()).filter(([, { states }]) => states > 6_000);

    expect(large).toEqual([]);
  });
});

it('counts that differ from the recorded ones are named', () => {
  const recorded = { states: 5, transitions: 7, rests: 1 };

  expect(differenceBetween({ ...recorded }, recorded)).toBeUndefined();
  expect(differenceBetween({ states: 6, transitions: 7, rests: 2 }, recorded)).toBe(
    '6 states instead of 5, 2 rests instead of 1',
  );
});

describe('the command', () => {
  async function run(...argv: readonly string[]) {
    const written: string[] = [];
    const complained: string[] = [];
    const status = await main(argv, { write: (text) => written.push(text), complain: (text) => complained.push(text) });
    return { status, written: written.join(''), complained: complained.join('') };
  }

  it('explores a world and says what it has found', async () => {
    const { status, written } = await run('--world', 'paused-any-wish-cold');

    expect(status).toBe(0);
    expect(written).toMatch(/^paused-any-wish-cold +\d+ states, \d+ transitions, depth \d+, [\d.]+ s\n/);
    expect(written).toMatch(/\n1 worlds hold, 0 do not: \d+ states in \d+ s\n$/);
  });

  it('prints one JSON document', async () => {
    const { status, written } = await run('--world', 'paused-any-wish-cold', '--json');

    expect(status).toBe(0);
    expect(JSON.parse(written)).toMatchObject({
      passed: 1,
      failed: 0,
      worlds: [{ world: 'paused-any-wish-cold', isComplete: true, faults: [] }],
    });
  });

  it('fails if a world is not complete', async () => {
    const { status, written } = await run('--world', 'paused-any-wish-cold', '--states', '3');

    expect(status).toBe(1);
    expect(written).toContain('it has more states than it may have: it is not complete');
  });

  it('tells a path as a story, with what may happen next', async () => {
    const { status, written } = await run('--world', 'paused-any-wish-cold', '--replay', '1');

    expect(status).toBe(0);
    expect(written).toMatch(/^11:00 {2}a user asks for resume of smi-00000001\n/);
    expect(written).toContain('0: API resume: nodes save smi-00000001');
  });

  it('refuses a path that leaves the world', async () => {
    await expect(run('--world', 'paused-any-wish-cold', '--replay', '99')).resolves.toEqual({
      status: 2,
      written: '',
      complained: 'step 1 of the path: there is no action 99\n',
    });
  });

  it('lists the worlds', async () => {
    const { status, written } = await run('--list');

    expect(status).toBe(0);
    expect(written.trim().split('\n')).toHaveLength(WORLDS.length);
  });

  it('says what is wrong with the options', async () => {
    const { status, complained } = await run('--fast');

    expect(status).toBe(2);
    expect(complained).toContain('  - --fast is not an option\n');
  });
});
