/** What must hold in every state and for every call. Each returns its violations, one sentence each. */
import { idsNamedBy, tokensNamedBy } from '../domain/operation/given-up';
import type { StatefulNode } from '../domain/node/stateful-node';
import { hasEnded } from './abstract-ec2';
import type { Call } from './coroutine';
import type { Instance, Interface, State } from './state';

/** Causes that no retry can make up for, so that a node may be in ERROR. */
const EXCUSES = [
  'exhaustion',
  'hanging detachment',
  'long delay',
  'protection',
  'shortages',
  'fullSubnets',
  'stopped instance',
];

/** Also found in the graph, where each step is a state of its own. */
export const ENDLESS = 'steps run in a cycle without a wait';

/** Checked before the call changes anything. */
export function callViolations(state: State, call: Call): readonly string[] {
  const name = `${call.port}.${call.method}`;
  const [first] = call.args;
  switch (name) {
    case 'instances.terminate':
      return needlessEnd(state, String(first));
    case 'interfaces.delete':
      return needlessDeletion(state, String(first));
    case 'elasticIps.associate':
      return [
        ...wrongInterface(state, String(first), String(call.args[1])),
        ...takenFromAnother(state, String(first), String(call.args[1])),
      ];
    default:
      return [];
  }
}

export function stateViolations(state: State): readonly string[] {
  return [
    ...(state.isEndless ? [ENDLESS] : []),
    ...Object.values(state.table.nodes).flatMap((node) => nodeViolations(state, node)),
    ...lostSight(state),
  ];
}

/** An instance in service is ended only for a reason: EC2 or a user has asked for another one, or for none. */
function needlessEnd(state: State, id: string): readonly string[] {
  const instance = state.ec2.instances[id];
  if (instance === undefined || instance.isCondemned || instance.state !== 'running') return [];
  const node = state.table.nodes[instance.nodeId];
  const attachment = state.ec2.interfaces[node?.identity.interfaceId ?? '']?.attachment;
  const isServing = attachment?.instanceId === id && attachment.status === 'attached';
  if (node === undefined || !isServing) return [];
  const isWanted = state.wanted[indexOf(node)] === 'running';
  return isWanted ? [`${id} serves ${node.id}, and is terminated without a reason`] : [];
}

function indexOf({ id }: StatefulNode): number {
  return Number(id.slice('smi-'.length)) - 1;
}

/** The interface of a node is deleted only with the node. */
function needlessDeletion(state: State, id: string): readonly string[] {
  return Object.values(state.table.nodes)
    .filter(({ identity, deletion }) => identity.interfaceId === id && deletion?.shouldDeleteNetworkInterfaces !== true)
    .map((node) => `${id} is the interface of ${node.id}, and is deleted`);
}

function wrongInterface(state: State, allocationId: string, interfaceId: string): readonly string[] {
  const nodeId = state.ec2.interfaces[interfaceId]?.nodeId;
  const node = state.table.nodes[nodeId ?? ''];
  const configs = [node?.config, node?.operation?.config];
  return nodeId === undefined || configs.some((config) => config?.compute.elasticIp === allocationId)
    ? []
    : [`${allocationId} is put on ${interfaceId} of ${nodeId}, which does not have it`];
}

/** A node keeps its Elastic IP until it is deleted: its instance may drain until then. */
function takenFromAnother({ ec2, table }: State, allocationId: string, interfaceId: string): readonly string[] {
  const holder = ec2.interfaces[ec2.elasticIps[allocationId]?.association?.interfaceId ?? ''];
  const nodeId = ec2.interfaces[interfaceId]?.nodeId;
  const isTaken = holder !== undefined && holder.nodeId !== nodeId && table.nodes[holder.nodeId] !== undefined;
  return isTaken ? [`${allocationId} is taken from ${holder.id} of ${holder.nodeId}`] : [];
}

function nodeViolations(state: State, node: StatefulNode): readonly string[] {
  const { id, status, operation, instance } = node;
  const isExcused = state.causes.some((cause) => EXCUSES.includes(cause));
  const replacements = Object.values(state.ec2.instances).filter(
    (each) =>
      each.nodeId === id &&
      !hasEnded(each) &&
      !each.isLeft &&
      ![instance?.id, operation?.oldInstanceId].includes(each.id) &&
      !isGivenUp(node, each),
  );
  return [
    ...(status === 'ERROR' && !isExcused ? [`${id} is in ERROR without a cause: ${node.errorReason}`] : []),
    ...(replacements.length > 1
      ? [`${id} has launched ${replacements.map((each) => each.id).join(' and ')} at once`]
      : []),
  ];
}

function isGivenUp({ givenUp = [] }: StatefulNode, thing: Instance | Interface): boolean {
  return givenUp.some((entry) => ('id' in entry ? entry.id === thing.id : entry.clientToken === thing.clientToken));
}

/** Everything that was made for a node is in its record: by its id, or by the token of its request. */
function lostSight({ ec2, table }: State): readonly string[] {
  const things = [...Object.values(ec2.instances).filter((each) => !hasEnded(each)), ...Object.values(ec2.interfaces)];
  return things
    .filter(({ isLeft }) => !isLeft)
    .filter((thing) => {
      const node = table.nodes[thing.nodeId];
      return node === undefined || !isKnown(node, thing);
    })
    .map(({ id, nodeId }) => `${id} was made for ${nodeId}, and its record does not know it`);
}

function isKnown(node: StatefulNode, thing: Instance | Interface): boolean {
  return (
    idsNamedBy(node).includes(thing.id) || tokensNamedBy(node).includes(thing.clientToken) || isGivenUp(node, thing)
  );
}
