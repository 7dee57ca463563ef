/** Observations of a node over minutes and hours while the reconciler runs: what was started, how long the address was away. */
import type { NodeConfig } from '../../domain/config/node-config';
import type { StatefulNode } from '../../domain/node/stateful-node';
import type { Execution } from '../../simulator/step-functions/step-functions';
import type { Fault } from '../../simulator/ec2/injected-faults';
import type { Instance } from '../../simulator/ec2/world';
import type { Play, PlayOptions } from './play';

/** The reconciler runs every minute, as deployed. */
export const WITH_RECONCILER = { schedules: true } as const satisfies PlayOptions['controlPlane'];

export const MINUTE_SECONDS = 60;
export const HOUR_SECONDS = 3_600;

/** The most executions of one node that may start within an hour, whatever EC2 refuses. */
export const EXECUTIONS_AN_HOUR = 12;
/** A node that cannot be repaired says why within this many seconds. */
export const REPORTED_WITHIN_SECONDS = 15 * MINUTE_SECONDS;

/** EC2's refusal of a call: its code, and its own sentence. */
export interface Refusal {
  readonly code: string;
  readonly sentence: string;
}

export const UNAUTHORIZED: Refusal = {
  code: 'UnauthorizedOperation',
  sentence: 'You are not authorized to perform this operation. An SCP of the organization denies it.',
};

/** A fault: EC2 refuses the call with this code and sentence, and does nothing. */
export function refused({ code, sentence }: Refusal): Fault {
  return { kind: 'refuse', code, message: sentence };
}

/** From now on EC2 always refuses the command. */
export function refuse(play: Play, command: string, refusal: Refusal): void {
  play.fault = (called) => (called === command ? refused(refusal) : undefined);
}

/** All executions of the account that have started since then. */
export function startedSince(play: Play, atMs: number): readonly Execution[] {
  return play.sandbox.plane.executions().filter(({ startedAt }) => startedAt >= atMs);
}

/** Whether an execution that entered the state since then is still in it. */
export function isIn(play: Play, state: string, sinceMs: number): boolean {
  const last = play.history.filter((entry) => entry.state === state && entry.at > sinceMs).at(-1);
  return last !== undefined && last.type !== 'exited' && last.type !== 'caught';
}

/** Whether the node's interface is attached to an instance that runs. */
export function isServed(play: Play, interfaceId: string): boolean {
  const { networkInterfaces, instances } = play.sandbox.ec2.world;
  const attachment = networkInterfaces.get(interfaceId)?.attachment;
  return attachment?.status === 'attached' && instances.get(attachment.instanceId)?.state === 'running';
}

/** Lets time pass. Returns the longest time that the interface led nowhere meanwhile, in seconds. */
export async function longestAway(play: Play, interfaceId: string, seconds: number): Promise<number> {
  let longest = 0;
  let away = 0;
  for (let passed = 0; passed < seconds; passed += 1) {
    await play.passSeconds(1);
    away = isServed(play, interfaceId) ? 0 : away + 1;
    longest = Math.max(longest, away);
  }
  return longest;
}

/** Lets time pass until the condition holds, checking every few seconds. Returns the seconds, or Infinity if it never held. */
export async function secondsUntil(
  play: Play,
  isThere: (node: StatefulNode) => boolean,
  limitSeconds: number,
): Promise<number> {
  const everySeconds = 5;
  for (let passed = 0; passed <= limitSeconds; passed += everySeconds) {
    if (isThere(await play.node())) return passed;
    await play.passSeconds(everySeconds);
  }
  return Infinity;
}

/** Whether the node is ACTIVE, its interface is on its running instance, and its Elastic IP, if any, on the interface. */
export async function isWhole(play: Play): Promise<boolean> {
  const { status, instance, identity, config, operation } = await play.node();
  const { networkInterfaces, elasticIps } = play.sandbox.ec2.world;
  const { interfaceId = '' } = identity;
  const carrierId = networkInterfaces.get(interfaceId)?.attachment?.instanceId;
  const on = elasticIps.get(config.compute.elasticIp ?? '')?.association?.networkInterfaceId;
  const hasElasticIp = config.compute.elasticIp === undefined || on === interfaceId;
  const isAtRest = status === 'ACTIVE' && operation === undefined;
  return isAtRest && isServed(play, interfaceId) && carrierId === instance?.id && hasElasticIp;
}

export function livingInstances(play: Play): readonly Instance[] {
  return [...play.sandbox.ec2.world.instances.values()].filter(
    ({ state }) => state !== 'terminated' && state !== 'shutting-down',
  );
}

/** Creates `count` nodes, each with an address of its own and no Elastic IP. Returns their ids. */
export async function createNodes(
  play: Play,
  count: number,
  adjust: (document: NodeConfig) => NodeConfig = (document) => document,
): Promise<readonly string[]> {
  const ids: string[] = [];
  const example = await play.document();
  for (let index = 0; index < count; index += 1) {
    const { elasticIp: _none, ...compute } = example.compute;
    const document = { ...example, name: `node-${index}`, compute: { ...compute, privateIp: `10.0.0.${100 + index}` } };
    const { id } = await play.settle(play.service.create(adjust(document)));
    ids.push(id);
  }
  await play.untilIdle();
  play.nodeId = ids[0] ?? '';
  return ids;
}
