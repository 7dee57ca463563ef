/**
 * EC2 as plain data. It keeps the promises of `lambdas/ports.ts` and knows the rules that matter for the order of
 * things: a primary interface stays until its instance is terminated, and everything takes time. What takes time is a
 * `Move` that EC2 makes later.
 */
import {
  AddressTaken,
  InterfaceMissing,
  InterfaceNotFree,
  NotReady,
  NotYetVisible,
  RequestRejected,
} from '../domain/errors';
import type { LifeCycle } from '../domain/config/node-config';
import type { PoolRefusal } from '../domain/capacity/pool-refusal';
import type {
  InstanceAttachment,
  InstanceState,
  SeenElasticIp,
  SeenInstance,
  SeenInterface,
} from '../domain/node/observations';
import {
  GENERATION_TAG,
  LEFT_BY_TAG,
  NODE_ID_TAG,
  NODE_NAME_TAG,
  type InterfaceRequest,
  type LaunchRequest,
  type Tag,
} from '../domain/node/stateful-node';
import type { CreateOutcome, LaunchOutcome, Ports } from '../lambdas/ports';
import { networkOf, REGION } from './account';
import {
  newId,
  nowIn,
  touch,
  withCause,
  type Attachment,
  type ElasticIp,
  type Instance,
  type Interface,
  type State,
} from './state';

/** A port whose methods return at once. */
export type Immediate<Port> = {
  readonly [Method in keyof Port]: Port[Method] extends (...args: infer Args) => Promise<infer Result>
    ? (...args: Args) => Result
    : never;
};

type AttachedInterface = Interface & { readonly attachment: Attachment };

export function instancesIn(state: State): Immediate<Ports['instances']> {
  return {
    observe: (id) => seenInstance(state.ec2.instances[id]),
    observeAll: (ids) =>
      ids.flatMap((id) => {
        const seen = seenInstance(state.ec2.instances[id]);
        return seen === undefined ? [] : [{ ...seen, attachments: attachmentsOf(state, id) }];
      }),
    launchedBy: (clientToken) => seenInstance(launchedUnder(state, clientToken)),
    launch: (request) => launch(state, request),
    terminate: (id) => terminate(state, id),
  };
}

function attachmentsOf(state: State, instanceId: string): readonly InstanceAttachment[] {
  return Object.values(state.ec2.interfaces).flatMap((eni) => {
    const attachment = seenInterface(eni, state)?.attachment;
    return attachment?.instanceId === instanceId ? [{ ...attachment, interfaceId: eni.id }] : [];
  });
}

export function seenInstance(instance: Instance | undefined | null): SeenInstance | undefined {
  if (instance === undefined || instance === null) return undefined;
  const { id, state, imageId, instanceType, lifeCycle, subnetId, launchedAt, nodeId } = instance;
  return {
    id,
    state,
    imageId,
    instanceType,
    lifeCycle,
    subnetId,
    launchedAt,
    nodeId,
    availabilityZone: zoneOf(subnetId),
  };
}

function zoneOf(subnetId: string): string {
  return `${REGION}${subnetId.slice(-1)}`;
}

function launchedUnder({ ec2 }: State, clientToken: string): Instance | undefined {
  return Object.values(ec2.instances).find((each) => each.clientToken === clientToken);
}

function launch(state: State, request: LaunchRequest): LaunchOutcome {
  const { clientToken, interfaceId, pool, imageId, tags } = request;
  const before = launchedUnder(state, clientToken);
  if (before !== undefined) {
    if (!isAskedBy(before, request)) return { kind: 'token-used' };
    return before.state === 'terminated'
      ? { kind: 'token-spent' }
      : { kind: 'launched', instance: seenInstance(before)! };
  }
  const primary = interfaceId === undefined ? undefined : state.ec2.interfaces[interfaceId];
  if (interfaceId !== undefined && primary === undefined) return { kind: 'interface-missing' };
  if (primary?.attachment !== undefined) throw new InterfaceNotFree(`${primary.id} is attached`);
  const refusal = refusalOf(state, pool.subnetId, pool.lifeCycle);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  const instance: Instance = {
    id: newId(state, 'i'),
    state: 'pending',
    clientToken,
    ...originIn(tags),
    instanceType: pool.instanceType,
    lifeCycle: pool.lifeCycle,
    subnetId: pool.subnetId,
    imageId,
    asked: { securityGroupIds: request.securityGroupIds, interfaceId },
    launchedAt: nowIn(state),
    isLeft: false,
    isProtected: false,
    isCondemned: false,
    before: null,
  };
  state.ec2.instances[instance.id] = instance;
  if (primary !== undefined) putOn(state, primary, instance.id, 0, 'attached');
  touch(state);
  return { kind: 'launched', instance: seenInstance(instance)! };
}

/** Whether the instance was launched by this very request. */
function isAskedBy(
  { asked, generation, imageId, instanceType, lifeCycle, subnetId }: Instance,
  request: LaunchRequest,
): boolean {
  const { pool, interfaceId, securityGroupIds, tags } = request;
  return (
    [generation, imageId, instanceType, lifeCycle, subnetId].join() ===
      [originIn(tags).generation, request.imageId, pool.instanceType, pool.lifeCycle, pool.subnetId].join() &&
    asked.interfaceId === interfaceId &&
    asked.securityGroupIds.join() === securityGroupIds.join()
  );
}

function refusalOf({ ec2 }: State, subnetId: string, lifeCycle?: LifeCycle): PoolRefusal | undefined {
  return ec2.refusals.find(
    (each) => each.subnetId === subnetId && (each.lifeCycle === undefined || each.lifeCycle === lifeCycle),
  )?.refusal;
}

function originIn(tags: readonly Tag[]) {
  const valueOf = (key: string): string => tags.find((tag) => tag.key === key)?.value ?? '';
  return {
    nodeId: valueOf(NODE_ID_TAG),
    generation: Number(valueOf(GENERATION_TAG)),
    nodeName: valueOf(NODE_NAME_TAG),
  };
}

/** @throws RequestRejected if the instance is protected */
export function terminate(state: State, id: string): InstanceState | undefined {
  const instance = state.ec2.instances[id];
  if (instance === undefined || hasEnded(instance)) return instance?.state;
  if (instance.isProtected) {
    withCause(state, 'protection');
    throw new RequestRejected(`OperationNotPermitted: ${id} may not be terminated`);
  }
  beginEnd(state, instance);
  return state.ec2.instances[id]?.state;
}

export function hasEnded({ state }: Pick<Instance, 'state'>): boolean {
  return state === 'shutting-down' || state === 'terminated';
}

/** The instance is shutting down from now on. */
export function beginEnd(state: State, instance: Instance): void {
  changeInstance(state, instance, { state: 'shutting-down' });
  announce(state, instance.id, 'shutting-down');
}

export function changeInstance(state: State, instance: Instance, change: Partial<Instance>): void {
  state.ec2.instances[instance.id] = { ...instance, ...change, before: withoutBefore(instance) };
  touch(state);
}

export function changeInterface(state: State, eni: Interface, change: Partial<Interface>): void {
  state.ec2.interfaces[eni.id] = { ...eni, ...change, before: withoutBefore(eni) };
  touch(state);
}

/** Of several changes within a minute, a stale look shows what was there before the first. */
function withoutBefore<T extends { readonly before?: T | null | undefined }>(thing: T): T | null {
  return thing.before === undefined ? { ...thing } : thing.before;
}

export function announce(state: State, instanceId: string, seen: Instance['state']): void {
  state.events.push({ kind: 'state', id: newId(state, 'event'), instanceId, state: seen, at: nowIn(state) });
}

export function interfacesIn(state: State): Immediate<Ports['interfaces']> {
  const { interfaces } = state.ec2;
  return {
    observe: (id) => seenInterface(interfaces[id], state),
    madeBy: (clientToken) => seenInterface(madeUnder(state, clientToken), state),
    create: (request) => create(state, request),
    detach: (attachmentId, how) => detach(state, attachmentId, how?.force === true),
    attach: (interfaceId, instanceId, deviceIndex) => attach(state, interfaceId, instanceId, deviceIndex),
    delete: (id) => {
      const found = interfaces[id];
      if (found?.attachment !== undefined) throw new InterfaceNotFree(`${id} is attached`);
      if (found !== undefined) removeInterface(state, id);
    },
    setSecurityGroups: (id, securityGroupIds) => {
      const found = interfaces[id];
      if (found === undefined) throw new NotYetVisible(`${id} is not visible`);
      changeInterface(state, found, { securityGroupIds });
    },
    keepOnTermination: (interfaceId, attachmentId) => {
      const attached = attachedBy(state, attachmentId);
      if (attached?.id !== interfaceId) throw new NotYetVisible(`${attachmentId} is not visible`);
      setDeleteOnTermination(state, attached, false);
    },
    deleteOnTermination: (interfaceId, attachmentId) => {
      const attached = attachedBy(state, attachmentId);
      if (attached?.id === interfaceId) setDeleteOnTermination(state, attached, true);
    },
  };
}

export function seenInterface(eni: Interface | undefined | null, { ec2 }: State): SeenInterface | undefined {
  if (eni === undefined || eni === null) return undefined;
  const { id, subnetId, privateIp, ipv6Address, securityGroupIds, attachment, nodeId } = eni;
  const allocationId = Object.values(ec2.elasticIps).find(
    ({ association }) => association?.interfaceId === id,
  )?.allocationId;
  return {
    id,
    status: attachment === undefined ? 'available' : 'in-use',
    subnetId,
    privateIp,
    securityGroupIds,
    nodeId,
    availabilityZone: zoneOf(subnetId),
    macAddress: macAddressOf(id),
    ...(ipv6Address !== undefined && { ipv6Address }),
    ...(attachment !== undefined && { attachment }),
    ...(allocationId !== undefined && { allocationId }),
  };
}

function macAddressOf(interfaceId: string): string {
  const digits = interfaceId.slice('eni-'.length).padStart(10, '0');
  return `02:${digits.replace(/(\d\d)(?!$)/g, '$1:')}`;
}

function madeUnder({ ec2 }: State, clientToken: string): Interface | undefined {
  return Object.values(ec2.interfaces).find((each) => each.clientToken === clientToken);
}

/** @throws AddressTaken */
function create(state: State, request: InterfaceRequest): CreateOutcome {
  const { clientToken, subnetId, privateIp, securityGroupIds, tags } = request;
  const before = seenInterface(madeUnder(state, clientToken), state);
  if (before !== undefined) return { kind: 'made', interface: before };
  if (state.ec2.spentTokens.includes(clientToken)) return { kind: 'token-spent' };
  const refusal = refusalOf(state, subnetId);
  if (refusal?.of === 'subnet') return { kind: 'refused', refusal };
  const taken = new Set(Object.values(state.ec2.interfaces).map((each) => each.privateIp));
  if (privateIp !== undefined && taken.has(privateIp)) throw new AddressTaken(`${privateIp} is in use`);
  const made: Interface = {
    id: newId(state, 'eni'),
    clientToken,
    ...originIn(tags),
    subnetId,
    privateIp: privateIp ?? freeAddress(subnetId, taken),
    ...(request.withIpv6Address && { ipv6Address: `2001:db8::${state.next}` }),
    securityGroupIds,
    isLeft: false,
    before: null,
  };
  state.ec2.interfaces[made.id] = made;
  touch(state);
  return { kind: 'made', interface: seenInterface(made, state)! };
}

function freeAddress(subnetId: string, taken: ReadonlySet<string>): string {
  let last = 10;
  while (taken.has(`${networkOf(subnetId)}.${last}`)) last += 1;
  return `${networkOf(subnetId)}.${last}`;
}

export function isAttached(eni: Interface): eni is AttachedInterface {
  return eni.attachment !== undefined;
}

function attachedBy({ ec2 }: State, attachmentId: string): AttachedInterface | undefined {
  return Object.values(ec2.interfaces)
    .filter(isAttached)
    .find(({ attachment }) => attachment.id === attachmentId);
}

/** The interfaces that are attached to the instance. */
export function interfacesOn({ ec2 }: State, instanceId: string): readonly AttachedInterface[] {
  return Object.values(ec2.interfaces)
    .filter(isAttached)
    .filter(({ attachment }) => attachment.instanceId === instanceId);
}

/** @throws RequestRejected for the primary interface of an instance that has not ended @throws NotReady */
export function detach(state: State, attachmentId: string, isForced: boolean): void {
  const attached = attachedBy(state, attachmentId);
  if (attached === undefined) return;
  const { id, attachment } = attached;
  const isTerminated = state.ec2.instances[attachment.instanceId]?.state === 'terminated';
  if (attachment.deviceIndex === 0 && !isTerminated) throw new RequestRejected(`${id} is a primary interface`);
  if (isForced) {
    free(state, attached);
    return;
  }
  if (attachment.status !== 'attached') throw new NotReady(`${id} is ${attachment.status}`);
  changeInterface(state, attached, { attachment: { ...attachment, status: 'detaching' } });
}

function attach(state: State, interfaceId: string, instanceId: string, deviceIndex: number): boolean {
  const eni = state.ec2.interfaces[interfaceId];
  const instance = state.ec2.instances[instanceId];
  if (eni === undefined) throw new NotYetVisible(`${interfaceId} is not visible`);
  if (instance === undefined) throw new NotYetVisible(`${instanceId} is not visible`);
  if (!['running', 'stopped'].includes(instance.state)) throw new NotReady(`${instanceId} is ${instance.state}`);
  if (eni.attachment !== undefined) throw new InterfaceNotFree(`${interfaceId} is attached`);
  const isTaken = interfacesOn(state, instanceId).some(({ attachment }) => attachment.deviceIndex === deviceIndex);
  if (isTaken) return false;
  putOn(state, eni, instanceId, deviceIndex, 'attaching');
  return true;
}

function putOn(
  state: State,
  eni: Interface,
  instanceId: string,
  deviceIndex: number,
  status: Attachment['status'],
): void {
  const attachment = { id: newId(state, 'att'), instanceId, deviceIndex, status, deleteOnTermination: false };
  changeInterface(state, eni, { attachment });
}

export function free(state: State, eni: Interface): void {
  changeInterface(state, eni, { attachment: undefined, heldUntil: undefined });
}

export function setDeleteOnTermination(state: State, eni: AttachedInterface, deleteOnTermination: boolean): void {
  changeInterface(state, eni, { attachment: { ...eni.attachment, deleteOnTermination } });
}

export function removeInterface(state: State, id: string): void {
  const { [id]: gone, ...rest } = state.ec2.interfaces;
  if (gone !== undefined) state.ec2.spentTokens = [...state.ec2.spentTokens, gone.clientToken];
  state.ec2.interfaces = rest;
  disassociateWhere(state, ({ association }) => association?.interfaceId === id);
  touch(state);
}

export function elasticIpsIn(state: State): Immediate<Ports['elasticIps']> {
  return {
    observe: (allocationId) => seenElasticIp(state.ec2.elasticIps[allocationId]),
    associate: (allocationId, interfaceId) => {
      const elasticIp = state.ec2.elasticIps[allocationId];
      const eni = state.ec2.interfaces[interfaceId];
      if (elasticIp === undefined) throw new NotYetVisible(`${allocationId} is not visible`);
      if (eni === undefined) throw new InterfaceMissing(`${interfaceId} is gone`);
      const carrier = state.ec2.instances[eni.attachment?.instanceId ?? ''];
      if (carrier?.state === 'pending') throw new NotReady(`${carrier.id} is pending`);
      if (elasticIp.association?.interfaceId === interfaceId) return;
      disassociateWhere(state, ({ association }) => association?.interfaceId === interfaceId);
      state.ec2.elasticIps[allocationId] = { ...elasticIp, association: { id: newId(state, 'assoc'), interfaceId } };
      touch(state);
    },
    disassociate: (associationId) => disassociateWhere(state, ({ association }) => association?.id === associationId),
  };
}

function seenElasticIp(elasticIp: ElasticIp | undefined): SeenElasticIp | undefined {
  if (elasticIp === undefined) return undefined;
  const { allocationId, publicIp, association } = elasticIp;
  if (association === undefined) return { allocationId, publicIp };
  return { allocationId, publicIp, associationId: association.id, interfaceId: association.interfaceId };
}

export function disassociateWhere(state: State, isMeant: (elasticIp: ElasticIp) => boolean): void {
  for (const elasticIp of Object.values(state.ec2.elasticIps).filter(isMeant)) {
    state.ec2.elasticIps[elasticIp.allocationId] = { ...elasticIp, association: undefined };
    touch(state);
  }
}

export function fleetIn(state: State): Immediate<Ports['fleet']> {
  const originOf = ({ nodeId, generation, clientToken, isLeft }: Instance | Interface) => ({
    origin: { nodeId, generation, clientToken, isLeft },
  });
  const { instances, interfaces, elasticIps } = state.ec2;
  return {
    instances: () => Object.values(instances).map((each) => ({ ...seenInstance(each)!, ...originOf(each) })),
    interfaces: () => Object.values(interfaces).map((each) => ({ ...seenInterface(each, state)!, ...originOf(each) })),
    elasticIps: () => Object.values(elasticIps).map((each) => seenElasticIp(each)!),
    impairments: () => [],
  };
}

/** Only the tag that says that a thing was left behind decides anything. */
export function tagsIn(state: State): Immediate<Ports['tags']> {
  return {
    set: (ids, tags) => {
      if (!tags.some(({ key }) => key === LEFT_BY_TAG)) return;
      for (const id of ids) {
        const instance = state.ec2.instances[id];
        const eni = state.ec2.interfaces[id];
        if (instance === undefined && eni === undefined) throw new NotYetVisible(`${id} is not visible`);
        if (instance !== undefined) changeInstance(state, instance, { isLeft: true });
        if (eni !== undefined) changeInterface(state, eni, { isLeft: true });
      }
    },
    remove: () => undefined,
  };
}
