/**
 * Creates a stateful node from a `managedInstance` document, and starts its first launch.
 *
 * Nothing is made before everything has been checked, and every fault is answered at once.
 */
import { admissionFaults, eligibleSubnetIds, parseConfig, type Fault } from '../domain/admission';
import type { NodeConfig } from '../domain/node-config';
import type { StatefulNode } from '../domain/stateful-node';
import { createPorts } from './adapters/create-ports';
import type { Ports } from './ports';
import { lambdaHandler, type CreateHandler } from './runtime';

export type Created = { readonly id: string } | { readonly errors: readonly Fault[] };

/** A claim whose node was never written is somebody's creation that died half-way, once it is older than this. */
const CREATION_MAX_MS = 5 * 60_000;

type CreatePorts = Pick<Ports, 'nodes' | 'claims' | 'subnets' | 'elasticIps' | 'operations' | 'time' | 'randomHex'>;

export const createNode =
  (ports: CreatePorts, region: string) =>
  async (document: unknown): Promise<Created> => {
    const parsed = parseConfig(document);
    if (parsed.kind === 'faults') return { errors: parsed.faults };
    const { config } = parsed;
    const { subnetIds, elasticIp: allocationId } = config.compute;
    const [subnets, elasticIp] = await Promise.all([
      ports.subnets.observe(subnetIds),
      allocationId === undefined ? undefined : ports.elasticIps.observe(allocationId),
    ]);
    const faults = admissionFaults(config, { region, subnets, elasticIp });
    if (faults.length > 0) return { errors: faults };

    const now = ports.time.now().toISOString();
    const id = `smi-${ports.randomHex(8)}`;
    const claimFaults = await claimElasticIp(ports, config, id, now);
    if (claimFaults.length > 0) return { errors: claimFaults };
    await ports.nodes.create(newNode(id, config, eligibleSubnetIds(config, subnets), now));
    // The name makes a repeated start harmless: a node has one first launch.
    await ports.operations.start('launch', { nodeId: id, reason: 'created' }, `${id}-first-launch`);
    return { id };
  };

export const createHandler: CreateHandler = (runtime) => {
  const create = createNode(createPorts(runtime), runtime.environment.AWS_REGION ?? '');
  return async (event) => {
    const created = await create(managedInstanceIn(event));
    runtime.log({ created });
    return created;
  };
};

export const handler = lambdaHandler(createHandler);

/** The public API wraps the document; by hand it may be given as it is. */
function managedInstanceIn(event: unknown): unknown {
  const wrapped = typeof event === 'object' && event !== null && 'managedInstance' in event;
  return wrapped ? event.managedInstance : event;
}

async function claimElasticIp(
  { claims, nodes }: CreatePorts,
  config: NodeConfig,
  nodeId: string,
  now: string,
): Promise<readonly Fault[]> {
  const allocationId = config.compute.elasticIp;
  if (allocationId === undefined) return [];
  let { holder, claimedAt } = await claims.claim({ allocationId, nodeId, now });
  const isAbandoned = holder !== nodeId && Date.parse(now) - Date.parse(claimedAt) > CREATION_MAX_MS;
  if (isAbandoned && (await nodes.get(holder)) === undefined) {
    ({ holder, claimedAt } = await claims.claim({ allocationId, nodeId, now, staleHolder: holder }));
  }
  return holder === nodeId
    ? []
    : [{ field: 'compute.elasticIp', message: `${allocationId} belongs to ${holder}: give another, or free it there` }];
}

function newNode(id: string, config: NodeConfig, subnetIds: readonly string[], now: string): StatefulNode {
  return {
    id,
    version: 1,
    config,
    eligibleSubnetIds: subnetIds,
    status: 'RESUMING',
    identity: { settled: false },
    generation: 0,
    intents: [],
    createdAt: now,
    updatedAt: now,
  };
}
