/** Checks docs/api.md: sends its examples to the running system, and compares its tables with the code. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { configFields } from '../../domain/config/config-fields';
import { RecordContended, RequestRejected, ServiceUnavailable, Throttled } from '../../domain/errors';
import { MIGRATION_STATES } from '../../domain/import/import';
import { ApiTokensUnusable } from '../../lambdas/ports';
import { InvalidRequest, TableInDoubt } from '../../lambdas/api/node-service';
import { nodeConfigSchema } from '../../domain/config/node-config';
import { statusItemSchema } from '../../lambdas/api/node-items';
import { REBUILD_OUTCOMES } from '../../lambdas/api/recovery-service';
import { refusalOf } from '../../lambdas/api/error-responses';
import { matchRoute } from '../../lambdas/api/router';
import { routes } from '../../lambdas/api/routes';
import { fieldRow, fieldRowsIn, tableRows } from '../../scripts/api-doc/field-table';
import { template } from '../infra/synthesized-stack';
import type { Play } from '../workflows/play';
import { anUnreadableRecord } from '../domain/builders';
import { DocumentedAccount } from './documented-account';
import { comparable, examplesIn, type Example } from './examples';

const markdown = readFileSync(resolve(__dirname, '../../docs/api.md'), 'utf8');
const examples = examplesIn(markdown);
const NODES = '/aws/ec2/managedInstance';
const AUTHORIZED = { Authorization: 'Bearer $TOKEN' };

const open: Play[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((play) => play.stop()));
});

async function openAccount(): Promise<DocumentedAccount> {
  const play = await DocumentedAccount.open();
  open.push(play);
  return DocumentedAccount.in(play);
}

/** The rows of the only table whose first column has this head. */
function rowsOf(head: string): readonly (readonly string[])[] {
  const [, after] = markdown.split(new RegExp(`^(?=\\| ${head} +\\|)`, 'm'));
  if (after === undefined) throw new Error(`There is no table of ${head}`);
  return tableRows(after.split('\n\n', 1)[0] ?? '');
}

interface Fields {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** Returns the fields of the body of an import. */
function importFields(): Fields {
  const schema = routes.find(({ operationId }) => operationId === 'importInstance')?.body?.schema;
  return z.toJSONSchema(schema!).properties?.migration as unknown as Fields;
}

const code = (cell: string | undefined) => cell?.replace(/^`(.*)`$/, '$1');

describe('the worked examples', () => {
  test('return what the page shows, in its order', async () => {
    const account = await openAccount();
    for (const { answer, isExcerpt, ...request } of examples) {
      const { status, body } = await account.run(request);
      const asked = `${request.method} ${request.path}`;
      if (isExcerpt) {
        expect({ asked, status, body }).toMatchObject({ asked, status: 200, body: answer });
      } else {
        expect({ asked, status, body: comparable(body) }).toEqual({
          asked,
          status: answer.response.status.code,
          body: comparable(answer),
        });
      }
    }
  });

  const routeOf = ({ method, path }: Example): string => {
    const { template: route } = matchRoute(method, path.replace(/\?.*/, ''));
    return `${method} ${route ?? `${path}, which is no route`}`;
  };
  const named = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;

  test('show a success of every route', () => {
    const succeeding = examples.filter(({ answer, isExcerpt }) => isExcerpt || answer.response.status.code === 200);
    expect(new Set(succeeding.map(routeOf))).toEqual(new Set(routes.map(named)));
  });

  test('use only routes that exist', () => {
    const known = routes.map(named);
    expect(examples.map(routeOf).filter((route) => !known.includes(route))).toEqual([]);
  });
});

describe('the table of errors', () => {
  const documented = rowsOf('code').map(([name, status]) => ({ code: code(name), status: Number(status) }));

  const thrown = [
    new Throttled(''),
    new ServiceUnavailable(''),
    new RecordContended(''),
    new RequestRejected(''),
    new ApiTokensUnusable(''),
    new TableInDoubt(''),
    new TypeError(''),
    new InvalidRequest([{ field: 'compute.launchSpecification.iamRole', message: '', code: 'InvalidParameterValue' }]),
    anUnreadableRecord(),
  ];
  const requests = [
    { method: 'POST', path: NODES, headers: AUTHORIZED, body: '{"managedInstance":{}}' },
    { method: 'POST', path: NODES, headers: AUTHORIZED, body: '{' },
    { method: 'POST', path: NODES, headers: AUTHORIZED, body: `"${' '.repeat(1024 * 1024)}"` },
    { method: 'GET', path: `${NODES}/smi-99999999`, headers: AUTHORIZED, body: undefined },
    { method: 'DELETE', path: NODES, headers: AUTHORIZED, body: undefined },
    { method: 'GET', path: `${NODES}/migration/smg-99999999`, headers: AUTHORIZED, body: undefined },
    { method: 'DELETE', path: `${NODES}/smi-99999999/resources/vol-99999999`, headers: AUTHORIZED, body: undefined },
    { method: 'GET', path: '/aws', headers: AUTHORIZED, body: undefined },
    { method: 'GET', path: NODES, headers: {}, body: undefined },
  ];

  test('has every error that the API returns, with its status, and no other', async () => {
    const account = await openAccount();
    const returned: { readonly code: string | undefined; readonly status: number }[] = thrown
      .map(refusalOf)
      .map(({ status, errors }) => ({ code: errors[0]?.code, status }));
    for (const request of requests) {
      const { status, body } = await account.run(request);
      returned.push({ code: body.response.errors[0].code, status });
    }
    const byCode = (one: { code?: string | undefined }, other: { code?: string | undefined }) =>
      (one.code ?? '') < (other.code ?? '') ? -1 : 1;
    expect([...documented].sort(byCode)).toEqual(returned.sort(byCode));
  });

  test('has every code that an example shows', () => {
    const shown = examples.flatMap(({ answer }) => answer.response?.errors ?? []).map((error) => error.code);
    expect(documented.map((row) => row.code)).toEqual(expect.arrayContaining(shown));
  });
});

describe('the other tables', () => {
  test('list every field of a deletion', () => {
    const schema = routes.find(({ operationId }) => operationId === 'deleteNode')?.body?.schema;
    const { anyOf = [] } = z.toJSONSchema(schema!).properties?.deallocationConfig as z.core.JSONSchema.Schema;
    const [flags] = anyOf.map((choice) => (choice as z.core.JSONSchema.Schema).properties ?? {});
    const named = rowsOf('field of `deallocationConfig`').map(([name]) => code(name));
    expect(named.map((name) => name?.replace('.ttlInHours', '')).sort()).toEqual(Object.keys(flags ?? {}).sort());
  });

  test('list every field of the document, with its support, and no other', () => {
    expect(fieldRowsIn(markdown)).toEqual(configFields().map(fieldRow));
  });

  test('list every field of an import, and whether it is required', () => {
    const { properties, required } = importFields();
    const documented = rowsOf('field of `migration`').map(([name, isRequired]) => [code(name), isRequired]);
    expect(documented).toEqual(Object.keys(properties).map((name) => [name, required.includes(name) ? 'yes' : '']));
  });

  test('list every state of an import', () => {
    expect(rowsOf('state').map(([name]) => code(name))).toEqual([...MIGRATION_STATES]);
  });

  test('list every outcome of a rebuild', () => {
    expect(rowsOf('outcome').map(([name]) => code(name))).toEqual([...REBUILD_OUTCOMES]);
  });

  test('list every status', () => {
    const statuses = rowsOf('status').map(([name]) => code(name));
    expect([...statuses].sort()).toEqual([...statusItemSchema.shape.status.options].sort());
  });

  test('name only existing fields as changed by an update', () => {
    const named = rowsOf('what changes').flatMap(([cell = '']) => [...cell.matchAll(/`([^`.][^`]*)`/g)]);
    const paths = configFields().map(({ path }) => path);
    const known = (name: string) => name in nodeConfigSchema.shape || paths.includes(name);
    expect(named.map(([, name = '']) => name).filter((name) => !known(name))).toEqual([]);
  });
});

test("the command that reads the token is the one in the stack's outputs", () => {
  const { Description } = template.Outputs.ApiTokenSecretArn as unknown as { readonly Description: string };
  expect(markdown).toContain(`\n${Description}\n`);
});
