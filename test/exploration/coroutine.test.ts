/** A function is stopped at each of its calls, and gets there again with the same answers. */
import { resume, SLEEP, type Answer, type Begun } from '../../exploration/coroutine';
import { Throttled } from '../../domain/errors';
import type { Ports } from '../../lambdas/ports';
import { aNode } from '../domain/builders';

const AT = '2026-11-03T10:00:00.000Z';
const LATER = '2026-11-03T10:05:00.000Z';
const NODE = aNode();

function begun(run: (ports: Ports) => Promise<unknown>): Begun {
  return { run, startedAt: AT, random: '7' };
}

function value(given: unknown, at = AT): Answer {
  return { value: given, at };
}

describe('a function', () => {
  const run = async ({ nodes, instances }: Ports): Promise<string | undefined> => {
    const node = await nodes.get('smi-1');
    const seen = await instances.observe(node?.instance?.id ?? 'none');
    return seen?.state;
  };

  it('stops at its first call', async () => {
    await expect(resume(begun(run), [])).resolves.toEqual({
      kind: 'call',
      call: { port: 'nodes', method: 'get', args: ['smi-1'] },
    });
  });

  it('stops at the first call without an answer', async () => {
    const progress = await resume(begun(run), [value(NODE)]);

    expect(progress).toEqual({
      kind: 'call',
      call: { port: 'instances', method: 'observe', args: [NODE.instance?.id] },
    });
  });

  it('returns what it returns once every call has an answer', async () => {
    const progress = await resume(begun(run), [value(NODE), value({ state: 'running' })]);

    expect(progress).toEqual({ kind: 'done', output: 'running' });
  });

  it('gets the error of an answer, and fails with it', async () => {
    const error = new Throttled('slow down');

    await expect(resume(begun(run), [{ error, at: AT }])).resolves.toEqual({ kind: 'failed', error });
  });
});

it('calls that are made at the same time are answered in the order in which they are made', async () => {
  const run = ({ instances, interfaces }: Ports): Promise<unknown> =>
    Promise.all([instances.observe('i-1'), interfaces.observe('eni-1')]);

  await expect(resume(begun(run), [])).resolves.toMatchObject({ call: { port: 'instances' } });
  await expect(resume(begun(run), [value('one')])).resolves.toMatchObject({ call: { port: 'interfaces' } });
  await expect(resume(begun(run), [value('one'), value('other')])).resolves.toEqual({
    kind: 'done',
    output: ['one', 'other'],
  });
});

it('the time is that of the latest answer', async () => {
  const run = async ({ nodes, time }: Ports): Promise<readonly string[]> => {
    const before = time.now().toISOString();
    await nodes.get('smi-1');
    return [before, time.now().toISOString()];
  };

  await expect(resume(begun(run), [value(undefined, LATER)])).resolves.toEqual({ kind: 'done', output: [AT, LATER] });
});

it('a poll is a call, and a limit on EC2 never comes', async () => {
  const poll = ({ time }: Ports): Promise<void> => time.sleep(500);
  const limited = ({ time, nodes }: Ports): Promise<unknown> => Promise.race([time.sleep(5_001), nodes.get('smi-1')]);

  await expect(resume(begun(poll), [])).resolves.toEqual({ kind: 'call', call: SLEEP });
  await expect(resume(begun(limited), [value('node')])).resolves.toEqual({ kind: 'done', output: 'node' });
});
