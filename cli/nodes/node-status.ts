/** A node's status, and how it is shown. */
import { timedItemOf, type Api, type NodeStatus, type Timed } from '../api/client';
import { selectedNodes } from './find-node';
import { fields } from '../output/table';
import { orDash, printable, shortTime } from '../output/text';
import { paintStatus, type Style } from '../output/style';
import type { Result } from '../command-line/command';

export function readTimedStatus({ client }: Api, id: string): Promise<Timed<NodeStatus>> {
  return timedItemOf(client.GET('/aws/ec2/managedInstance/{id}/status', { params: { path: { id } } }));
}

export async function readStatus(api: Api, id: string): Promise<NodeStatus> {
  return (await readTimedStatus(api, id)).item;
}

const STATUS_FIELDS = [
  ...(['id', 'name', 'status', 'errorReason', 'nextTryAt', 'operation', 'isUpdatePending', 'waitsForLaunch'] as const),
  ...(['instanceId', 'instanceType', 'lifeCycle', 'launchedAt', 'imageId'] as const),
  ...(['networkInterfaceId', 'macAddress', 'privateIp', 'publicIp', 'ipv6Address', 'createdAt'] as const),
  ...(['availabilityZone', 'lastReplacement'] as const),
] as const;

/** The status of every node, in the order of their ids. The type fails if a field is missing above. @throws Failed */
export function readStatuses(api: Api): Promise<readonly NodeStatus[]> {
  return selectedNodes(api, STATUS_FIELDS);
}

/** The whole status, one field in each line. */
export function statusFields(node: NodeStatus, style: Style): string {
  const { operation, launchedAt } = node;
  const underWay = operation && `${operation.kind} since ${shortTime(operation.startedAt)}: ${operation.reason}`;
  return fields(
    [
      ['node', node.id],
      ['name', printable(node.name)],
      ['status', paintStatus(style, node.status)],
      ...(node.errorReason === null ? [] : ([['reason', printable(node.errorReason)]] as const)),
      ...(node.nextTryAt === null ? [] : ([['next try', shortTime(node.nextTryAt)]] as const)),
      ['operation', orDash(underWay)],
      ...(node.isUpdatePending ? ([['update', 'not applied yet']] as const) : []),
      ...(node.waitsForLaunch.length > 0 ? ([['next launch', waiting(node)]] as const) : []),
      ['instance', orDash(node.instanceId)],
      ['type', orDash(node.instanceType)],
      ['capacity', orDash(node.lifeCycle)],
      ['image', node.imageId],
      ['interface', orDash(node.networkInterfaceId)],
      ['MAC address', orDash(node.macAddress)],
      ['private IP', orDash(node.privateIp)],
      ['public IP', orDash(node.publicIp)],
      ['IPv6 address', orDash(node.ipv6Address)],
      ['launched', launchedAt === null ? '-' : shortTime(launchedAt)],
      ['created', shortTime(node.createdAt)],
    ],
    style,
  );
}

function waiting({ waitsForLaunch }: NodeStatus): string {
  return `changes ${waitsForLaunch.map(({ field }) => field).join(', ')}`;
}

/** `licence-server (smi-0a1b2c3d) is PAUSING.` */
export function statusSentence(node: NodeStatus, style: Style): string {
  const reason = node.errorReason === null ? '' : `: ${printable(node.errorReason)}`;
  return `${printable(node.name)} (${node.id}) is ${paintStatus(style, node.status)}${reason || '.'}\n`;
}

/** What an action prints: the node's status after it. */
export function statusResult(node: NodeStatus): Result {
  return { json: node, text: (style) => statusSentence(node, style) };
}
