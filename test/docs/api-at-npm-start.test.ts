/** Sends the examples of docs/api.md to `npm start`, with nothing changed but the variables that the page sets. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startServer, type RunningServer } from '../../local/server/server';
import { examplesIn, idVariablesIn, type Example } from './examples';

const markdown = readFileSync(resolve(__dirname, '../../docs/api.md'), 'utf8');
const documented = idVariablesIn(markdown);
const NODES = '/aws/ec2/managedInstance';

/** Nothing at `npm start` leaves a volume behind. */
const LEFT_VOLUME = documented.get('VOLUME')!;

let folder: string;
let server: RunningServer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  server = await startServer({ path: join(folder, 'data'), port: 0, speed: 10_000 });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The values of the page's variables, by the ids that the page gives them. */
const values = new Map<string, string>();
const learn = (name: string, value: string | undefined): void => {
  if (value !== undefined && !values.has(documented.get(name)!)) values.set(documented.get(name)!, value);
};
const here = (text: string): string => [...values].reduce((result, [id, value]) => result.replaceAll(id, value), text);

async function send({ method, path, headers, body }: Pick<Example, 'method' | 'path' | 'headers' | 'body'>) {
  const sent = Object.entries(headers).map(([name, value]) => [name, value.replace('$TOKEN', server.token)]);
  const response = await fetch(server.url + here(path), {
    method,
    headers: Object.fromEntries(sent) as Record<string, string>,
    ...(body !== undefined && { body: here(body) }),
  });
  return { status: response.status, body: (await response.json()) as any };
}

const asUser = { Authorization: 'Bearer $TOKEN', 'Content-Type': 'application/json' };

async function untilIdle(): Promise<void> {
  for (;;) {
    const { body } = await send({ method: 'GET', path: '/simulator/world', headers: asUser, body: undefined });
    const isPending = body.instances.some(({ state }: { state: string }) => state === 'pending');
    if (body.executions.length === 0 && !isPending) return;
    await new Promise((settle) => setTimeout(settle, 50));
  }
}

/** What the page takes for granted: an instance to import, and a second node. */
async function prepare({ body = '' }: Example): Promise<void> {
  if (body.includes(documented.get('INSTANCE')!)) {
    const { body: launched } = await send({ method: 'POST', path: '/simulator/launch', headers: asUser, body: '{}' });
    learn('INSTANCE', launched.instanceId);
    await untilIdle();
  }
  if (body.includes(documented.get('OTHER_NODE')!)) {
    const creation = examples.find(
      ({ method, path, answer }) => method === 'POST' && path === NODES && answer.response.status.code === 200,
    )!;
    const other = creation.body!.replace('10.0.0.42', '10.0.0.43').replace(/"elasticIp": "[^"]*",/, '');
    const { body: created } = await send({ ...creation, body: other });
    learn('OTHER_NODE', created.response.items[0].id);
    await untilIdle();
  }
}

const examples = examplesIn(markdown);

/** What the example has made, under the name that the page gives it. */
function learnFrom(
  { method, path }: Example,
  item: { readonly id?: string; readonly migrationId?: string } = {},
): void {
  if (method === 'POST' && path === NODES) learn('NODE', item.id);
  if (path.endsWith('/migration')) learn('IMPORT', item.migrationId);
  if (path.endsWith('/migration/bulk')) learn('OTHER_IMPORT', item.migrationId);
  if (path.endsWith('/resources')) learn('INTERFACE', item.id);
}

test('every example returns the status that the page shows', async () => {
  for (const example of examples) {
    await prepare(example);
    const { status, body } = await send(example);
    const { method, path, isExcerpt, answer } = example;
    const expected = path.includes(LEFT_VOLUME) ? 400 : isExcerpt ? 200 : answer.response.status.code;
    expect({ asked: `${method} ${path}`, status, ...(status === expected ? {} : { body }) }).toEqual({
      asked: `${method} ${path}`,
      status: expected,
    });
    if (status === 200 && !isExcerpt) learnFrom(example, body.response.items[0]);
    // The next example cancels this import, so it must not end before.
    if (!path.endsWith('/migration')) await untilIdle();
  }
});
