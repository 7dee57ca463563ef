/** Commands for several nodes: each is carried out and reported by itself. */
import { CliPlay } from './cli-play';

let cli: CliPlay;
beforeEach(async () => (cli = await CliPlay.open()));
afterEach(() => cli.play.stop());

const MISSING = 'smi-0badbad0';

async function statuses(): Promise<readonly (readonly [name: string, status: string])[]> {
  return (await cli.json('list')).map(({ name, status }: any) => [name, status]).sort();
}

test.each([
  { action: 'pause', status: 'PAUSED' },
  { action: 'recycle', status: 'ACTIVE' },
])('$action waits for all nodes at the same time, and says which node each line is about', async (row) => {
  const ids = [await cli.create('one'), await cli.create('two')];
  const before = cli.play.clock.now();
  const alone = await cli.run([row.action, ids[0]!, '--wait']);
  const aloneMs = cli.play.clock.now() - before;
  expect(alone.err).not.toContain(ids[0]);
  await cli.json('resume', ids[0]!, '--wait');

  const start = cli.play.clock.now();
  const { status, out, err } = await cli.run([row.action, 'two', ids[0]!, '--wait']);

  expect(cli.play.clock.now() - start).toBeLessThan(2 * aloneMs);
  expect(status).toBe(0);
  const shown = JSON.parse(out);
  expect(shown.map(({ id }: any) => id)).toEqual([ids[1], ids[0]]);
  expect(shown.map((node: any) => node.status)).toEqual([row.status, row.status]);
  const lines = err.trimEnd().split('\n');
  for (const id of ids) {
    const own = lines.filter((line) => line.startsWith(`${id}  `));
    expect(own.filter((line) => line.endsWith(`INFO   ${row.action} requested`))).toHaveLength(1);
    expect(own.at(-1)).toMatch(new RegExp(`state {2}${row.status}$`));
  }
  expect(lines.every((line) => ids.some((id) => line.startsWith(id)))).toBe(true);
  const isOf = (id: string | undefined) => (line: string) => line.startsWith(`${id}  `);
  for (const [one, other] of [ids, [...ids].reverse()]) {
    expect(lines.findIndex(isOf(one))).toBeLessThan(lines.findLastIndex(isOf(other)));
  }
});

test('a terminal shows a sentence for each node', async () => {
  const [one, two] = [await cli.create('one'), await cli.create('two')];
  const { out } = await cli.run(['pause', 'one', 'two', '--wait'], { isTTY: true });
  expect(out).toBe(`one (${one}) is PAUSED.\ntwo (${two}) is PAUSED.\n`);
});

test('a node that fails does not keep the others from their action', async () => {
  const id = await cli.create('one');
  const { status, out, err } = await cli.run(['pause', MISSING, id]);
  expect(status).toBe(3);
  expect(JSON.parse(out)).toMatchObject([{ id, status: 'PAUSING' }]);
  expect(err).toBe(`${MISSING}: id: There is no stateful node ${MISSING}.\n`);
});

test('failures of several kinds end with the general status', async () => {
  await cli.create('one');
  const { status, out, err } = await cli.run(['recycle', MISSING, 'one', '--wait', '--timeout', '2s']);
  expect({ status, out }).toEqual({ status: 1, out: '[]\n' });
  expect(err).toContain(`${MISSING}: id: There is no stateful node ${MISSING}.\n`);
  expect(err).toMatch(/^(smi-\w+): \1 is still RECYCLING\. The operation continues\.$/m);
});

test('a name that is unknown or not unique fails all of them, before anything is changed', async () => {
  const twins = [await cli.create('twin'), await cli.create('twin')].sort();
  await cli.create('one');
  const ambiguous = await cli.run(['delete', 'one', 'nobody', 'twin', '--yes']);
  expect(ambiguous).toEqual({
    status: 2,
    out: '',
    err:
      'There is no node with the id or the name nobody.\n' +
      `2 nodes have the name twin. Give an id: ${twins.join(', ')}\n`,
  });
  expect((await cli.run(['pause', 'one', 'nobody'])).status).toBe(3);
  expect(await statuses()).toEqual([
    ['one', 'ACTIVE'],
    ['twin', 'ACTIVE'],
    ['twin', 'ACTIVE'],
  ]);
});

test('a node that is given twice is changed once', async () => {
  const id = await cli.create('one');
  const { out } = await cli.run(['recycle', 'one', id]);
  expect(JSON.parse(out)).toMatchObject({ id, status: 'RECYCLING' });
});

test('a deletion asks once, and names what happens to each node', async () => {
  const [one, two] = [await cli.create('one'), await cli.create('two')];
  const [first, second] = await cli.json('list');
  const sentence = ({ name, id, instanceId, privateIp }: any): string =>
    `${name} (${id}): Its instance ${instanceId} is terminated, and ${privateIp} is kept.`;
  const byName = [first, second].sort((a, b) => a.name.localeCompare(b.name));
  const refused = await cli.run(['delete', 'one', 'two'], { isTTY: true, answer: 'n' });
  expect(refused.status).toBe(1);
  expect(refused.err).toBe(`${byName.map(sentence).join('\n')}\nDelete 2 nodes? [y/N] Nothing was changed.\n`);
  expect(await cli.json('list')).toHaveLength(2);

  const done = await cli.run(['delete', 'one', 'two', MISSING], { isTTY: true, answer: 'y' });
  expect(done.status).toBe(3);
  expect(done.err).toContain(`Delete 2 nodes? [y/N] ${MISSING}: id: There is no stateful node ${MISSING}.\n`);
  expect(done.out).toBe(
    `one (${one}) is deleted. Its resources are being removed.\ntwo (${two}) is deleted. Its resources are being removed.\n`,
  );
  expect(await cli.json('list')).toEqual([]);
});

test.each(['pause', 'resume', 'recycle', 'delete'])('%s needs at least one node', async (name) => {
  const { status, err } = await cli.run([name]);
  expect(status).toBe(2);
  expect(err).toBe(`<node> is missing\n"holdfast ${name} --help" explains the arguments.\n`);
  expect((await cli.run([name, 'one', ''])).err).toMatch(/^<node> must not be empty\n/);
  expect((await cli.run([name, '--help'])).out).toMatch(
    new RegExp(`^Usage: holdfast ${name} \\[options\\] <node\\.\\.\\.>`),
  );
});
