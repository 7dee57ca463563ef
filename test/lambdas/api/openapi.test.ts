import { idPattern, type IdKind } from '../../../domain/config/ids';
import { configFields } from '../../../domain/config/config-fields';
import { routes } from '../../../lambdas/api/routes';
import { anApi } from './requests';

const METHODS = ['get', 'post', 'put', 'delete'];

let document: any;
/** Every operation with its method and path. */
let operations: { readonly at: string; readonly path: string; readonly operation: any }[];

beforeAll(async () => {
  document = (await anApi().send({ method: 'GET', path: '/openapi.json' })).body;
  operations = Object.entries<any>(document.paths).flatMap(([path, item]) =>
    Object.entries<any>(item).map(([method, operation]) => ({
      at: `${method.toUpperCase()} ${path}`,
      path,
      operation,
    })),
  );
});

/** Returns every object of the document, at any depth. */
function objectsIn(value: unknown): any[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : [value]), ...Object.values(value).flatMap(objectsIn)];
}

function resolve(reference: string): unknown {
  return reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<any>((at, key) => at?.[key], document);
}

/** Returns the paths of all fields of a schema, as `configFields` writes them. Ignores choices of null. */
function leavesOf(schema: any, path = ''): string[] {
  return Object.entries<any>(schema.properties ?? {}).flatMap(([key, property]) => {
    const real = property.anyOf?.find((choice: any) => choice.type !== 'null') ?? property;
    if (real.properties !== undefined) return leavesOf(real, `${path}${key}.`);
    return [`${path}${key}`, ...leavesOf(real.items ?? {}, `${path}${key}[].`)];
  });
}

describe('The OpenAPI document', () => {
  it('is OpenAPI 3.1, with a title, a version and a server', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/) as string,
      info: { title: 'Holdfast', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string },
      servers: [{ url: '/' }],
    });
  });

  it('has every route, and no other', () => {
    expect(operations.map(({ at }) => at).sort()).toEqual(routes.map(({ method, path }) => `${method} ${path}`).sort());
    expect(
      Object.values<any>(document.paths)
        .flatMap(Object.keys)
        .filter((key) => !METHODS.includes(key)),
    ).toEqual([]);
  });

  it('gives every operation its own id and a summary', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operations.filter(({ operation }) => !operation.summary)).toEqual([]);
  });

  it('has no reference without a target', () => {
    const references = objectsIn(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((reference) => resolve(reference) === undefined)).toEqual([]);
  });

  it('has no unused schema', () => {
    const text = JSON.stringify(document);
    const names = Object.keys(document.components.schemas);
    expect(names.sort()).toEqual(
      [
        'AddressAway',
        'AccountRegion',
        'AvailabilityZone',
        'Vpc',
        'Subnet',
        'ElasticIp',
        'SecurityGroup',
        'Image',
        'InstanceMetrics',
        'StateVisit',
        'KeyPair',
        'InstanceType',
        'InstanceProfile',
        'Check',
        'Deployment',
        'Operation',
        'Error',
        'ListedNode',
        'LogEntry',
        'ManagedInstance',
        'ManagedInstancePatch',
        'Migration',
        'MigrationFailure',
        'Node',
        'NodeCosts',
        'NodeInList',
        'NodeStatus',
        'RebuiltNode',
        'Refusal',
        'Request',
        'Resource',
        'SelectedNode',
      ].sort(),
    );
    expect(names.filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([]);
  });

  it('describes each parameter of a path or a query', () => {
    for (const { path, operation } of operations) {
      const parameters = operation.parameters.map((parameter: any) => resolve(parameter.$ref ?? '') ?? parameter);
      const named = parameters.filter((parameter: any) => parameter.in === 'path').map(({ name }: any) => `{${name}}`);
      expect(named).toEqual(path.match(/\{\w+\}/g) ?? []);
      for (const parameter of parameters) {
        expect(parameter).toMatchObject({ name: expect.any(String) as string, schema: expect.any(Object) as object });
        expect(parameter.description).toBeTruthy();
      }
    }
    const log = document.paths['/aws/ec2/managedInstance/{id}/log'].get.parameters;
    expect(log.find(({ name }: any) => name === 'limit')?.schema).toEqual({
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      default: 100,
    });
  });

  it.each(['2026-11-03', '2026-11-03T10:00:00Z', '2026-11-03T10:00:00.123+02:00', '1793527200'])(
    'describes a time in a query as it is accepted: %s',
    (time) => {
      for (const path of ['costs', 'log']) {
        const { parameters } = document.paths[`/aws/ec2/managedInstance/{id}/${path}`].get;
        const { schema } = parameters.find(({ name }: any) => name === 'fromDate');
        expect(schema).toEqual({ type: 'string', pattern: expect.any(String) as string });
        expect(time).toMatch(new RegExp(schema.pattern));
        expect('yesterday').not.toMatch(new RegExp(schema.pattern));
      }
    },
  );

  it('requires a token everywhere except at /health', () => {
    expect(document.security).toEqual([{ bearer: [] }]);
    expect(document.components.securitySchemes.bearer).toEqual({ type: 'http', scheme: 'bearer' });
    const open = operations.filter(({ operation }) => operation.security !== undefined);
    expect(open.map(({ at, operation }) => [at, operation.security])).toEqual([['GET /health', []]]);
  });

  it('describes the responses of success and of errors', () => {
    for (const { at, operation } of operations) {
      const { 200: success, 304: _notModified, ...refusals } = operation.responses;
      const { schema } = success.content['application/json'];
      if (at !== 'GET /openapi.json') expect(Object.keys(schema.properties)).toEqual(['request', 'response']);
      expect(Object.keys(refusals)).toEqual(['400', '401', '409', '429', '500', '503']);
      for (const refusal of Object.values<any>(refusals)) {
        expect(refusal.description).toBeTruthy();
        expect(refusal.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/Refusal' });
      }
    }
  });

  it('describes when to send a request again that was throttled, or that AWS did not answer', () => {
    const pausing = Object.entries<any>(operations[0]!.operation.responses).filter(
      ([, { headers = {} }]) => 'Retry-After' in headers,
    );
    expect(pausing.map(([status]) => status)).toEqual(['429', '503']);
    for (const [, { headers }] of pausing) expect(resolve(headers['Retry-After'].$ref)).toHaveProperty('description');
  });

  it('describes the tag of every response that has one, and what a client does with it', () => {
    const headers = { ETag: { $ref: '#/components/headers/ETag' } };
    const ifNoneMatch = { $ref: '#/components/parameters/ifNoneMatch' };
    for (const { path, operation } of operations) {
      const { isTagged } = routes.find((route) => route.operationId === operation.operationId)!;
      const { 200: success, 304: notModified } = operation.responses;
      expect({ path, headers: success.headers }).toEqual({ path, headers: isTagged ? headers : undefined });
      expect(notModified).toEqual(isTagged ? { description: 'Nothing has changed.', headers } : undefined);
      expect(operation.parameters.some((parameter: any) => parameter.$ref === ifNoneMatch.$ref)).toBe(!!isTagged);
    }
    expect(resolve(ifNoneMatch.$ref)).toMatchObject({ name: 'If-None-Match', in: 'header' });
  });

  it('describes items with all fields and with some', () => {
    const { schema } = document.paths['/aws/ec2/managedInstance'].get.responses[200].content['application/json'];
    const { SelectedNode, ListedNode, NodeStatus } = document.components.schemas;

    expect(schema.properties.response.properties.items.items.anyOf).toEqual([
      { $ref: '#/components/schemas/ListedNode' },
      { $ref: '#/components/schemas/SelectedNode' },
    ]);
    expect(new Set(leavesOf(SelectedNode))).toEqual(new Set([...leavesOf(ListedNode), ...leavesOf(NodeStatus)]));
    // Only the items of a list have required fields, because a list is selected as a whole.
    const { compute, config } = SelectedNode.properties;
    for (const part of [SelectedNode, compute, config, compute.properties.launchSpecification]) {
      expect(part).not.toHaveProperty('required');
    }
    const { tags } = compute.properties.launchSpecification.properties;
    expect(tags.items.required).toEqual(['tagKey', 'tagValue']);
  });

  it('has every accepted field of a node, and no refused one', () => {
    const accepted = configFields().filter(({ support }) => support !== 'refused');
    const { ManagedInstance, ManagedInstancePatch, Node, ListedNode } = document.components.schemas;

    expect(leavesOf(ManagedInstance).sort()).toEqual(accepted.map(({ path }) => path).sort());
    expect(leavesOf(ManagedInstancePatch)).toEqual(leavesOf(ManagedInstance));
    expect(leavesOf(Node)).toEqual([...leavesOf(ManagedInstance), 'id', 'createdAt', 'updatedAt']);
    const again = leavesOf(ManagedInstance).map((path) => `config.${path}`);
    expect(leavesOf(ListedNode)).toEqual([...leavesOf(Node), ...again]);
  });

  it('requires what a node needs in a creation, and only the fields of list items in an update', () => {
    const { ManagedInstance, ManagedInstancePatch } = document.components.schemas;
    expect(ManagedInstance.required).toEqual(['name', 'persistence', 'compute']);
    expect(ManagedInstance.properties.name).not.toHaveProperty('anyOf');
    expect(ManagedInstance.properties.description.anyOf).toContainEqual({ type: 'null' });

    const { tags, instanceTypes } = ManagedInstancePatch.properties.compute.properties.launchSpecification.properties;
    expect(ManagedInstancePatch).not.toHaveProperty('required');
    expect(ManagedInstancePatch.properties.compute).not.toHaveProperty('required');
    expect(instanceTypes).not.toHaveProperty('required');
    expect(tags.anyOf[0].items.required).toEqual(['tagKey', 'tagValue']);
  });

  /** The strings that are named like an id, at any depth, with the name of the field or of the list. */
  function idsIn(schema: any, name = ''): readonly { readonly name: string; readonly pattern?: string }[] {
    if (typeof schema !== 'object' || schema === null) return [];
    const choices = (schema.anyOf ?? []).flatMap((choice: any) => idsIn(choice, name));
    const fields = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => idsIn(property, key));
    const isId = schema.type === 'string' && /^id$|Ids?$|^elasticIp$|^others$/.test(name);
    return [...(isId ? [{ name, pattern: schema.pattern }] : []), ...choices, ...fields, ...idsIn(schema.items, name)];
  }

  it('has the pattern of every id, and it is the one that requests are checked with', () => {
    // The ids of a request, and of what AWS names in another way.
    const {
      Request: _1,
      AccountRegion: _2,
      AvailabilityZone: _3,
      KeyPair: _4,
      ...schemas
    } = document.components.schemas;
    const parameters = operations.flatMap(({ operation }) =>
      operation.parameters.map((parameter: any) => resolve(parameter.$ref ?? '') ?? parameter),
    );
    const found = [
      ...Object.values(schemas).flatMap((schema) => idsIn(schema)),
      ...operations.flatMap(({ operation }) => idsIn(operation.requestBody?.content['application/json'].schema)),
      ...parameters.flatMap(({ name, schema }: any) => idsIn(schema, name)),
    ].filter(({ name }) => !['accountId', 'ownerId', 'kmsKeyId'].includes(name));
    const kindsOf: Readonly<Record<string, readonly IdKind[]>> = {
      vpcId: ['vpc'],
      subnetIds: ['subnet'],
      elasticIp: ['eipalloc'],
      allocationId: ['eipalloc'],
      imageId: ['ami'],
      securityGroupIds: ['sg'],
      snapshotId: ['snap'],
      networkInterfaceId: ['eni'],
      volumeId: ['vol'],
      instanceId: ['i'],
      originalInstanceId: ['i'],
      managedInstanceId: ['smi'],
      managedInstanceIds: ['smi'],
      migrationId: ['smg'],
      migrationIds: ['smg'],
      others: ['i', 'eni'],
    };
    // What these names mean depends on the place: the first row whose kind is in the pattern is meant.
    const ofResource: readonly IdKind[] = ['eipalloc', 'eni', 'i', 'vol'];
    const ofSeveral: Readonly<Record<string, readonly (readonly [IdKind, readonly IdKind[]])[]>> = {
      // A resource of a node, an unknown resource, a node, or what the account has.
      id: [
        ['vol', ofResource],
        ['eni', ['i', 'eni']],
        ['smi', ['smi']],
        ['vpc', ['vpc']],
        ['subnet', ['subnet']],
        ['sg', ['sg']],
        ['ami', ['ami']],
      ],
      // A resource of a node, or the instance that an import names.
      resourceId: [
        ['vol', ofResource],
        ['i', ['i']],
      ],
    };
    const expected = ({ name, pattern }: { readonly name: string; readonly pattern?: string }) => {
      const kinds = ofSeveral[name]?.find(([kind]) => pattern?.includes(`${kind}-`))?.[1] ?? kindsOf[name];
      return {
        name,
        pattern: kinds === undefined ? 'of a kind that this test does not know' : idPattern(...kinds).source,
      };
    };

    expect(new Set(found.map(({ name }) => name))).toEqual(
      new Set([...Object.keys(kindsOf), ...Object.keys(ofSeveral)]),
    );
    expect(found).toEqual(found.map(expected));
  });

  it('is made once', async () => {
    const openApi = routes.find(({ path }) => path === '/openapi.json')!;
    const read = async () => (await openApi.serve({ query: {} } as never, {}, {} as never)).items[0];

    expect(await read()).toBe(await read());
  });
});
