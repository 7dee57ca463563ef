/** Requests as an HTTP API sends them, and an in-memory node service. */
import type { Costs } from '../../../domain/costs/costs';
import type { NodeResource } from '../../../domain/operation/left-resources';
import { listedNode } from '../../../domain/operation/listed-node';
import type { StatefulNode } from '../../../domain/node/stateful-node';
import type { Measurement } from '../../../domain/monitoring/metrics';
import type { Fields } from '../../../lambdas/monitoring/log';
import { aLog } from '../runtime';
import { InMemoryPorts } from '../in-memory-ports';
import { createAccountService } from '../../../lambdas/api/account-service';
import { createApi, type ApiParts } from '../../../lambdas/api/dispatch';
import { trustApiGateway } from '../../../lambdas/api/authentication';
import { MigrationMissing, type ShownMigration } from '../../../lambdas/api/migration-service';
import { InvalidRequest, NodeMissing, type NodeService } from '../../../lambdas/api/node-service';
import { ResourceMissing } from '../../../lambdas/api/resource-service';
import { aNode, NODE_ID, NOW } from '../../domain/builders';

export const REQUEST_ID = 'JKJaXmPLvHcESHA=';
export const NODES = '/aws/ec2/managedInstance';
export const NODE = `${NODES}/${NODE_ID}`;
export const MISSING_ID = 'smi-ffffffff';
export const OTHER_ID = 'smi-0a1b2c3e';
export const MIGRATION_ID = 'smg-0a1b2c3d';
export const INSTANCE_ID = 'i-0123456789abcdef1';

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is a string. */
  readonly body?: unknown;
}

/** An event of payload format 2.0. */
export function anEvent({ method, path, query = '', headers = {}, body }: HttpRequest): Record<string, unknown> {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers: { 'content-type': 'application/json', ...headers },
    requestContext: { requestId: REQUEST_ID, stage: '$default', http: { method, path, protocol: 'HTTP/1.1' } },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    isBase64Encoded: false,
  };
}

/** Has one node unless others are given, and records its calls with their arguments. */
export class FakeNodeService implements NodeService {
  readonly calls: unknown[][] = [];
  readonly nodes: Map<string, StatefulNode>;
  /** Thrown by every call if set. */
  failure: unknown;

  constructor(...nodes: readonly StatefulNode[]) {
    this.nodes = new Map((nodes.length > 0 ? nodes : [aNode()]).map((node) => [node.id, node]));
  }

  readonly recovery: NodeService['recovery'] = {
    state: async () => {
      this.asked('state');
      return { deployment: 'Holdfast', doubt: undefined, nodes: this.nodes.size, unreadable: [], unknown: [] };
    },
    rebuild: async (request) => {
      this.asked('rebuild', request);
      return [];
    },
  };

  readonly account = createAccountService(new InMemoryPorts());

  /** The tag of the list for pages. Undefined: it must be read. */
  tagOfList: string | undefined = 'the-tag';

  listTag: NodeService['listTag'] = async () => {
    this.asked('listTag');
    return this.tagOfList;
  };

  listForPages: NodeService['listForPages'] = async (query) => {
    this.asked('listForPages', query);
    const nodes = [...this.nodes.values()].map(listedNode).map((node) => ({ ...node, tags: node.tags ?? [] }));
    return { nodes: nodes.slice(0, query.limit), isLast: nodes.length <= query.limit, tag: 'the-tag' };
  };

  operations: NodeService['operations'] = async (nodeId, query) => {
    this.asked('operations', nodeId, query);
    this.existing(nodeId);
    return { operations: [] };
  };

  stateVisits: NodeService['stateVisits'] = async (nodeId, query) => {
    this.asked('stateVisits', nodeId, query);
    this.existing(nodeId);
    return [];
  };

  metrics: NodeService['metrics'] = async (nodeId, query) => {
    this.asked('metrics', nodeId, query);
    this.existing(nodeId);
    return [];
  };

  readonly resources: NodeService['resources'] = {
    ofNode: async (nodeId) => {
      this.asked('resourcesOf', nodeId);
      this.existing(nodeId);
      return RESOURCES;
    },
    left: async () => {
      this.asked('leftResources');
      return RESOURCES;
    },
    delete: async (nodeId, resourceId) => {
      this.asked('deleteResource', nodeId, resourceId);
      if (!RESOURCES.some(({ id }) => id === resourceId)) throw new ResourceMissing(nodeId, resourceId);
    },
  };

  private asked(...call: unknown[]): void {
    this.calls.push(call);
    if (this.failure !== undefined) throw this.failure as Error;
  }

  private existing(nodeId: string): StatefulNode {
    const node = this.nodes.get(nodeId);
    if (node === undefined) throw new NodeMissing(nodeId);
    return node;
  }

  readonly create: NodeService['create'] = async (document) => {
    this.asked('create', document);
    return aNode();
  };
  readonly check: NodeService['check'] = async (document, nodeId) => {
    this.asked('check', document, ...(nodeId === undefined ? [] : [nodeId]));
    return [];
  };
  readonly list: NodeService['list'] = (after) => this.listed(after);

  private async *listed(after = ''): AsyncGenerator<StatefulNode> {
    this.asked('list', ...(after === '' ? [] : [after]));
    yield* [...this.nodes.values()].filter(({ id }) => id > after);
  }

  readonly get: NodeService['get'] = async (nodeId) => {
    this.asked('get', nodeId);
    return this.existing(nodeId);
  };
  readonly update: NodeService['update'] = async (nodeId, patch) => {
    this.asked('update', nodeId, patch);
    return this.existing(nodeId);
  };
  readonly delete: NodeService['delete'] = async (nodeId, deallocation) => {
    this.asked('delete', nodeId, deallocation);
    this.existing(nodeId);
  };
  readonly act: NodeService['act'] = async (nodeId, action) => {
    this.asked('act', nodeId, action);
    this.existing(nodeId);
  };
  readonly actInBulk: NodeService['actInBulk'] = async (requests) => {
    this.asked('actInBulk', requests);
    return requests.map(({ id }) => ({ id, fieldErrors: id === MISSING_ID ? [{ field: 'id', message: 'gone' }] : [] }));
  };
  readonly log: NodeService['log'] = async (nodeId, query) => {
    this.asked('log', nodeId, query);
    this.existing(nodeId);
    return {
      entries: [{ createdAt: NOW, severity: 'INFO', message: 'created' }],
      nextToken: '2026-11-03T08:00:00.000Z#0a1b2c',
    };
  };
  readonly costs: NodeService['costs'] = async (nodeId, query) => {
    this.asked('costs', nodeId, query);
    this.existing(nodeId);
    return [COSTS];
  };
  /** Has one import. Refuses an instance whose id ends in 0. */
  readonly migrations: NodeService['migrations'] = {
    begin: async (request) => {
      this.asked('begin', request);
      return IMPORT;
    },
    beginInBulk: async (requests) => {
      this.asked('beginInBulk', requests);
      return requests.map((request) =>
        request.originalInstanceId.endsWith('0')
          ? { kind: 'refused', request, fieldErrors: [{ field: 'originalInstanceId', message: 'is stopped' }] }
          : { kind: 'begun', shown: IMPORT },
      );
    },
    find: async (migrationIds) => {
      this.asked('find', migrationIds);
      return migrationIds.includes(MIGRATION_ID) ? [IMPORT] : [];
    },
    cancel: async (migrationId) => {
      this.asked('cancel', migrationId);
      if (migrationId !== MIGRATION_ID) throw new MigrationMissing(migrationId);
      return IMPORT;
    },
  };
  readonly deleteVolume: NodeService['deleteVolume'] = async (nodeId, volumeId) => {
    this.asked('deleteVolume', nodeId, volumeId);
    this.existing(nodeId);
  };
}

/** What a deleted node has left: a volume, and an interface that a person uses. */
const RESOURCES: readonly NodeResource[] = [
  {
    kind: 'interface',
    id: 'eni-0123456789abcdef0',
    nodeId: NODE_ID,
    state: 'in-use',
    usedBy: ['i-0123456789abcdef1'],
    leftBy: NODE_ID,
    expiresAt: '2026-11-07T10:00:00.000Z',
  },
  { kind: 'volume', id: 'vol-0123456789abcdef0', nodeId: NODE_ID, state: 'available', usedBy: [], leftBy: NODE_ID },
];

/** An import of `INSTANCE_ID` under way. */
const IMPORT: ShownMigration = {
  migration: {
    id: MIGRATION_ID,
    nodeId: NODE_ID,
    request: {
      originalInstanceId: INSTANCE_ID,
      region: 'eu-west-1',
      shouldKeepPrivateIp: true,
      shouldTerminateInstance: true,
      managedInstanceName: 'ledger',
    },
    createdAt: NOW,
  },
  progress: { state: 'MIGRATE_START', updatedAt: NOW },
  instanceId: INSTANCE_ID,
};

/** The costs of a Spot Instance whose prices are only partly known. */
const COSTS: Costs = {
  range: { from: '2026-11-02T00:00:00.000Z', to: NOW },
  hours: 1 / 3,
  spotHours: 1 / 3,
  onDemandHours: 0,
  actualCost: undefined,
  onDemandCost: 0.1 + 0.2,
  savings: undefined,
  savingsPercent: undefined,
  missingPrices: [
    {
      lifeCycle: 'spot',
      instanceType: 'm7g.large',
      availabilityZone: 'eu-west-1a',
      product: 'Linux/UNIX',
      hours: 1 / 6,
    },
    { lifeCycle: 'on_demand', instanceType: 'm7g.large', product: 'Linux/UNIX', hours: 1 / 3 },
  ],
};

export const twoErrors = new InvalidRequest([
  { field: 'name', message: 'is required' },
  { field: 'compute.privateIp', message: 'must be an IPv4 address' },
]);

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: any;
}

/** An API without authentication, unless `parts` has one. */
export function anApi(parts: Partial<ApiParts> = {}) {
  const service = new FakeNodeService();
  const logged: Fields[] = [];
  const measured: Measurement[] = [];
  const nowMs = { value: Date.parse(NOW) };
  const api = createApi({
    service,
    authenticate: trustApiGateway,
    time: {
      // Each reading of the clock takes five milliseconds.
      now: () => new Date((nowMs.value += 5) - 5),
      sleep: async () => undefined,
    },
    log: aLog(logged),
    measure: (measurement) => void measured.push(measurement),
    ...parts,
  });
  const send = async (request: HttpRequest | Record<string, unknown>): Promise<Answer> => {
    const event = 'requestContext' in request ? request : anEvent(request as HttpRequest);
    const { statusCode, headers, body } = await api(event);
    return { status: statusCode, headers, body: body === '' ? undefined : (JSON.parse(body) as unknown) };
  };
  return { service, logged, measured, send };
}
