import { openIssues } from '../../scripts/seed-issues/open-issues';
import { readReport, seedIssue, type Failure } from '../../scripts/seed-issues/seed-issue';
import { jsonReport } from '../../scripts/simulate/report';

const HUNT = { commit: '95d4240aa'.padEnd(40, '0'), runUrl: 'https://github.com/o/r/actions/runs/5' };
const LOST = { atSeconds: 30.5, invariant: 'everything comes to rest', what: 'after 180 minutes: node-0 (replace)' };

function failure(seed: number, violations: Failure['violations'] = [LOST]): Failure {
  return { seed, command: `npm run simulate -- --seed ${seed} --trace`, violations };
}

function reportOf(...failures: Failure[]): ReturnType<typeof readReport> {
  return { passed: 3, failed: failures.length, failures };
}

describe('the text of an issue', () => {
  test('it has the seed, the commit, the violations and the command that replays the seed', () => {
    expect(seedIssue(failure(1_010_017), HUNT)).toEqual({
      title: 'Seed 1010017 fails: everything comes to rest',
      body: [
        `Seed 1010017 fails at commit ${HUNT.commit}.`,
        '',
        'Violations, with the virtual time at which each occurs:',
        '',
        '~~~~',
        '30.500 s: everything comes to rest: after 180 minutes: node-0 (replace)',
        '~~~~',
        '',
        'To replay the seed:',
        '',
        '~~~~',
        `git checkout ${HUNT.commit}`,
        'npm ci',
        'npm run simulate -- --seed 1010017 --trace',
        '~~~~',
        '',
        'The report with the minimised scenario and its trace is an artifact of https://github.com/o/r/actions/runs/5.',
        '',
      ].join('\n'),
    });
  });

  test('many long violations stay below the limit of GitHub', () => {
    const violations = Array.from({ length: 50 }, () => ({ ...LOST, what: 'x'.repeat(10_000) }));
    const { body } = seedIssue(failure(1, violations), HUNT);
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('\n... and 30 more\n~~~~\n');
  });

  test('a violation cannot end the code block', () => {
    const { body } = seedIssue(failure(1, [{ ...LOST, what: 'before\n~~~~\n@everyone' }]), HUNT);
    expect(body.split('\n').filter((line) => line === '~~~~')).toHaveLength(4);
  });
});

describe('the report', () => {
  test('what the simulation prints is read', () => {
    const [passed, failed] = [1_000_001, 1_000_002].map((seed) => ({
      seed,
      violations: [],
      coverage: {},
      transitions: {},
    }));
    const text = jsonReport({ results: [passed!, { ...failed!, violations: [LOST] }], seconds: 2, storms: false });
    expect(readReport(text)).toEqual({ passed: 1, failed: 1, failures: [failure(1_000_002)] });
  });

  test.each([
    ['nothing', ''],
    ['half a report', '{"passed": 1'],
    ['a failure without a violation', JSON.stringify(reportOf(failure(1, [])))],
  ])('%s is an error', (_name, text) => {
    expect(() => readReport(text)).toThrow('The report cannot be read.');
  });
});

describe('the issues', () => {
  function open(report: ReturnType<typeof readReport>, titles: readonly string[] = []) {
    const calls: { args: readonly string[]; input?: string | undefined }[] = [];
    let written = '';
    openIssues(report, HUNT, {
      gh: (args, input) => {
        calls.push({ args, input });
        if (args[1] === 'list') return JSON.stringify(titles.map((title) => ({ title })));
        return args[1] === 'create' && args[0] === 'issue' ? 'https://github.com/o/r/issues/9\n' : '';
      },
      write: (text) => (written += text),
    });
    const created = calls.filter(({ args: [noun, verb] }) => noun === 'issue' && verb === 'create');
    return { calls, created, written };
  }

  test('each failed seed gets an issue with the label', () => {
    const { calls, created, written } = open(reportOf(failure(7), failure(8)));
    const issue = seedIssue(failure(7), HUNT);
    expect(created).toHaveLength(2);
    expect(created[0]).toEqual({
      args: ['issue', 'create', '--title', issue.title, '--label', 'fresh-seeds', '--body-file', '-'],
      input: issue.body,
    });
    // GitHub refuses a label that does not exist.
    expect(calls[0]?.args.slice(0, 4)).toEqual(['label', 'create', 'fresh-seeds', '--force']);
    expect(written).toBe('https://github.com/o/r/issues/9\n'.repeat(2));
  });

  test('a seed with an open issue gets no second one', () => {
    const titles = ['Seed 12 fails: another invariant', 'Seed 345 fails: everything comes to rest'];
    const { created, written } = open(reportOf(failure(12), failure(34), failure(345)), titles);
    expect(created.map(({ args }) => args[3])).toEqual(['Seed 34 fails: everything comes to rest']);
    expect(written).toContain('Seeds with an open issue: 2.\n');
  });

  test('open issues are found by their label, and not only the first thirty', () => {
    const { calls } = open(reportOf(failure(12)));
    expect(calls[1]?.args).toEqual([
      'issue',
      'list',
      '--label',
      'fresh-seeds',
      '--state',
      'open',
      '--limit',
      '1000',
      '--json',
      'title',
    ]);
  });

  test('a run opens five issues at most, and names the other seeds', () => {
    const { created, written } = open(reportOf(...[1, 2, 3, 4, 5, 6, 7].map((seed) => failure(seed))));
    expect(created).toHaveLength(5);
    expect(written).toContain('Also failed, without an issue: 6, 7.\n');
  });

  test('a report without failures calls nothing', () => {
    const { calls, written } = open(reportOf());
    expect({ calls, written }).toEqual({ calls: [], written: 'No seed failed.\n' });
  });
});
